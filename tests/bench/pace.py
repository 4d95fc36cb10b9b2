"""A line that is busy in both directions: text at a steady rate on two ptys.

    pace.py DIR BYTES-A-SECOND SECONDS

DIR/host and DIR/device become names of the ports to listen on; what was sent
to each is written to DIR/host.sent and DIR/device.sent.  It begins when
DIR/go is there.
"""
import os
import pty
import random
import sys
import time
import tty

LANES = "host", "device"
PIECE = 2048


def text(seed):
    r = random.Random(seed)
    return b"".join(
        b"%06d sensor temp=%d.%d hum=%d volt=3.%02d state=OK\r\n" %
        (i, r.randint(18, 30), r.randint(0, 9), r.randint(20, 80),
         r.randint(0, 99)) for i in range(2000))


class Lane:
    def __init__(self, folder, name, seed):
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        link = os.path.join(folder, name)
        os.symlink(os.ttyname(slave), link)
        self.log = open(link + ".sent", "wb")
        self.text = text(seed)
        self.sent = 0

    def send(self, upto):
        while self.sent < upto:
            at = self.sent % len(self.text)
            n = os.write(self.master,
                         self.text[at:at + min(PIECE, upto - self.sent)])
            self.log.write(self.text[at:at + n])
            self.sent += n


def main():
    folder, rate, secs = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    lanes = [Lane(folder, name, i) for i, name in enumerate(LANES)]
    while not os.path.exists(os.path.join(folder, "go")):
        time.sleep(0.05)
    start = time.monotonic()
    while (now := time.monotonic() - start) < secs:
        for lane in lanes:
            lane.send(int(now * rate))
        time.sleep(0.002)
    for lane in lanes:
        lane.log.close()
    open(os.path.join(folder, "done"), "w").close()
    while True:  # the ports stay until somebody ends this
        time.sleep(1)


main()
