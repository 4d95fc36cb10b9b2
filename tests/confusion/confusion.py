#!/usr/bin/env python3
"""Read rows.tsv: each recording must have the verdict that its row says.

    confusion.py PROGRAM [--show]

The last column is words: a rule (headline or among also), "unknown" (no
verdict), "decide" (a list of what would decide).
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def tape(text):
    out = ['# telltale tape 1', '# time: ms']
    for part in text.split(' | '):
        time, _, rest = part.partition(' ')
        rest = '[close]' if rest == 'end' else rest
        out.append(f'{int(time) // 1000}.{int(time) % 1000:03d} {rest}')
    return '\n'.join(out) + '\n'


def read(program, text):
    with tempfile.TemporaryDirectory() as tmp:
        path = Path(tmp) / 'row.tape'
        path.write_text(tape(text))
        said = subprocess.run([program, 'read', '--json', path], text=True,
                              capture_output=True, timeout=60)
    return json.loads(said.stdout.splitlines()[-1])


def main(program, show):
    bad = False
    for line in (HERE / 'rows.tsv').read_text().splitlines():
        if not line or line.startswith('#'):
            continue
        name, text, *want = line.split('\t')
        report = read(program, text)
        head = (report['headline'] or {}).get('rule')
        has = {head} | {a['rule'] for a in report['also']}
        has |= {'unknown'} if report['status'] == 'unknown' else set()
        has |= {'decide'} if report['decide'] else set()
        has |= {'unread'} if report['unread'] else set()
        said = ' '.join(sorted(h for h in has if h))
        if show:
            print(f'{name}\t{report["status"]} {head}\t{said}')
            continue
        missing = [w for w in ' '.join(want).split() if w not in has]
        fault = 'no expectation' if not ''.join(want) else \
            f'no {", ".join(missing)}; {report["status"]}: {said}' \
            if missing or 'unread' in has else ''
        print(f'not ok - {name}: {fault}' if fault else f'ok - {name}')
        bad |= bool(fault)
    return bad


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], '--show' in sys.argv))
