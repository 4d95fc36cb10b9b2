#!/bin/sh
# USB and network captures: the bytes that others find in them.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || {
    skip "python3 is not here"
    exit 0
}
corpus=${TELLTALE_CORPUS:-$ROOT/../shared/corpus}
samples=${TELLTALE_SAMPLES:-$ROOT/../shared/samples}
cap() { python3 tests/cli/capture.py "$@"; }

# raw LANE FILE OPTION...: the bytes of a lane in $tmp/raw
raw() {
    lane=$1 file=$2
    shift 2
    "$TELLTALE" convert --force --to raw --lane "$lane" "$@" "$file" \
        "$tmp/raw" >/dev/null 2>&1
}
hex() { od -An -v -tx1 "$1" | tr -d ' \n'; }

# ---- TCP against what was sent, and against tshark -----------------------
for seed in 1 2 3 4; do
    cap tcp $seed "$tmp/t.pcap"
    for n in 1 2 3; do
        for lane in host device; do
            raw $lane "$tmp/t.pcap" --tcp $n
            cmp -s "$tmp/raw" "$tmp/t.pcap.$n.$lane" &&
                ok "seed $seed, connection $n: what the $lane sent" ||
                not_ok "seed $seed, connection $n: not what the $lane sent"
        done
    done
    tt read --json "$tmp/t.pcap"
    is "seed $seed: nothing is lost" 1 "$(grep -c '"lost":0}' "$tmp/out")"
done

tt read --tcp 99 "$tmp/t.pcap"
is "a connection that is not there exits 2" 2 $rc
is "and all that are there are named" 3 \
    "$(grep -cE 'holds tcp [1-3]: .* bytes$' "$tmp/err")"

# every connection of FILE as tshark follows it
follow() {
    file=$1
    tt read --json "$file"
    grep -oE '"text":"tcp [0-9]+: [^ ,]+, >' "$tmp/out" |
        sed 's/.*tcp \([0-9]*\): \(.*\), >/\1 \2/' >"$tmp/list"
    while read -r n ends; do
        cap follow "$file" "${ends%-*}" "${ends##*-}" >"$tmp/want"
        for lane in host device; do
            raw $lane "$file" --tcp "$n"
            [ "$lane" = host ] && line=1 || line=2
            is "$(basename "$file") $ends: $lane as tshark has it" \
                "$(sed -n ${line}p "$tmp/want")" "$(hex "$tmp/raw")"
        done
    done <"$tmp/list"
}
if command -v tshark >/dev/null; then
    follow "$tmp/t.pcap"
    # recordings whose connections are whole; in others (a piece is missing,
    # made up) tshark writes a remark among the bytes
    for f in ndpi_modbus ndpi_s7comm ndpi_dnp3 ndpi_ftp_failed ndpi_mqtt \
        ndpi_tls_alert ndpi_http iti_modbusSmall iti_dnp3_file_read \
        icsnpp_modbus_example ndpi_hl7 ndpi_selfsigned; do
        for e in pcap pcapng; do
            [ -f "$corpus/pcap/$f.$e" ] && follow "$corpus/pcap/$f.$e"
        done
    done
else skip "tshark is not here"; fi

# ---- USB against the truth -----------------------------------------------
if [ -d "$samples/usb" ]; then
    cap samples "$samples/usb" "$TELLTALE" >"$tmp/out" &&
        ok "the USB samples: bytes and events of five chips, three link types" ||
        not_ok "the USB samples: $(cat "$tmp/out")"
else skip "the samples are not at hand"; fi

q=$corpus/usb-qemu
if [ -d "$q" ]; then
    for f in console-uboot-arm64 console-linux-panic-x86; do
        raw device "$q/$f.pcap"
        cmp -s "$tmp/raw" "$q/$f.console.bin" &&
            ok "$f: what the driver handed to a program" ||
            not_ok "$f: not what the driver handed to a program"
    done
    # one session in several recordings: the same bytes and settings
    for f in "$q"/*.pcapng "$q"/*.usbmon.txt; do
        base=${f%.pcapng}
        base=${base%.usbmon.txt}
        for x in "$base.pcap" "$f"; do
            "$TELLTALE" convert --to tape "$x" - 2>/dev/null |
                grep -v '^#' >"$tmp/$(basename "$x").t"
        done
        cut -d' ' -f2- "$tmp/$(basename "$base").pcap.t" >"$tmp/a"
        cut -d' ' -f2- "$tmp/$(basename "$f").t" >"$tmp/b"
        case $f in *.usbmon.txt) # long descriptors are cut: bytes only
            for x in a b; do
                grep '^[<>]' "$tmp/$x" >"$tmp/$x.t"
                mv "$tmp/$x.t" "$tmp/$x"
            done ;;
        esac
        grep -q lost "$tmp/b" || is "$(basename "$f") is as the pcap" "" \
            "$(diff "$tmp/a" "$tmp/b" | head -5)"
    done
    # ... and the same verdict
    for f in "$q"/*.pcapng "$q"/*.usbmon.txt; do
        base=${f%.pcapng}
        base=${base%.usbmon.txt}
        for x in "$base.pcap" "$f"; do
            tt read --json "$x"
            grep -oE '"headline":\{"rule":"[^"]*"' "$tmp/out"
        done | uniq -c >"$tmp/same"
        is "$(basename "$f") has the pcap's headline" 2 \
            "$(awk '{ print $1 }' "$tmp/same" | tr '\n' ' ' | tr -d ' ')"
    done
    if command -v tshark >/dev/null; then
        f=$q/cdc-acm-stm32-write-ok.pcap
        raw host "$f"
        tshark -r "$f" -T fields -e usb.capdata -Y \
            'usb.transfer_type==3 && usb.endpoint_address.direction==0 &&
             usb.urb_type==83' 2>/dev/null | tr -d '\n:' >"$tmp/want"
        is "CDC-ACM: the host's bytes as tshark has them" \
            "$(cat "$tmp/want")" "$(hex "$tmp/raw")"
    fi
else skip "the corpus is not at hand"; fi
finish
