#!/bin/sh
# What a tool loses under 'telltale run': N round trips of one byte, bare and
# under all that can stand between, in turn; and with a device at 115200 Bd.
#   sh tests/bench/run.sh PROGRAM [N [ROUNDS]]
# Wall time as the tool sees it, the best of ROUNDS (what else the machine does
# only adds), with the ratio to bare.
# A measurement, not a test: nothing depends on the figures.
set -u
cd "$(dirname "$0")/../.." || exit 2
prog=$1 n=${2:-10000} rounds=${3:-5}
tmp=$(mktemp -d) || exit 2
export XDG_CONFIG_HOME=/nonexistent HOME=/nonexistent
trap 'kill $device $relay 2>/dev/null; rm -rf "$tmp"' EXIT
device='' relay=''
"${CC:-cc}" -O2 -o "$tmp/trip" tests/bench/trip.c || exit 2

plug() { # [BAUD]
    rm -f "$tmp/dev"
    "$tmp/trip" device "$tmp/dev" "$@" &
    device=$!
    while [ ! -e "$tmp/dev" ]; do sleep 0.05; done
}
unplug() {
    kill $device 2>/dev/null
    wait $device 2>/dev/null
}
# One time: KIND -> ms
trip() {
    port=$tmp/dev
    case $1 in
    bare) "$tmp/trip" go "$port" "$n" ;;
    'run') "$prog" run -q --linger 0s --port "$port" -- \
        "$tmp/trip" go "$port" "$n" 2>/dev/null ;;
    'run -r') "$prog" run -q --linger 0s --port "$port" --force \
        -r "$tmp/rec.pcapng" -- "$tmp/trip" go "$port" "$n" 2>/dev/null ;;
    'run --strace') "$prog" run -q --strace --port "$port" -- \
        "$tmp/trip" go "$port" "$n" 2>/dev/null ;;
    socat*)
        # shellcheck disable=SC2086
        $1 "PTY,link=$tmp/relay,raw,echo=0" "$port,raw,echo=0" 2>"$tmp/log" &
        relay=$!
        while [ ! -e "$tmp/relay" ]; do sleep 0.05; done
        "$tmp/trip" go "$tmp/relay" "$n"
        kill $relay 2>/dev/null
        wait $relay 2>/dev/null
        rm -f "$tmp/relay"
        ;;
    strace*) # shellcheck disable=SC2086
        $1 -o "$tmp/log" "$tmp/trip" go "$port" "$n" ;;
    esac
}
kinds='bare
run
run -r
run --strace
socat
socat -x -v
strace -f -e trace=read,write,ioctl
strace -f -tt -xx -s 65536'
table() { # TITLE
    echo "$1"
    for i in $(seq "$rounds"); do
        echo "$kinds" | while read -r kind; do
            command -v "${kind%% *}" >/dev/null ||
                case $kind in bare | run*) ;; *) continue ;; esac
            echo "$kind|$(trip "$kind")"
        done
    done | awk -F'|' -v n="$n" '
        !($1 in k) { order[++kinds] = $1 }
        { v[$1, ++k[$1]] = $2 }
        END {
            for (i = 1; i <= kinds; i++) {
                name = order[i]
                m = v[name, 1]
                for (a = 2; a <= k[name]; a++)
                    if (v[name, a] + 0 < m + 0) m = v[name, a]
                if (i == 1) bare = m
                printf "  %-38s %8.0f ms %7.1f us a trip %6.2f x\n", name, m,
                    m * 1000 / n, m / bare
            }
        }'
}
plug
table "$n round trips, the device as fast as can be"
unplug
n=$((n / 10))
plug 115200
table "$n round trips, the device at 115200 Bd"
unplug
