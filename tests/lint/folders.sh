#!/bin/sh
# Every folder of the tree has its line in docs/ARCHITECTURE.md, and every
# line its folder.
set -eu
named=$(sed -n 's/^| `\([a-z/]*\)` |.*/\1/p' docs/ARCHITECTURE.md)
# What is not tracked is nobody's business; a tree without git has no such.
tree() {
    if git rev-parse --git-dir >/dev/null 2>&1; then
        git ls-files | sed 's|^|./|'
    else
        find . -type f ! -path './build/*'
    fi
}
there=$(tree | grep -v '^\./\.' | awk -F/ '
    $2 ~ /^(src|tests)$/ && NF > 3 { print $2 "/" $3; next }
    $2 !~ /^(src|tests)$/ && NF > 2 { print $2 }' | sort -u)
bad=0
for f in $there; do
    echo "$named" | grep -qx "$f" || {
        echo "docs/ARCHITECTURE.md has no line for $f"
        bad=1
    }
done
for f in $named; do
    [ -d "$f" ] || echo "docs/ARCHITECTURE.md: $f is not there"
done
exit $bad
