"""A pseudo device on a pty for the tests of 'telltale run'.

    device.py MODEL LINK LOG [SECONDS [COMMAND...]]

MODEL is a device of tests/captures/devices.py, or exec: then COMMAND, with its
stdin and stdout, is the device; LINK becomes a name for its port; LOG gets each byte that went through, as "> 7F" and "< 79", one record a
line: what 'telltale run' must have seen.
"""
import os
import pty
import select
import subprocess
import sys
import threading
import time
import tty

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "captures"))
import devices  # noqa: E402

def answering(replies, before=b"", delay=0.003):
    """Whoever sends a request gets its reply, whatever came between; before
    it the echo of the line."""
    heard = b""
    while True:
        heard = (heard + (yield ("read", 1, 3600)))[-64:]
        for request, reply in replies:
            if heard.endswith(request):
                yield ("sleep", delay)
                yield ("write", (request if before else b"") + reply)
                heard = b""


def modem():
    """Echoes what it takes, and answers lines that begin with AT."""
    line = b""
    while True:
        b = yield ("read", 1, 3600)
        yield ("write", b)
        if b != b"\r":
            line = (line + b)[-80:]
            continue
        if line == b"AT":
            yield ("write", b"\r\nOK\r\n")
        elif line == b"ATI":
            yield ("write", b"\r\nSIMCOM SIM800 R14.18\r\n\r\nOK\r\n")
        elif line.startswith(b"AT"):
            yield ("write", b"\r\nERROR\r\n")
        line = b""


MODBUS = [(bytes.fromhex("01 03 00 00 00 01 84 0A"),
           bytes.fromhex("01 03 02 6D 60 94 FC"))]
METER = [(b"/?!\r\n", b"/LGZ5ZMD1204.b32\r\n")]
TELEGRAM = (b"/ISK5\\2M550T-1012\r\n\r\n1-3:0.2.8(50)\r\n"
            b"0-0:1.0.0(210204163628W)\r\n1-0:1.8.1(000012.345*kWh)\r\n"
            b"1-0:1.7.0(00.123*kW)\r\n!DBCA\r\n")

MODELS = {
    "modem": modem,
    "modbus": lambda: answering(MODBUS),
    "modbus-echo": lambda: answering(MODBUS, before=True, delay=0.02),
    "meter": lambda: answering(METER),
    "telegram": lambda: devices.prints([TELEGRAM], 1),
    "chatter": lambda: devices.prints([b"\x83\x01\xc7", b"\xd1\x90"], 0.07),
    "unknown": lambda: answering([(b"A", b"\xc7\x11\xe4\x9b")]),
    "stm32": lambda: devices.Stm32().run(),
    "prints": lambda: devices.prints([b"h"], 0.01),
    "silent": devices.silent,
    "echo": devices.echoes,
    "nack": lambda: devices.answers(b"\x1f"),
    "stk500": devices.stk500,
    "modbus": lambda: devices.modbus({0: 0x1234, 1: 0xABCD}),
    "modbus-deaf": lambda: devices.modbus({0: 0x1234, 1: 0xABCD}, address=9),
}


def relay(master, out, command):
    """A program is the device: its bytes go through as they come."""
    child = subprocess.Popen(command, stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, bufsize=0)
    lock = threading.Lock()

    def copy(mark, read, write):
        while True:
            try:
                data = read()
            except OSError:
                return
            if not data:
                return
            with lock:
                out.write(mark + " " + data.hex(" ").upper() + "\n")
            try:
                while data:
                    data = data[write(data):]
            except OSError:
                pass  # the program has ended; what comes is still heard

    for args in ((">", lambda: os.read(master, 4096), child.stdin.write),
                 ("<", lambda: child.stdout.read(4096),
                  lambda d: os.write(master, d))):
        threading.Thread(target=copy, args=args, daemon=True).start()
    return child


def main():
    model, link, log = sys.argv[1:4]
    end = time.monotonic() + float(sys.argv[4] if len(sys.argv) > 4 else 20)
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.chmod(os.ttyname(slave), 0o666)
    if os.path.lexists(link):
        os.unlink(link)
    device = MODELS.get(model, devices.silent)()
    buf = bytearray()
    out = open(log, "w", encoding="ascii", buffering=1)
    child = None
    if model == "exec":
        child = relay(master, out, sys.argv[5:])
    os.symlink(os.ttyname(slave), link)
    answer = None
    while child and time.monotonic() < end:
        time.sleep(0.05)
    if child:
        child.kill()
        return
    while time.monotonic() < end:
        try:
            ask = device.send(answer)
        except StopIteration:
            ask = ("sleep", 0.1)
            device = devices.silent()
        answer = None
        if ask[0] == "write":
            # in the log first: who has got it may look there at once
            out.write("< " + ask[1].hex(" ").upper() + "\n")
            os.write(master, ask[1])
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
