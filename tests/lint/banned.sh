#!/bin/sh
# Functions with no safe use here, and those a library must not call.
set -eu
bad=0
ban() { # where, words
    files=$(find "$1" -name '*.[ch]')
    [ -n "$files" ] || return 0
    if grep -nwE "($2)[[:space:]]*\(" $files /dev/null; then
        echo "banned in $1: $2" >&2
        bad=1
    fi
}
ban src 'gets|strcpy|strcat|sprintf|vsprintf|strtok|strncpy|atoi|atol|sscanf|alloca|system|popen|localtime|gmtime'
for l in base tape format rules engine verdict report; do
    [ -d src/$l ] || continue
    ban src/$l 'printf|fprintf|puts|perror|exit|abort|getenv|time|clock_gettime|open|fopen|read|write'
done
exit $bad
