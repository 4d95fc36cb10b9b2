#!/bin/sh
# Put the program's own words into README.md, under the commands it shows: a
# report ("telltale read FILE") and a screen ("telltale FILE").
set -eu
cd "$(dirname "$0")/.."
cmd=$(sed -n 's/^ *\$ \(telltale read .*\)/\1/p' README.md | head -n 1)
# shellcheck disable=SC2086  # a command line
set -- ${cmd#telltale }
NO_COLOR=1 ./telltale "$@" >README.screen || true
awk '/^ *\$ telltale read / {
         print
         while ((getline line < "README.screen") > 0) print line
         skip = 1
         next
     }
     skip && /^```/ { skip = 0 }
     !skip { print }' README.md >README.new
file=$(sed -n 's/^ *\$ telltale \(captures\/.*\)/\1/p' README.new | head -n 1)
sh scripts/screen.sh "$PWD/telltale" "$file" 88 24 >README.screen
awk '/^ *\$ telltale captures\// {
         print
         while ((getline line < "README.screen") > 0) print line
         skip = 1
         next
     }
     skip && /^```/ { skip = 0 }
     !skip { print }' README.new >README.md
rm -f README.screen README.new
