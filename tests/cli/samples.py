#!/usr/bin/env python3
"""Logs that real tools wrote, read back: the bytes and directions must be the
true ones, which were noted beside each log when it was made.

Usage: samples.py TELLTALE FOLDER; prints a line of "ok" or "not ok" each."""
import json
import os
import struct
import subprocess
import sys

H, D = 'H>D', 'D>H'
T = [(H, b'\x7f'), (D, b'\x79'), (H, b'\x00\xff'),
     (D, bytes.fromhex('790b31000102112131446373829279')), (H, b'AT\r\n'),
     (D, b'\r\nOK\r\n'), (D, b'h' * 20)]
T2 = T + [(H, bytes.fromhex('22715c5c000a'))]

# file, what it is read as, truth (None: the .truth.json of its name), how
# exact: "order" all, "bytes" each side's bytes, "host" the host's bytes and
# some of the device's (the tool threw others away), "size" no more than that
# so many came, "device" the device's bytes alone
SAMPLES = [
    ('socat/x.log', 'socat log', None, 'order'),
    ('socat/xv.log', 'socat log', None, 'order'),
    ('socat/xv_d2.log', 'socat log', None, 'order'),
    ('socat/xv_lu.log', 'socat log', None, 'order'),
    ('socat/v.log', 'socat log', None, 'size'),
    ('interceptty/plain.log', 'interceptty log', None, 'order'),
    ('interceptty/ts.log', 'interceptty log', None, 'order'),
    ('interceptty/eol.log', 'interceptty log', None, 'order'),
    ('interceptty/hexonly.log', 'interceptty log', None, 'order'),
    ('interceptty/charsonly.log', 'interceptty log', None, 'order'),
    ('interceptty/plain.nicedump.txt', 'interceptty log',
     'interceptty/plain.truth.json', 'order'),
    ('slsnif/plain.log', 'slsnif log', None, 'order'),
    ('slsnif/ts_hex_bytes.log', 'slsnif log', None, 'order'),
    ('slsnif/ts_hexdump.log', 'slsnif log', None, 'order'),
    ('jpnevulator/tp_ascii.log', 'jpnevulator log', None, 'order'),
    ('jpnevulator/tp_plain.log', 'jpnevulator log', None, 'order'),
    ('jpnevulator/tp_ascii_bc.log', 'jpnevulator log', None, 'order'),
    ('jpnevulator/w8.log', 'jpnevulator log', None, 'order'),
    ('jpnevulator/bin.log', 'jpnevulator log', None, 'order'),
    ('jpnevulator/nots.log', 'jpnevulator log', None, 'order'),
    ('jpnevulator/ctl.log', 'jpnevulator log', None, 'order'),
    ('ser2net/both.trc', 'ser2net trace', 'ser2net/run1.truth.json', 'order'),
    ('ser2net/read_hexonly.trc', 'ser2net trace', 'ser2net/run1.truth.json',
     'device'),
    ('pyserial/spy.log', 'pyserial spy log', T, 'order'),
    ('pyserial/spyall.log', 'pyserial spy log', T, 'order'),
    ('pyserial/spycolor.log', 'pyserial spy log', T, 'order'),
    ('esptool/v47_spy.log', 'pyserial spy log', None, 'host'),
    ('strace/P_real.strace', 'strace of a tool', T2, 'order'),
    ('strace/P_link.strace', 'strace of a tool', T2, 'order'),
    ('strace/all_x.strace', 'strace of a tool', T2, 'order'),
    ('strace/all_xx_s.strace', 'strace of a tool', T2, 'order'),
    ('strace/T_r.strace', 'strace of a tool', T2, 'order'),
    ('strace/Xraw.strace', 'strace of a tool', T2, 'order'),
    ('strace/dump.strace', 'strace of a tool', T2, 'order'),
    ('stm32flash/write_strace.strace', 'strace of a tool', None, 'bytes'),
    ('umockdev/rec.script', 'umockdev script', T2, 'order'),
    ('esptool/v47_read_mac.txt', 'esptool --trace', None, 'host'),
    ('esptool/v50_read_mac.txt', 'esptool --trace', None, 'host'),
    ('esptool/v47_nosync.txt', 'esptool --trace', None, 'device-some'),
    ('esptool/v50_nosync.txt', 'esptool --trace', None, 'device-some'),
    ('avrdude/vvvv.err', 'avrdude -vvvv', None, 'host'),
    ('mtkclient/logs/log.txt', 'mtkclient log', 'mtkclient/truth.json',
     'host'),
    ('mtkclient/stdout.txt', 'mtkclient log', 'mtkclient/truth.json', 'host'),
    ('sigrok/ann_l4.txt', 'sigrok annotations', 'sigrok/truth.json', 'bytes'),
    ('sigrok/ann_json.txt', 'sigrok trace (JSON)', 'sigrok/truth.json',
     'bytes'),
    ('sigrok/ann_data.txt', 'sigrok annotations', 'sigrok/truth.json', 'mixed'),
    ('sigrok/ann_data_samplenum.txt', 'sigrok annotations',
     'sigrok/truth.json', 'mixed'),
    ('sigrok/ann_ascii.txt', 'sigrok annotations', 'sigrok/truth.json',
     'mixed'),
    ('sigrok/pkt.txt', 'sigrok annotations', None, 'read'),
    ('sigrok/ann_all.txt', 'sigrok annotations', None, 'read'),
    ('sigrok/ann_all_l3.txt', 'sigrok annotations', None, 'read'),
    ('tio/v25_ts.log', 'terminal log with times', None, 'device'),
    ('tio/v39_ts.log', 'terminal log with times', None, 'device'),
    ('tio/v39_epochus.log', 'terminal log with times',
     'tio/v39_ts.truth.json', 'device'),
    ('tio/v39_hex.log', 'hex pairs', None, 'device'),
    ('tio/v39_hex_ts.log', 'tio log of pairs', None, 'device'),
    ('tio/v39_hex8_ts.log', 'tio log of pairs', None, 'device'),
    ('minicom/cap_hex.log', 'hex pairs', None, 'device'),
    ('grabserial/F.log', 'terminal log with times', None, 'some'),
    ('grabserial/T.log', 'terminal log with times', None, 'some'),
    ('grabserial/t.log', 'terminal log with times', None, 'some'),
    ('tio/v25_plain.log', 'raw bytes', None, 'text'),
    ('tio/v25_hex.log', 'raw bytes', None, 'text'),
    ('picocom/log.log', 'raw bytes', None, 'text'),
    ('putty/plink_raw.log', 'PuTTY log', None, 'nothing'),
    ('stm32flash/app.txt', 'what a tool printed', None, 'nothing'),
    ('stm32flash/write.txt', 'what a tool printed', None, 'nothing'),
    ('avrdude/noresp.err', 'what a tool printed', None, 'nothing'),
    ('avrdude/vvv.err', 'what a tool printed', None, 'nothing'),
    ('esptool/v47_spy.txt', 'what a tool printed', None, 'nothing'),
    ('rfc2217/ser2net.socat.log', 'socat log', None, 'read'),
] + [('hexdumps/%s.txt' % n, t, 'hexdumps/in.bin', 'raw') for n, t in (
    ('xxd', 'hex dump'), ('xxd_a', 'hex dump'), ('xxd_b', 'hex dump'),
    ('xxd_e', 'hex dump'), ('xxd_g1c8u', 'hex dump'),
    ('hexdump_C', 'hex dump'), ('hexdump_vC', 'hex dump'),
    ('hexdump', 'hex dump'), ('od_Adx1', 'hex dump'),
    ('od_x1z', 'hex dump'), ('od_x1zv', 'hex dump'),
    ('od_default', 'hex dump'), ('hexyl', 'hex dump'),
    ('xxd_p', 'hex pairs'), ('xxd_i', 'hex pairs'))]


