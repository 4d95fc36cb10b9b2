#!/bin/sh
# A function has at most 60 lines and 15 branches, a file at most 500 lines.
# "path: function" lines in size.allow are let through, with a reason there.
set -eu
command -v pmccabe >/dev/null || { echo "size: no pmccabe, skipped"; exit 0; }
find src -name '*.c' -exec pmccabe {} + | awk -F'\t' '
    BEGIN { while ((getline l < "tests/lint/size.allow") > 0) ok[l] = 1 }
    { where = $6; sub(/\([0-9]+\)/, "", where) }
    ($1 > 15 || $5 > 60) && !(where in ok) {
        print $6 ": " $5 " lines, complexity " $1; bad++
    }
    END { if (bad) print bad " over the size we aim for (reported, not failed)" }'
find src -name '*.[ch]' -exec wc -l {} + | awk '
    $2 != "total" && $1 > 500 { print $2 ": " $1 " lines"; bad++ }
    END { if (bad) print bad " over the size we aim for (reported, not failed)" }'
