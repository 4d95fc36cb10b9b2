#!/bin/sh
# A layer may include itself and what its line names, nothing else; only the
# files named on the last lines may include those system headers.
set -eu
awk '
BEGIN {
    ok["base"]    = "base"
    ok["tape"]    = "base tape"
    ok["format"]  = "base tape format"
    ok["rules"]   = "base rules"
    ok["engine"]  = "base tape rules engine"
    ok["verdict"] = "base tape rules engine verdict"
    ok["report"]  = "base tape format rules engine verdict report"
    ok["source"]  = "base tape format source"
    ok["ports"]   = "base format ports"
    ok["view"]    = "base tape rules engine verdict report view"
    ok["cli"]     = "base tape format rules engine verdict report source ports view cli"
    only["curses.h"]        = "src/view/(paint|keys|term)\\.[ch]"
    only["libserialport.h"] = "src/source/serial\\.c"
    only["pcap.h"]          = "src/source/usbmon\\.c"
    only["pcap/pcap.h"]     = "src/source/usbmon\\.c"
    only["zip.h"]           = "src/cli/(bundle|archive)\\.c"
    only["check.h"]         = "tests/"
}
match($0, /^[ \t]*#[ \t]*include[ \t]*["<][^">]*/) {
    inc = substr($0, RSTART, RLENGTH); sub(/.*["<]/, "", inc)
    split(FILENAME, f, "/"); layer = f[2]
    n = split(inc, part, "/")
    if (n > 1 && part[1] in ok && !(" " ok[layer] " " ~ " " part[1] " ")) {
        printf "%s:%d: %s may not include %s\n", FILENAME, FNR, layer, inc
        bad++
    }
    if (inc in only && FILENAME !~ only[inc]) {
        printf "%s:%d: only %s may include %s\n", FILENAME, FNR, only[inc], inc
        bad++
    }
}
END { exit bad > 0 }
' $(find src -name '*.[ch]')
