#!/bin/sh
# make install puts a tree that works, make uninstall takes it away.
. "$(dirname "$0")/lib.sh"
[ "$MODE" = release ] || {
    skip "installing is tried once"
    exit 0
}
make -s install DESTDIR="$tmp/stage" PREFIX=/opt/tt >"$tmp/out" 2>&1 &&
    ok "make install" || {
    not_ok "make install: $(tail -n 3 "$tmp/out")"
    finish
}
p=$tmp/stage/opt/tt
for f in bin/telltale include/telltale.h lib/libtelltale.a \
    lib/pkgconfig/telltale.pc share/man/man1/telltale.1 \
    share/bash-completion/completions/telltale \
    share/zsh/site-functions/_telltale \
    share/fish/vendor_completions.d/telltale.fish; do
    [ -s "$p/$f" ] && ok "$f" || not_ok "$f is missing"
done
ls rules/*.rules >/dev/null && n=$(ls "$p/share/telltale/rules" | wc -l) &&
    is "all rules" "$(ls rules/*.rules | wc -l)" "$n"
"$p/bin/telltale" --version >"$tmp/out" && ok "it runs" || not_ok "it does not run"
# The folder beside the program is read.
cat >"$p/share/telltale/rules/local.rules" <<'R'
rule site.only
  title    "Only at this site"
  match    < "only-in-this-test"
  verdict  "x"
  severity note
  yes      < "only-in-this-test"
  no       < "y"
R
"$p/bin/telltale" rules list -v >"$tmp/out" 2>&1
has "the system's rules are read" "$tmp/out" 'site.only'
has "the same file is not counted twice" "$tmp/out" 'built in, '
# A client that sees nothing but the header and the archive.
cat >"$tmp/client.c" <<'C'
#include <stdio.h>
#include <telltale.h>
int main(void)
{
    return printf("%s\n", tt_version()) < 0;
}
C
# shellcheck disable=SC2046  # flags
PKG_CONFIG_PATH=$p/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$tmp/stage \
    sh -c 'cc -o "$0/client" "$0/client.c" $(pkg-config --cflags --libs telltale)' \
    "$tmp" >"$tmp/out" 2>&1 &&
    ok "a client builds with pkg-config" || not_ok "client: $(cat "$tmp/out")"
rm "$p/share/telltale/rules/local.rules"
make -s uninstall DESTDIR="$tmp/stage" PREFIX=/opt/tt >"$tmp/out" 2>&1
is "uninstall leaves no file" "" "$(find "$tmp/stage" -type f)"
finish
