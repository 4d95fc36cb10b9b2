#!/bin/sh
# read --as: recorded bytes read again with other settings.  The line is made
# by tests/cli/uart.py, which knows nothing of the program's model.
. "$(dirname "$0")/lib.sh"

line() { # SENT-BAUD READ-BAUD TEXT: bytes as the receiver had them
    printf '%b' "$3" | python3 tests/cli/uart.py "$1" "$2"
}
text='\r\n ets Jan  8 2013,rst cause:2, boot mode:(3,6)\r\n\r\nload 0x4010\r\n'
line 74880 115200 "$text$text" >"$tmp/esp.raw"
tt read -b 115200 --as 74880,8N1 "$tmp/esp.raw"
is 'told the speed: result' 0 "$rc"
has 'told the speed: text' "$tmp/out" 'better, by [0-9]+ bits.*likeliest'
has 'told the speed: words' "$tmp/out" 'ets Jan'
tt read -b 115200 --as auto "$tmp/esp.raw"
has 'auto: finds it' "$tmp/out" '^  74880 8N1: explains'
{
    printf '# telltale tape 1\n[115200 8N1] < '
    od -An -v -tx1 "$tmp/esp.raw" | tr -d '\n'
    echo
} >"$tmp/esp.tape"
tt read --as 74880 "$tmp/esp.tape"
has 'a tape says how it was read' "$tmp/out" '^< read at 115200 8N1'
has 'a tape: words' "$tmp/out" 'ets Jan'
tt read --as 74880 "$tmp/esp.raw"
is 'speed not known: result' 2 "$rc"
has 'speed not known' "$tmp/err" '-b BAUD'
tt read -b 115200 --as fast "$tmp/esp.raw"
is 'no speed: result' 2 "$rc"
has 'no speed' "$tmp/err" 'such as 74880,8N1, or auto'
for as in 9600,8 9600,8X1 9600,9N1 -1 9600x 0 99999999999; do
    tt read -b 115200 "--as=$as" "$tmp/esp.raw"
    is "--as $as" 2 "$rc"
done
printf 'a text that was read as it should have been, nothing wrong with it' \
    >"$tmp/good.raw"
tt read -b 9600 --as auto "$tmp/good.raw"
is 'right bytes: result' 3 "$rc"
has 'right bytes stay' "$tmp/out" 'no other settings explain them better'
: >"$tmp/none.raw"
tt read -b 9600 --format raw --as auto "$tmp/none.raw"
hasnt 'no bytes: no claim' "$tmp/out" explains
tt read -b 9600 --as auto "$tmp/nowhere.raw"
is 'no such file' 2 "$rc"
if [ -d ../shared/corpus/uart-wrongbaud ]; then
    tt read -b 19200 --as auto ../shared/corpus/uart-wrongbaud/gps-mtk3339__true-9600-8n1__read-19200-8n1.bin
    has 'a real receiver, twice too fast' "$tmp/out" '^  9600 8N1: explains'
else skip 'recordings of others are not at hand'; fi
finish
