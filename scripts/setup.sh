#!/bin/sh
# Install what is missing, and only that.
#   sh scripts/setup.sh build   what "make" and "make demo" need
#   sh scripts/setup.sh test    and what "make test" needs besides
set -eu

miss=''     # Debian names of what is not there
optional='' # and of what can be done without
need() { # package, command that shows it is there
    pkg=$1
    shift
    "$@" >/dev/null 2>&1 || miss="$miss $pkg"
}
have() { command -v "$1"; }
lib() { have pkg-config && pkg-config --exists "$1"; }
serial() { /usr/bin/python3 -c 'import serial'; }
bits32() {
    echo 'int main(void){return 0;}' |
        cc -m32 -I"/usr/include/$(cc -print-multiarch)" -x c - -o /dev/null
}
libc() { echo '#include <stdio.h>' | cc -E -x c -; }

need gcc have cc
need libc6-dev libc
need make have make
need pkg-config have pkg-config
need libserialport-dev lib libserialport
need libpcap-dev lib libpcap
need libncurses-dev lib ncursesw
need libzip-dev lib libzip
need zlib1g-dev lib zlib
need libzstd-dev lib libzstd
if [ "${1:-build}" = test ]; then
    need check lib check
    need socat have socat
    need tmux have tmux
    need stm32flash have stm32flash
    need avrdude have avrdude
    need busybox-static have busybox
    need python3-serial serial
    need ser2net have ser2net
    need tshark have tshark
    need mandoc have mandoc
    need python3 have python3
    need binutils have nm
    need g++ have c++
    need clang-format have clang-format
    need unzip have unzip
    need procps have pgrep
    need bsdutils have script
    need lrzsz have rz
    need mbpoll have mbpoll
    need picocom have picocom
    need strace have strace
    need util-linux have flock
    # Programs of the other word length, where this machine runs them.
    [ "$(uname -m)" != x86_64 ] || need gcc-multilib bits32
fi
# What only some tests look with: without it they are skipped.
if [ "${1:-}" = test ] && command -v apt-get >/dev/null &&
    ! have chromium >/dev/null 2>&1; then
    optional=chromium
fi
[ -n "$miss$optional" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "These are missing (Debian's names):$miss"
    echo "Install them, for example with"
    echo "  dnf install gcc make pkgconf-pkg-config libserialport-devel libpcap-devel libzip-devel zlib-devel libzstd-devel" \
        "ncurses-devel tmux check-devel socat wireshark-cli mandoc python3"
    echo "  pacman -S gcc make pkgconf libserialport libpcap libzip zstd ncurses check socat" \
        "tmux wireshark-cli mandoc python"
    echo "  brew install pkg-config libserialport libpcap libzip zstd ncurses check socat" \
        "tmux wireshark mandoc python"
    exit 1
fi
as_root=''
[ "$(id -u)" = 0 ] || as_root=sudo
export DEBIAN_FRONTEND=noninteractive
if [ -n "$optional" ]; then
    # Never asked for with a password, and never a reason to fail.
    echo "installing, if it can be: $optional"
    { ${as_root:+sudo -n} apt-get update -qq &&
        ${as_root:+sudo -n} env DEBIAN_FRONTEND=noninteractive apt-get \
            install -y -qq --no-install-recommends "$optional"; } \
        </dev/null >/dev/null 2>&1 || echo "going on without: $optional"
fi
[ -n "$miss" ] || exit 0
echo "installing:$miss"
# A mirror that cannot be reached is only a failure if the install fails.
$as_root apt-get update -qq || true
# shellcheck disable=SC2086  # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends $miss </dev/null >/tmp/telltale-setup.$$ 2>&1 || {
    cat /tmp/telltale-setup.$$
    rm -f /tmp/telltale-setup.$$
    echo "could not install:$miss"
    exit 1
}
rm -f /tmp/telltale-setup.$$
