#!/usr/bin/env python3
"""Differential test of the engine against the executable reference.

Takes rule files, makes mutants of their own examples (bytes changed, dropped,
repeated, moved; pauses changed; two examples joined), writes each mutant as a
'yes' line of its rule, and lets both programs say which of them fire.  The
lists must be equal.

    examples.py REFERENCE TELLTALE ROUNDS SEED RULEFILE...

Left out on purpose, because the C program differs knowingly there (see
docs/telltale-rules.5): line events inside rules that name none, and pauses
between the 'timeout' of a ladder and its 'gap'.
"""
import random
import re
import subprocess
import sys
import tempfile
import os

TOKEN = re.compile(r'"(?:\\.|[^"\\])*"(?:\*\d+)?|\[[a-z+-]+\]|\S+')


def blocks(text):
    """(name, lines) of every rule; tables come along as they are."""
    name, lines = None, []
    for line in text.split('\n'):
        if re.match(r'(rule|table) ', line):
            if name is not None:
                yield name, lines
            name, lines = line, []
        elif name is not None:
            lines.append(line)
    if name is not None:
        yield name, lines


def mutate(rng, tokens, events, times):
    tokens = list(tokens)
    for _ in range(rng.randint(1, 3)):
        if not tokens:
            break
        i = rng.randrange(len(tokens))
        kind = rng.randrange(8)
        tok = tokens[i]
        if kind == 0:
            del tokens[i]
        elif kind == 1:
            tokens.insert(i, tok)
        elif kind == 2 and re.fullmatch(r'[0-9A-Fa-f]{2}', tok):
            tokens[i] = '%02X' % rng.randrange(256)
        elif kind == 3:
            tokens.insert(i, rng.choice(times))
        elif kind == 4 and re.fullmatch(r'[\d.]+(us|ms|s)', tok):
            tokens[i] = rng.choice(times)
        elif kind == 5:
            tokens.insert(i, rng.choice('<>'))
        elif kind == 6 and events:
            tokens.insert(i, rng.choice(events))
        elif kind == 7 and tok.startswith('"') and len(tok) > 4 and \
                '\\' not in tok and tok.endswith('"'):
            k = rng.randrange(1, len(tok) - 1)
            tokens[i] = tok[:k] + tok[k + 1:]
    return tokens


def usable(tokens):
    """An example must name a lane before bytes and hold something."""
    lane = False
    for t in tokens:
        if t in '<>':
            lane = True
        elif not lane and not t.startswith('[') and \
                not re.fullmatch(r'[\d.]+(us|ms|s)', t):
            return False
    return bool(tokens)


def mutants(rng, text, rounds):
    out = []
    for head, lines in blocks(text):
        keep, examples = [], []
        for line in lines:
            m = re.match(r'\s+(yes|no)\s+(.*?)(\s+=>.*)?$', line)
            if m:
                examples.append(TOKEN.findall(m[2]))
            else:
                keep.append(line)
        out.append(head)
        out += keep
        if not examples:
            continue
        body = '\n'.join(keep)
        pattern = '\n'.join(l for l in keep
                            if re.match(r'\s+(match|step|unless)', l))
        events = re.findall(r'(?<!\w)\[[a-z+-]+\]', pattern)
        times = ['1ms', '20ms', '40ms', '199ms', '300ms', '499ms', '1100ms',
                 '1500ms', '2s', '3s', '13s', '400us']
        if 'step' not in body:
            times += ['501ms', '800ms', '999ms']
        for _ in range(rounds):
            t = list(rng.choice(examples))
            if rng.randrange(4) == 0:
                t += [rng.choice(times)] + rng.choice(examples)
            t = mutate(rng, t, events, times)
            if usable(t):
                out.append('  yes      ' + ' '.join(t))
        out.append('  no       < FD FD FD FD')
    return '\n'.join(out) + '\n'


def verdicts(command, path):
    p = subprocess.run(command + [path], capture_output=True, text=True,
                       errors='replace')
    silent, other = set(), []
    for line in p.stdout.split('\n') + p.stderr.split('\n'):
        m = re.match(r'.*?:(\d+)(?::\d+)?: FAILED: (\S+) (.*)', line)
        if m and m[3].startswith('must fire here'):
            silent.add((int(m[1]), m[2]))
        elif m and 'in other pieces' in m[3]:
            pass  # a mutant at the very edge of a time, by less than a byte
        elif m:
            other.append(line)
        elif 'error:' in line:
            other.append(line)
    return silent, other


def main():
    reference, telltale, rounds, seed = sys.argv[1:5]
    total = bad = 0
    rng = random.Random(int(seed))
    for path in sys.argv[5:]:
        text = mutants(rng, open(path, encoding='utf-8').read(), int(rounds))
        with tempfile.TemporaryDirectory() as d:
            name = os.path.join(d, 'mutants.rules')
            with open(name, 'w', encoding='utf-8') as f:
                f.write(text)
            want, odd = verdicts([sys.executable, reference, 'check'], name)
            got, odd2 = verdicts([telltale, 'rules', 'check'], name)
        lines = text.split('\n')
        total += text.count('\n  yes ')
        for what in odd + odd2:
            print('unexpected:', what)
            bad += 1
        for line, rule in sorted(want ^ got):
            bad += 1
            print('seed %s: %s: %s fires in %s only:%s' % (
                seed, path, rule,
                'telltale' if (line, rule) in want else 'the reference',
                lines[line - 1]))
    print('%d passed, %d failed' % (total - bad, bad))
    sys.exit(bad > 0)


main()
