#!/bin/sh
# The gate: build in release and with sanitizers, and run every test under
# both.  Ends with one line "N passed, N failed".
set -u
cd "$(dirname "$0")/.."
sh scripts/setup.sh test || exit 1

jobs=$(nproc 2>/dev/null || echo 2)
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
passed=0 failed=0 skipped=0

# Run one part; what it printed is shown when something is wrong with it.
part() { # name, command...
    name=$1
    shift
    "$@" >"$log/out" 2>&1 </dev/null
    rc=$?
    # Lines of ours, of replay.c, and Check's summary.
    set -- $(awk '
        /^ok /     { p++ }
        /^not ok / { f++ }
        /^skip /   { s++ }
        /^[0-9]+ passed, [0-9]+ failed/ { p += $1; f += $3 }
        /^[0-9]+%: Checks: / {
            gsub(/,/, ""); n = $3; bad = $5 + $7; p += n - bad; f += bad
        }
        END { print p + 0, f + 0, s + 0 }' "$log/out")
    p=$1 f=$2 s=$3
    if [ $rc != 0 ] && [ "$f" = 0 ]; then f=1; fi
    if [ $rc = 0 ] && [ "$p$f$s" = 000 ]; then p=1; fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    printf '%-26s %5d passed, %d failed' "$name" "$p" "$f"
    if [ "$s" = 0 ]; then echo; else echo ", $s skipped"; fi
    if [ "$f" != 0 ]; then
        grep -E '^not ok |[Ff]ail|rror|:[FE]:' "$log/out" | head -n 40 |
            sed 's/^/    /'
        tail -n 15 "$log/out" | sed 's/^/    | /'
    fi
    grep '^skip ' "$log/out" | sed 's/^/    /'
    return $rc
}

for mode in release asan; do
    part "build ($mode)" make -j"$jobs" MODE=$mode all "build/$mode/unit" \
        "build/$mode/bench" fuzz-targets || continue
    part "unit ($mode)" make MODE=$mode unit-check
    part "fuzz corpus ($mode)" make MODE=$mode replay-check
    for t in tests/cli/t_*.sh; do
        n=${t##*/t_}
        part "${n%.sh} ($mode)" env MODE=$mode \
            TELLTALE="$PWD/build/$mode/telltale" sh "$t"
    done
done
part "lint" make lint
part "format" make format-check

if [ $skipped = 0 ]; then
    echo "$passed passed, $failed failed"
else
    echo "$passed passed, $failed failed, $skipped skipped"
fi
[ $failed = 0 ]
