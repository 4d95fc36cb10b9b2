"""What strace saw a tool do to its port: settings, lines, bytes.

    strace_port.py PORT set|line|host|device <what strace -f -v -xx -s 65536 says

set: each speed and frame that the tool read or made, changes only; line: DTR,
RTS and breaks, with those that the system raises at the first open and drops
at the last close (unless HUPCL is off); host, device: the bytes, as hex.
Calls that failed do not count.
"""
import re
import sys

CALL = re.compile(r"^(?:\[pid +\d+\] |\d+ +)?(\w+)\((.*)\) += (-?\d+|0x\w+)")


def text(s):
    """The bytes of strace's "\\x41..." (-xx)."""
    return bytes(int(x, 16) for x in re.findall(r"\\x(..)", s))


def settings(args):
    """(speed, frame, HUPCL) of a decoded termios."""
    cflag = re.search(r"c_cflag=([^,}]*)", args).group(1)
    baud = re.search(r"\bB(\d+)\b", cflag)
    speed = re.search(r"c_ospeed=B?(\d+)", args)
    bits = re.search(r"\bCS([5-8])\b", cflag)
    parity = "N"
    if "PARENB" in cflag:
        parity = "O" if "PARODD" in cflag else "E"
    frame = (bits.group(1) if bits else "5") + parity
    frame += "2" if "CSTOPB" in cflag else "1"
    n = baud or speed  # neither: BOTHER in the old form keeps the speed
    return n and n.group(1), frame, "HUPCL" in cflag


class Port:
    def __init__(self, name):
        self.name, self.fds, self.up = name, set(), set()
        self.set, self.hupcl, self.speed = None, True, "0"
        self.out = {"set": [], "line": [], "host": "", "device": ""}

    def lines(self, up):
        for bit in ("dtr", "rts"):
            if (bit in self.up) != (bit in up):
                self.out["line"].append(bit + ("+" if bit in up else "-"))
        self.up = up

    def opened(self, fd):
        if not self.fds:
            self.set = None
            self.lines({"dtr", "rts"})
        self.fds.add(fd)

    def closed(self, fd):
        self.fds.discard(fd)
        if not self.fds and self.hupcl:
            self.lines(set())

    def ioctl(self, args):
        what = args.split(",")[1].strip()
        m = re.search(r"TIOCM(SET|BIS|BIC)\b", what)
        if "TCSETS" in what or "TCGETS" in what:
            speed, frame, hupcl = settings(args)
            self.speed = speed or self.speed
            new = "%s %s" % (self.speed, frame)
            if "TCSETS" in what:
                self.hupcl = hupcl
            if new != self.set:
                self.out["set"].append(new)
            self.set = new
        elif m:
            bits = {b.lower() for b in ("DTR", "RTS") if "TIOCM_" + b in args}
            self.lines(bits if m.group(1) == "SET" else
                       self.up | bits if m.group(1) == "BIS" else
                       self.up - bits)
        elif "TIOCSBRK" in what or (re.search(r"\bTCSBRKP?\b", what) and
                                    args.split(",")[-1].strip() == "0"):
            self.out["line"].append("break")

    def call(self, call, args, ret):
        if call in ("open", "openat"):
            if ret >= 0 and text(args).decode() == self.name:
                self.opened(ret)
            return
        fd = args.split(",")[0]
        if not fd.isdigit() or int(fd) not in self.fds or ret < 0:
            return
        if call in ("dup", "dup2", "dup3") or \
                (call == "fcntl" and "F_DUPFD" in args):
            self.fds.add(ret)
        elif call == "close":
            self.closed(int(fd))
        elif call in ("read", "write"):
            lane = "host" if call == "write" else "device"
            self.out[lane] += text(args)[:ret].hex().upper()
        elif call == "ioctl":
            self.ioctl(args)


def main():
    port = Port(sys.argv[1])
    for line in sys.stdin:
        m = CALL.match(line)
        if m:
            port.call(m.group(1), m.group(2), int(m.group(3), 0))
    for fd in list(port.fds):  # closed by the end of the program
        port.closed(fd)
    out = port.out[sys.argv[2]]
    print(out if isinstance(out, str) else "\n".join(out))


main()
