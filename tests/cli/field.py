"""Read tests/field and tests/healthy; compare with their '# expect:' lines."""
import glob
import json
import re
import subprocess
import sys

HEADERS = ("source", "cause", "expect", "why")


def wrong(want, report):
    """Why this expectation does not hold; None when it does."""
    word, _, value = want.partition(" ")
    head = (report["headline"] or {}).get("rule")
    also = [a["rule"] for a in report["also"]]
    holds = {
        "headline": head == value,
        "also": value in [head] + also,
        "status": report["status"] == value,
        "not": value not in [head] + also,
    }.get(word)
    if holds is None:
        return f"'# expect: {want}' is none of headline, also, status, not"
    if not holds:
        return f"wanted {want}; status {report['status']}, {head}, also {also}"
    return None


def main():
    program = sys.argv[1]
    files = [f for kind in ("field", "healthy")
             for f in sorted(glob.glob(f"tests/{kind}/*/*.tape"))]
    bad = 0
    for path in files:
        with open(path, encoding="utf-8") as f:
            head = re.findall(r"^# (\w+): *(.*)$", f.read(), re.M)
        said = subprocess.run([program, "read", "--json", path],
                              capture_output=True, text=True, timeout=60)
        missing = [h for h in HEADERS if h not in [k for k, _ in head]]
        faults = [f"no '# {h}:' line" for h in missing]
        try:
            report = json.loads(said.stdout.splitlines()[-1])
            faults += [w for k, v in head if k == "expect"
                       if (w := wrong(v, report))]
            if report.get("unread"):
                faults.append(f"not understood: {report['unread']}")
        except (ValueError, IndexError):
            faults.append("no report: " + said.stderr.strip())
        name = path[len("tests/"):-len(".tape")]
        print(f"not ok - {name}: {'; '.join(faults)}" if faults
              else f"ok - {name}")
        bad |= bool(faults)
    if not files:
        print("not ok - there are no field reports")
    return bad or not files


sys.exit(main())
