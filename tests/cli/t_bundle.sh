#!/bin/sh
# --bundle and --redact: what is in it, what is not, and the way back.
. "$(dirname "$0")/lib.sh"
command -v unzip >/dev/null || {
    skip "unzip is not here"
    finish
}

fault=captures/stm32-app-prints-h.tape
tt read --bundle "$tmp/a.zip" $fault
is "the exit status stays the verdict's" 1 $rc
has "the report is printed as ever" "$tmp/out" 'FAULT'
is "what is in it" \
    "bundle.json recording/stm32-app-prints-h.tape report.html report.json report.txt" \
    "$(unzip -Z1 "$tmp/a.zip" | sort | tr '\n' ' ' | sed 's/ $//')"
unzip -p "$tmp/a.zip" recording/stm32-app-prints-h.tape | cmp -s - $fault &&
    ok "the recording is as it was" || not_ok "the recording differs"
unzip -p "$tmp/a.zip" bundle.json >"$tmp/about"
has "the version" "$tmp/about" '"telltale":"[0-9]'
has "the settings" "$tmp/about" '"redacted":false'
verdict() { # of a recording: status, rule, text
    "$TELLTALE" read --json "$1" 2>/dev/null | python3 -c '
import json, sys
d = json.load(sys.stdin)
h = d["headline"] or {}
print(d["status"], h.get("rule"), h.get("text"), h.get("bits"))'
}
if command -v python3 >/dev/null; then
    some=$(ls captures/*.tape | awk 'NR % 8 == 1')
    for f in $some; do
        rm -f "$tmp/b.zip"
        "$TELLTALE" read -q --bundle "$tmp/b.zip" "$f" >/dev/null 2>&1
        [ "$(verdict "$f")" = "$(verdict "$tmp/b.zip")" ] ||
            not_ok "$f: the bundle says $(verdict "$tmp/b.zip")"
    done
    ok "bundles give the verdicts of what is in them"
    n=0
    for f in $some; do
        rm -f "$tmp/b.zip"
        "$TELLTALE" read -q --redact --bundle "$tmp/b.zip" "$f" >/dev/null 2>&1
        [ -f "$tmp/b.zip" ] || continue
        n=$((n + 1))
        [ "$(verdict "$f" | cut -d' ' -f1,2)" = \
            "$(verdict "$tmp/b.zip" | cut -d' ' -f1,2)" ] ||
            not_ok "$f: redacted it says $(verdict "$tmp/b.zip")"
    done
    [ $n -ge 9 ] && ok "so do redacted ones ($n)" || not_ok "only $n bundles"
    printf 'stk500_getsync\navrdude: stk500_recv(): programmer is not responding\n' >"$tmp/log"
    "$TELLTALE" read -q --redact --bundle "$tmp/log.zip" "$tmp/log" >/dev/null 2>&1
    is "a tool's log stays one" "$(verdict "$tmp/log")" "$(verdict "$tmp/log.zip")"
    printf '\177' >"$tmp/raw"
    tt read --lane host --bundle "$tmp/raw.zip" "$tmp/raw"
    "$TELLTALE" read --json "$tmp/raw.zip" >"$tmp/out" 2>/dev/null
    has "options have had their effect" "$tmp/out" '"host":1,'
    "$TELLTALE" read -q --bundle "$tmp/in.zip" - <$fault >/dev/null 2>&1
    is "from standard input" "$(verdict $fault)" "$(verdict "$tmp/in.zip")"
else skip "no python3"; fi

cat >"$tmp/private.tape" <<'X'
# telltale tape 1
# time: ms
# by: Erika Mustermann
# device: Phone, serial: R58M12345XY
0.0 [115200 8N1] > "AT\r"
0.01 < "\r\nOK\r\n"
0.1 > "AT+CGSN\r"
0.2 < "\r\n490154203237518\r\n\r\nOK\r\n"
0.3 > "AT+CWJAP=\"MyHome\",\"s3cret!pw\"\r"
0.4 < "\r\nOK\r\n"
0.5 $ "MAC: 24:0a:c4:11:22:33\nserialno=QWE987RTZ, key: deadbeef00\n"
0.6 $ "C:\\Users\\erika\\fw.bin mail erika@example.org +4915112345678\n"
0.65 $ "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKC\n-----END RSA PRIVATE KEY-----\n"
0.7 < "login: "
0.8 > "erika\r"
0.9 < "Password: "
1.0 > "geheim\r"
5.0
X
tt read --redact --bundle "$tmp/p.zip" "$tmp/private.tape"
is "something private: the verdict stays" 0 $rc
has "how much was removed is said" "$tmp/err" '[0-9]+ places were removed'
mkdir "$tmp/p"
unzip -q "$tmp/p.zip" -d "$tmp/p"
is "the file's name is not in it" 0 \
    "$(grep -rlE 'private\.tape' "$tmp/p" | wc -l | tr -d ' ')"
for s in Erika erika Mustermann R58M12345XY 490154203237518 MyHome s3cret \
    24:0a:c4 0a:C4 QWE987RTZ deadbeef example.org 15112345678 MIIEowIBAAKC \
    geheim; do
    grep -rqa "$s" "$tmp/p" && not_ok "$s is still there" || ok "no $s"
done
for w in 'field imei' \\+CWJAP mac serialno key 'mail address' \
    'telephone number' 'home folder' 'PEM' login password \
    'name in the header'; do
    has "the list has $w" "$tmp/p/removed.txt" "$w"
done
has "prompts stay" "$tmp/p/recording/case.tape" 'assword'
has "what is not private stays" "$tmp/p/recording/case.tape" 'fw.bin'
n() { "$TELLTALE" read --json "$1" | sed 's/.*"lanes":\({[^}]*}\).*/\1/'; }
is "nothing became longer or shorter" "$(n "$tmp/private.tape")" "$(n "$tmp/p.zip")"
is "its exit status" 0 "$("$TELLTALE" read -q "$tmp/p.zip" >/dev/null; echo $?)"

# A frame whose checksum covers what is private: said, and nothing written.
tracker=$(sed -n 's/^  yes  *\(< 68 68 .*\)/\1/p' rules/gt02.rules | head -n 1)
printf '%s\n' "$tracker" | sed 's/ *=>.*//' >"$tmp/gt02.tape"
before=$("$TELLTALE" read --json "$tmp/gt02.tape" | grep -c '"rule":"gt02')
tt read --redact --bundle "$tmp/g.zip" "$tmp/gt02.tape"
if [ -f "$tmp/g.zip" ]; then
    "$TELLTALE" read --json "$tmp/g.zip" >"$tmp/out"
    is "a tracker: the verdict survives" "$before" "$(grep -c '"rule":"gt02' "$tmp/out")"
else
    has "a tracker: why nothing is written" "$tmp/err" 'would be another'
    is "a tracker: exit 2" 2 $rc
fi

tt read --bundle "$tmp/a.zip" $fault
is "a bundle that is there is kept" 2 $rc
has "and that is said" "$tmp/err" 'there already'
tt read -q --force --bundle "$tmp/a.zip" $fault
is "-q: a line" 1 "$(wc -l <"$tmp/out" | tr -d ' ')"
tt read --force --bundle "$tmp/a.zip" $fault
is "--force writes over it" 1 $rc
tt read --bundle "$tmp/none/a.zip" $fault
is "one that cannot be made exits 2" 2 $rc
tt read --bundle "$tmp/c.zip" $fault $fault
is "of two recordings: exit 2" 2 $rc
tt read --redact $fault
is "--redact alone: exit 2" 2 $rc
for o in "--csv" "--html $tmp/x.html"; do
    # shellcheck disable=SC2086  # an option and its value
    tt read $o --bundle "$tmp/n.zip" $fault
    is "${o%% *} beside --bundle is refused, not swallowed" 2 $rc
done
for o in "--json" "--csv" "--html $tmp/x.html" "--bundle $tmp/n.zip"; do
    # shellcheck disable=SC2086
    tt read --as 9600 -b 115200 $o $fault
    is "${o%% *} beside --as too" 2 $rc
done
is "and nothing is written" "" "$(ls "$tmp"/n.zip "$tmp"/x.html 2>/dev/null)"
tt read --bundle "$tmp/d.zip" "$tmp/nothing"
is "of nothing: exit 2" 2 $rc
[ ! -e "$tmp/d.zip" ] && ok "and none is left" || not_ok "d.zip is there"

# Other archives, and damaged ones.
head -c 400 "$tmp/a.zip" >"$tmp/cut.zip"
tt read "$tmp/cut.zip"
is "a cut archive exits 2" 2 $rc
has "and is said" "$tmp/err" 'archive'
if command -v zip >/dev/null; then
    (cd captures && zip -q "$tmp/one.zip" stm32-app-prints-h.tape &&
        zip -q "$tmp/two.zip" stm32-app-prints-h.tape mtk-ok.tape)
    tt read "$tmp/one.zip"
    is "an archive of one recording is read" 1 $rc
    tt read "$tmp/two.zip"
    is "one of two is not guessed: each has its line" 2 \
        "$(grep -c 'two.zip/[a-z]' "$tmp/out")"
else skip "zip is not here"; fi
dd if=/dev/zero bs=1 count=4 seek=500 conv=notrunc of="$tmp/a.zip" 2>/dev/null
tt read "$tmp/a.zip"
[ $rc != 0 ] && ok "a damaged one is no healthy recording" || not_ok "exit $rc"
tt read "$tmp/p.zip" "$tmp/raw.zip" $fault
is "bundles among many" 3 "$(grep -cE '^(OK|FAULT|UNKNOWN)' "$tmp/out")"
finish