def truth_of(folder, name, truth):
    if isinstance(truth, list):
        return truth
    if truth is None:
        truth = os.path.splitext(name)[0] + '.truth.json'
    with open(os.path.join(folder, truth), 'rb') as f:
        data = f.read()
    if not truth.endswith('.json'):
        return [(D, data)]
    doc = json.loads(data)
    if isinstance(doc, dict) and 'events' in doc:
        # of an analyser, which shows a break as a NUL
        return [(d[:3], bytes.fromhex(h) or b'\0')
                for _, d, h in doc['events']]
    if isinstance(doc, dict):
        doc = doc['truth']
    return [(e['dir'], bytes.fromhex(e['hex'])) if isinstance(e, dict)
            else (e[1], bytes.fromhex(e[2])) for e in doc]


def records(blob):
    """The packets of a pcapng with serial traffic: direction and bytes."""
    at, out = 0, []
    while at + 12 <= len(blob):
        kind, size = struct.unpack_from('<II', blob, at)
        if kind == 6:
            cap, = struct.unpack_from('<I', blob, at + 20)
            p = blob[at + 28:at + 28 + cap]
            iface, = struct.unpack_from('<I', blob, at + 8)
            if iface == 0 and p[8] in (1, 2):
                out.append((H if p[8] == 1 else D, p[12:]))
        at += size
    return out


