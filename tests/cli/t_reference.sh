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
finish
