#!/bin/sh
# --html: a page that stands alone, whatever was recorded; looked at by a
# parser and, where there is one, by a browser.
. "$(dirname "$0")/lib.sh"

tt read --html "$tmp/one.html" captures/stm32-app-prints-h.tape
is "the exit status stays the verdict's" 1 $rc
has "the report is printed as ever" "$tmp/out" 'FAULT'
has "no page may load or run anything" "$tmp/one.html" \
    "Content-Security-Policy.*default-src 'none'"
has "the verdict" "$tmp/one.html" '<b>FAULT</b>0x68 = &#39;h&#39; repeated'
has "a picture" "$tmp/one.html" '<svg '
has "evidence is linked" "$tmp/one.html" 'href="#f0-e1"'
has "and marked" "$tmp/one.html" '<mark id="f0-e1">7F</mark>'
has "paper" "$tmp/one.html" '@media print'
has "dark" "$tmp/one.html" 'prefers-color-scheme:dark'
has "dark on paper it is not" "$tmp/one.html" \
    '@media screen and \(prefers-color-scheme:dark\)'
has "a small screen" "$tmp/one.html" '@media\(max-width:30rem\)'
has "how it was read" "$tmp/one.html" 'How it was read'
tt read --html "$tmp/label.html" captures/stm32-id-ok.tape
has "labels" "$tmp/label.html" '>Get Version, ACK<'
tt read --html "$tmp/one.html" captures/stm32-id-ok.tape
is "a page that is there is kept" 2 $rc
has "and that is said" "$tmp/err" 'there already'
tt read --force --html "$tmp/one.html" captures/stm32-app-prints-h.tape
is "--force writes over it" 1 $rc
hasnt "and is not called useless" "$tmp/err" 'does nothing'
tt read --html "$tmp/none/x.html" captures/stm32-id-ok.tape
is "a page that cannot be made exits 2" 2 $rc

