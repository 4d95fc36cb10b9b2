#!/bin/sh
# Logs of other tools.  tests/logs has small ones, each with the tape it must
# become; t_logs.sh --write makes those anew, which is then to be read.  Where
# they are at hand, the samples of which the true bytes are known follow.
. "$(dirname "$0")/lib.sh"

# What a log is read as, and the tape it becomes.
tape_of() {
    "$TELLTALE" read --json "$1" 2>/dev/null </dev/null | sed -n \
        's/.*"format":"\([^"]*\)".*"lines":\([0-9]*\),"unread":\([0-9]*\),"understood":\([0-9]*\).*/# \1: \4 of \2 lines, \3 notes/p'
    "$TELLTALE" convert "$1" - --to tape 2>/dev/null </dev/null
}

for log in tests/logs/*.log; do
    want=${log%.log}.tape
    tape_of "$log" >"$tmp/got"
    if [ "${1:-}" = --write ]; then
        cp "$tmp/got" "$want"
    elif cmp -s "$want" "$tmp/got"; then
        ok "$log"
    else
        not_ok "$log"
        diff "$want" "$tmp/got" | head -n 10
    fi
done
[ "${1:-}" = --write ] && exit 0

# The kind can be named, and a wrong name reads nothing false.
tt convert tests/logs/socat-x.log "$tmp/a.tape" --format socat --force
is "a kind of log can be named" 0 $rc
tt read --format spy tests/logs/socat-x.log
has "no line of another kind is taken" "$tmp/out" 'none|no byte|nothing|No'
tt read --format nosuch tests/logs/socat-x.log
is "a kind that is not there" 2 $rc

# What is said about it.
tt read tests/logs/cut.log
has "lines are counted" "$tmp/out" 'socat log, 8 of 9 lines'
has "what is missing is told" "$tmp/out" 'missing'
tt read tests/logs/interceptty.log
has "what it cannot carry is told" "$tmp/out" 'no control lines'

# A text is a text: what devices print must not be taken apart.
i=0
while [ $i -lt 40 ]; do
    echo "[    $i.123456] usb 1-1: new full-speed USB device number $i"
    i=$((i + 1))
done >"$tmp/kernel"
printf 'U-Boot 2023.01\r\nDRAM:  1 GiB\r\nMD5: 00112233\r\n> \r\n' >"$tmp/boot"
printf 'deadbeef\n0000: 12 apples\nread 5 books\nTX: sent\n' >"$tmp/words"
for f in kernel boot words; do
    tt read --json "$tmp/$f"
    has "$f stays a text" "$tmp/out" '"format":"plain text'
done

# Memory does not grow with the log, nor time faster than it.
if [ "$MODE" = release ]; then
    awk 'BEGIN { for (i = 0; i < 400000; i++)
        printf "%s 2026/11/22 00:04:%02d.%09d  length=1 from=%d to=%d\n %02x\n",
            i % 2 ? "<" : ">", 9 + int(i / 20000), i, i / 2, i / 2, i % 256
    }' >"$tmp/big"
    (
        ulimit -v 300000
        exec "$TELLTALE" convert "$tmp/big" "$tmp/big.raw" --to raw \
            --lane device </dev/null 2>"$tmp/err"
    )
    is "a log of 28 MB in bounded memory" 0 $?
    is "all of its bytes" 200000 "$(wc -c <"$tmp/big.raw" | tr -d ' ')"
fi

samples=${TELLTALE_SAMPLES:-../shared/samples}
if [ ! -d "$samples" ] || ! command -v python3 >/dev/null; then
    skip "samples of real tools: none here, or no python3"
elif [ "$MODE" = release ]; then
    python3 tests/cli/samples.py "$TELLTALE" "$samples" || bad=1
else
    skip "the samples are read once"
fi
finish
