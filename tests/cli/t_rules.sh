#!/bin/sh
# rules list, show, check, why.
. "$(dirname "$0")/lib.sh"

tt rules list
is "list exits 0" 0 $rc
has "list: a system a line, with counts" "$tmp/out" \
    '^stm32 +([0-9]+ +){8}STM32 '
n=$(awk 'NF > 9 && $2 ~ /^[0-9]+$/ && $1 != "all" { n += $2+$3+$4+$6 }
    /^[0-9]+ systems/ { print n == $3 ? "all" : n " of " $3 }' "$tmp/out")
is "every rule is counted once" all "$n"
tt rules list stm32
is "list of a system exits 0" 0 $rc
has "list of a system: its rules" "$tmp/out" '^  stm32\.sync\.late '
hasnt "list of a system: no others" "$tmp/out" '^  tls'
tt rules list stm23
is "list of an unknown system exits 2" 2 $rc
has "list: did you mean" "$tmp/err" "did you mean 'stm32'"
tt rules list -v
has "list: name, severity, bits, title" "$tmp/out" \
    '^  [a-z0-9.-]+ +(info|note|warning|error|label) +[0-9.]+ bits  [^ ]'
awk '/^  /{print $1}' "$tmp/out" >"$tmp/names"
n=$(wc -l <"$tmp/names" | tr -d ' ')
has "list counts" "$tmp/out" "^$n rules\$"
# shellcheck disable=SC2046  # names have no blanks
tt rules show $(cat "$tmp/names")
is "every rule can be shown" 0 $rc
has "a page says what it looks for" "$tmp/out" '^  looks for '
awk 'length > 80 { bad = 1 } END { exit bad }' "$tmp/out" &&
    ok "pages fit 80 columns" || not_ok "a page is wider than 80 columns"
tt rules show "$(head -n 1 "$tmp/names")x"
is "show of an unknown rule exits 2" 2 $rc
has "did you mean" "$tmp/err" "did you mean '$(head -n 1 "$tmp/names")'"

tt rules check
is "the built-in rules have no problem" 0 $rc
has "check counts" "$tmp/out" '^[0-9]+ rules, [0-9]+ examples pass, 0 problems$'
tt rules check -v rules/stm32.rules
has "check -v: bits and exposure" "$tmp/out" \
    ' bits = [0-9.]+ pattern \+ [0-9.]+ check; one hit is '

# Ten mistakes, each said where it is, and the good rule still loads.
mkdir "$tmp/r"
cat >"$tmp/r/bad.rules" <<'R'
rule a.one
  mtach    > 7F < 79
rule a.two
  match    > 7F < 7 within 1s
rule a.three
  match    < 68 len:u8 =lne 68
rule a.four
  match    < 30..39
rule a.five
  match    < code:{01 1F..10}
rule a.six
  match    > "AT" then < "OK"
rule a.seven
  match    7F 79
rule a.eight
  match    < "unclosed
rule a.nine
  match    < 7F79
rule a.ten
  match    < 01 02
  severity fatal

rule demo.good
  title    "A demonstration"
  match    < "only-in-this-test"
  verdict  "The demonstration was seen."
  cause    "It was sent."
  fix      "Nothing."
  ref      "this test"
  severity warning
  side     device
  yes      < "only-in-this-test"
  no       < "only-in-that-test"
R
tt rules check "$tmp/r/bad.rules"
is "mistakes exit 1" 1 $rc
n=$(grep -c 'error:' "$tmp/out")
[ "$n" -ge 10 ] && ok "ten mistakes, $n complaints" ||
    not_ok "only $n complaints about ten mistakes"
has "with place and caret" "$tmp/out" 'bad.rules:2:3: error: '
has "with a hint" "$tmp/out" "did you mean 'match'"
printf 'only-in-this-test' >"$tmp/demo.bin"
tt read -q -R "$tmp/r" "$tmp/demo.bin"
has "the good rule works all the same" "$tmp/out" 'The demonstration was seen'
has "and the mistakes are said" "$tmp/err" "mistakes in the rules; a rule with a mistake is not"
tt rules list -v -R "$tmp/r"
has "list says where a rule comes from" "$tmp/out" "demo.good.*bad.rules:2[0-9]"
cat >"$tmp/r/ex.rules" <<'R'
rule demo.wrong
  title    "Examples that do not hold"
  match    < "only-in-this-test"
  verdict  "x"
  severity note
  yes      < "something else"
  no       < "only-in-this-test"
R
tt rules check "$tmp/r/ex.rules"
has "a yes that is silent" "$tmp/out" 'ex.rules:6: FAILED: demo.wrong must fire'
has "a no that fires" "$tmp/out" 'ex.rules:7: FAILED: demo.wrong must not fire'
has "examples are counted" "$tmp/out" '^1 rule, 0 examples pass, [0-9]+ problems'
tt rules check "$tmp/none.rules"
is "a missing rule file exits 2" 2 $rc
tt rules list -R "$tmp/none"
is "a missing folder exits 2" 2 $rc
printf 'rule x\033[2J\n  titel "\033[31m"\n' >"$tmp/r/esc.rules"
tt rules check "$tmp/r/esc.rules"
hasnt "no escape from a rule file" "$tmp/out" "$(printf '\033')"

tt rules show stm32.sync.late
tr -s ' \n' '  ' <"$tmp/out" >"$tmp/flat"
has "'within' stands before the wait" "$tmp/flat" '79 within 1s silence 1s'
has "a page says what a hit is worth in words" "$tmp/flat" 'by chance one of'
has "a page says what ends an attempt" "$tmp/out" '^  gap '
tt rules show stm32
is "a protocol can be shown" 0 $rc
has "with its rules" "$tmp/out" '^stm32\.sync\.late  '
has "its settings" "$tmp/out" '^  settings +[0-9]'
has "its glossary" "$tmp/out" '^  sync, ACK +[<>] '
for h in HEALTHY ERRORS WARNINGS 'MESSAGES OF TOOLS' LABELS PROBES; do
    has "its $h" "$tmp/out" "^$h\$"
done
is "in this order" "HEALTHY ERRORS WARNINGS MESSAGES OF TOOLS LABELS PROBES" \
    "$(grep -E '^[A-Z ]+$' "$tmp/out" | tr '\n' ' ' | sed 's/ $//')"
has "with what to do" "$tmp/out" '^  fix +1 '
awk 'length > 80 { bad = 1 } END { exit bad }' "$tmp/out" &&
    ok "the page fits 80 columns" || not_ok "the page is wider than 80 columns"
for v in "" -v stm32; do
    # shellcheck disable=SC2086  # an option, a word, or nothing
    COLUMNS=60 "$TELLTALE" rules list $v >"$tmp/out"
    awk 'length > 60 { bad = 1 } END { exit bad }' "$tmp/out" &&
        ok "list $v keeps to COLUMNS" || not_ok "list $v is wider than COLUMNS"
done
sed -e 's/^rule demo.good/protocol demo "Demo"\n  basis source "a tool"\n&/' \
    "$tmp/r/bad.rules" | sed -n '/^protocol demo/,$p' >"$tmp/basis.rules"
tt rules show demo demo.good -R "$tmp/basis.rules"
is "what rules were verified against is said twice" 2 \
    "$(grep -c '^  verified  source: a tool$' "$tmp/out")"
tt rules list -R "$tmp/basis.rules"
has "and counted" "$tmp/out" '^demo +0 +1 +0 +0 +0 +0 +1 +0  Demo$'
printf 'rule a.b\n  match < 6G\n' >"$tmp/g.rules"
tt rules check "$tmp/g.rules"
has "6G is no byte" "$tmp/out" "'6G' is not a byte"
awk 'BEGIN { printf "rule a\n  mtach < 01"; for (i = 0; i < 500; i++)
    printf " 02"; print "" }' >"$tmp/long.rules"
