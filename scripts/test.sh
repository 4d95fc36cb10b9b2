#!/bin/sh
# The gate: build in release and with sanitizers, and run every test under
# both, as many at a time as there are processors.  Ends with one line
# "N passed, N failed".
#   sh scripts/test.sh               everything
#   sh scripts/test.sh part NAME CMD one part; used by itself
set -u
cd "$(dirname "$0")/.."

# Run one part; what it printed is kept in $LOG/NAME.out, its count in .sum.
if [ "${1:-}" = part ]; then
    name=$2
    shift 2
    start=$(date +%s)
    "$@" >"$LOG/$name.out" 2>&1 </dev/null
    rc=$?
    # Lines of ours, of replay.c, and Check's summary.
    awk -v rc=$rc -v s0="$start" -v s1="$(date +%s)" '
        /^ok /     { p++ }
        /^not ok / { f++ }
        /^skip /   { s++ }
        /^[0-9]+ passed, [0-9]+ failed/ { p += $1; f += $3 }
        /^[0-9]+%: Checks: / {
            gsub(/,/, ""); n = $3; bad = $5 + $7; p += n - bad; f += bad
        }
        END {
            if (rc && !f) f = 1
            if (!rc && !(p + f + s)) p = 1
            print p + 0, f + 0, s + 0, s1 - s0
        }' "$LOG/$name.out" >"$LOG/$name.sum"
    exit 0
fi

sh scripts/setup.sh test || exit 1
jobs=$(nproc 2>/dev/null || echo 2)
LOG=$(mktemp -d)
export LOG
trap 'rm -rf "$LOG"' EXIT
passed=0 failed=0 skipped=0

# What a part came to; what it printed is shown when something is wrong.
tell() {
    read -r p f s secs <"$LOG/$1.sum" || p=0 f=1 s=0 secs=0
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    printf '%-28s %5d passed, %d failed' "$1" "$p" "$f"
    if [ "$s" != 0 ]; then printf ', %d skipped' "$s"; fi
    printf '  (%d s)\n' "$secs"
    if [ "$f" != 0 ]; then
        grep -E '^not ok |[Ff]ail|rror|:[FE]:' "$LOG/$1.out" | head -n 40 |
            sed 's/^/    /'
        tail -n 15 "$LOG/$1.out" | sed 's/^/    | /'
    fi
    grep '^skip ' "$LOG/$1.out" | sed 's/^/    /'
}

for mode in release asan; do
    sh scripts/test.sh part "build-$mode" make -j"$jobs" MODE=$mode all \
        "build/$mode/unit" "build/$mode/bench" fuzz-targets
    tell "build-$mode"
    read -r _ f _ <"$LOG/build-$mode.sum"
    [ "$f" = 0 ] || continue
    # The longest first, so that none is waited for alone at the end.
    {
        echo "unit-$mode make MODE=$mode unit-check"
        for t in corpus rules golden field $(cd tests/cli && ls t_*.sh); do
            t=${t#t_}
            echo "${t%.sh}-$mode env MODE=$mode" \
                "TELLTALE=$PWD/build/$mode/telltale" \
                "sh tests/cli/t_${t%.sh}.sh"
        done | awk '!seen[$1]++'
        echo "fuzz-corpus-$mode make MODE=$mode replay-check"
        [ $mode = asan ] || echo "lint make lint"
        [ $mode = asan ] || echo "format make format-check"
    } >"$LOG/list"
    xargs -P "$jobs" -L 1 sh scripts/test.sh part <"$LOG/list"
    while read -r name _; do tell "$name"; done <"$LOG/list"
done

if [ $skipped = 0 ]; then
    echo "$passed passed, $failed failed"
else
    echo "$passed passed, $failed failed, $skipped skipped"
fi
[ $failed = 0 ]
