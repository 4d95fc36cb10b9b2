"""Dialogues that are not what they were: is a fault made up of them?

    mutate.py PROGRAM [CUTS [SEED [FAMILY]]]

Every capture and every healthy dialogue is cut short at its records (CUTS of
them, evenly; 0: all), has foreign bytes put in between, its lanes exchanged,
and is interleaved with another one.  A verdict that is sure of a fault must be
one that the whole dialogue (or the other one) has too, or be in
tests/cli/mutate.allow, which says why it is true.  The same seed gives the
same tapes.
"""
import glob
import json
import os
import random
import re
import subprocess
import sys
import tempfile

BATCH = 400
HEAD = "# telltale tape 1\n# time: us\n"
RECORD = re.compile(r"(?:(\d+\.\d+)(?: |$))?([<>$]|\[|)(.*)", re.S)
WORDS = ("ready", "temp=21.5", "OK to go", "link up", "retry 3", "done.")


class Tape:
    """Records in order: seconds, lane mark ("" only says that time went on),
    the rest of the line."""

    def __init__(self, name, records):
        self.name = name
        self.records = records

    def text(self):
        return HEAD + "".join(
            f"{t:.6f} {lane}{rest}".rstrip() + "\n" for t, lane, rest in self.records)


def read_tape(name, text):
    records, t = [], 0.0
    for line in re.sub(r" *\\\n *", " ", text).splitlines():
        m = RECORD.fullmatch(line)
        if m and line and not line.startswith("#"):
            t = float(m[1]) if m[1] else t
            records.append((t, m[2], m[3]))
    return Tape(name, records)


def load(program, tmp):
    """All tapes, written anew by the program: one record a line, one lane."""
    tapes = []
    for path in sorted(glob.glob("captures/*.tape") +
                       glob.glob("tests/healthy/*/*.tape")):
        out = os.path.join(tmp, "normal.tape")
        subprocess.run([program, "convert", "--force", path, out],
                       check=True, capture_output=True)
        with open(out, encoding="latin-1") as f:
            tapes.append(read_tape(path, f.read()))
    return tapes


# ---- what is done to a tape ------------------------------------------------


def cut_short(tape, cuts):
    n = len(tape.records)
    every = 1 if not cuts or n <= cuts else n / cuts
    places = sorted({int(i * every) for i in range(1, n)
                     if 0 < int(i * every) < n})
    for k in places:
        yield f"cut at record {k}", Tape("", tape.records[:k]), [tape]


def exchanged(tape):
    other = {"<": ">", ">": "<"}
    yield "lanes exchanged", Tape("", [
        (t, other.get(lane, lane), rest) for t, lane, rest in tape.records
    ]), [tape]


def foreign(r):
    if r.randrange(3) == 0:
        text = " ".join(r.choice(WORDS) for _ in range(r.randint(1, 4)))
        return f' "{text}\\r\\n"'
    return " " + r.randbytes(r.randint(1, r.choice((3, 20, 200)))).hex(" ").upper()


def inserted(tape, r):
    for lanes in ("<", ">", "<>"):
        records = list(tape.records)
        for _ in range(r.randint(1, 8)):
            k = r.randrange(len(records))
            records.insert(k, (records[k][0], r.choice(lanes), foreign(r)))
        yield f"foreign bytes on {lanes}", Tape("", records), [tape]


def interleaved(tape, tapes, r):
    other = r.choice(tapes)
    late = r.choice((0.0, 0.0005, r.random()))
    mixed = sorted([(t, 0, i, lane, rest)
                    for i, (t, lane, rest) in enumerate(tape.records)] +
                   [(t + late, 1, i, lane, rest)
                    for i, (t, lane, rest) in enumerate(other.records)])
    yield f"mixed with {other.name}", Tape("", [
        (t, lane, rest) for t, _, _, lane, rest in mixed]), [tape, other]


def mutants(tapes, cuts, r):
    for tape in tapes:
        yield from cut_short(tape, cuts)
        yield from exchanged(tape)
        yield from inserted(tape, r)
        for _ in range(3):
            yield from interleaved(tape, tapes, r)


# ---- what is said of it ----------------------------------------------------


def read_all(program, tmp, tapes):
    """The report on each tape, in order."""
    reports = []
    for at in range(0, len(tapes), BATCH):
        paths = []
        for i, tape in enumerate(tapes[at:at + BATCH]):
            paths.append(os.path.join(tmp, f"{i:04d}.tape"))
            with open(paths[-1], "w", encoding="latin-1") as f:
                f.write(tape.text())
        said = subprocess.run([program, "read", "--json"] + paths,
                              capture_output=True, text=True, timeout=600)
        lines = said.stdout.splitlines()
        if len(lines) != len(paths):
            sys.exit(f"not ok - {len(lines)} reports on {len(paths)} tapes: "
                     f"{said.stderr[:500]}")
        reports += [json.loads(line) for line in lines]
    return reports


def findings(report):
    return ([report["headline"]] if report["headline"] else []) + report["also"]


def faults(report):
    """Rules that are sure of a fault."""
    return [f["rule"] for f in findings(report)
            if f["word"] == "is" and f["severity"] in ("error", "warning")]


def read_allowed():
    allowed = {}
    with open("tests/cli/mutate.allow", encoding="utf-8") as f:
        for line in f:
            m = re.match(r"([\w.*-]+)  +(\w[\w ]*?)  +\S", line)
            if m:
                allowed[m[1]] = m[2].split()
    return allowed


def is_allowed(allowed, rule, how):
    kind = how.split()[0]
    return any(kind in kinds for name, kinds in allowed.items()
               if name == rule or (name.endswith("*") and
                                   rule.startswith(name[:-1])))


def main():
    program = sys.argv[1]
    cuts = int(sys.argv[2]) if len(sys.argv) > 2 else 12
    r = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    allowed, bad = read_allowed(), {}
    with tempfile.TemporaryDirectory() as tmp:
        tapes = load(program, tmp)
        if len(sys.argv) > 4:
            tapes = [t for t in tapes if sys.argv[4] in t.name]
        whole = {t.name: {f["rule"] for f in findings(report)} for t, report in
                 zip(tapes, read_all(program, tmp, tapes))}
        made = list(mutants(tapes, cuts, r))
        reports = read_all(program, tmp, [m for _, m, _ in made])
        for (how, tape, of), report in zip(made, reports):
            for rule in faults(report):
                if any(rule in whole[t.name] for t in of) or \
                        is_allowed(allowed, rule, how):
                    continue
                bad.setdefault((rule, how.split()[0]), []).append(
                    (of[0].name, how, tape))
    for (rule, _), cases in sorted(bad.items()):
        name, how, tape = cases[0]
        print(f"not ok - {rule} is made up: {name}, {how} "
              f"({len(cases)} such)")
        keep = os.environ.get("KEEP")
        if keep:
            with open(f"{keep}/{rule}.{how.split()[0]}.tape", "w",
                      encoding="latin-1") as f:
                f.write(tape.text())
    if not bad:
        print(f"ok - {len(made)} dialogues made of {len(tapes)}, no fault made up")
    if len(made) < len(tapes) * 4:
        print("not ok - too few dialogues were made")
        bad["few"] = 1
    return bool(bad)


sys.exit(main())
