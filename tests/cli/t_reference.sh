#!/bin/sh
# The engine against the executable reference of the rule language, where it
# is at hand: the same rules and examples, the same outcome.
. "$(dirname "$0")/lib.sh"
reference=${TELLTALE_REFERENCE:-../shared/engine/lang/rulelang.py}
if [ ! -f "$reference" ]; then
    skip "no reference (TELLTALE_REFERENCE names rulelang.py)"
    exit 0
fi
if ! command -v python3 >/dev/null; then
    skip "no python3"
    exit 0
fi
rounds=80
[ "$MODE" = release ] || rounds=15
for seed in 1 2 3; do
    python3 tests/diff/examples.py "$reference" "$TELLTALE" $rounds $seed \
        tests/rules/reference/*.rules >"$tmp/out" 2>&1
    if [ $? = 0 ]; then ok "seed $seed: $(tail -n 1 "$tmp/out")"; else
        not_ok "seed $seed: $(tail -n 5 "$tmp/out")"
    fi
done

# The reference does not know what rules do to each other and to noise.
alone() {
    sed -e '/^[^ ]*: \(CROSS-FIRE\|SHADOWED\|CHANCE\|COSTLY\): /d' \
        -e 's/, [0-9]* problems*$//'
}

# What both say of files with mistakes, but for the last line, which counts.
for f in tests/golden/rules/bad.rules tests/golden/rules/b2.rules; do
    python3 "$reference" check "$f" | sed '$d' >"$tmp/want"
    tt rules check "$f"
    alone <"$tmp/out" | sed '$d' >"$tmp/got"
    cmp -s "$tmp/want" "$tmp/got" && ok "the same said of $f" ||
        not_ok "of $f: $(diff "$tmp/want" "$tmp/got" | head -n 5)"
done
python3 "$reference" check tests/rules/reference/*.rules >"$tmp/want"
tt rules check tests/rules/reference/*.rules
is "the same said of the reference's rules" "$(alone <"$tmp/want")" \
    "$(alone <"$tmp/out")"

rounds=60
[ "$MODE" = release ] || rounds=15
for seed in 4 5; do
    if python3 tests/diff/messages.py "$reference" "$TELLTALE" $rounds $seed \
        tests/rules/reference/*.rules tests/golden/rules/bad.rules \
        >"$tmp/out" 2>&1; then
        ok "messages, seed $seed: $(tail -n 1 "$tmp/out")"
    else
        not_ok "messages, seed $seed: $(tail -n 9 "$tmp/out")"
    fi
done
finish
