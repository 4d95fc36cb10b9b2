#!/usr/bin/env python3
"""What tests/cli/t_capture.sh needs besides a shell.

    capture.py tcp SEED FILE     a pcap of TCP connections with segments sent
                                 again, late and overlapping; the true bytes
                                 of connection N are FILE.N.host and .device
    capture.py follow FILE A B   the bytes that tshark finds between the ends
                                 A and B, as FILE.A... on stdout: two lines of
                                 hex, those of A and those of B
    capture.py samples DIR PROGRAM
                                 the USB samples of DIR against their truth
"""
import json
import os
import random
import re
import struct
import subprocess
import sys

HOSTS = '0a000001', '0a000002'


def packet(out, t, src, dst, seq, ack, flags, data):
    tcp = struct.pack('>HHIIHHHH', src[1], dst[1], seq & 0xffffffff,
                      ack & 0xffffffff, 0x5000 | flags, 8192, 0, 0) + data
    ip = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6, 0)
    ip += bytes.fromhex(src[0]) + bytes.fromhex(dst[0])
    frame = bytes(12) + b'\x08\x00' + ip + tcp
    out.write(struct.pack('<IIII', 1000 + t // 1000, t % 1000 * 1000,
                          len(frame), len(frame)) + frame)


def tcp(seed, name):
    rnd = random.Random(int(seed))
    streams = []
    for n in range(3):
        a, b = (HOSTS[0], 40000 + n), (HOSTS[1], 502)
        # beginnings near the wrap of sequence numbers
        isn = [rnd.choice([1, 0x7ffffff0, 0xfffffff0]) for _ in range(2)]
        sent = [b'', b'']
        packets = [(a, b, isn[0], 0, 2, b''),
                   (b, a, isn[1], isn[0] + 1, 18, b'')]
        for _ in range(40):
            side = rnd.randrange(2)
            at = isn[side] + 1 + len(sent[side])
            other = isn[1 - side] + 1 + len(sent[1 - side])
            data = rnd.randbytes(rnd.randrange(1, 60))
            sent[side] += data
            ends = (a, b) if not side else (b, a)
            packets.append((*ends, at, other, 16, data))
            kind = rnd.randrange(8)
            if kind == 0:  # sent again, some of it
                packets.append((*ends, at, other, 16, data[:30]))
            if kind == 1 and len(packets) > 4:  # this one late
                packets[-1], packets[-2] = packets[-2], packets[-1]
            if kind == 2 and len(sent[side]) > 9:  # overlapping
                packets.append((*ends, at + len(data) - len(data) // 2,
                                other, 16, data[len(data) - len(data) // 2:]))
        streams.append(packets)
        for side, lane in enumerate(('host', 'device')):
            with open('%s.%d.%s' % (name, n + 1, lane), 'wb') as f:
                f.write(sent[side])
    with open(name, 'wb') as out:
        out.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        t = 0
        first = True
        while any(streams):
            # the connections appear in the order of their numbers
            s = streams[t] if first and t < 3 else \
                rnd.choice([x for x in streams if x])
            packet(out, t, *s.pop(0))
            t += 1


def follow(name, a, b):
    out = subprocess.run(['tshark', '-r', name, '-q', '-z',
                          'follow,tcp,raw,%s,%s' % (a, b)],
                         capture_output=True, text=True).stdout
    node = re.search(r'^Node 0: (.*)$', out, re.M)
    sides = [b'', b'']
    for line in out.splitlines():
        m = re.match(r'^(\t?)([0-9a-f]+)$', line)
        if m:
            sides[bool(m[1])] += bytes.fromhex(m[2])
    if node and node[1] != a:
        sides.reverse()
    print(sides[0].hex())
    print(sides[1].hex())


def lane(program, name, which):
    return subprocess.run([program, 'convert', '--to', 'raw', '--lane', which,
                           name, '-'], capture_output=True).stdout


def tape(program, name):
    out = subprocess.run([program, 'convert', '--to', 'tape', name, '-'],
                         capture_output=True, text=True).stdout
    return [re.sub(r'^[0-9.]+ ', '', line) for line in out.splitlines()
            if not line.startswith('#')]


# What each statement of a truth file must have put on the tape.
EVENTS = [
    (r'SET_LINE(?:_CODING)? (\d+ \w+)$', r'[\1]'),
    (r'(\d+) baud touch', r'[\1 8N1]'),
    (r'SET_BAUD(?:RATE)? (\d+)', r'[\1 '),
    (r'SET_BAUDDIV (\d+)', r'[\1 '),
    (r'divisor form .* = 115384 8N1', '[115200 8N1]'),
    (r'divisor/prescaler (\d+)', r'[\1 '),
    (r'DTR on|DTR  active', '[dtr+]'),
    (r'RTS on', '[rts+]'),
    (r'DTR off', '[dtr-]'),
    (r'RTS off', '[rts-]'),
    (r'[Bb]reak on|SEND_BREAK|D>H break|break event', '[break]'),
    (r'parity', '[parity-error]'),
    (r'framing error', '[frame-error]'),
    (r'(?:CTS\+DSR|INT.*CTS DSR)', '[cts+]'),
    (r'SERIAL_STATE DCD DSR', '[dcd+]'),
]


def samples(folder, program):
    bad = 0
    for chip in ('ftdi', 'cp210x', 'ch341', 'pl2303', 'cdcacm'):
        truth = json.load(open(os.path.join(folder, chip + '.truth.json')))
        want = {'host': b'', 'device': b''}
        for t in truth:
            m = re.match(r'(H>D|D>H) ([0-9a-f ]+?)(?: [a-z(].*| in one.*)?$', t)
            if m and 'break' not in t:
                data = re.sub(r'\(.*', '', m[2]).replace(' ', '')
                want['host' if m[1] == 'H>D' else 'device'] += \
                    bytes.fromhex(data)
            elif 'D>H 41 ec 42 43' in t:
                want['device'] += bytes.fromhex('41ec4243')
        tapes = []
        for link in (189, 220, 249):
            name = os.path.join(folder, '%s_%d.pcap' % (chip, link))
            tapes.append(tape(program, name))
            for which in want:
                got = lane(program, name, which)
                if got != want[which]:
                    print('%s_%d: %s sent %s, not %s' % (
                        chip, link, which, got.hex(), want[which].hex()))
                    bad += 1
        if tapes[0] != tapes[1] or tapes[0] != tapes[2]:
            print('%s: the three link types differ' % chip)
            bad += 1
        for t in truth:
            for pattern, event in EVENTS:
                m = re.search(pattern, t)
                if not m:
                    continue
                e = m.expand(event)
                if not any(line.startswith(e) for line in tapes[0]):
                    print('%s: no %s for "%s"' % (chip, e, t))
                    bad += 1
    return bad


def main():
    what, args = sys.argv[1], sys.argv[2:]
    return {'tcp': tcp, 'follow': follow, 'samples': samples}[what](*args)


sys.exit(main())
