"""A pseudo device on a pty for the tests of 'telltale run'.

    device.py MODEL LINK LOG [SECONDS]

MODEL is a device of tests/captures/devices.py; LINK becomes a name for its
port; LOG gets each byte that went through, as "> 7F" and "< 79", one record a
line: what 'telltale run' must have seen.
"""
import os
import pty
import select
import sys
import time
import tty

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "captures"))
import devices  # noqa: E402

MODELS = {
    "stm32": lambda: devices.Stm32().run(),
    "prints": lambda: devices.prints([b"h"], 0.01),
    "silent": devices.silent,
    "echo": devices.echoes,
    "nack": lambda: devices.answers(b"\x1f"),
    "stk500": devices.stk500,
}


def main():
    model, link, log = sys.argv[1:4]
    end = time.monotonic() + float(sys.argv[4] if len(sys.argv) > 4 else 20)
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.chmod(os.ttyname(slave), 0o666)
    if os.path.lexists(link):
        os.unlink(link)
    device = MODELS[model]()
    buf = bytearray()
    out = open(log, "w", encoding="ascii", buffering=1)
    os.symlink(os.ttyname(slave), link)
    answer = None
    while time.monotonic() < end:
        try:
            ask = device.send(answer)
        except StopIteration:
            ask = ("sleep", 0.1)
            device = devices.silent()
        answer = None
        if ask[0] == "write":
            os.write(master, ask[1])
            out.write("< " + ask[1].hex(" ").upper() + "\n")
            continue
        want = ask[1] if ask[0] == "read" else 1 << 30
        until = time.monotonic() + (ask[2] if ask[0] == "read" else ask[1])
        until = min(until, end)
        while len(buf) < want and time.monotonic() < until:
            ready, _, _ = select.select([master], [], [],
                                        max(0, until - time.monotonic()))
            if ready:
                data = os.read(master, 4096)
                out.write("> " + data.hex(" ").upper() + "\n")
                buf += data
        if ask[0] == "read":
            answer = bytes(buf[:want])
            del buf[:want]


main()
