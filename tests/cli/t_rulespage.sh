#!/bin/sh
# The rules shown in rules/README.md and telltale-rules(5) are rules.
. "$(dirname "$0")/lib.sh"
sed -n '/^```$/,/^```$/p' rules/README.md | grep -v '^```' >"$tmp/page.rules"
tt rules check "$tmp/page.rules"
is "rules/README.md: exit status" 0 "$rc"
has "rules/README.md: its examples hold" "$tmp/out" '^1 rule, 3 examples pass'
sed -n '/^\.Bd -literal/,/^\.Ed/p' docs/telltale-rules.5 | grep -v '^\.' |
    sed 's/\\e/\\/g' >"$tmp/manual.rules"
tt rules check "$tmp/manual.rules"
is "telltale-rules(5): exit status" 0 "$rc"
has "telltale-rules(5): its examples hold" "$tmp/out" '^1 rule, 2 examples pass'
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
