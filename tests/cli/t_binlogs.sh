#!/bin/sh
# Binary logs of other tools: IO Ninja.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || {
    skip "python3 is not here"
    exit 0
}
samples=${TELLTALE_SAMPLES:-$ROOT/../shared/samples}
make_log() { python3 tests/cli/binlogs.py "$@"; }
tape() { "$TELLTALE" convert "$1" - --to tape 2>/dev/null </dev/null; }

# ---- IO Ninja --------------------------------------------------------------
make_log njlog "$tmp/a.njlog"
tape "$tmp/a.njlog" | grep -v '^#' >"$tmp/got"
cat >"$tmp/want" <<'EOF'
0.001000 [open]
0.001000 [115200]
0.002000 [dtr+]
0.003000 [rts-]
0.004000 [57600]
0.005000 > 30 20
0.009000 < 14 10
0.012000 [lost]
0.013000 [lost]
0.020000 [open]
0.021000 < 55
0.030000 [close]
EOF
cmp -s "$tmp/want" "$tmp/got" && ok "IO Ninja log" || {
    not_ok "IO Ninja log"
    diff "$tmp/want" "$tmp/got"
}
tt read --json "$tmp/a.njlog"
has "it is said" "$tmp/out" '"format":"IO Ninja log"'
has "what is left out too" "$tmp/out" 'parity'
hasnt "room at its end is no damage" "$tmp/out" 'cut off'
tt read --json --feed 1 "$tmp/a.njlog"
has "byte by byte" "$tmp/out" '"host":2,"device":3,'
head -c 400 "$tmp/a.njlog" >"$tmp/b.njlog"
tt read --json "$tmp/b.njlog"
has "a cut one is called cut" "$tmp/out" 'IO Ninja log, cut off'
{
    head -c 120 "$tmp/a.njlog"
    head -c 500 /dev/zero
} >"$tmp/c.njlog"
tt read "$tmp/c.njlog"
has "a damaged one is told" "$tmp/out" 'where one should|no record'
head -c 40 "$tmp/a.njlog" >"$tmp/d.njlog"
tt read --format njlog "$tmp/d.njlog"
is "half a header: no crash" yes "$([ $rc -le 3 ] && echo yes)"
tt read --format njlog captures/stm32-id-ok.tape
is "no such log" 2 $rc
if [ -f "$samples/ssl.njlog" ]; then
    tt read --json "$samples/ssl.njlog"
    has "a published one" "$tmp/out" '"host":34,"device":63745,'
fi
finish
