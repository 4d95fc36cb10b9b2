#!/bin/sh
# The rules shown in rules/README.md and telltale-rules(5) are rules.
. "$(dirname "$0")/lib.sh"
# Displays that hold a whole rule, one with both kinds of examples, go into a
# file; others show a part of one, or a message.
whole() { # FILE, what begins a display, what ends it
    awk -v from="$2" -v to="$3" '
        !on && $0 ~ from { on = 1; text = ""; n = 0; next }
        on && $0 ~ to {
            if (text ~ /(^|\n)rule / && text ~ /\n  yes / && text ~ /\n  no /)
                printf "%s\n", text
            on = 0
        }
        on { text = text "\n" $0 }' "$1"
}
whole rules/README.md '^```$' '^```$' >"$tmp/page.rules"
whole docs/telltale-rules.5 '^\.Bd -literal' '^\.Ed' |
    sed 's/\\e/\\/g' >"$tmp/manual.rules"
for f in page manual; do
    [ "$f" = page ] && name=rules/README.md || name='telltale-rules(5)'
    n=$(grep -c '^rule ' "$tmp/$f.rules")
    m=$(grep -cE '^  (yes|no) ' "$tmp/$f.rules")
    [ "$n" -ge 1 ] && ok "$name shows $n rules" || not_ok "$name shows no rule"
    tt rules check "$tmp/$f.rules"
    is "$name: its rules have no problem" 0 "$rc"
    has "$name: its examples hold" "$tmp/out" "^$n rules?, $m examples pass"
done
# A statement that the program knows and the manual does not would be a lie.
for word in rule table protocol match step log where unless gap timeout \
    verdict note cause fix next ref severity side claim refines expires \
    until cap probe tag author title yes no; do
    if grep -Eq "^\.It Ic .*$word|^\.Ic $word|Ic $word|, $word|$word " \
        docs/telltale-rules.5; then ok "manual names $word"; else
        not_ok "telltale-rules(5) does not name '$word'"
    fi
done
finish
