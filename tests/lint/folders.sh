#!/bin/sh
# Every folder of the tree has its line in docs/ARCHITECTURE.md, and every
# line its folder.
set -eu
named=$(sed -n 's/^| `\([a-z/]*\)` |.*/\1/p' docs/ARCHITECTURE.md)
there=$(find . -type f ! -path './.*' ! -path './build/*' | awk -F/ '
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
