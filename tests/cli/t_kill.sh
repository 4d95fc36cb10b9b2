#!/bin/sh
# kill -9 at any moment: the recording opens and only the record in flight
# is missing.
. "$(dirname "$0")/lib.sh"

# A board that counts lets us see what is missing: every record is a line.
count() {
    i=0
    while [ $i -lt 2000 ]; do
        printf '%04d\n' $i
        i=$((i + 1))
        [ $((i % 50)) != 0 ] || sleep 0.01
    done
}
tries=20 good=0 i=0
while [ $i -lt $tries ]; do
    f=$tmp/k$i.pcapng
    [ $((i % 4)) != 3 ] || f=$tmp/k$i.tape
    # A line of its own each time: what one left unread is not for the next.
    port=$tmp/line$i
    mkfifo "$port"
    count >"$port" 2>/dev/null &
    writer=$!
    "$TELLTALE" read -q -r "$f" "$port" >/dev/null 2>&1 &
    pid=$!
    sleep "0.$(awk "BEGIN { srand($i); printf \"%03d\", 20 + rand() * 330 }")"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    kill $writer 2>/dev/null
    wait $writer 2>/dev/null
    i=$((i + 1))
    [ -s "$f" ] || { # killed before the file was begun
        good=$((good + 1))
        continue
    }
    "$TELLTALE" read -q "$f" >"$tmp/out" 2>"$tmp/err"
    if [ $? = 2 ]; then
        not_ok "try $i: $(cat "$tmp/err")"
        continue
    fi
    # The bytes are a prefix of what was sent: nothing in the middle is gone.
    "$TELLTALE" convert --force "$f" "$tmp/k.raw" 2>"$tmp/err"
    awk '$0 != sprintf("%04d", NR - 1) && length($0) == 4 { bad = 1 }
        END { exit bad }' "$tmp/k.raw" || {
        not_ok "try $i: something in the middle is missing"
        continue
    }
    if command -v tshark >/dev/null && [ "${f%.pcapng}" != "$f" ] &&
        [ $((i % 5)) = 0 ]; then
        tshark -r "$f" >"$tmp/out" 2>"$tmp/err" || {
            not_ok "try $i: tshark: $(cat "$tmp/err")"
            continue
        }
    fi
    good=$((good + 1))
done
is "kill -9, $tries times" $tries $good
finish
