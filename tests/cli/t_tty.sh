#!/bin/sh
# What a real terminal driver does to binary data is found in the bytes alone.
. "$(dirname "$0")/lib.sh"

# through WAY FLAG LANE
through() {
    python3 tests/cli/cooked.py "$1" "$2" >"$tmp/b.raw"
    tt read --format raw --lane "$3" "$tmp/b.raw"
}
through in none device
hasnt 'a raw terminal: nothing said' "$tmp/out" 'tty\.'
is 'a raw terminal: all bytes' 10240 "$(($(wc -c <"$tmp/b.raw")))"
through in IXON device
has 'IXON' "$tmp/out" 'tty\.flow-control'
through in ICRNL device
has 'ICRNL' "$tmp/out" 'tty\.cr-to-lf'
through in IGNCR device
has 'IGNCR' "$tmp/out" 'tty\.cr-to-lf'
through in ISTRIP device
has 'ISTRIP' "$tmp/out" 'tty\.seven-bit'
through in PARMRK device
has 'PARMRK' "$tmp/out" 'tty\.doubled-ff'
through out none host
hasnt 'raw output: nothing said' "$tmp/out" 'tty\.'
through out ONLCR host
has 'ONLCR' "$tmp/out" 'tty\.lf-to-crlf'
# The same in pieces and on the other lane.
through out ONLCR device
has 'ONLCR of a device' "$tmp/out" 'tty\.lf-to-crlf\.device'
finish
