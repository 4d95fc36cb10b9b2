#!/bin/sh
# Options, help, man page and completions say the same.
. "$(dirname "$0")/lib.sh"

tt --version
is "version exits 0" 0 $rc
has "version" "$tmp/out" '^telltale [0-9]+\.[0-9]+\.[0-9]+$'
tt version
has "version as a command" "$tmp/out" '^telltale [0-9]'

tt --help
is "help exits 0" 0 $rc
is "help talks on stdout only" "" "$(cat "$tmp/err")"
cp "$tmp/out" "$tmp/help"
awk 'length > 80 { bad = 1; print } END { exit bad }' "$tmp/help" \
    >"$tmp/long" && ok "help fits 80 columns" || not_ok "help is wider than 80"

tt
is "no words exit 2" 2 $rc
tt raed x
has "did you mean (command)" "$tmp/err" "did you mean 'read'"
tt read --jsno x
is "unknown option exits 2" 2 $rc
has "did you mean (option)" "$tmp/err" "did you mean '--json'"
tt "$(printf 'no\033[31mcommand')"
hasnt "no escape from argv reaches the terminal" "$tmp/err" "$(printf '\033')"

# Every option of --help is in the man page, and the other way round.
man=docs/telltale.1
grep -oE -- '--[a-z-]+' "$tmp/help" | sort -u >"$tmp/opts"
is "help names options" 1 "$(grep -c -x -- --json "$tmp/opts")"
while read -r o; do
    name=${o#--}
    grep -Eq "^\.(It )?.*Fl .*-$name( |\$)" $man && ok "man page has $o" ||
        not_ok "man page lacks $o"
done <"$tmp/opts"
grep -oE 'Fl -[a-z-]+' $man | sed 's/Fl -/--/' | sort -u >"$tmp/manopts"
is "man page has no other options" "" \
    "$(comm -13 "$tmp/opts" "$tmp/manopts" | tr '\n' ' ')"
sed -n 's/^  \([a-z]* *[a-z]*\)  .*/\1/p' "$tmp/help" >"$tmp/cmds"
for c in read watch run explain play probe convert "rules list" "rules show" "rules check" \
    "rules why" help version; do
    has "help lists $c" "$tmp/help" "^  $c "
    has "man page has $c" $man "^\.It Cm $c"
done
if command -v mandoc >/dev/null; then
    for f in docs/*.[0-9]; do
        is "mandoc finds no fault in $f" "" \
            "$(mandoc -Tlint -Wwarning "$f" 2>&1)"
    done
else skip "mandoc is not here"; fi

# The keys in the manual are those of the table.
"$TELLTALE" completions keys >"$tmp/keys"
sed -n '/^\.\\" keys begin/,/^\.\\" keys end/{//!p}' docs/telltale-watch.1 \
    >"$tmp/mankeys"
if cmp -s "$tmp/keys" "$tmp/mankeys"; then
    ok "telltale-watch(1) has the keys there are"
else
    not_ok "telltale-watch(1): other keys than there are (make completions)"
fi

# Completions are what the table says.
for s in bash:telltale.bash zsh:_telltale fish:telltale.fish; do
    tt completions "${s%%:*}"
    cmp -s "$tmp/out" "completions/${s#*:}" &&
        ok "completions/${s#*:} is up to date" ||
        not_ok "completions/${s#*:} is not what the program says:" \
            "make completions"
done
if command -v bash >/dev/null; then
    bash -n completions/telltale.bash && ok "bash reads its completion" ||
        not_ok "bash does not read its completion"
    got=$(bash -c '
        . completions/telltale.bash
        COMP_WORDS=(telltale read --js) COMP_CWORD=2
        _telltale; echo "${COMPREPLY[*]}"
        COMP_WORDS=(telltale rul) COMP_CWORD=1
        _telltale; echo "${COMPREPLY[0]}"
        COMP_WORDS=(telltale read --lane d) COMP_CWORD=3
        _telltale; echo "${COMPREPLY[*]}"' | tr '\n' ' ')
    is "bash completes" "--json rules device " "$got"
else skip "bash is not here"; fi
if command -v zsh >/dev/null; then
    zsh -n completions/_telltale && ok "zsh reads its completion" ||
        not_ok "zsh does not read its completion"
else skip "zsh is not here"; fi
if command -v fish >/dev/null; then
    fish -n completions/telltale.fish && ok "fish reads its completion" ||
        not_ok "fish does not read its completion"
else skip "fish is not here"; fi

tt help read
has "help for a command" "$tmp/out" '^telltale read FILE'
hasnt "help for a command lists its options only" "$tmp/out" '--to'
tt help nonsense
is "help on nonsense exits 2" 2 $rc
finish
