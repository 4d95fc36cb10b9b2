#!/usr/bin/env python3
"""Binary logs of other tools, made from what is published about them.

Usage: binlogs.py njlog|sr|idle|zip OUT; binlogs.py truth SR: of a sigrok
session whose true bytes lie beside it, "same" or what differs."""
import glob
import struct
import subprocess
import sys
import zipfile

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


def frame(byte, bits, parity):
    data = [byte >> i & 1 for i in range(bits)]
    if parity:
        data.append(sum(data) % 2)
    return [0] + data + [1]


def wave(events, per_bit, bits=8, parity=False, invert=False):
    """Levels of two wires: (wire, bytes) one after the other, with pauses."""
    wires = [[], []]
    for who, text in events:
        n = max(map(len, wires)) + 400
        for w in wires:
            w.extend([1] * (n - len(w)))
        for byte in text:
            for level in frame(byte, bits, parity):
                wires[who].extend([level] * per_bit)
    n = max(map(len, wires)) + 400
    for w in wires:
        w.extend([1] * (n - len(w)))
    return bytes((a ^ invert) | (b ^ invert) << 1 for a, b in zip(*wires))


def session(out, samples, rate, names, chunks=1):
    meta = '[global]\nsigrok version=0.5.2\n\n[device 1]\n' \
        'capturefile=logic-1\ntotal probes=2\nsamplerate=%s\n' % rate
    meta += ''.join('probe%d=%s\n' % (i + 1, n) for i, n in enumerate(names))
    meta += 'unitsize=1\n'
    step = -(-len(samples) // chunks)
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr('version', '2')
        z.writestr('metadata', meta)
        for i in range(chunks):
            z.writestr('logic-1-%d' % (i + 1),
                       samples[i * step:(i + 1) * step])


TALK = [(1, b'\x7f'), (0, b'\x79'), (1, b'\x00\xff'),
        (0, bytes.fromhex('790b310001021121314463738292')), (1, b'AT\r\n'),
        (0, b'\r\nOK\r\n')]


def sr(out):
    session(out, wave(TALK, 10, parity=True), '1.152 MHz', ['RX', 'TX'], 3)


def inverted(out):
    session(out, wave(TALK, 10, parity=True, invert=True), '1.152 MHz',
            ['0', '1'])


def idle(out):
    session(out, bytes(3 for _ in range(100000)), '1 MHz', ['RX', 'TX'])


def archive(out):
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        for name in sys.argv[3:]:
            z.write(name)


def truth(name, program):
    """Bytes by lane of a session, and the files beside it."""
    base = name[:-3]
    want = sorted(open(f, 'rb').read() for f in glob.glob(base + '.*.bin'))
    got = []
    for lane in ('host', 'device'):
        got.append(subprocess.run(
            [program, 'convert', '--to', 'raw', '--lane', lane, name, '-'],
            capture_output=True, check=False).stdout)
    same = sorted(g for g in got if g) == want
    print('same' if same else 'other')


if __name__ == '__main__':
    if sys.argv[1] == 'truth':
        truth(sys.argv[2], sys.argv[3])
    else:
        with open(sys.argv[2], 'wb') as f:
            {'njlog': njlog, 'sr': sr, 'inverted': inverted, 'idle': idle,
             'zip': archive}[sys.argv[1]](f)
