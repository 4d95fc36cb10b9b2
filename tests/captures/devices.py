"""devices - pseudo devices for rig.py; written from the public protocol
descriptions named in each."""

ACK, NACK = b"\x79", b"\x1f"
BYTE = 10 / 57600  # one character at 57600


class Stm32:
    """The USART boot loader of ST AN3155 on a medium density F103."""

    def __init__(self, first=ACK, refuse=(), deaf=0, bad_block=None,
                 before=b"", pid=0x410):
        self.first, self.refuse, self.deaf = first, set(refuse), deaf
        self.bad_block, self.before, self.pid = bad_block, before, pid
        self.mem = {}
        self.blocks = 0

    def run(self):
        while True:  # wait for the call
            b = yield ("read", 1, 3600)
            if b != b"\x7f":
                continue
            if self.deaf:
                self.deaf -= 1
                continue
            yield ("sleep", 0.001)
            yield ("write", self.before + self.first)
            break
        while True:
            c = yield ("read", 1, 3600)
            if c == b"\x7f":
                yield ("write", NACK)
                continue
            n = yield ("read", 1, 3600)
            yield ("sleep", 2 * BYTE)
            if not c or not n or c[0] ^ n[0] != 0xFF or c[0] in self.refuse:
                yield ("write", NACK)
                continue
            yield from self.command(c[0])

    def command(self, c):
        if c == 0x00:
            yield ("write", ACK + bytes.fromhex(
                "0b 22 00 01 02 11 21 31 43 63 73 82 92") + ACK)
        elif c == 0x01:
            yield ("write", ACK + b"\x22\0\0" + ACK)
        elif c == 0x02:
            yield ("write", ACK + b"\x01" + self.pid.to_bytes(2, "big") + ACK)
        elif c == 0x11:
            yield from self.read()
        elif c == 0x31:
            yield from self.write()
        elif c == 0x43:
            yield from self.erase()
        elif c == 0x21:
            yield ("write", ACK)
            yield ("read", 5, 5)
            yield ("write", ACK)
        else:
            yield ("write", NACK)

    def address(self):
        yield ("write", ACK)
        a = yield ("read", 5, 5)
        yield ("sleep", 5 * BYTE)
        yield ("write", ACK)
        return int.from_bytes(a[:4], "big")

    def read(self):
        a = yield from self.address()
        n = yield ("read", 2, 5)
        data = bytes(self.mem.get(a + i, 0xFF) for i in range(n[0] + 1))
        yield ("write", ACK + data)

    def write(self):
        a = yield from self.address()
        n = yield ("read", 1, 5)
        data = yield ("read", n[0] + 2, 5)
        self.blocks += 1
        yield ("sleep", 0.01)
        if self.blocks == self.bad_block:
            yield ("write", NACK)
            return
        for i in range(n[0] + 1):
            self.mem[a + i] = data[i]
        yield ("write", ACK)

    def erase(self):
        yield ("write", ACK)
        n = yield ("read", 1, 5)
        yield ("read", 1 if n == b"\xff" else n[0] + 2, 5)
        yield ("sleep", 0.04)
        yield ("write", ACK)


def prints(words, every):
    """An application that prints: words in turn, again and again."""
    i = 0
    while True:
        yield ("write", words[i % len(words)])
        i += 1
        yield ("sleep", every)


def counts(every):
    """An application that prints readings, never twice the same line."""
    i = 0
    while True:
        yield ("write", b"temp=%d.%d hum=%d\r\n" % (20 + i % 7, i % 10, 40 + i))
        i += 1
        yield ("sleep", every)


def silent():
    while True:
        yield ("read", 1, 3600)


def echoes():
    """TX and RX joined."""
    while True:
        b = yield ("read", 1, 3600)
        yield ("write", b)


def answers(byte):
    """One byte in answer to the first byte, then nothing."""
    yield ("read", 1, 3600)
    yield ("sleep", 0.002)
    yield ("write", byte)
    yield from silent()


