#!/bin/sh
# Pseudo-random bytes through a bridge in both directions at once: SIZE each
# way through sockets, a tenth of that through ptys with a recording, which is
# then compared too.
#   sh tests/bench/soak.sh PROGRAM [SIZE]
set -u
cd "$(dirname "$0")/../.." || exit 2
prog=$1 size=${2:-1000000000} bad=0
tmp=$(mktemp -d) || exit 2
pid=''
trap 'kill $pid 2>/dev/null; rm -rf "$tmp"' EXIT
start() {
    "$prog" bridge "$@" >/dev/null 2>"$tmp/e" &
    pid=$!
    until grep -q 'end is' "$tmp/e"; do sleep 0.1; done
}
stop() {
    kill -TERM $pid
    wait $pid
}
port() { sed -n "s/.*the $1's end is [^ ,]*:\([0-9]*\).*/\1/p" "$tmp/e"; }

start --json tcp-listen:0 tcp-listen:0
python3 tests/cli/pump.py "127.0.0.1:$(port host)" "127.0.0.1:$(port device)" \
    "$size" && echo "sockets: every byte" || bad=1
echo "memory: $(awk '/VmHWM/ { print $2, $3 }' "/proc/$pid/status")," \
    "CPU: $(awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' \
        "/proc/$pid/stat") s"
stop
size=$((size / 10))
start --json "pty:$tmp/a" "pty:$tmp/b" -r "$tmp/soak.pcapng"
python3 tests/cli/pump.py "$tmp/a" "$tmp/b" "$size" &&
    echo "ptys: every byte" || bad=1
stop
for lane in host:1 device:2; do
    "$prog" convert --force --lane "${lane%:*}" "$tmp/soak.pcapng" \
        "$tmp/lane.bin" 2>/dev/null
    python3 - "$tmp/lane.bin" "$size" "${lane#*:}" <<'END' || bad=1
import random, sys
n, r, ok = int(sys.argv[2]), random.Random(int(sys.argv[3])), True
with open(sys.argv[1], "rb") as f:
    while n and ok:
        want = r.randbytes(65536)[:n]
        ok = f.read(len(want)) == want
        n -= len(want)
    ok = ok and not f.read(1)
print("recording, lane %s: %s" % (sys.argv[3], "every byte" if ok else
                                  "NOT what was sent"))
sys.exit(not ok)
END
done
exit $bad
