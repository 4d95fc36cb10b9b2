#!/usr/bin/env python3
"""Reading costs no more a byte of a large file than of a small one: inputs
that are made to be awkward, at one size and at eight times that.

Usage: linear.py TELLTALE [MB]; a line each: the kind, MB/s, and how much
longer a byte of the larger one took.  Exit 1 when any took four times."""
import os
import subprocess
import sys
import tempfile
import time


def fill(size, *parts):
    """parts one after the other, with a number in each, up to size."""
    out, n, have = [], 0, 0
    while have < size:
        for p in parts:
            b = p.replace(b'@', b'%d' % n)
            out.append(b)
            have += len(b)
            n += 1
    return b''.join(out)[:size]


def pcap(size, packet, link):
    head = (0xa1b2c3d4).to_bytes(4, 'little') + bytes([2, 0, 4, 0]) + bytes(8)
    head += (65535).to_bytes(4, 'little') + link.to_bytes(4, 'little')
    out, have, n = [head], 24, 0
    while have < size:
        p = packet(n)
        out.append(n.to_bytes(4, 'little') + bytes(4) +
                   2 * len(p).to_bytes(4, 'little') + p)
        have += 16 + len(p)
        n += 1
    return b''.join(out)


def segment(n):
    """Out of order, of many connections, with holes."""
    seq = (n // 300 * 40 + (n % 7) * 20) & 0xffffffff
    tcp = (1024 + n % 300).to_bytes(2, 'big') + b'\x00\x50' + \
        seq.to_bytes(4, 'big') + bytes(4) + b'\x50\x10\xff\xff' + bytes(4)
    ip = b'\x45\0' + (40 + 20).to_bytes(2, 'big') + bytes(4) + \
        b'\x40\x06\0\0' + b'\x0a\0\0\x01\x0a\0\0\x02'
    return bytes(12) + b'\x08\0' + ip + tcp + b'x' * 20


KINDS = {
    'one line without an end': lambda n: b'A' * n,
    'empty lines': lambda n: b'\n' * n,
    'zeros': bytes,
    'pairs in one line': lambda n: fill(n, b'7f 30 '),
    'brackets and quotes': lambda n: fill(n, b'"\\x<>[{(', b'= -1 <... '),
    'tape text that goes on and on': lambda n: fill(n, b'< 55 \\\n'),
    'tape text, no line understood': lambda n:
        b'0.1 > 7F\n' + fill(n, b'0.@ ? zz\n'),
    'socat, no row whole': lambda n: fill(
        n, b'> 2026/11/22 00:04:09.000000001  length=9 from=0 to=8\n 30 zz\n'),
    'strace, no call ends': lambda n: fill(
        n, b'[pid @] write(3</dev/ttyUSB0>, "a", 1 <unfinished ...>\n'),
    'esptool, rows without a head': lambda n: b'TRACE +0.000 Write 9 bytes: \n'
        + b'TRACE +0.000 Write 99 bytes:\n' + fill(n, b'    c0 | x\n'),
    'hexdump, offsets that jump': lambda n: fill(
        n, b'0000@0: 30 20 14 10\n'),
    'HTML entities, quoted': lambda n: fill(n, b'&gt; &gt; &lt; @ &amp;\n'),
    'colours': lambda n: fill(n, b'\x1b[31m@\x1b[0m \x1b[\n'),
    'TCP out of order': lambda n: pcap(n, segment, 1),
    'USB that says nothing': lambda n: pcap(
        n, lambda i: bytes(8) + b'S\x03\x81' + bytes([i % 128, 1, 0]) +
        bytes(50), 189),
    'JSON without an end': lambda n: b'[' + fill(n, b'{"ph":"B","ts":@,'),
    'CSV without an end': lambda n: b'Time [s],Value,Parity Error,Framing '
        b'Error\n' + fill(n, b'0.@,"0x'),
}


def cost(program, data, name):
    with open(name, 'wb') as f:
        f.write(data)
    best = 1e9
    for _ in range(2):
        start = os.times()
        subprocess.run([program, 'convert', '--force', '--to', 'tape', name,
                        '/dev/null'], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
        end = os.times()
        best = min(best, end.children_user + end.children_system -
                   start.children_user - start.children_system)
    return best


def main():
    program = sys.argv[1]
    small = int(float(sys.argv[2] if len(sys.argv) > 2 else 1) * 1e6)
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.join(folder, 'in')
        idle = cost(program, b'x', name)
        for kind, make in KINDS.items():
            a = max(cost(program, make(small), name) - idle, 0.01)
            b = max(cost(program, make(8 * small), name) - idle, 0.01)
            ratio = b / a / 8
            print('%-32s %7.1f MB/s %5.2f' % (kind, 8 * small / 1e6 / b,
                                             ratio), flush=True)
            bad |= ratio > 4
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
