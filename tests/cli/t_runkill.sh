#!/bin/sh
# 'telltale run' when things go badly: kills, a reader that stalls, a disk that
# fills up, a tool that is stopped.  KILLS=200 for the long form.
. "$(dirname "$0")/lib.sh"
. tests/cli/runlib.sh

CC=${CC:-cc}
if "$CC" -O1 -w -o "$tmp/tool" tests/cli/porttool.c -lpthread 2>/dev/null; then
    mkdir "$tmp/k"
    "$PY" tests/cli/kill_run.py "$TELLTALE" "$tmp/tool" "$tmp/k" "${KILLS:-12}" \
        >"$tmp/out" 2>&1 && ok "$(tail -n 1 "$tmp/out")" ||
        not_ok "kill -9: $(cat "$tmp/out")"
else skip "no C compiler"; fi

# Nobody reads what the tool prints: its port goes on, and nothing is lost.
device echo
mkfifo "$tmp/pipe"
cat >"$tmp/loud.sh" <<'END'
seq 1 60000 &
exec 3<>"$1"
i=0
while [ $i -lt 50 ]; do
    printf 'port%04d' $i >&3
    head -c 8 <&3 >/dev/null
    i=$((i + 1))
done
touch "$2"
wait
END
"$TELLTALE" run --linger 0s --port "$port" -r "$tmp/rec.tape" -- \
    sh "$tmp/loud.sh" "$port" "$tmp/talked" >"$tmp/pipe" 2>"$tmp/err" </dev/null &
pid=$!
exec 7<"$tmp/pipe"
wait_for 60 test -e "$tmp/talked" &&
    ok "a stalled reader: the tool's port goes on" ||
    not_ok "a stalled reader: the port stands still"
cat <&7 >"$tmp/out"
exec 7<&-
wait $pid
is "a stalled reader: exit status" 0 $?
seq 1 60000 | cmp -s - "$tmp/out" && ok "a stalled reader: then all is there" ||
    not_ok "a stalled reader: the output is not whole"
same_bytes "a stalled reader"
gone

# The disk fills up in the middle: said, the tool is not disturbed, and what
# was written is whole.
device echo
(
    ulimit -f 4 # blocks: 2 or 4 KiB
    exec "$TELLTALE" run --linger 0s --port "$port" -r "$tmp/small.pcapng" -- \
        sh -c "exec 3<>'$port'; i=0; while [ \$i -lt 300 ]; do
            printf 'some bytes %04d' \$i >&3; head -c 15 <&3 >/dev/null
            i=\$((i + 1)); done; exit 4"
) >"$tmp/out" 2>"$tmp/err" </dev/null
is "a full disk: the tool's exit status" 4 $?
has "a full disk: said" "$tmp/err" 'File too large|No space left'
"$TELLTALE" read -q "$tmp/small.pcapng" >"$tmp/out" 2>&1
[ $? != 2 ] && ok "a full disk: what was written is whole" ||
    not_ok "a full disk: $(cat "$tmp/out")"
tape_bytes "$tmp/small.pcapng" host >"$tmp/kept"
case $(log_bytes '>') in "$(cat "$tmp/kept")"*)
    [ "$(wc -c <"$tmp/kept")" -gt 60 ] && ok "a full disk: up to there all" ||
        not_ok "a full disk: nearly nothing was kept" ;;
*) not_ok "a full disk: what is kept is not what was sent" ;; esac
gone

# The tool is stopped while the device talks on: it is all recorded, and the
# tool gets it when it goes on.
device prints
"$TELLTALE" run --linger 0s --port "$port" -r "$tmp/stop.tape" -- \
    sh -c "exec 3<>'$port'; stty raw -echo <&3; echo \$\$ >'$tmp/pid'
        exec head -c 200 <&3" >"$tmp/out" 2>"$tmp/err" </dev/null &
pid=$!
wait_for 60 test -s "$tmp/pid"
wait_for 60 grep -qs '< 68\|< "h' "$tmp/stop.tape"
kill -STOP "$(cat "$tmp/pid")"
n=$(wc -c <"$tmp/stop.tape")
wait_for 60 sh -c "[ \$(wc -c <'$tmp/stop.tape') -gt $((n + 500)) ]" &&
    ok "SIGSTOP: what the device says is recorded" ||
    not_ok "SIGSTOP: the recording stands still"
kill -0 $pid && ok "SIGSTOP: telltale waits" || not_ok "SIGSTOP: telltale ended"
kill -CONT "$(cat "$tmp/pid")"
wait $pid
is "SIGCONT: the tool ends as it would" 0 $?
is "SIGCONT: the tool has all" 200 "$(tr -d -c h <"$tmp/out" | wc -c)"
gone
finish
