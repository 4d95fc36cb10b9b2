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

# Only listened to; then the adapter is pulled and plugged in.
telltale watch --plain -r /tmp/w.tape /dev/ttyUSB1 >/tmp/w.out 2>/tmp/w.err &
watch=$!
until_in() { # FILE WORDS: two minutes at most
    i=0
    while [ $i -lt 1200 ] && ! grep -q "$2" "$1"; do
        sleep 0.1
        i=$((i + 1))
    done
}
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