def script(replies, delay=0.005):
    """[(request, reply)]: wait for each request, send its reply."""
    for request, reply in replies:
        yield ("read", len(request), 3600)
        yield ("sleep", delay)
        if reply:
            yield ("write", reply)
    yield from silent()


class Mediatek:
    """A boot ROM or an older preloader: see MediaTek's download.c."""

    SEQ = b"\xa0\x0a\x50\x05"

    def __init__(self, synced=False, ready=0, dies_at=9, hwcode=0x0766):
        self.i = 4 if synced else 0
        self.ready, self.dies_at, self.hwcode = ready, dies_at, hwcode

    def run(self):
        yield ("sleep", 0.1 if self.ready else 0)
        for _ in range(self.ready):
            yield ("write", b"READY")
            yield ("sleep", 0.02)
        while True:
            b = yield ("read", 1, 3600)
            yield ("sleep", 0.0002)
            if self.i >= self.dies_at:
                continue
            if self.i < 4:
                if b[0] == self.SEQ[self.i]:
                    self.i += 1
                    yield ("write", bytes([b[0] ^ 0xFF]))
                else:
                    self.i = 0
                    yield ("write", bytes([(b[0] + 1) & 0xFF]))
            elif b == b"\xfd":
                yield ("write", b + self.hwcode.to_bytes(2, "big") + b"\0\0")
            else:
                yield ("write", b)


def dlt645(addr, data, refuse=False):
    """A DL/T 645-2007 meter that answers 'read data'."""
    def frame(ctl, body):
        f = b"\x68" + addr + b"\x68" + bytes([ctl, len(body)]) + body
        return f + bytes([sum(f) & 0xFF, 0x16])
    while True:
        b = yield ("read", 1, 3600)
        if b != b"\x68":
            continue
        head = yield ("read", 9, 1)
        yield ("read", head[8] + 2, 1)
        yield ("sleep", 0.08)
        if refuse:
            yield ("write", b"\xfe" * 4 + frame(0xD1, b"\x35"))
        else:
            yield ("write", b"\xfe" * 4 + frame(
                0x91, bytes((c + 0x33) & 0xFF for c in data)))


def mbus(adr, records):
    """An M-Bus meter: SND_NKE and REQ_UD2."""
    while True:
        b = yield ("read", 1, 3600)
        if b != b"\x10":
            continue
        c = yield ("read", 4, 1)
        yield ("sleep", 0.03)
        if c[1] not in (adr, 0xFE):
            continue
        if c[0] == 0x40:
            yield ("write", b"\xe5")
        else:
            body = bytes([0x08, adr, 0x72]) + records
            yield ("write", bytes([0x68, len(body), len(body), 0x68]) + body +
                   bytes([sum(body) & 0xFF, 0x16]))


def crc16_modbus(data):
    crc = 0xFFFF
    for b in data:
        crc ^= b
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc.to_bytes(2, "little")


def modbus(registers, address=1):
    """A slave in RTU mode (Modbus over serial line 1.02): functions 3 and 6,
    else exception 1; a register that is not there is exception 2."""
    while True:
        head = yield ("read", 8, 3600)
        if len(head) < 8 or crc16_modbus(head[:6]) != head[6:] or \
                head[0] != address:
            continue
        first = int.from_bytes(head[2:4], "big")
        value = int.from_bytes(head[4:6], "big")
        if head[1] == 3 and all(first + i in registers for i in range(value)):
            body = b"".join(registers[first + i].to_bytes(2, "big")
                            for i in range(value))
            answer = head[:2] + bytes([len(body)]) + body
        elif head[1] == 6 and first in registers:
            registers[first] = value
            answer = head[:6]
        else:
            answer = head[:1] + bytes([head[1] | 0x80, 2 if head[1] in (3, 6)
                                       else 1])
        yield ("sleep", 0.005)
        yield ("write", answer + crc16_modbus(answer))


