#!/bin/sh
# No verdict on traffic that means nothing:
#   sh tests/noise/quiet.sh PROGRAM BYTES [KIND...]
# BYTES of each kind are made and read; a verdict that is not the traffic's
# own ("modbus." on Modbus and so on) is a failure.  A gigabyte of each takes
# an hour: "make quiet" does that.
set -u
cd "$(dirname "$0")/../.." || exit 2
prog=$1 size=$2
shift 2
[ $# -gt 0 ] || set -- random both log source modbus upload esp
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
export XDG_CONFIG_HOME=/nonexistent HOME=/nonexistent
bad=0
one() { # KIND OWN [OPTION...]
    kind=$1 own=$2
    shift 2
    python3 tests/noise/traffic.py "$kind" "$size" "${SEED:-1}" |
        "$prog" read --json "$@" - >"$tmp/out" 2>"$tmp/err"
    st=$(sed -n 's/.*"status":"\([a-z]*\)".*/\1/p' "$tmp/out" | head -n 1)
    rule=$(sed -n 's/.*"headline":{"rule":"\([^"]*\)".*/\1/p' "$tmp/out")
    off=$(grep -c 'switched off' "$tmp/err")
    case ${rule:-none} in
    none) [ "$st" = unknown ] && echo "ok - $kind $*: nothing" && return ;;
    *) # shellcheck disable=SC2254  # a pattern is wanted
        case $rule in $own)
            echo "ok - $kind $*: its own, $rule ($st), $off switched off"
            return ;;
        esac ;;
    esac
    echo "not ok - $kind $*: '$st' $rule"
    head -c 600 "$tmp/out" | sed 's/^/    /'
    sed 's/^/    /' "$tmp/err" | head -n 5
    bad=1
}
for k; do
    case $k in
    modbus) one modbus 'modbus.*' --lane device ;;
    both) one both '' ;;
    upload) one upload 'xmodem.*' ;;
    esp) one esp 'esp.*' ;;
    *)
        one "$k" '' --lane device
        one "$k" '' --lane host
        ;;
    esac
done
exit $bad
