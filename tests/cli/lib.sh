# Sourced by tests/cli/t_*.sh: what they have in common.
# shellcheck shell=sh disable=SC2034
set -u
cd "$(dirname "$0")/../.." || exit 2
ROOT=$PWD
MODE=${MODE:-release}
TELLTALE=${TELLTALE:-$ROOT/build/$MODE/telltale}
BENCH=$ROOT/build/$MODE/bench
# The user's own rules must not decide a test.
export XDG_CONFIG_HOME=/nonexistent HOME=/nonexistent NO_COLOR=1
unset CDPATH COLUMNS
# A place of its own, named by digits only: what a test looks for in a report
# must not be found in a random name that the report quotes.
n=0
until tmp=${TMPDIR:-/tmp}/tt.$$.$n && mkdir -m 700 "$tmp" 2>/dev/null; do
    n=$((n + 1))
    [ $n -lt 100 ] || exit 2
done
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
bad=0

ok() { echo "ok - $*"; }
not_ok() {
    echo "not ok - $*"
    bad=1
}
skip() { echo "skip - $*"; }

# is NAME WANTED GOT
is() {
    if [ "$2" = "$3" ]; then ok "$1"; else
        not_ok "$1: wanted '$2', got '$3'"
    fi
}
# has NAME FILE EXTENDED-REGEX
has() {
    if grep -Eq -- "$3" "$2"; then ok "$1"; else
        not_ok "$1: nothing like '$3' in:"
        sed 's/^/    /' "$2" | head -n 20
    fi
}
# hasnt NAME FILE EXTENDED-REGEX
hasnt() {
    if grep -Eq -- "$3" "$2"; then
        not_ok "$1: there is '$3' in:"
        grep -E -- "$3" "$2" | sed 's/^/    /' | head -n 5
    else ok "$1"; fi
}
# tt ARGS...: run the program; $rc, $tmp/out, $tmp/err are left behind.
tt() {
    rc=0
    "$TELLTALE" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || rc=$?
}
# wait_for SECONDS COMMAND...: until it is true
wait_for() {
    left=$(($1 * 20))
    shift
    until "$@"; do
        left=$((left - 1))
        [ $left -gt 0 ] || return 1
        sleep 0.05
    done
}
finish() { exit $bad; }
