#!/bin/sh
# What goes over the line when nothing is wrong is named message by message.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || {
    skip "python3 is not here"
    exit 0
}
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

# Meters, industrial systems, tills, modems, network services: every record.
for f in cjt188 cmux df1 dlms dlt645 dlt698 dnp3 ecr escpos gdw376 gnss \
    hostlink iec101 iec104 iec62056 knx lin mbus melsec modbus mqtt mstp \
    ppp profibus sdi12 services siemens3964 telnet zvt; do
    if python3 tests/healthy/labels.py -v --least 100 "$TELLTALE" \
        tests/healthy/"$f"/*.tape >"$tmp/out"; then
        ok "$f: each message has a label"
    else
        not_ok "$f: messages without a label"
        sed 's/^/    /' "$tmp/out"
    fi
done
# Loaders: single bytes mean what came before them, so not all have one.
python3 tests/healthy/labels.py -v --least 60 "$TELLTALE" \
    tests/healthy/*/*.tape >"$tmp/out" && ok "loaders: most messages" ||
    not_ok "loaders: $(grep -v '^  ' "$tmp/out")"
# The script can fail.
printf '# telltale tape 1\n> 01 02 A7\n' >"$tmp/nothing.tape"
python3 tests/healthy/labels.py --least 1 "$TELLTALE" "$tmp/nothing.tape" \
    >"$tmp/out" && not_ok "unknown bytes have a label" ||
    ok "unknown bytes have none"
finish
