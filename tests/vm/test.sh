# In the guest: each part begins with "@@ NAME" on the console.
# shellcheck shell=sh disable=SC2086
say() { echo "@@ $*"; }
try() { # NAME COMMAND...: its output and its exit status
    say "$1"
    shift
    "$@" >/tmp/out 2>&1
    echo "status $?"
    cat /tmp/out
}
tape() { # NAME FILE
    say "$1"
    cat "$2"
}

# An 8250 and an FTDI adapter, found as serial ports without --port.
try 8250 telltale run --linger 200ms -r /tmp/a.tape -- stm32flash /dev/ttyS1
tape 8250.tape /tmp/a.tape
try ftdi telltale run --linger 200ms -r /tmp/b.tape -- stm32flash /dev/ttyUSB0
tape ftdi.tape /tmp/b.tape
try strace telltale run --strace -r /tmp/c.tape -- stm32flash /dev/ttyUSB0
tape strace.tape /tmp/c.tape

until_in() { # FILE WORDS: two minutes at most
    i=0
    while [ $i -lt 1200 ] && ! grep -q "$2" "$1" 2>/dev/null; do
        sleep 0.1
        i=$((i + 1))
    done
}

# A CDC-ACM device: behind the gadget is the model at the third 8250.
stty -F /dev/ttyGS0 raw -echo 2>/dev/null || stty raw -echo </dev/ttyGS0
stty raw -echo 57600 parenb -parodd </dev/ttyS2
cat /dev/ttyS2 >/dev/ttyGS0 &
cat /dev/ttyGS0 >/dev/ttyS2 &
try acm telltale run --linger 200ms -r /tmp/d.tape -- stm32flash /dev/ttyACM0
tape acm.tape /tmp/d.tape

# USB looked at, while a tool that knows nothing of it uses the port.
try nomodule telltale watch --plain usb:/dev/ttyUSB0
insmod /modules/usbmon.ko
i=0
while [ ! -e /dev/usbmon0 ] && [ $i -lt 100 ]; do
    sleep 0.1
    i=$((i + 1))
done
mon() { # NAME LINE PORT
    telltale watch --plain -r "/tmp/$1.tape" $2 >/tmp/$1.out 2>/tmp/$1.err &
    mon=$!
    until_in /tmp/$1.err 'listening on'
    sleep 1
    try "$1.tool" stm32flash $3
    until_in /tmp/$1.tape '[>] 01 FE'
    sleep 1
    kill -INT $mon
    wait $mon
    say "$1"
    echo "status $?"
    cat /tmp/$1.err
    tape "$1.tape" /tmp/$1.tape
}
mon usbftdi usb:/dev/ttyUSB0 /dev/ttyUSB0
acm=$(readlink -f /sys/class/tty/ttyACM0/device/..)
mon usbacm "usb:$(cat "$acm/busnum").$(cat "$acm/devnum")" /dev/ttyACM0
mon usbbus "usbmon$(cat "$acm/busnum")" /dev/ttyACM0
try nobus telltale watch --plain usbmon99
telltale watch --plain usb:/dev/ttyUSB1 >/tmp/p.out 2>/tmp/p.err &
pulled=$!
until_in /tmp/p.err 'listening on'

# Only listened to; then the adapter is pulled and plugged in.
telltale watch --plain -r /tmp/w.tape /dev/ttyUSB1 >/tmp/w.out 2>/tmp/w.err &
watch=$!
until_in /tmp/w.tape '< 68'
say pull
until_in /tmp/w.err 'is there'
sleep 2
kill -INT $watch
wait $watch
say watch
echo "status $?"
cat /tmp/w.err
tape watch.tape /tmp/w.tape
kill -INT $pulled
wait $pulled
say usbpull
cat /tmp/p.out /tmp/p.err
