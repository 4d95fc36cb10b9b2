"""Send pseudo-random bytes through a bridge in both directions at once.

    pump.py END END BYTES [SEED]

END is a tty, or HOST:PORT to connect to.  Exit status 0 when each end has
received what the other has sent, byte for byte.
"""
import os
import random
import select
import socket
import sys
import termios
import time
import tty

QUIET = 60  # seconds without a byte: something is lost


def open_end(name):
    if name.startswith("/"):
        fd = os.open(name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(fd, termios.TCSANOW)
        return fd
    host, port = name.rsplit(":", 1)
    s = socket.create_connection((host, int(port)))
    s.setblocking(False)
    return s.detach()


class Lane:
    """From one end to the other."""

    def __init__(self, src, dst, total, seed):
        self.src, self.dst, self.total = src, dst, total
        self.made, self.want = random.Random(seed), random.Random(seed)
        self.sent = self.got = 0
        self.out = self.expect = b""

    def send(self):
        if not self.out:
            self.out = self.made.randbytes(65536)[:self.total - self.sent]
        n = os.write(self.src, self.out)
        self.out = self.out[n:]
        self.sent += n

    def receive(self):
        data = os.read(self.dst, 65536)
        if not data:
            raise SystemExit("an end was closed")
        while len(self.expect) < len(data):
            self.expect += self.want.randbytes(65536)
        if data != self.expect[:len(data)]:
            raise SystemExit("not what was sent, after %d bytes" % self.got)
        self.expect = self.expect[len(data):]
        self.got += len(data)


def main():
    total = int(float(sys.argv[3]))
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    ends = [open_end(n) for n in sys.argv[1:3]]
    time.sleep(0.5)  # until both are seen to be open
    lanes = [Lane(ends[0], ends[1], total, seed),
             Lane(ends[1], ends[0], total, seed + 1)]
    start = last = time.monotonic()
    while any(x.got < total for x in lanes):
        r, w, _ = select.select(
            [x.dst for x in lanes if x.got < total],
            [x.src for x in lanes if x.sent < total], [], 1)
        for x in lanes:
            if x.src in w:
                x.send()
            if x.dst in r:
                x.receive()
                last = time.monotonic()
        if time.monotonic() - last > QUIET:
            raise SystemExit("nothing comes any more: %d and %d of %d" %
                             (lanes[0].got, lanes[1].got, total))
    secs = time.monotonic() - start
    print("%d bytes each way in %.1f s, %.1f MB/s" %
          (total, secs, 2 * total / secs / 1e6))


try:
    main()
except (SystemExit, OSError) as e:
    if not isinstance(e, SystemExit) or e.code:
        print(e)
        sys.exit(1)
