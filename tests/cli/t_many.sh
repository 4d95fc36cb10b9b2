#!/bin/sh
# Many recordings: folders, patterns, tables; the order, the summary, the exit
# status; a worker that dies.
. "$(dirname "$0")/lib.sh"

mkdir -p "$tmp/in/b" "$tmp/in/.hidden" "$tmp/in/a"
fault=captures/stm32-app-prints-h.tape
okay=captures/stm32-id-ok.tape
cp $fault "$tmp/in/b/2.tape"
cp $okay "$tmp/in/b/10.tape"
cp $okay "$tmp/in/a/x.tape"
cp $fault "$tmp/in/.hidden/no.tape"
printf abc >"$tmp/in/three"
: >"$tmp/in/zero"
ln -s .. "$tmp/in/a/round"
ln -s nowhere "$tmp/in/dead"
ln -s a/x.tape "$tmp/in/link"

tt read "$tmp/in"
is "the worst decides: one is not readable" 2 $rc
sed -n 's|^\([A-Z]*\)  *[^ ]*/in/\([^ ]*\)  .*|\1 \2|p' "$tmp/out" >"$tmp/order"
is "each has its line, in the order of the names" \
    "OK a/x.tape ERROR dead OK link ERROR zero" \
    "$(grep -E 'a/x|dead|link|zero' "$tmp/order" | tr '\n' ' ' | sed 's/ $//')"
is "by bytes: 10 before 2" "OK b/10.tape FAULT b/2.tape" \
    "$(grep 'b/' "$tmp/order" | tr '\n' ' ' | sed 's/ $//')"
is "nothing hidden, no link to a folder" 7 "$(wc -l <"$tmp/order" | tr -d ' ')"
has "the summary counts" "$tmp/out" \
    '^7 recordings: 1 fault, 3 ok, 1 unknown, 2 not readable'
has "by verdict" "$tmp/out" '^     3  OK .*rule stm32'
has "why it cannot be read" "$tmp/out" 'ERROR .*zero .*the input is empty'
rm "$tmp/in/zero" "$tmp/in/dead"
# What may lie in a folder besides: each has its line, on one line, or is no
# recording; nothing is waited for.
mkdir -p "$tmp/odd/loop"
mkfifo "$tmp/odd/pipe"
ln -s .. "$tmp/odd/loop/up"
ln -s self "$tmp/odd/self"
ln -s /dev/zero "$tmp/odd/endless"
cp $okay "$tmp/odd/$(printf 'new\nline')"
cp $okay "$tmp/odd/$(printf 'esc\033[31mred\r')"
cp $okay "$tmp/odd/-dash"
tt read "$tmp/odd"
is "odd names: the link to itself decides" 2 $rc
is "a line each, whatever is in the name" 4 \
    "$(sed '/^$/q' "$tmp/out" | grep -c '^[A-Z]')"
is "no more lines than that" 4 "$(sed '/^$/q' "$tmp/out" | grep -c .)"
hasnt "no byte of a name steers the terminal" "$tmp/out" "$(printf '\033')"
has "what is no file is said" "$tmp/err" '^telltale: 2 in the folders left out'
tt read "$tmp/in"
is "a fault exits 1" 1 $rc
tt read "$tmp/in/a" $okay
is "all healthy exits 0" 0 $rc
tt read -q "$tmp/in/a" $okay
hasnt "-q: no summary" "$tmp/out" 'recordings:'
tt read "$tmp/in/b/*.tape"
is "a pattern that the shell did not see" 2 "$(grep -c '/b/' "$tmp/out")"
tt read "$tmp/in/b/*.none"
is "a pattern of nothing exits 2" 2 $rc
tt read -v $fault $okay
is "-v: the whole reports" 2 "$(grep -c '^    read  ' "$tmp/out")"

# The same lines whatever the number of workers and whoever is first.
tt read captures/*.tape
cp "$tmp/out" "$tmp/once"
tt read captures/*.tape
cmp -s "$tmp/once" "$tmp/out" && ok "the same twice" || not_ok "differs"
tt read --json captures/*.tape
cp "$tmp/out" "$tmp/many"
for f in captures/*.tape; do "$TELLTALE" read --json "$f" 2>/dev/null; done \
    >"$tmp/single"
cmp -s "$tmp/many" "$tmp/single" && ok "as each alone" ||
    not_ok "many and one by one differ"

if command -v python3 >/dev/null; then
    printf '# telltale tape 1\n# device: =1+1\n< "=cmd|x!A1\\"," 0A 00 FF\n' \
        >"$tmp/in/=evil,\"name.tape"
    tt read --csv "$tmp/in"
    python3 - "$tmp/out" <<'X' && ok "CSV" || not_ok "CSV"
import csv, sys
raw = open(sys.argv[1], "rb").read()
assert all(c >= 32 or c in (13, 10) for c in raw)
rows = list(csv.reader(raw.decode().splitlines(keepends=True)))
head = rows[0]
assert len(rows) == 7 and all(len(r) == len(head) for r in rows), rows
by = {r[0].split("/in/")[1]: dict(zip(head, r)) for r in rows[1:]}
assert by["b/2.tape"]["status"] == "fault"
assert by["b/2.tape"]["rule"] == "stm32.app.repeats"
assert float(by["b/2.tape"]["bits"]) > 10 and by["b/2.tape"]["fix"]
assert '=evil,"name.tape' in by
assert not any(c[:1] in "=+-@" and c for r in rows[1:] for c in r)
X
    tt read --csv "$tmp/in/b/2.tape"
    is "CSV of one" 2 "$(wc -l <"$tmp/out" | tr -d ' ')"
else skip "no python3"; fi

# A worker that dies takes one recording with it, not the rest.
mkfifo "$tmp/pipe"
"$TELLTALE" read $okay /dev/fd/3 $fault 3<>"$tmp/pipe" >"$tmp/out" \
    2>"$tmp/err" &
pid=$!
busy() { # the worker that waits for the pipe
    child=''
    for c in $(pgrep -P $pid 2>/dev/null); do
        [ -e "/proc/$c/fd" ] && child="$child $c"
    done
    [ -n "$child" ]
}
if [ -d /proc/self/fd ] && command -v pgrep >/dev/null; then
    wait_for 60 busy
    wait_for 60 grep -q stm32-id-ok "$tmp/out"
    sleep 1
    # shellcheck disable=SC2086  # a list
    kill -9 $child 2>/dev/null
    rc=0
    wait $pid || rc=$?
    is "a dead worker exits 2" 2 $rc
    has "its recording is told" "$tmp/out" 'ERROR .*/dev/fd/3 .*ended unexpectedly'
    has "the next is read" "$tmp/out" 'FAULT .*prints-h'
else
    kill $pid
    skip "no /proc or pgrep"
fi
finish
