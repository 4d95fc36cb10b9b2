#!/bin/sh
# Real drivers without hardware: Debian's kernel under QEMU with two 8250, two
# FTDI adapters and, as QEMU has none, the kernel's own CDC-ACM gadget on its
# dummy controller; behind them device models on the host.
#   sh tests/vm/vm.sh PROGRAM
# Optional ('make test-vm'): fetches a kernel package (70 MB) with apt-get
# unless TELLTALE_KERNEL names a folder with one unpacked.
set -u
cd "$(dirname "$0")/../.." || exit 2
prog=$1
for tool in qemu-system-x86_64 busybox stm32flash socat; do
    command -v $tool >/dev/null || {
        echo "skip - $tool is not here"
        exit 0
    }
done
tmp=$(mktemp -d) || exit 2
pids=''
trap 'kill $pids 2>/dev/null; rm -rf "$tmp"' EXIT
bad=0
kernel=${TELLTALE_KERNEL:-}
if [ -z "$kernel" ]; then
    kernel=$tmp/kernel
    pkg=$(apt-cache depends linux-image-amd64 2>/dev/null |
        sed -n 's/^ *Depends: *\(linux-image-[0-9]\)/\1/p' | head -n 1)
    (cd "$tmp" && apt-get download "$pkg" >/dev/null 2>&1 &&
        dpkg-deb -x "$pkg"_*.deb kernel) || {
        echo "skip - no kernel package can be had"
        exit 0
    }
fi

# ---- the guest ----------------------------------------------------------------
root=$tmp/root
mkdir -p "$root/bin" "$root/modules" "$root/proc" "$root/sys" "$root/dev" "$root/tmp"
cp "$(command -v busybox)" "$root/bin/busybox"
cp tests/vm/init "$root/init"
cp tests/vm/test.sh "$root/test.sh"
chmod +x "$root/init"
for m in usb-common usbcore xhci-hcd xhci-pci usbserial ftdi_sio cdc-acm \
    udc-core configfs libcomposite u_serial usb_f_acm usb_f_serial usb_f_obex dummy_hcd \
    g_serial usbmon; do
    find "$kernel" -name "$m.ko" -exec cp {} "$root/modules" \;
done
for file in "$prog" "$(command -v stm32flash)"; do
    cp "$(readlink -f "$file")" "$root/bin/"
    ldd "$file" | grep -o '/[^ )]*' | while read -r lib; do
        mkdir -p "$root/$(dirname "$lib")"
        cp -L "$lib" "$root/$lib"
    done
done
(cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null | gzip -1) \
    >"$tmp/initrd"

# ---- devices on the host ----------------------------------------------------------
for port in stm32:one stm32:two prints:three stm32:four; do
    python3 tests/cli/device.py "${port%:*}" "$tmp/${port#*:}" \
        "$tmp/${port#*:}.log" 1800 &
    pids="$pids $!"
done
while [ ! -e "$tmp/one" ] || [ ! -e "$tmp/two" ] || [ ! -e "$tmp/three" ] ||
    [ ! -e "$tmp/four" ]; do
    sleep 0.1
done
qemu-system-x86_64 -accel tcg -m 512 -display none -nodefaults \
    -no-reboot -kernel "$(echo "$kernel"/boot/vmlinuz-*)" -initrd "$tmp/initrd" \
    -append 'console=ttyS0 quiet panic=-1' \
    -serial "file:$tmp/console" \
    -chardev "serial,id=c1,path=$(readlink "$tmp/one")" -serial chardev:c1 \
    -chardev "serial,id=c4,path=$(readlink "$tmp/four")" -serial chardev:c4 \
    -chardev "serial,id=c2,path=$(readlink "$tmp/two")" \
    -chardev "serial,id=c3,path=$(readlink "$tmp/three")" \
    -device qemu-xhci -device usb-serial,chardev=c2,id=u2,serial=ONE \
    -device usb-serial,chardev=c3,id=u3,serial=TWO \
    -monitor "unix:$tmp/monitor,server,nowait" >"$tmp/qemu" 2>&1 &
qemu=$!
pids="$pids $qemu"
mark() { grep -q "^@@ $1" "$tmp/console" 2>/dev/null; }
wait_for() { # MARK: 10 minutes at most
    n=6000
    until mark "$1"; do
        n=$((n - 1))
        if [ $n = 0 ] || ! kill -0 $qemu 2>/dev/null; then return 1; fi
        sleep 0.1
    done
}
wait_for pull && {
    echo 'device_del u3' | socat - "UNIX:$tmp/monitor" >/dev/null
    sleep 3
    echo 'device_add usb-serial,chardev=c3,id=u4,serial=TWO' |
        socat - "UNIX:$tmp/monitor" >/dev/null
}
wait_for end || {
    echo "not ok - the guest has not come to its end:"
    tail -n 20 "$tmp/console" "$tmp/qemu"
    exit 1
}
tr -d '\r' <"$tmp/console" >"$tmp/all"

# ---- what it must have said ----------------------------------------------------------
part() { awk -v p="$1" '/^@@ / { on = $2 == p; next } on' "$tmp/all"; }
has() { # NAME PART REGEX
    if part "$2" | grep -Eq -- "$3"; then echo "ok - $1"; else
        echo "not ok - $1: nothing like '$3' in:"
        part "$2" | sed 's/^/    /' | head -n 30
        bad=1
    fi
}
for driver in 8250 ftdi acm; do
    has "$driver: exit status" $driver '^status 0'
    has "$driver: the device answers" $driver 'Device ID    : 0x0410'
    has "$driver: verdict" $driver 'OK +STM32 boot loader'
    has "$driver: parity, granted by the driver" $driver.tape '\[57600 8E1\]'
    has "$driver: the lines rise" $driver.tape '\[dtr\+\]'
    has "$driver: the lines drop" $driver.tape '\[rts-\]'
done
has "--strace on a real driver: verdict" strace 'OK +STM32 boot loader'
has "--strace: parity" strace.tape '\[57600 8E1\]'
has "--strace: lines that the system raised" strace.tape '\[dtr\+\]'
has "watch: says that the system raised the lines" watch 'raised: the system'
has "watch: pulled" watch 'is gone'
has "watch: back" watch 'is there'
has "watch: bytes" watch.tape '< (68|"h)'
has "watch: one tape" watch.tape '\[close\]'
has "usbmon: the module is missing" nomodule 'sudo modprobe usbmon'
has "usbmon: no such bus" nobus 'no USB bus 99'
for mon in usbftdi usbacm usbbus; do
    has "$mon: the tool is not disturbed" $mon.tool 'Device ID    : 0x0410'
    has "$mon: verdict" $mon.tape 'verdict .is.*STM32 boot loader version'
    has "$mon: ends well" $mon '^status 0'
    has "$mon: parity" $mon.tape '\[57600 8E1\]'
    has "$mon: the lines rise" $mon.tape '\[dtr\+\]'
    has "$mon: what the tool sent" $mon.tape '> 7F'
    has "$mon: what the device answered" $mon.tape '< 79'
    has "$mon: the tool's end" $mon.tape '\[close\]'
done
has "usbmon: heard beside a listener" usbpull '< (68|"h)'
has "usbmon: pulled" usbpull '\[close\]'
exit $bad