tt rules check "$tmp/long.rules"
grep -v hint "$tmp/out" | awk 'length > 120 { bad = 1 } END { exit bad }' &&
    ok "a long line is shown around the caret" || not_ok "a long line whole"

# A rule whose examples are missing or cannot be read is not used, and it is
# said so.
for one in yes no; do
    sed "/^  $one /d" "$tmp/r/bad.rules" |
        sed -n '/^rule demo.good/,$p' >"$tmp/half.rules"
    tt rules check "$tmp/half.rules"
    is "no '$one' example: a mistake" 1 $rc
    tt read -q -R "$tmp/half.rules" "$tmp/demo.bin"
    hasnt "no '$one' example: not used" "$tmp/out" 'demonstration was seen'
    has "no '$one' example: said" "$tmp/err" 'with a mistake is not used'
done

# Files that are named are checked, also copies of what is built in.
tt rules check rules/stm32.rules
is "check of a copy of a built-in file exits 0" 0 $rc
has "a copy is checked all the same" "$tmp/out" '^[1-9][0-9]* rules?, [1-9]'
mkdir "$tmp/folder"
cp rules/stm32.rules rules/tls.rules "$tmp/folder"
tt rules check "$tmp/folder"
has "and a whole folder of them" "$tmp/out" '^[1-9][0-9]* rules, [1-9]'
mkdir "$tmp/norules"
tt rules check "$tmp/norules"
is "a folder without rules exits 2" 2 $rc
has "a folder without rules is said" "$tmp/err" 'no \*\.rules file'
: >"$tmp/empty.rules"
tt rules check "$tmp/empty.rules"
is "a file without rules exits 2" 2 $rc
has "a file without rules is said" "$tmp/err" 'no rule was found'

