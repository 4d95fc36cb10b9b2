#!/usr/bin/env python3
"""Binary logs of other tools, made from what is published about them.

Usage: binlogs.py njlog OUT"""
import struct
import sys

EPOCH = 116444736000000000
STD, SERIAL = 0x01d47ff1fc334a00, 0x01d47c8fc7b0f700
MERGEABLE, FOLDABLE = 0x6000000000000000, 0x8000000000000000


def record(ms, code, data=b''):
    when = EPOCH + 1795306223 * 10**7 + ms * 10**4
    return struct.pack('<4sIQQ', b'\nrc:', len(data), code, when) + data


def njlog(out):
    params = struct.pack('<6I2B2xIII', 115200, 0, 8, 0, 2, 0, 1, 1, 0, 0, 0)
    records = [
        record(0, STD | 0x18),
        record(1, SERIAL | FOLDABLE | 0x13, params[:40] + b'COM3'),
        record(2, SERIAL | 0x0a, b'\x01'),
        record(3, SERIAL | 0x09, b'\x00'),
        record(4, SERIAL | 0x04, struct.pack('<I', 57600)),
        record(5, STD | 0x10 | MERGEABLE, b'\x30\x20'),
        record(9, STD | 0x11, b'\x14\x10'),
        record(10, SERIAL | 0x07, b'\x02\0\0\0'),
        record(11, 0x0123456789abcdef, b'not ours'),
        record(12, STD | 0x1b),
        record(13, STD | 0x1d, b'\x41\x01'),
        record(20, STD | 0x18),
        record(21, STD | 0x12, b'\x55'),
        record(30, SERIAL | 0x12)]
    body = b''.join(records)
    head = struct.pack('<4sIQQII16s', b'log:', 0x030a00, len(records),
                       len(body), len(records[-1]), 64 | 1 << 24, b'g' * 16)
    out.write(head + b'h' * 16 + body + bytes(1000))


if __name__ == '__main__':
    with open(sys.argv[2], 'wb') as f:
        {'njlog': njlog}[sys.argv[1]](f)