def stk500(signature=b"\x1e\x95\x0f"):
    """Optiboot (STK500v1) on an ATmega328P, reading only."""
    extra = {0x41: 1, 0x42: 20, 0x45: 5, 0x55: 2, 0x56: 4, 0x74: 3}
    while True:
        c = yield ("read", 1, 3600)
        a = yield ("read", extra.get(c[0], 0), 1) if extra.get(c[0]) else \
            ("sleep", 0)
        e = yield ("read", 1, 1)
        if e != b" ":
            yield ("write", b"\x15")
            continue
        body = b""
        if c == b"A":
            body = {0x80: b"\2", 0x81: b"\1", 0x82: b"\x10",
                    0x98: b"\3"}.get(a[0], b"\0")
        elif c == b"V":
            body = b"\0"
        elif c == b"u":
            body = signature
        yield ("write", b"\x14" + body + b"\x10")


def sahara(version=2, status=0, size=0x1034):
    """A Qualcomm boot ROM in Sahara (see qdl's sahara.c), then Firehose."""
    def words(*w):
        return b"".join(x.to_bytes(4, "little") for x in w)
    yield ("sleep", 0.05)
    yield ("write", words(1, 0x30, version, 1, 0x400, 0) + bytes(24))
    yield ("read", 0x30, 3600)
    at = 0
    while at < size:
        n = min(0x34 if at == 0 else 0x400, size - at)
        yield ("write", words(3, 0x14, 13, at, n))
        yield ("read", n, 5)
        at += n
    yield ("write", words(4, 0x10, 13, status))
    if status:
        yield from silent()
    yield ("read", 8, 5)
    yield ("write", words(6, 0x0C, 0))
    head = b'<?xml version="1.0" encoding="UTF-8" ?>\n<data>\n'
    yield ("sleep", 0.1)
    yield ("write", head + b'<log value="INFO: Chip serial num: 1" /></data>')
    while True:
        b = yield ("read", 1, 3600)
        while not b.endswith(b"</data>"):
            b += yield ("read", 1, 3600)
        yield ("sleep", 0.005)
        yield ("write", head +
               b'<response value="ACK" rawmode="false" /></data>')


class Unisoc:
    """A Unisoc boot ROM, then FDL1: see spreadtrum_flash's spd_dump.c."""

    def __init__(self, refuse=None):
        self.refuse, self.fdl = refuse, False

    @staticmethod
    def crc(data):
        c = 0
        for b in data:
            c ^= b << 8
            for _ in range(8):
                c = (c << 1 ^ (0x11021 if c & 0x8000 else 0)) & 0x1FFFF
            c &= 0xFFFF
        return c

    @staticmethod
    def sum(data):
        data += b"\0" * (len(data) & 1)
        c = sum(int.from_bytes(data[i:i + 2], "big")
                for i in range(0, len(data), 2))
        while c >> 16:
            c = (c & 0xFFFF) + (c >> 16)
        return c ^ 0xFFFF

    def frame(self, kind, body=b""):
        data = kind.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body
        check = (self.sum if self.fdl else self.crc)(data)
        data += check.to_bytes(2, "big")
        return b"\x7e" + data.replace(b"\x7d", b"\x7d\x5d").replace(
            b"\x7e", b"\x7d\x5e") + b"\x7e"

    def run(self):
        while True:
            b = yield ("read", 1, 3600)
            while b.endswith(b"\x7e"):  # a call, or the flag of a frame
                b = yield ("read", 1, 0.02)
                if not b:
                    yield ("write", self.frame(
                        0x81, b"Spreadtrum Boot Block version 1.1\0"
                        if self.fdl else b"SPRD3\0"))
            if not b:
                continue
            while not b.endswith(b"\x7e"):
                b += yield ("read", 1, 1)
            kind = b[1]
            yield ("sleep", 0.001)
            if kind == self.refuse:
                yield ("write", self.frame(0xA6))
                continue
            yield ("write", self.frame(0x80))
            if kind == 4:
                self.fdl = True