# Everything hostile that can be in a recording and its name.
evil='<script>alert(1)</script><img src=x onerror=alert(2)>"'"'"'&\x00'
mkdir "$tmp/in"
name="$tmp/in/<b onclick=alert(3)>&.tape"
{
    printf '# telltale tape 1\n# device: <script>alert(4)</script>\n'
    printf '0.0 > "<script>alert(1)</script>"\n'
    printf '0.1 < "</td></table><script src=//x></script>" 00 FF 1B\n'
    printf '0.2 $ "]]>-->%s\\n"\n0.3 [break]\nbroken <script>\n' '<!-- <script>'
    printf '0.4 $ "Failed to init device.\\n"\n'
} >"$name"
: "$evil"
printf '\000\377<script>alert(5)</script>' >"$tmp/in/raw"
: >"$tmp/in/empty"
cp captures/*.tape "$tmp/in"
tt read --html "$tmp/many.html" "$tmp/in"
is "many: the worst decides" 2 $rc
awk 'BEGIN { for (i = 0; i < 9000; i++) printf "%d.%d < %02X\n", i / 10, i % 10, i % 251
    print "900 > 7F\n900.003 < \"hhhhhhhhhhhhhhhhhhhhhhhhhhh\"" }' >"$tmp/long.tape"
tt read --html "$tmp/long.html" "$tmp/long.tape"
has "a long recording: rows are left out" "$tmp/long.html" \
    'rows \([0-9]+ bytes\) are left out'
printf 'x' >"$tmp/x"
tt read --html "$tmp/unknown.html" "$tmp/x"

cat >"$tmp/look.py" <<'X'
import html.parser, re, sys
VOID = {"meta", "br", "img", "rect", "path"}
TAGS = set("html head meta title style body section h1 h2 h3 p b span dl dt dd "
           "ol ul li a code table tr td th div mark svg text path rect".split())
class Look(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.bad = [], set(), set(), []
    def handle_starttag(self, tag, attrs):
        if tag not in TAGS:
            self.bad.append("tag " + tag)
        for k, v in attrs:
            if k.startswith("on") or k in ("src", "action", "style"):
                self.bad.append(f"{tag} {k}")
            if k == "id":
                if v in self.ids:
                    self.bad.append("twice " + v)
                self.ids.add(v)
            if k == "href":
                if not v.startswith("#"):
                    self.bad.append("link " + v)
                self.links.add(v[1:])
        if tag not in VOID:
            self.open.append(tag)
    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()
    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.bad.append("end " + tag)
for path in sys.argv[1:]:
    raw = open(path, "rb").read()
    assert raw.startswith(b"<!DOCTYPE html>"), path
    assert all(c == 10 or 32 <= c < 127 for c in raw), path
    look = Look()
    look.feed(raw.decode())
    look.close()
    dead = look.links - look.ids
    assert not look.bad and not look.open and not dead, (path, look.bad[:5],
        look.open, sorted(dead)[:5])
X
if command -v python3 >/dev/null; then
    python3 "$tmp/look.py" "$tmp"/*.html && ok "the pages are well formed" ||
        not_ok "a page is not well formed"
else skip "no python3"; fi
is "a part for each of many" "$(find "$tmp/in" -type f | wc -l | tr -d ' ')" \
    "$(grep -c '^<section' "$tmp/many.html")"

# A browser's opinion.
chrome() {
    timeout 300 chromium --headless=new --no-sandbox --disable-gpu \
        --disable-dev-shm-usage --user-data-dir="$tmp/chrome" "$@" 2>/dev/null
}
if command -v chromium >/dev/null && [ "$MODE" = release ] &&
    chrome --dump-dom about:blank >"$tmp/dom" && grep -q '<body>' "$tmp/dom"; then
    chrome --dump-dom "file://$tmp/many.html" >"$tmp/dom"
    has "the browser shows the verdict" "$tmp/dom" '<b>FAULT</b>'
    hasnt "no script became one" "$tmp/dom" '<script|<img|<b onclick'
    chrome --window-size=900,1200 --screenshot="$tmp/light.png" \
        "file://$tmp/one.html" >/dev/null
    chrome --window-size=900,1200 --blink-settings=preferredColorScheme=0 \
        --screenshot="$tmp/dark.png" "file://$tmp/one.html" >/dev/null
    # Nothing is wider than a telephone but what scrolls by itself.
    printf '%s' '<iframe id=f src=many.html width=360 height=800></iframe>
<p id=w></p><script>f.onload = () => { let d = f.contentDocument.documentElement
document.getElementById("w").textContent = "wide " + d.scrollWidth }</script>' \
        >"$tmp/narrow.html"
    chrome --allow-file-access-from-files --virtual-time-budget=20000 --dump-dom \
        "file://$tmp/narrow.html" >"$tmp/dom"
    has "it fits 360 pixels" "$tmp/dom" 'wide (3[0-5][0-9]|360)<'
    chrome --no-pdf-header-footer --print-to-pdf="$tmp/one.pdf" \
        "file://$tmp/one.html" >/dev/null
    has "it can be printed" "$tmp/one.pdf" '^%PDF'
    cat >"$tmp/png.py" <<'X'
import struct, sys, zlib
def mean(path): # of the first channel of the pixels, and how many differ
    raw = open(path, "rb").read()
    at, data = 8, b""
    while at < len(raw):
        n, kind = struct.unpack(">I4s", raw[at:at + 8])
        if kind == b"IHDR":
            w, h, depth, color = struct.unpack(">IIBB", raw[at + 8:at + 18])
        if kind == b"IDAT":
            data += raw[at + 8:at + 8 + n]
        at += 12 + n
    px = 4 if color == 6 else 3
    rows, stride, prev, out = zlib.decompress(data), w * px, None, []
    for y in range(h):
        f = rows[y * (stride + 1)]
        line = bytearray(rows[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        prev = prev or bytearray(stride)
        for i in range(stride):
            a = line[i - px] if i >= px else 0
            b, c = prev[i], prev[i - px] if i >= px else 0
            if f == 1: line[i] = line[i] + a & 255
            elif f == 2: line[i] = line[i] + b & 255
            elif f == 3: line[i] = line[i] + (a + b) // 2 & 255
            elif f == 4:
                p = a + b - c
                pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
                line[i] = line[i] + (a if pa <= pb and pa <= pc else
                                     b if pb <= pc else c) & 255
        prev = line
        out += line[::px]
    return sum(out) / len(out), len(set(out))
light, kinds = mean(sys.argv[1])
dark, _ = mean(sys.argv[2])
print(light, kinds, dark)
assert kinds > 20 and light > 200 and dark < 100
X
    python3 "$tmp/png.py" "$tmp/light.png" "$tmp/dark.png" &&
        ok "it is drawn, light and dark" || not_ok "the picture"
else skip "chromium is not here, or this is not the release build"; fi
finish
