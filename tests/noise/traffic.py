"""Traffic that means nothing to most rules, as much of it as is wanted.

    traffic.py KIND BYTES [SEED]     to standard output

| kind     | what | as |
|----------|------|----|
| random   | uniform bytes | raw |
| both     | random turns of host and device, one after the other | tape text |
| log      | lines of services, kernels and applications | raw |
| source   | C and shell, indented, commented | raw |
| modbus   | requests and replies of RTU stations, checksums right | raw |
| upload   | firmware in XMODEM-1K blocks, acknowledged | tape text |
| esp      | firmware in SLIP frames as esptool writes them, answered | tape text |

The same seed gives the same bytes.
"""
import random
import struct
import sys

WORDS = ("init start stop device port queue packet timeout retry buffer error "
         "warning ready connect close socket thread driver sensor value config "
         "update table index reset power voltage memory cache write read block "
         "page sector loader version build user session request response").split()


def crc16_modbus(data):
    crc = 0xFFFF
    for b in data:
        crc ^= b
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def crc16_xmodem(data):
    crc = 0
    for b in data:
        crc ^= b << 8
        for _ in range(8):
            crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
    return crc


def phrase(r, least, most):
    return " ".join(r.choice(WORDS) for _ in range(r.randint(least, most)))


def log_line(r, i):
    kind = r.randrange(6)
    stamp = f"2026-03-{1 + i // 864000 % 28:02d} {i // 3600 % 24:02d}:" \
            f"{i // 60 % 60:02d}:{i % 60:02d}"
    if kind == 0:
        return f"{stamp} {r.choice(WORDS)}[{r.randint(1, 32768)}]: " \
               f"{phrase(r, 3, 9)}"
    if kind == 1:
        return f"[{i / 7:12.6f}] {r.choice(WORDS)} {r.randint(0, 9)}-" \
               f"{r.randint(0, 9)}: {phrase(r, 2, 7)} 0x{r.getrandbits(32):08x}"
    if kind == 2:
        return f"{stamp},{r.randint(0, 999):03d} " \
               f"{r.choice(['INFO', 'DEBUG', 'WARN', 'ERROR'])} " \
               f"com.{r.choice(WORDS)}.{r.choice(WORDS).title()} - " \
               f"{phrase(r, 4, 12)}"
    if kind == 3:
        return f"temp={r.uniform(10, 40):.1f} hum={r.randint(10, 90)} " \
               f"volt={r.uniform(2.8, 3.4):.2f} state={r.choice(WORDS)}"
    if kind == 4:
        return f"10.{r.randint(0, 255)}.{r.randint(0, 255)}.1 - - [{stamp}] " \
               f"\"GET /{r.choice(WORDS)}/{r.randint(1, 999)} HTTP/1.1\" " \
               f"{r.choice([200, 304, 404, 500])} {r.randint(20, 99999)}"
    return f"{r.choice(WORDS).upper()}: {phrase(r, 1, 5)} " \
           f"({r.randint(-200, 200)})"


def source_line(r, i):
    kind = r.randrange(8)
    pad = "    " * r.randint(0, 3)
    a, b, c = (r.choice(WORDS) for _ in range(3))
    return pad + (
        f"if ({a}_{b}({c}) < 0 && {a}->{c} != 0x{r.getrandbits(16):04x}) {{",
        f"/* {phrase(r, 4, 10)} */",
        f"static const char *{a}_{b} = \"{phrase(r, 2, 6)}\\n\";",
        f"return {a} + {r.randint(0, 255)};",
        f"#define {a.upper()}_{b.upper()} {r.randint(0, 65535)}",
        f"printf(\"{a}: %d {b} %s\\n\", {c}, {a}[{r.randint(0, 9)}]);",
        f"for (int i = 0; i < {r.randint(2, 64)}; i++)",
        "}")[kind]


def modbus_pair(r):
    addr, n = r.randint(1, 20), r.randint(1, 20)
    ask = struct.pack(">BBHH", addr, 3, r.randint(0, 9999), n)
    answer = struct.pack(">BBB", addr, 3, 2 * n) + r.randbytes(2 * n)
    return b"".join(f + struct.pack("<H", crc16_modbus(f))
                    for f in (ask, answer))


def hexed(data):
    return data.hex(" ").upper()


def upload(r, size, out):
    out.write(b"# telltale tape 1\n# time: us\n0.000000 < \"C\"\n")
    t, block, done = 10000, 1, 0
    bodies = [r.randbytes(1024) for _ in range(32)]
    tails = [struct.pack(">H", crc16_xmodem(b)) for b in bodies]
    while done < size:
        k = r.randrange(32)
        frame = bytes([2, block & 255, 255 - (block & 255)]) + bodies[k] + \
            tails[k]
        out.write(f"{t / 1e6:.6f} > {hexed(frame)}\n".encode())
        t += 95000
        out.write(f"{t / 1e6:.6f} < 06\n".encode())
        t += r.randint(500, 3000)
        block += 1
        done += len(frame) + 1
    out.write(f"{t / 1e6:.6f} > 04\n{(t + 3000) / 1e6:.6f} < 06\n".encode())


def slip(data):
    return b"\xc0" + data.replace(b"\xdb", b"\xdb\xdd").replace(
        b"\xc0", b"\xdb\xdc") + b"\xc0"


def esp(r, size, out):
    out.write(b"# telltale tape 1\n# time: us\n")
    t, seq, done = 10000, 0, 0
    while done < size:
        body = r.randbytes(1024)
        check = 0xEF
        for b in body:
            check ^= b
        data = struct.pack("<IIII", len(body), seq, 0, 0) + body
        frame = slip(struct.pack("<BBHI", 0, 3, len(data), check) + data)
        answer = slip(struct.pack("<BBHIH", 1, 3, 2, 0, 0))
        out.write(f"{t / 1e6:.6f} > {hexed(frame)}\n".encode())
        t += 95000
        out.write(f"{t / 1e6:.6f} < {hexed(answer)}\n".encode())
        t += r.randint(500, 3000)
        seq += 1
        done += len(frame) + len(answer)


def both(r, size, out):
    """Random turns of host and device: each call has some answer."""
    out.write(b"# telltale tape 1\n# time: us\n")
    t, done, lane = 0, 0, ">"
    while done < size:
        piece = r.randbytes(r.randint(1, r.choice((4, 60, 1000))))
        out.write(f"{t / 1e6:.6f} {lane} {hexed(piece)}\n".encode())
        t += 87 * len(piece) + r.randint(0, 20000)
        done += len(piece)
        lane = "<" if lane == ">" else ">"


def main():
    kind, size = sys.argv[1], int(sys.argv[2])
    r = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    out, done, i = sys.stdout.buffer, 0, 0
    if kind in ("upload", "esp", "both"):
        {"upload": upload, "esp": esp, "both": both}[kind](r, size, out)
        return
    pool = [modbus_pair(r) for _ in range(4096)] if kind == "modbus" else []
    if kind not in ("random", "log", "source", "modbus"):
        sys.exit(f"no kind is called '{kind}'")
    while done < size:
        if kind == "random":
            piece = r.randbytes(1 << 16)
        elif kind == "modbus":
            piece = b"".join(r.choices(pool, k=512))
        else:
            line = log_line if kind == "log" else source_line
            piece = "".join(line(r, i + k) + "\r\n"
                            for k in range(256)).encode()
            i += 256
        piece = piece[:size - done]
        out.write(piece)
        done += len(piece)


main()
