#!/bin/sh
# What is written never is what is read, a line is no file, and descriptors
# that are closed get nothing that was meant for a terminal.
. "$(dirname "$0")/lib.sh"

cp captures/stm32-id-ok.tape "$tmp/s.tape"
ln "$tmp/s.tape" "$tmp/h.tape"
mkdir "$tmp/d"
ln "$tmp/s.tape" "$tmp/d/q.tape"
whole() {
    if cmp -s captures/stm32-id-ok.tape "$tmp/s.tape"; then ok "$1: kept"; else
        not_ok "$1: the recording is gone"
        cp captures/stm32-id-ok.tape "$tmp/s.tape"
    fi
}
refused() { # NAME WORDS ARGS...
    name=$1 words=$2
    shift 2
    tt "$@"
    is "$name: result" 2 "$rc"
    has "$name: said" "$tmp/err" "$words"
    whole "$name"
}
over='cannot be read and written over at once'
refused 'html onto itself' "$over" read --force --html "$tmp/s.tape" "$tmp/s.tape"
refused 'html by a hard link' "$over" \
    read --force --html "$tmp/h.tape" "$tmp/s.tape"
refused 'html into the folder that is read' "$over" \
    read --force --html "$tmp/d/q.tape" "$tmp/d"
refused 'bundle onto itself' "$over" \
    read --force --bundle "$tmp/h.tape" "$tmp/s.tape"
refused 'the device records onto itself' "$over" \
    play --as-device --force -r "$tmp/h.tape" "$tmp/s.tape" -- true
refused 'a page beside the one in a bundle' 'leave --html out' \
    read --html "$tmp/x" --bundle "$tmp/x" "$tmp/s.tape"
refused 'compare has no page' 'writes no --html' \
    read --compare --html "$tmp/x" "$tmp/s.tape" "$tmp/h.tape"

# ---- closed descriptors ----------------------------------------------------------
"$TELLTALE" read --html "$tmp/c.html" "$tmp/s.tape" >&- 2>&-
is 'no stdout: the page begins as a page' '<!DOCTYPE html>' \
    "$(head -n 1 "$tmp/c.html")"
for fd in 0 1 2; do
    eval "timeout 60 \"\$TELLTALE\" run --linger 0s true $fd>&-" \
        >"$tmp/out" 2>"$tmp/err"
    rc=$?
    is "run without descriptor $fd" 0 "$rc"
done
"$TELLTALE" run "$(printf 'no\033[2Jx')" >"$tmp/out" 2>"$tmp/err"
if LC_ALL=C grep -q "$(printf '\033')" "$tmp/err"; then
    not_ok 'a name reaches the terminal raw'
else ok 'a name is escaped'; fi

# ---- lines -------------------------------------------------------------------------
socat "pty,raw,echo=0,link=$tmp/A" "pty,raw,echo=0,link=$tmp/B" &
pair=$!
wait_for 20 test -e "$tmp/B"
tt watch -q --for 1s --force -r "$tmp/A" "$tmp/A"
is 'a recording onto a line: result' 2 "$rc"
has 'a recording onto a line: said' "$tmp/err" 'no file to write to'
tt bridge "$tmp/A" "$(readlink "$tmp/A")"
is 'a bridge from a port to itself' 2 "$rc"
has 'which is said' "$tmp/err" 'the same port'
tt tap --host "$tmp/A" --device "$tmp/A"
is 'a tap of one wire twice' 2 "$rc"
tt bridge - "$tmp/A"
is 'standard input is no end' 2 "$rc"
kill "$pair"
finish
