#!/usr/bin/env python3
"""Differential test of the rule reader against the executable reference.

Takes rule files, makes mutants of single statements (words changed, dropped,
repeated, put in), and lets both programs say what is wrong with each.  What
they say, where, and what they propose must be the same, but for what the C
program knowingly does otherwise (OURS and THEIRS below).

    messages.py REFERENCE TELLTALE ROUNDS SEED RULEFILE...
"""
import os
import random
import re
import subprocess
import sys
import tempfile

WORDS = ['7F', '79', '"x"', '"x"i', '""', 'within 1s', 'then', 'silence 1s',
         'quiet', 'after 3.5ch', '(', ')', '|', '*8', '*8..', '*2..5', '*5..2',
         '*0', '*5000', '*x', '?', '{01 02}', '{30..39}', '!', '{', '}', '..',
         '/F0', '80/F0', '85/F0', 'same(printable)*3', 'same', 'bytes[len]',
         'line', 'len:u8', '=len', 'u16le', 'F9:', 'digit:', 'in', 'and', 'or',
         'not', '+', '-', '1', '08', '0x28', '[break]', '[brake]', '"', '\\',
         '=>', '>', '<', 'start', '12ms', '1.5s', '3', 'hexval(', 'crc8(len)',
         'hexval(why)', '??', '7x', 'x9', 'pritable', 'printable', '%', '@',
         "'", '#', ',', 'when', 'ABCD', '7F79', '123', '.5', '5min']

# Said by the C program only: things the reference takes, or ends on.
OURS = ['does not fit here', 'fits where there is nothing',
        'needs the name of a table', "stand right of 'in'",
        'has nothing before it', 'needs something after it',
        'no table is called', 'takes fields', 'an empty set',
        'needs a time limit', 'has a mask already', 'a repeat of 0',
        'in this table already', 'nothing can be expected', 'comes after',
        'is a word of the language', 'not both', "has one 'unless'", "'until' takes"]
# Said by the reference only: follow-ons of a mistake told before.
THEIRS = ["'where' comes after", "a table line is"]
# Lists that have grown.
LISTS = ('statements:', 'events:', 'classes:', 'functions:')


def load(path):
    source = re.sub(r'\nmain\(\)\s*$', '\n', open(path).read())
    scope = {'__name__': 'reference'}
    exec(compile(source, path, 'exec'), scope)
    return scope['read']


def split(text):
    """The tables of a file, and its rules as lists of lines."""
    tables, rules, into = [], [], None
    for line in text.split('\n'):
        if line.startswith('table '):
            into = tables
        elif line.startswith('rule '):
            into = []
            rules.append(into)
        if into is not None and line.strip():
            into.append(line)
    return tables, rules


def mutate(rng, line):
    words = re.findall(r'\s+|"(?:\\.|[^"\\])*"i?|[^\s"]+|"', line)
    for _ in range(rng.randint(1, 2)):
        i = rng.randrange(1, len(words)) if len(words) > 1 else 0
        kind = rng.randrange(5)
        if kind == 0:
            words[i] = rng.choice(WORDS)
        elif kind == 1:
            words.insert(i, ' ' + rng.choice(WORDS) + ' ')
        elif kind == 2 and len(words) > 2:
            del words[i]
        elif kind == 3:
            words[i] += rng.choice('abf079 <>[](){}"\\*.|!=:;,-+/')
        else:
            k = rng.randrange(len(words[i]) + 1)
            words[i] = words[i][:k] + words[i][k + 1:]
    out = ''.join(words)
    return out if out.strip() and out[0] == ' ' else line


def mutants(rng, text, rounds, read, folder):
    """Files of some dozen rules with one mutant each that the reference can
    read without ending on it."""
    tables, rules = split(text)
    name = os.path.join(folder, 'one.rules')
    files, lines, n = [], list(tables), 0
    for k in range(rounds):
        rule = list(rng.choice(rules))
        at = rng.randrange(1, len(rule))
        rule[0] = 'rule mutant.number%d' % k
        rule[at] = mutate(rng, rule[at])
        with open(name, 'w', encoding='utf-8') as f:
            f.write('\n'.join(tables + rule) + '\n')
        try:
            read(name, {}, {})
        except Exception:
            continue
        lines += rule
        n += 1
        if n == 40:
            files.append('\n'.join(lines) + '\n')
            lines, n = list(tables), 0
    files.append('\n'.join(lines) + '\n')
    return files


def complaints(text, path):
    """By line: place, message, caret's width, hint."""
    found = {}
    block = re.compile(re.escape(path) + r':(\d+):(\d+): error: (.*)\n'
                       r' *\|\n.*\n( *\|.*)\n(?: *= hint: (.*)\n)?')
    for m in block.finditer(text):
        if re.search(r"rule '.*' has no '", m[3]):
            continue
        hint = m[5] or ''
        for name in LISTS:
            hint = re.sub(name + '.*', '', hint)
        # Long lines are shown in part: only the caret's width is compared.
        width = sum(m[4].count(c) for c in '^~')
        if 'not closed' in m[3]:  # up to the end of what is shown
            width = 1
        found.setdefault(int(m[1]), (int(m[2]), m[3], width, hint))
    return found


def known(line, want, got):
    word = line.split()[0]
    if want and not got:
        return any(w in want[1] for w in THEIRS) or 'field' in want[1]
    if any(w in got[1] for w in OURS):
        return True
    if word in ('yes', 'no') and ('line event' in got[1] or
                                  'exact bytes' in got[1]):
        return True  # the reference takes any event, and "text"i
    if want:  # no nonsense in hints
        if want[:3] == got[:3]:
            return 'range stands' in got[1] or 'no statement is' in got[1]
        return want[1] == 'bytes run together' and 'is not a byte' in got[1]
    # Texts besides the verdict are templates too; names are checked.
    if got[1].endswith('"i\' is not a value'):
        return True
    return word in ('cause', 'fix') and 'no field is called' in got[1] or \
        word in ('claim', 'until')


def main():
    reference, telltale, rounds, seed = sys.argv[1:5]
    read = load(reference)
    rng = random.Random(int(seed))
    total = bad = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'mutants.rules')
        for source in sys.argv[5:]:
            text = open(source, encoding='utf-8').read()
            for text in mutants(rng, text, int(rounds), read, folder):
                with open(path, 'w', encoding='utf-8') as f:
                    f.write(text)
                want = complaints(''.join(read(path, {}, {})[2]), path)
                p = subprocess.run([telltale, 'rules', 'check', path],
                                   capture_output=True, text=True,
                                   errors='replace')
                got = complaints(p.stdout, path)
                lines = text.split('\n')
                for k in sorted(set(want) | set(got)):
                    total += 1
                    a, b = want.get(k), got.get(k)
                    if a == b or known(lines[k - 1], a, b):
                        continue
                    bad += 1
                    print('seed %s, %s:\n%s\n  reference: %s\n  telltale:  %s' %
                          (seed, source, lines[k - 1], a, b))
    print('%d passed, %d failed' % (total - bad, bad))
    sys.exit(bad > 0)


main()
