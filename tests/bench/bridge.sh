#!/bin/sh
# What a bridge costs: a byte's way between two ptys, and bytes a second,
# beside 'socat -x' between two ptys, in turns in one run.
#   sh tests/bench/bridge.sh PROGRAM [ROUNDS]
# A measurement, not a test: nothing depends on the figures.
set -u
cd "$(dirname "$0")/../.." || exit 2
prog=$1 rounds=${2:-2000} bytes=1000000
tmp=$(mktemp -d) || exit 2
pid=''
trap 'kill $pid 2>/dev/null; rm -rf "$tmp"' EXIT
cc -O2 -D_DEFAULT_SOURCE -o "$tmp/pp" tests/bench/pingpong.c || exit 2

start() {
    rm -f "$tmp/a" "$tmp/b"
    case $1 in
    socat) socat -x "pty,raw,echo=0,link=$tmp/a" "pty,raw,echo=0,link=$tmp/b" \
        2>"$tmp/socat.x" & ;;
    telltale) "$prog" bridge -q -r "$tmp/rec.pcapng" --force "pty:$tmp/a" \
        "pty:$tmp/b" >/dev/null 2>&1 & ;;
    esac
    pid=$!
    until [ -e "$tmp/a" ] && [ -e "$tmp/b" ]; do sleep 0.05; done
    sleep 0.2
}
stop() {
    kill $pid
    wait $pid 2>/dev/null
}
for i in 1 2 3; do
    for who in socat telltale; do
        start $who
        "$tmp/pp" "$tmp/a" "$tmp/b" "$rounds" >>"$tmp/$who.lat"
        "$tmp/pp" "$tmp/a" "$tmp/b" - $bytes >>"$tmp/$who.thr"
        stop
    done
done
# The best of three of each: what the machine does besides is not theirs.
best() { cut -d' ' -f"$2" "$tmp/$1" | sort -n"${3:-}" | head -n 1; }
for way in 1:"host to device" 3:"device to host"; do
    f=${way%%:*}
    s=$(best socat.lat "$f") t=$(best telltale.lat "$f")
    s99=$(best socat.lat $((f + 1))) t99=$(best telltale.lat $((f + 1)))
    echo "${way#*:}: telltale $t us (99 %: $t99), socat -x $s us" \
        "(99 %: $s99), ratio $(awk "BEGIN { printf \"%.2f\", $t / $s }")"
done
s=$(best socat.thr 1 r) t=$(best telltale.thr 1 r)
echo "throughput: telltale $t MB/s (recorded, judged), socat -x $s MB/s," \
    "ratio $(awk "BEGIN { printf \"%.2f\", $t / $s }")"
