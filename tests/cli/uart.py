#!/usr/bin/env python3
"""What an 8N1 receiver at another speed makes of 8N1 bytes on stdin:

    uart.py SENT-BAUD READ-BAUD

The line is a list of levels in time; the receiver waits for a falling edge and
looks at the middle of its own bits.  Between lines the sender is idle.
"""
import sys

sent, read = float(sys.argv[1]), float(sys.argv[2])
levels = [1] * 20
for byte in sys.stdin.buffer.read():
    levels += [0] + [byte >> k & 1 for k in range(8)] + [1]
    if byte == 10:
        levels += [1] * 25
levels += [1] * 30
step = sent / read  # a bit of the receiver, in bits of the sender


def at(t):
    return levels[min(int(t), len(levels) - 1)]


out = bytearray()
t = 1
while t < len(levels):
    if not (levels[t - 1] == 1 and levels[t] == 0):
        t += 1
        continue
    if at(t + step / 2):
        t += 1
        continue
    out.append(sum(at(t + (k + 1.5) * step) << k for k in range(8)))
    t = int(t + 9.5 * step) + 1
sys.stdout.buffer.write(bytes(out))
