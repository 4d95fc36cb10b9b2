#!/bin/sh
# The screen in README.md is what the program says.
. "$(dirname "$0")/lib.sh"

# The block that follows the line "$ telltale read ..." in README.md.
cmd=$(sed -n 's/^ *\$ \(telltale read .*\)/\1/p' README.md | head -n 1)
[ -n "$cmd" ] && ok "README shows: $cmd" || not_ok "README shows no command"
awk '/^ *\$ telltale read / { on = 1; next }
     on && /^```/ { exit }
     on { print }' README.md >"$tmp/wanted"
# shellcheck disable=SC2086  # a command line
set -- ${cmd#telltale }
"$TELLTALE" "$@" >"$tmp/out" 2>&1
cmp -s "$tmp/wanted" "$tmp/out" && ok "its screen is true" || {
    not_ok "README's screen is not what the program prints:"
    diff "$tmp/wanted" "$tmp/out" | sed 's/^/    /'
}
# The full-screen view that it shows.
if command -v tmux >/dev/null; then
    file=$(sed -n 's/^ *\$ telltale \(captures\/.*\)/\1/p' README.md)
    awk '/^ *\$ telltale captures\// { on = 1; next }
         on && /^```/ { exit }
         on { print }' README.md >"$tmp/wanted"
    sh scripts/screen.sh "$TELLTALE" "$file" 88 24 >"$tmp/out" 2>&1
    cmp -s "$tmp/wanted" "$tmp/out" && ok "its view is true" || {
        not_ok "README's view is not what the program draws (make golden):"
        diff "$tmp/wanted" "$tmp/out" | sed 's/^/    /'
    }
else skip "tmux is not here"; fi
for c in 'make demo' 'make test' 'make install'; do
    has "README names '$c'" README.md "$c"
done
# Each command that it shows is one: what needs no hardware runs as printed, in a
# folder with files of those names; the others fail for want of the port alone.
mkdir "$tmp/use" "$tmp/use/tickets"
"$TELLTALE" convert captures/stm32-app-prints-h.tape "$tmp/use/case.pcapng"
"$TELLTALE" convert captures/stm32-id-ok.tape "$tmp/use/good.pcapng"
cp "$tmp/use/case.pcapng" "$tmp/use/bad.pcapng"
cp captures/mtk-ok.tape "$tmp/use/tickets"
# The port is one that no machine has: a tool that is run would talk to it.
awk '/^    +telltale [^ ]/ { sub(/^ +/, ""); sub(/ +#.*/, ""); print }' README.md |
    sed -e 's|/dev/ttyUSB|/dev/ttyNONE|g' -e "s|/tmp/|$tmp/|" >"$tmp/commands"
n=$(wc -l <"$tmp/commands" | tr -d ' ')
[ "$n" -ge 15 ] && ok "README shows $n commands" ||
    not_ok "README shows only $n commands"
while read -r line; do
    rc=0
    (cd "$tmp/use" && telltale() { "$TELLTALE" "$@"; } && eval "$line") \
        >"$tmp/out" 2>"$tmp/err" </dev/null || rc=$?
    case $line in
    *--dry-run*) is "$line" 0 $rc ;;
    *-as-device*) hasnt "$line" "$tmp/err" 'usage:|no option|no command' ;;
    *" -- stm32flash"*) hasnt "$line" "$tmp/err" 'usage:|no option|no command' ;;
    *" /dev/"* | *=/dev/*)
        is "$line: without that port" 2 $rc
        has "$line: and says so" "$tmp/err" '/dev/ttyNONE[0-9]:? .*(not there|[Nn]o such)'
        ;;
    *) [ $rc -lt 2 ] && ok "$line" || {
        not_ok "$line: exit $rc"
        sed 's/^/    /' "$tmp/err"
    } ;;
    esac
done <"$tmp/commands"
[ -s "$tmp/use/case.zip" ] && [ -s "$tmp/use/case.html" ] &&
    ok "they leave what they promise" || not_ok "no case.zip or case.html"
tt read "$tmp/use/case.zip"
is "the bundle for support gives the same verdict" 1 $rc
# Every file it links to is there.
grep -oE '\]\([^)#]+\)' README.md | tr -d '])(' | grep -v '^http' |
    while read -r f; do
        [ -e "$f" ] && ok "README: $f is there" ||
            not_ok "README: $f is missing"
    done
finish
