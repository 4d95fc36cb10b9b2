#!/bin/sh
# captures/NAME.tape says captures/NAME.expect.
#   sh tests/golden.sh [PROGRAM]   compare
#   sh tests/golden.sh --write     write what ./telltale says now
set -u
cd "$(dirname "$0")/../captures" || exit 2
export XDG_CONFIG_HOME=/nonexistent HOME=/nonexistent
# A rule file more must not change every report that counts the rules.
uncounted() {
    sed 's/\( of \|^ *\)[0-9][0-9]* rules/\1N rules/'
}
if [ "${1:-}" = --write ]; then
    for t in *.tape; do
        ../telltale read --no-color "$t" | uncounted >"${t%.tape}.expect"
    done
    exit 0
fi
tt=${1:-../telltale}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bad=0
same() { # name, wanted, got
    if cmp -s "$2" "$3"; then echo "ok - $1"; else
        echo "not ok - $1"
        diff "$2" "$3" | head -n 10 | sed 's/^/    /'
        bad=1
    fi
}
for t in *.tape; do
    n=${t%.tape}
    "$tt" read --no-color "$t" 2>"$tmp/err" | uncounted >"$tmp/whole"
    same "$n" "$n.expect" "$tmp/whole"
    "$tt" read --no-color --feed 1 "$t" 2>>"$tmp/err" | uncounted >"$tmp/bytes"
    same "$n byte by byte" "$n.expect" "$tmp/bytes"
    rm -f "$tmp/$n.pcapng" "$tmp/$n.tape"
    "$tt" convert "$t" "$tmp/$n.pcapng" 2>>"$tmp/err" &&
        "$tt" convert "$tmp/$n.pcapng" "$tmp/$n.tape" 2>>"$tmp/err"
    "$tt" read -q --no-color "$t" 2>&1 | sed 's/^[^:]*: *//' >"$tmp/q1"
    for f in pcapng tape; do
        "$tt" read -q --no-color "$tmp/$n.$f" 2>&1 | sed 's/^[^:]*: *//' \
            >"$tmp/q2"
        same "$n through pcapng ($f)" "$tmp/q1" "$tmp/q2"
    done
    [ -s "$tmp/err" ] && sed 's/^/    /' "$tmp/err"
done
[ -e "$tmp/whole" ] || { echo "not ok - there are no captures"; bad=1; }
exit $bad
