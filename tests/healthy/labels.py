#!/usr/bin/env python3
"""Count the records of recordings that have a label.

    labels.py [-v] [--least PERCENT] PROGRAM FILE...

A record is what one side sent at one time, as the hexdump of `read --html`
shows it; it has a label when a note names any of its bytes.  By family (the
folder of the file) the share is printed, with -v also the records without.
With --least the exit status is 1 when a family has less.
"""
import html
import re
import subprocess
import sys
import tempfile
from collections import OrderedDict
from pathlib import Path

ROW = re.compile(r'<tr class="[hd]"><td class="t">(.*?)</td><td>(.*?)</td>'
                 r'<td class="b">(.*?)</td><td>(.*?)</td>'
                 r'<td class="n">(.*?)</td></tr>')


def records(program, path):
    """[lane, bytes as text, label] of each record."""
    with tempfile.TemporaryDirectory() as tmp:
        page = Path(tmp) / 'page.html'
        subprocess.run([program, 'read', '--html', page, path],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        text = page.read_text(errors='replace') if page.exists() else ''
    out = OrderedDict()
    for time, lane, code, _, label in ROW.findall(text):
        code = re.sub('<[^>]*>', '', code)
        record = out.setdefault((time, lane), [html.unescape(lane), '', ''])
        record[1] += ' ' + code
        record[2] += label
    return list(out.values())


def main(args):
    verbose = '-v' in args
    least = 0
    if '--least' in args:
        i = args.index('--least')
        least = int(args[i + 1])
        del args[i:i + 2]
    program, *files = [a for a in args if a != '-v']
    families = OrderedDict()
    bad = 0
    for path in files:
        found = records(program, path)
        named = sum(1 for r in found if r[2])
        family = families.setdefault(Path(path).parent.name, [0, 0])
        family[0] += named
        family[1] += len(found)
        for lane, code, label in found if verbose else []:
            if not label:
                print(f'  {Path(path).name}: {lane}{code[:90]}')
    for name, (named, total) in families.items():
        share = 100 * named // total if total else 0
        print(f'{name}: {named} of {total} records, {share} %')
        bad |= share < least
    return bad


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
