#!/bin/sh
# docs/COVERAGE.md is what the rules cover now.
. "$(dirname "$0")/lib.sh"
tt rules list --markdown
is "rules list --markdown exits 0" 0 $rc
if cmp -s "$tmp/out" docs/COVERAGE.md; then ok "docs/COVERAGE.md is current"
else
    not_ok "docs/COVERAGE.md is old (make coverage-doc)"
    diff docs/COVERAGE.md "$tmp/out" | head -n 5
fi
has "a row a system" "$tmp/out" '^\| stm32 \|( [0-9]+ \|){5} '
awk -F'|' '/^\|/ { if (n && NF != n) bad = 1; n = NF } END { exit bad || !n }' \
    "$tmp/out" && ok "a whole table" || not_ok "rows differ in their cells"
finish
