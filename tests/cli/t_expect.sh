#!/bin/sh
# What a capture's author expected (its line "# expect: RULE" or "unknown") is
# what the program says.  The .expect files show wording; this shows meaning.
. "$(dirname "$0")/lib.sh"

for t in captures/*.tape; do
    want=$(sed -n 's/^# expect: *//p' "$t" | head -n 1)
    [ -n "$want" ] || {
        not_ok "$t says nothing with '# expect:'"
        continue
    }
    tt read --json "$t"
    case $(sed -n 's/.*"status":"\([a-z]*\)".*/\1/p' "$tmp/out") in
    unknown) got=unknown ;;
    *) got=$(sed -n 's/.*"headline":{"rule":"\([^"]*\)".*/\1/p' "$tmp/out") ;;
    esac
    is "${t##*/}" "$want" "$got"
done
finish
