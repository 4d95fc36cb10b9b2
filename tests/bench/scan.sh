#!/bin/sh
# How fast recordings are read, by kind of traffic, and how long a start takes.
#   sh tests/bench/scan.sh PROGRAM [BYTES [ROUNDS]]
# CPU time of the program (user), the median of ROUNDS, so that a busy machine
# counts little; the shell counts in steps of 10 ms.  Recordings of both
# sides are tapes: there MB/s is of the file, not of the line.  A measurement, not a test: nothing depends on the figures.
set -u
cd "$(dirname "$0")/../.." || exit 2
prog=$1 size=${2:-2000000} rounds=${3:-5}
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
export XDG_CONFIG_HOME=/nonexistent HOME=/nonexistent

# The median of the user times, in ms, of: read OPTION... FILE
user() {
    i=0
    while [ $i -lt "$rounds" ]; do
        sh -c '"$@" >/dev/null 2>&1; times' sh "$prog" read "$@" |
            sed -n '2s/^\([0-9]*\)m\([0-9.]*\)s.*/\1 \2/p'
        i=$((i + 1))
    done | awk '{ print ($1 * 60 + $2) * 1000 }' | sort -n |
        awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

printf '# telltale tape 1\n0.001 > 7F\n0.002 < 68\n' >"$tmp/tiny.tape"
start=$(user "$tmp/tiny.tape")
printf '%-28s %8s ms\n' 'start, two bytes' "$start"
row() { # KIND OPTION...
    kind=$1
    shift
    python3 tests/noise/traffic.py "$kind" "$size" 1 >"$tmp/in" || exit 2
    n=$(wc -c <"$tmp/in")
    ms=$(user "$@" "$tmp/in")
    echo "$ms $start $n" | awk -v what="$kind $*" '{
        d = $1 - $2
        rate = d > 0 ? sprintf("%8.2f", $3 / d / 1000) : "       -"
        printf "%-28s %8d ms %s MB/s\n", what, $1, rate }'
}
for kind in random log source; do
    row "$kind" --lane device
    row "$kind" --lane host
done
row modbus --lane device
row upload
row esp
