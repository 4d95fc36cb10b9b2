"""rig - record real tools against pseudo devices as tape text.

A device is a generator: it yields what it wants to do and gets the result.

    data = yield ("read", n, seconds)   # n bytes, fewer when time runs out
    yield ("write", data)               # device to host
    yield ("sleep", seconds)

The rig gives it a pseudo terminal, runs the host's side on the other end (a
program, or a Python function with a pyserial port), and writes down every
byte of both, what the program prints, and when.  talk() does the same
between a real client and a real server on TCP.
"""

import os
import pty
import re
import select
import socket
import subprocess
import threading
import time
import tty

HERE = os.path.dirname(os.path.abspath(__file__))


class Tape:
    """Records in memory, and tape text of them."""

    def __init__(self):
        self.records = []
        self.start = time.monotonic()
        self.lock = threading.Lock()

    def add(self, lane, data):
        t = time.monotonic() - self.start
        with self.lock:
            last = self.records[-1] if self.records else None
            if last and last[1] == lane and t - last[0] < 0.0002:
                last[2] += data
            else:
                self.records.append([t, lane, bytearray(data)])

    def save(self, path, head):
        end = time.monotonic() - self.start
        with open(path, "w", encoding="ascii") as f:
            f.write("# telltale tape 1\n")
            for key, value in head.items():
                f.write(f"# {key}: {value}\n")
            f.write("# time: us\n")
            for t, lane, data in self.records:
                f.write(lines(t, lane, bytes(data)))
            f.write(f"{end:.6f}\n")


TEXT = re.compile(rb"[\t\r\n\x20-\x7e]+")


def quoted(part):
    out = ""
    for c in part:
        out += {9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 92: "\\\\"}.get(
            c, chr(c) if 32 <= c < 127 else f"\\x{c:02X}")
    return f'"{out}"'


