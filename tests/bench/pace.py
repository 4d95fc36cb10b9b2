"""A device that sends text at a steady rate on a pty.

    pace.py LINK BYTES-A-SECOND SECONDS LOG

LINK becomes a name for its port; what was sent is written to LOG.
"""
import os
import pty
import random
import sys
import time
import tty


def main():
    link, rate, secs = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    master, slave = pty.openpty()
    tty.setraw(slave)
    if os.path.lexists(link):
        os.unlink(link)
    os.symlink(os.ttyname(slave), link)
    r = random.Random(1)
    text = b"".join(
        b"%06d sensor temp=%d.%d hum=%d volt=3.%02d state=OK\r\n" %
        (i, r.randint(18, 30), r.randint(0, 9), r.randint(20, 80),
         r.randint(0, 99)) for i in range(2000))
    time.sleep(2)
    start, sent = time.monotonic(), 0
    with open(sys.argv[4], "wb") as log:
        while (now := time.monotonic() - start) < secs:
            while sent < int(now * rate):
                at = sent % len(text)
                n = os.write(master, text[at:at + min(2048, int(now * rate)
                                                      - sent)])
                log.write(text[at:at + n])
                sent += n
            time.sleep(0.002)
    time.sleep(1.5)


main()
