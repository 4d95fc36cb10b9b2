#!/usr/bin/env python3
"""Read every recording of the corpus and hold the verdict against what its
index says: docs/CORPUS.md.

    table.py PROGRAM CORPUS

prints the page, says on stderr what is not accounted for, and then exits 1.
A row is right when the headline is one that allow.tsv names for the file;
on a file of class "negative", when there is no fault.  A healthy or faulty
recording that is not recognised needs a line in unknown.tsv that says why.
What cannot be opened yet is listed as such.
"""
import csv
import fnmatch
import json
import os
import re
import subprocess
import sys
from collections import Counter

HERE = os.path.dirname(os.path.abspath(__file__))

# Containers and listings that would be taken as raw bytes or as text.
CLOSED = ('.sr', '.strace', '.usbmon.txt', '.json')

INTRO = """# Recordings of others

What `telltale read` says of every recording of a corpus that nobody here
made, against what the corpus' index says of it. Made by `make corpus-doc`
where the corpus is at hand (`TELLTALE_CORPUS`); do not edit.

- **class** is the index's: *healthy*, *fault*, *negative* (nothing that a
  fault may be found in), *wrongbaud* (read with wrong settings on purpose).
- **verdict** is the headline's rule and what it makes of the recording.
- **because** is why that is true (`tests/corpus/allow.tsv`), or why a
  recording is not recognised (`tests/corpus/unknown.tsv`).

"""


def table(name):
    with open(os.path.join(HERE, name)) as f:
        for line in f:
            cell = line.rstrip('\n').split('\t')
            if line.strip() and not line.startswith('#') and len(cell) > 1:
                yield cell


def index(corpus):
    with open(os.path.join(corpus, 'INDEX.tsv'), encoding='utf-8') as f:
        rows = csv.reader(f, delimiter='\t', quoting=csv.QUOTE_NONE)
        next(rows)
        for r in rows:
            if len(r) >= 8:
                yield {'path': r[0], 'format': r[4], 'class': r[5].split()[0]
                       if r[5].split() else '', 'protocol': r[6],
                       'contents': r[7]}


def read(program, path):
    """(status, rule, text), or None with a word why it cannot be opened."""
    env = dict(os.environ, HOME='/nonexistent',
               XDG_CONFIG_HOME='/nonexistent')
    name = os.path.basename(path)
    lane = ['--lane', 'host'] if name.endswith(
        ('.host.bin', '.to-display.bin')) else []
    try:
        p = subprocess.run([program, 'read', '--json', *lane, path], env=env,
                           stdin=subprocess.DEVNULL, capture_output=True,
                           timeout=120)
    except subprocess.TimeoutExpired:
        return None
    if p.returncode not in (0, 1, 3):
        return None
    v = json.loads(p.stdout.splitlines()[-1])
    if name.endswith(CLOSED) and not re.search('sigrok|strace|usbmon',
                                               v['format']):
        return None
    head = v.get('headline') or {}
    return v['status'], head.get('rule', ''), head.get('text', '')


def reason(rules, path, *want):
    for cell in rules:
        if fnmatch.fnmatchcase(path, cell[0]) and \
                cell[1:1 + len(want)] == list(want) and cell[-1]:
            return cell[-1]
    return ''


def judge(row, result, allow, unknown):
    """(is it accounted for, why)"""
    status, rule, _ = result
    if rule:
        why = reason(allow, row['path'], rule)
        if row['class'] == 'negative' and status == 'fault':
            return False, 'a fault where nothing is wrong'
        if row['class'] == 'healthy' and status == 'fault' and \
                not why.startswith('the index calls it healthy, but'):
            return False, 'a fault in a healthy recording'
        return bool(why), why or 'not accounted for'
    if row['class'] not in ('healthy', 'fault'):
        return True, ''
    why = reason(unknown, row['path'])
    return bool(why), why or 'not accounted for'


def cell(text):
    out = ''.join(c if ' ' <= c <= '~' else '?' for c in text)
    for c in '|<*_`':
        out = out.replace(c, '\\' + c)
    return out


def main():
    program, corpus = sys.argv[1:3]
    allow, unknown = list(table('allow.tsv')), list(table('unknown.tsv'))
    lines, closed, bad, count = [], [], [], Counter()
    for row in index(corpus):
        path = os.path.join(corpus, row['path'])
        if not os.path.isfile(path):
            continue
        result = read(program, path)
        if result is None:
            closed.append(row)
            continue
        good, why = judge(row, result, allow, unknown)
        status, rule, _ = result
        count[row['class'], status] += 1
        if not good:
            bad.append('%s (%s): %s %s: %s' % (row['path'], row['class'],
                                               status, rule, why))
        lines.append('| %s | %s | %s | %s | %s |' % (
            cell(row['path']), row['class'], cell(row['protocol']),
            '%s, %s' % (status, rule) if rule else 'unknown', cell(why)))
    for b in bad:
        print('not ok - ' + b, file=sys.stderr)
    print(INTRO + '| class | recordings | ok | fault | unknown |\n'
          '|---|---:|---:|---:|---:|')
    for c in sorted({c for c, _ in count}):
        n = [count[c, s] for s in ('ok', 'fault', 'unknown')]
        print('| %s | %d | %d | %d | %d |' % (c, sum(n), *n))
    print('\n## Verdicts\n\n| recording | class | protocol | verdict | because |'
          '\n|---|---|---|---|---|')
    print('\n'.join(lines))
    print('\n## Not opened yet\n\n| format | recordings |\n|---|---:|')
    for f, n in sorted(Counter(re.split(', lines|; | \\(', r['format'])[0]
                               for r in closed).items()):
        print('| %s | %d |' % (cell(f), n))
    return 1 if bad else 0


sys.exit(main())