def merged(ev):
    out = []
    for d, b in ev:
        if not b:
            continue
        if out and out[-1][0] == d:
            out[-1] = (d, out[-1][1] + b)
        else:
            out.append((d, b))
    return out


def side(ev, d):
    return b''.join(b for x, b in ev if x == d)


def is_part(x, y):
    it = iter(y)
    return all(c in it for c in x)


def judge(how, got, true):
    h, d = side(got, H), side(got, D)
    if how in ('read', 'nothing'):
        return bool(h + d) == (how == 'read') or 'bytes: %d' % len(h + d)
    th, td = side(true, H), side(true, D)
    if how == 'size':
        return (len(h), len(d)) == (len(th), len(td)) or 'sizes differ'
    if how == 'mixed':
        return sorted(d) == sorted(th + td) or 'bytes differ'
    if how in ('device', 'raw', 'text'):
        return (d == td and not h) or 'the device sent %r' % d
    if how == 'some':
        return is_part(d.replace(b'\n', b''), td) and len(d) > 60 or repr(d)
    if how == 'device-some':
        return len(h) == 230 and is_part(d, td) or '%d %r' % (len(h), d)
    if h != th:
        return 'the host sent %d of %d bytes' % (len(h), len(th))
    if how == 'host':
        return is_part(d, td) and bool(d) or 'the device sent what it did not'
    if d != td:
        return 'the device sent %d of %d bytes' % (len(d), len(td))
    return how != 'order' or merged(got) == merged(true) or 'order'


def main(prog, folder):
    bad = False
    for name, title, truth, how in SAMPLES:
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            print('skip - %s is not there' % name)
            continue
        run = subprocess.run([prog, 'convert', path, '-', '--to', 'pcapng'],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        said = subprocess.run([prog, 'read', '--json', path],
                              stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
        why = True
        try:
            form = json.loads(said.stdout)['format']
        except ValueError:
            form = ''
        if not form.startswith(title):
            why = 'read as %r' % form
        elif run.returncode:
            why = run.stderr.decode()
        else:
            true = [] if how in ('read', 'nothing') else \
                truth_of(folder, name, truth)
            why = judge(how, records(run.stdout), true)
        if why is True:
            print('ok - %s: %s (%s)' % (name, form, how))
        else:
            print('not ok - %s: %s' % (name, str(why)[:300]))
            bad = True
    return bad


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2]))
