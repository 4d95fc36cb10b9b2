#!/bin/sh
# Write the rule files named as a C table of name and text (see
# src/rules/builtin.h).  Bytes, not string literals: C limits those.
set -eu
echo '#include "rules/builtin.h"'
i=0
for f; do
    echo "static const unsigned char f$i[] = {"
    od -An -v -tx1 "$f" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
    echo "0};"
    i=$((i + 1))
done
echo 'const struct tt_builtin_file tt_builtin_files[] = {'
i=0
for f; do
    echo "    {\"${f##*/}\", f$i, sizeof(f$i) - 1},"
    i=$((i + 1))
done
echo '    {0, 0, 0}};'