# What rules do to each other, and to chance.
cat >"$tmp/proof.rules" <<'R'
protocol demo-a "A"
rule demo-a.asks
  match    > "which-one" < "only-in-" digit "-test"
  note     question
  yes      > "which-one" < "only-in-1-test"
  no       > "which-one" < "only-in-a-test"
rule demo-a.never
  match    > "which-one" < "only-in-" digit "-test"
  verdict  "A was seen."
  yes      > "which-one" < "only-in-1-test"
  no       > "which-one" < "only-in-a-test"
protocol demo-b "B"
rule demo-b.always
  match    > "which-one" < "only-in-" digit "-test"
  verdict  "B was seen."
  severity error
  yes      > "which-one" < "only-in-2-test" 5ms 03 04
  no       > "which-one" < "only-in-b-test"
rule demo-b.chance
  match    > 01 then < 03 04 05 within 30s
  verdict  "Chance was seen."
  yes      > 01 5ms < 03 04 05
  no       > 01 5ms < 03 04 06
R
tt rules check "$tmp/proof.rules"
is "cross-fire, shadows and chance exit 1" 1 $rc
has "cross-fire on a label's example" "$tmp/out" \
    "proof.rules:5: CROSS-FIRE: .* demo-a.asks .* demo-b.always: B was seen"
has "cross-fire on a verdict's example" "$tmp/out" \
    "proof.rules:10: CROSS-FIRE: .* demo-a.never "
has "a verdict that is sure on noise" "$tmp/out" 'CHANCE: demo-b.chance is sure'
has "they are problems" "$tmp/out" '^4 rules, 8 examples pass, [3-9] problems'
tt rules check --price "$tmp/proof.rules"
has "the price of a rule" "$tmp/out" \
    '^demo-b.chance +[0-9]+ +[0-9.]+ +[0-9]+  .*step machine'
cp "$tmp/out" "$tmp/first"
tt rules check --price "$tmp/proof.rules"
cmp -s "$tmp/first" "$tmp/out" && ok "the same said twice" ||
    not_ok "a second run says something else"

# A rule of the user's folder overrides a built-in one of the same name.
mkdir -p "$tmp/config/telltale/rules"
name=$(head -n 1 "$tmp/names")
sed "s/demo\.good/$name/" "$tmp/r/bad.rules" | sed -n '/^rule '"$name"'/,$p' \
    >"$tmp/config/telltale/rules/mine.rules"
XDG_CONFIG_HOME=$tmp/config "$TELLTALE" rules show "$name" >"$tmp/out" 2>&1
has "the user's rule overrides" "$tmp/out" 'A demonstration'

# why
cat >"$tmp/w.tape" <<'T'
# telltale tape 1
0.000000 < "only-in-thXs-test"
T
tt rules why demo.good "$tmp/w.tape" -R "$tmp/r"
is "why: it did not fire" 1 $rc
has "why: how far" "$tmp/out" 'did not fire'
has "why: the place in the rule" "$tmp/out" '\^~'
has "why: what it met" "$tmp/out" "met < 58 \('X'\)"
tt rules why demo.good "$tmp/demo.bin" -R "$tmp/r"
is "why: it fired" 0 $rc
has "why: how often" "$tmp/out" 'fired 1 time on'
tt rules why demo.god "$tmp/demo.bin" -R "$tmp/r"
has "why: did you mean" "$tmp/err" "did you mean 'demo.good'"
tt rules why demo.good "$tmp/none" -R "$tmp/r"
is "why: a missing file exits 2" 2 $rc
tt rules show stm32.sync
has "rules show: names that begin so" "$tmp/err" 'these begin so: stm32\.sync\.'
head -c 4194305 /dev/zero | tr '\0' '#' >"$tmp/big.rules"
tt rules check "$tmp/big.rules"
has "a rule file that is too large: the limit" "$tmp/err" 'at most 4 MiB'
# Many rules that begin with nearly any byte: each is switched off, in time.
awk 'BEGIN { for (i = 0; i < 600; i++)
    printf "rule wide.r%d\n  match < {00..FE}*20 %02X %02X 07\n" \
        "  verdict \"x\"\n  yes < 01*20 %02X %02X 07\n  no < 00\n",
        i, i % 250, i / 250, i % 250, i / 250 }' >"$tmp/wide.rules"
head -c 300000 /bin/ls /bin/sh /bin/cat 2>/dev/null | head -c 300000 >"$tmp/any"
timeout 120 "$TELLTALE" read -q -R "$tmp/wide.rules" "$tmp/any" \
    >"$tmp/out" 2>"$tmp/err"
rc=$?
[ $rc != 124 ] && ok "wide rules end" || not_ok "wide rules hang"
has "and it is said that they cost too much" "$tmp/err" 'switched off'
finish
