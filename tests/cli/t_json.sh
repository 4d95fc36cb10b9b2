#!/bin/sh
# --json keeps the promise of docs/json-schema.json, whatever comes in.
. "$(dirname "$0")/lib.sh"

command -v python3 >/dev/null || {
    skip "no python3"
    exit 0
}
schema=docs/json-schema.json
check() { # NAME FILE...
    name=$1
    shift
    if python3 tests/cli/json_schema.py $schema "$@" >"$tmp/said"; then
        ok "$name"
    else
        not_ok "$name"
        sed 's/^/    /' "$tmp/said" | head -n 20
    fi
}

check "the checker itself" --self
python3 -m json.tool $schema >/dev/null && ok "the schema is JSON" ||
    not_ok "the schema is no JSON"
check "golden reports" tests/golden/report/*.json

"$TELLTALE" read --json captures/*.tape >"$tmp/captures.json" 2>"$tmp/err"
check "all captures" "$tmp/captures.json"
is "one line a capture" "$(ls captures/*.tape | wc -l)" \
    "$(wc -l <"$tmp/captures.json")"

# Odd names, odd bytes, inputs that stop in the middle.
odd="$tmp/a\"b\\c
$(printf '\033[31m\377')<script>"
cp captures/lone-68.tape "$odd"
printf '\000\377\033[2J\342\202' >"$tmp/bytes"
: >"$tmp/empty"
head -c 300 /bin/ls >"$tmp/cut"
printf '# telltale tape 1\n0.0 > 7F\nnonsense \033[2J\n0.5 [what]\n' >"$tmp/bad.tape"
"$TELLTALE" read --json "$odd" "$tmp/bytes" "$tmp/empty" "$tmp/cut" \
    "$tmp/bad.tape" >"$tmp/odd.json" 2>"$tmp/err"
check "odd inputs" "$tmp/odd.json"
"$TELLTALE" read --json /nonexistent /nonexistent/2 >"$tmp/none.json" 2>"$tmp/err"
check "unreadable inputs" "$tmp/none.json"
is "one line each" 2 "$(wc -l <"$tmp/none.json" | tr -d ' ')"
hasnt "no raw escapes" "$tmp/odd.json" "$(printf '\033')"

while IFS= read -r line; do
    printf '%s\n' "$line" | python3 -m json.tool >/dev/null ||
        not_ok "json.tool refuses: $line"
done <"$tmp/odd.json"

finish