def pieces(lane, data):
    """Runs as 68*8, text in quotes (a line each), the rest as hex pairs."""
    text = sum(c in b"\t\r\n" or 32 <= c < 127 for c in data)
    is_text = lane == "$" or (len(data) >= 8 and text >= len(data) * 7 // 8)
    if is_text and len(set(data)) > 1:
        for part in re.findall(rb"[^\n]{1,56}\n?|\n", data):
            yield quoted(part)
        return
    i = 0
    while i < len(data):
        n = 1
        while i + n < len(data) and data[i + n] == data[i]:
            n += 1
        if n >= 4:
            yield f"{data[i]:02X}*{n}"
            i += n
        else:
            yield f"{data[i]:02X}"
            i += 1


def lines(t, lane, data):
    out = line = f"{t:.6f} {lane}"
    out = ""
    for piece in pieces(lane, data):
        if len(line) + 1 + len(piece) > 76:
            out += line + " \\\n"
            line = "   " + piece
        else:
            line += " " + piece
    return out + line + "\n"


class Port:
    """A pseudo terminal: the device side here, the name for the host."""

    def __init__(self):
        self.fd, slave = pty.openpty()
        tty.setraw(slave)
        self.name = os.ttyname(slave)
        self.slave = slave  # kept open: no hang-up between two opens


def serve(tape, port, device, stop):
    """Run the device until stop() says so."""
    want = next(device, None)
    have = b""
    due = deadline(want)
    while want and not stop():
        now = time.monotonic()
        ready, _, _ = select.select([port.fd], [], [],
                                    max(0, min(due - now, 0.01)))
        if ready:
            data = os.read(port.fd, 4096)
            tape.add(">", data)
            have += data
        want, due, have = advance(tape, port, device, want, due, have)


def deadline(want):
    if not want:
        return 0
    if want[0] == "read":
        return time.monotonic() + want[2]
    return time.monotonic() + (want[1] if want[0] == "sleep" else 0)


def advance(tape, port, device, want, due, have):
    """Do what can be done now."""
    try:
        while want:
            now = time.monotonic()
            if want[0] == "write":
                os.write(port.fd, want[1])
                tape.add("<", want[1])
                want = device.send(None)
            elif want[0] == "read" and (len(have) >= want[1] or now >= due):
                got, have = have[:want[1]], have[want[1]:]
                want = device.send(got)
            elif want[0] == "sleep" and now >= due:
                want = device.send(None)
            else:
                break
            due = deadline(want)
    except StopIteration:
        want = None
    return want, due, have


def listen(tape, pipe):
    while True:
        data = os.read(pipe.fileno(), 4096)
        if not data:
            return
        tape.add("$", data)


def run_tool(device, argv, linger=1.0, env=None, limit=30):
    """A program against a device; PORT in argv becomes the port's name."""
    tape, port = Tape(), Port()
    argv = [a.replace("PORT", port.name) for a in argv]
    p = subprocess.Popen(argv, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         env={**os.environ, **(env or {})}, bufsize=0)
    reader = threading.Thread(target=listen, args=(tape, p.stdout))
    reader.start()
    ended = []

    def stop():
        now = time.monotonic()
        if now - tape.start > limit:
            p.kill()
        if p.poll() is not None and not ended:
            ended.append(now)
        return bool(ended) and now - ended[0] > linger

    serve(tape, port, device, stop)
    while not stop():
        time.sleep(0.01)
    reader.join()
    return tape


def run_host(device, host, linger=1.0, limit=30):
    """A Python function with a pyserial port against a device."""
    import serial

    tape, port = Tape(), Port()

    def body():
        with serial.Serial(port.name, 115200, timeout=0.5) as line:
            host(line)

    t = threading.Thread(target=body)
    t.start()
    ended = []

    def stop():
        now = time.monotonic()
        if not t.is_alive() and not ended:
            ended.append(now)
        return (bool(ended) and now - ended[0] > linger) or \
            now - tape.start > limit

    serve(tape, port, device, stop)
    t.join()
    while not stop():
        time.sleep(0.01)
    return tape


def run_pair(left, right, linger=0.5, limit=60):
    """Two programs, each on its own terminal as stdin and stdout."""
    tape = Tape()
    a, b = Port(), Port()
    procs = [subprocess.Popen(argv, stdin=p.slave, stdout=p.slave,
                              stderr=subprocess.DEVNULL)
             for argv, p in ((left, a), (right, b))]
    ended = 0
    while time.monotonic() - tape.start < limit:
        ready, _, _ = select.select([a.fd, b.fd], [], [], 0.05)
        for fd in ready:
            data = os.read(fd, 4096)
            tape.add(">" if fd == a.fd else "<", data)
            time.sleep(0.005)  # rx flushes its input after each ACK
            os.write(b.fd if fd == a.fd else a.fd, data)
        if all(p.poll() is not None for p in procs):
            ended = ended or time.monotonic()
            if time.monotonic() - ended > linger:
                break
    for p in procs:
        p.kill()
    return tape


def talk(client, server_port, linger=0.5, limit=15):
    """A client program against a server on localhost, through a relay.

    ADDR in argv becomes the relay's address."""
    tape = Tape()
    front = socket.create_server(("127.0.0.1", 0))
    addr = f"127.0.0.1:{front.getsockname()[1]}"
    p = subprocess.Popen([a.replace("ADDR", addr) for a in client],
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, bufsize=0)
    reader = threading.Thread(target=listen, args=(tape, p.stdout))
    reader.start()
    front.settimeout(5)
    c, _ = front.accept()
    s = socket.create_connection(("127.0.0.1", server_port))
    tape.start = time.monotonic()
    lane, other, live = {c: ">", s: "<"}, {c: s, s: c}, {c, s}
    while live and time.monotonic() - tape.start < limit:
        ready, _, _ = select.select(list(live), [], [], 0.1)
        for sock in ready:
            try:
                data = sock.recv(4096)
            except ConnectionResetError:
                data = b""
            if not data:
                live.discard(sock)
                try:
                    other[sock].shutdown(socket.SHUT_WR)
                except OSError:
                    pass
                continue
            tape.add(lane[sock], data)
            try:
                other[sock].sendall(data)
            except OSError:
                live.discard(other[sock])
        if not ready and p.poll() is not None:
            break
    c.close()
    s.close()
    front.close()
    try:
        p.wait(timeout=2)
    except subprocess.TimeoutExpired:
        p.kill()
    reader.join()
    time.sleep(linger)
    return tape


def keep_parity():
    """Environment that lets stm32flash believe a pty keeps its parity bit."""
    so = os.path.join(os.environ.get("TMPDIR", "/tmp"), "keepparity.so")
    src = os.path.join(HERE, "keepparity.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", so, src, "-ldl"],
                   check=True)
    return {"LD_PRELOAD": so}
