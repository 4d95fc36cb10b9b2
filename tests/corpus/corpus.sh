#!/bin/sh
# Read recordings that nobody here made and compare the verdicts with
# allow.tsv.  The corpus is optional: TELLTALE_CORPUS, or ../shared/corpus
# beside the repository.  Without it only files of this machine are read.
#
# A headline is right when a line of allow.tsv names the file and the rule;
# on a file of the class "negative" no fault is ever right.  "unknown" always
# is.  Usage: tests/corpus/corpus.sh [PROGRAM]
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
prog=${1:-$root/telltale}
corpus=${TELLTALE_CORPUS:-$root/../shared/corpus}
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
bad=0 files=0 unknown=0 fault=0 ok=0

# Print the headline's rule of a line of JSON, empty without one.
rule_of() {
    sed -n 's/.*"headline":{"rule":"\([^"]*\)".*/\1/p' "$1"
}
status_of() {
    sed -n 's/.*"status":"\([a-z]*\)".*/\1/p' "$1" | head -1
}

# Is this rule right for this file?
allowed() { # FILE RULE
    while IFS='	' read -r pattern name_ reason; do
        case $pattern in '' | '#'*) continue ;; esac
        [ "$name_" = "$2" ] || continue
        # shellcheck disable=SC2254 # a pattern is wanted
        case $1 in $pattern) [ -n "$reason" ] && return 0 ;; esac
    done <"$here/allow.tsv"
    return 1
}

check() { # FILE NAME CLASS [OPTION...]
    file=$1 name=$2 class=$3
    shift 3
    timeout 60 "$prog" read --json "$@" "$file" >"$tmp/out" 2>"$tmp/err"
    code=$?
    st=$(status_of "$tmp/out")
    rule=$(rule_of "$tmp/out")
    files=$((files + 1))
    case $code:$st in
    2:*) # a format it cannot open: it must say so in words
        [ -s "$tmp/err" ] && return
        echo "FAIL $name: exit 2 without a word"
        bad=$((bad + 1))
        return ;;
    0:ok | 1:fault | 3:unknown) ;;
    *)
        echo "FAIL $name: exit status $code with status '$st'"
        head -3 "$tmp/err"
        bad=$((bad + 1))
        return ;;
    esac
    case $st in
    unknown) unknown=$((unknown + 1)) ;;
    fault) fault=$((fault + 1)) ;;
    ok) ok=$((ok + 1)) ;;
    esac
    if [ "$class" = negative ] && [ "$st" = fault ]; then
        echo "FAIL $name: a fault ($rule) where nothing is wrong"
        bad=$((bad + 1))
    elif [ -n "$rule" ] && ! allowed "$name" "$rule"; then
        echo "FAIL $name: $st, $rule is not in allow.tsv"
        sed -n 's/.*"text":"\([^"]*\)".*/     \1/p' "$tmp/out" | head -1
        bad=$((bad + 1))
    fi
}

# ---- files that mean nothing -------------------------------------------
nothing() {
    check "$1" "machine/$2" negative
}
: >"$tmp/empty"
printf 'abc' >"$tmp/three"
head -c 3000000 /dev/urandom >"$tmp/random"
head -c 200000 /dev/zero | tr '\0' '\377' >"$tmp/ff"
{
    head -c 70000 /dev/zero
    head -c 50000 /dev/urandom
    head -c 70000 /dev/zero | tr '\0' '\377'
} >"$tmp/firmware"
cat "$root"/src/*/*.c >"$tmp/source"
cat "$root"/rules/*.rules >"$tmp/rules-text"
i=0
while [ $i -lt 300 ]; do
    echo '----------------------------------------------------------------'
    echo "line $i ........ ok   hhhhhhhhhhhhhhhhhhhhhhhhhhhhh   ====      "
    echo '****************************************************************'
    i=$((i + 1))
done >"$tmp/ruled"
for f in empty three random firmware source rules-text ruled; do
    nothing "$tmp/$f" $f
done
check "$tmp/ff" machine/ff negative
for f in /bin/ls /bin/sh /etc/services /usr/share/common-licenses/GPL-3 \
    /usr/lib/x86_64-linux-gnu/libc.so.6 "$root/LICENSE" "$root/Makefile"; do
    [ -f "$f" ] && nothing "$f" "$(basename "$f")"
done

# ---- the corpus ----------------------------------------------------------
if [ ! -f "$corpus/INDEX.tsv" ]; then
    echo "corpus: not there, skipped (TELLTALE_CORPUS)"
else
    cut -f1,6 "$corpus/INDEX.tsv" | sed 1d >"$tmp/index"
    while IFS='	' read -r path class; do
        case $path in
        *.sr | *.json | *.strace | issues/*) continue ;; # not read yet
        esac
        [ -f "$corpus/$path" ] && check "$corpus/$path" "$path" "$class"
    done <"$tmp/index"
fi
echo "corpus: $files files: $unknown unknown, $ok ok, $fault fault"
echo "$((files - bad)) passed, $bad failed"
[ "$bad" = 0 ]
