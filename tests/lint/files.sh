#!/bin/sh
# What may lie where, by its name: an output that strayed into the tree is no
# part of it.  A new kind of file gets its place in the list below.
set -eu
list() {
    if git rev-parse --git-dir >/dev/null 2>&1; then
        git ls-files
    else
        find . -type f ! -path './build/*' ! -path './.git/*' | sed 's|^\./||'
    fi
}
# Prints the names that have no place.
strays() {
    grep -Ev -e '^(CHANGELOG|CONTRIBUTING|README)\.md$' \
        -e '^(LICENSE|Makefile|\.gitignore|\.gitattributes)$' \
        -e '^\.clang-(format|tidy)$' \
        -e '^\.ci/run$' \
        -e '^captures/[a-z0-9-]+\.(tape|expect)$' \
        -e '^completions/(_telltale|telltale\.bash|telltale\.fish)$' \
        -e '^docs/([A-Za-z-]+\.(md|[1-8])|json-schema\.json)$' \
        -e '^include/telltale\.h$' \
        -e '^rules/([a-z0-9_-]+\.rules|README\.md)$' \
        -e '^scripts/[a-z0-9_-]+\.(sh|in|pc\.in)$' \
        -e '^src/[a-z]+/([a-z]+/)?[a-z0-9_]+\.[ch]$' \
        -e '^tests/[a-z_]+\.(h|sh)$' \
        -e '^tests/(bench|captures|cli|corpus|demo|diff|noise|vm)/([a-z0-9_]+\.(c|h|py|sh)|README\.md)$' \
        -e '^tests/(corpus|confusion)/[a-z]+\.tsv$' \
        -e '^tests/(confusion|healthy)/[a-z]+\.py$' \
        -e '^tests/cli/[a-z]+\.allow$' \
        -e '^tests/vm/init$' \
        -e '^tests/(field|healthy)/(README\.md|[a-z0-9]+/[a-z0-9-]+\.tape)$' \
        -e '^tests/fuzz/[a-z_]+\.[ch]$' \
        -e '^tests/fuzz/corpus/[a-z_]+/[^/]+$' \
        -e '^tests/golden/([a-z]+/)*[A-Za-z0-9_.-]+\.(expect|json|rules|txt)$' \
        -e '^tests/lint/[a-z]+\.(sh|allow)$' \
        -e '^tests/logs/[a-z0-9-]+\.(log|tape|njlog)$' \
        -e '^tests/rules/([a-z]+/)?[a-z0-9_-]+\.rules$' \
        -e '^tests/unit/[a-z0-9_]+\.[ch]$' || :
}
# It would not pass over one of these.
for name in o1 files.txt core vgcore.12 out.html case.zip src/cli/x.o \
    src/cli/main.c.orig captures/A.pcapng tests/unit/log.txt docs/notes.txt \
    tests/cli/out tests/field/x.tape; do
    [ "$(echo "$name" | strays)" = "$name" ] || {
        echo "files: $name would not be seen"
        exit 1
    }
done
bad=$(list | strays)
[ -z "$bad" ] || {
    echo "these have no place in the tree (tests/lint/files.sh says which have):"
    echo "$bad"
    exit 1
}
