"""Binary data through a real pseudo terminal with one termios flag set.

cooked.py in FLAG   - what a program reads of a device behind such a terminal
cooked.py out FLAG  - what the device gets of what such a program writes
FLAG none: raw.  The bytes go to stdout.
"""
import os
import pty
import random
import select
import sys
import termios
import tty

way, flag = sys.argv[1:3]
rnd = random.Random(7)
data = [b for b in range(256) for _ in range(40)]
rnd.shuffle(data)
data = bytes(data)

master, slave = pty.openpty()
tty.setraw(slave)
a = termios.tcgetattr(slave)
if flag in ("ONLCR",):
    a[1] |= termios.OPOST | termios.ONLCR
elif flag != "none":
    a[0] |= getattr(termios, flag)
termios.tcsetattr(slave, termios.TCSANOW, a)
src, dst = (master, slave) if way == "in" else (slave, master)


def drain(wait):
    got = b""
    while select.select([dst], [], [], wait)[0]:
        got += os.read(dst, 65536)
        wait = 0.05
    return got


for i in range(0, len(data), 256):
    os.write(src, data[i:i + 256])
    sys.stdout.buffer.write(drain(0.5))
sys.stdout.buffer.write(drain(0.2))
