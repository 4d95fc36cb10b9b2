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
# Every file it links to is there.
grep -oE '\]\([^)#]+\)' README.md | tr -d '])(' | grep -v '^http' |
    while read -r f; do
        [ -e "$f" ] && ok "README: $f is there" ||
            not_ok "README: $f is missing"
    done
finish
