#!/usr/bin/python3
"""make.py [NAME...] - record captures/*.tape anew (all, or those named).

Needs stm32flash, avrdude, lrzsz, openssl, curl, cc, python3-serial.  Each
recording is a real run, so times differ a little from one to the next; what
must stay the same is the verdict (see README.md).
"""

import os
import random
import subprocess
import sys
import tempfile
import time

import devices as d
import rig

OUT = os.path.join(rig.HERE, "..", "..", "captures")
CAPTURES = {}


def capture(name, expect, device, by, why, adapter="pseudo terminal"):
    def wrap(make):
        CAPTURES[name] = (make, {"device": device, "adapter": adapter,
                                 "by": by, "why": why, "expect": expect})
        return make
    return wrap


FLASH = ("stm32flash 0.7 (with tests/captures/keepparity.c, because a pty "
         "drops the parity bit)")


def stm32flash(device, *args, linger=1.0):
    return rig.run_tool(device, ["stm32flash", "-b", "57600", *args, "PORT"],
                        linger, env=rig.keep_parity())


def image(n):
    path = os.path.join(tempfile.gettempdir(), f"image{n}.bin")
    with open(path, "wb") as f:
        f.write(random.Random(n).randbytes(n))
    return path


# ---- STM32 -----------------------------------------------------------------

@capture("stm32-app-prints-h", "stm32.app.repeats",
         "application that prints h every 10 ms", FLASH,
         "the case telltale is named for: 7F answered by h, h, h ...")
def _():
    return stm32flash(d.prints([b"h"], 0.01), linger=0.6)


@capture("stm32-app-one-h", "stm32.sync.odd",
         "pseudo device that answers the first byte with h, once", FLASH,
         "one byte proves little: neither ACK nor NACK, and no more follows")
def _():
    return stm32flash(d.answers(b"h"))


@capture("stm32-app-loop", "stm32.app.loop",
         "application that prints tick and tock every 50 ms", FLASH,
         "the application prints a loop of two words")
def _():
    def device():
        yield ("read", 1, 3600)
        yield from d.prints([b"tick\r\n", b"tock\r\n"], 0.05)
    return stm32flash(device())


@capture("stm32-app-text", "stm32.app.text",
         "application that prints readings, no line twice", FLASH,
         "the application prints text that does not repeat")
def _():
    return stm32flash(d.counts(0.1))


@capture("stm32-id-ok", "stm32.opening", "pseudo STM32F103 boot loader", FLASH,
         "a healthy opening: sync, Get Version, Get, Get ID")
def _():
    return stm32flash(d.Stm32().run())


@capture("stm32-write-ok", "stm32.read.ok",
         "pseudo STM32F103 boot loader", FLASH,
         "a healthy download: erase, 600 bytes written and verified, Go")
def _():
    return stm32flash(d.Stm32().run(), "-w", image(600), "-v", "-g", "0x0")


@capture("stm32-again-ok", "stm32.opening", "pseudo STM32F103 boot loader",
         FLASH, "healthy, but not reset since the last run: 7F is answered by "
         "1F, which stm32flash accepts")
def _():
    return stm32flash(d.Stm32(first=d.NACK).run())


@capture("stm32-silent", "stm32.sync.silent-twice", "nothing connected", FLASH,
         "7F is sent twice and nothing answers")
def _():
    return stm32flash(d.silent())


@capture("stm32-echo", "stm32.sync.echo", "TX and RX joined", FLASH,
         "the host's own 7F comes back")
def _():
    return stm32flash(d.echoes())


@capture("stm32-late-ack", "stm32.sync.late",
         "pseudo STM32F103 boot loader that misses the first call", FLASH,
         "79 to the second 7F: stm32flash gives up on a healthy chip")
def _():
    return stm32flash(d.Stm32(deaf=1).run(), linger=1.5)


@capture("stm32-glitch", "stm32.sync.glitch",
         "pseudo STM32F103 boot loader with a 00 before its ACK", FLASH,
         "a stray 00 before the ACK makes stm32flash give up")
def _():
    return stm32flash(d.Stm32(before=b"\0").run())


@capture("stm32-odd-f8", "stm32.sync.odd",
         "pseudo device that answers F8", FLASH,
         "an answer that is neither ACK nor NACK nor text")
def _():
    return stm32flash(d.answers(b"\xf8"))


@capture("stm32-parity", "stm32.nack.version",
         "pseudo STM32F103 boot loader that refuses every command", FLASH,
         "the sync works and the first command is refused, as with 8N1")
def _():
    return stm32flash(d.Stm32(refuse=range(256)).run())


@capture("stm32-read-protected", "stm32.nack.read",
         "pseudo STM32F103 boot loader with readout protection", FLASH,
         "Read Memory is refused while Get and Get ID work")
def _():
    return stm32flash(d.Stm32(refuse=[0x11, 0x21, 0x31, 0x43]).run(),
                      "-r", "/dev/null")


@capture("stm32-erase-refused", "stm32.nack.change",
         "pseudo STM32F103 boot loader that refuses Erase", FLASH,
         "Erase is refused: a module with protection from the factory")
def _():
    return stm32flash(d.Stm32(refuse=[0x43, 0x31, 0x11]).run(),
                      "-w", image(64))


@capture("stm32-block-refused", "stm32.nack.data",
         "pseudo STM32F103 boot loader that refuses the third block", FLASH,
         "the third block of a download is refused, again and again")
def _():
    return stm32flash(d.Stm32(bad_block=3).run(), "-w", image(1024), "-n", "0")


@capture("stm32-lost", "stm32.unanswered",
         "pseudo STM32F103 boot loader that dies after Get", FLASH,
         "the chip stops answering in the middle")
def _():
    def device():
        boot = d.Stm32().run()
        want, asked = next(boot), 0
        while True:
            if want[0] == "write":
                asked += 1
                if asked > 3:
                    yield from d.silent()
            want = boot.send((yield want))
    return stm32flash(device(), linger=2.5)


# ---- an application alone ----------------------------------------------------

@capture("app-prints-h", "line.repeats-char",
         "application that prints h every 10 ms",
         "tests/captures/make.py, pyserial listening",
         "nobody calls: the weaker statement, without the STM32 reading")
def _():
    return rig.run_host(d.prints([b"h"], 0.01), lambda line: line.read(60))


@capture("app-prints-loop", "line.repeats-text",
         "application that prints tick every 50 ms",
         "tests/captures/make.py, pyserial listening",
         "nobody calls and a word is repeated")
def _():
    return rig.run_host(d.prints([b"tick\r\n"], 0.05),
                        lambda line: line.read(90))


@capture("lone-68", "unknown", "pseudo device that sends one byte 68",
         "tests/captures/make.py, pyserial listening",
         "one byte alone: no verdict, a list of what would decide")
def _():
    return rig.run_host(d.prints([b"\x68", b""], 5), lambda line: line.read(1),
                        linger=2.5)


CONSOLE = (
    "\r\n\r\nBoard start 1.4\r\n"
    "========================================\r\n"
    "memory test ........................ ok\r\n"
    "----------------------------------------\r\n"
    "00000000: 00000000 00000000 00000000 00000000  ................\r\n"
    "00000010: ffffffff ffffffff ffffffff ffffffff  ................\r\n"
    "****************************************\r\n"
    "hhhhmmm, wheee!! yyyy/mm/dd hhhh:mm\r\n"
    "                                        \r\n"
    "=> ")


@capture("console-separators", "unknown", "console log with ruled lines",
         "tests/captures/make.py, pyserial listening",
         "must not be called a fault: dashes, dots, zeros and hhhh in text")
def _():
    def device():
        for line in CONSOLE.splitlines(True):
            yield ("write", line.encode())
            yield ("sleep", 0.02)
        yield from d.silent()
    return rig.run_host(device(), lambda line: line.read(400))


@capture("shell-session", "line.echo", "bash on a pseudo terminal",
         "tests/captures/make.py types at a real bash",
         "a person types and uses the delete key, which is 7F: an echo, and "
         "no STM32")
def _():
    def host(line):
        for key in "lss\x7f\r", "echo ========\r", "\x7f", "\x7f", "pwd\r":
            for c in key:
                line.write(c.encode())
                time.sleep(0.12)
            time.sleep(0.4)
    return shell(host)


def shell(host):
    """The host's keys go to a bash on a terminal of its own."""
    import pty
    import select
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir("/usr")
        os.execve("/bin/bash", ["bash", "--norc", "--noprofile"],
                  {"TERM": "dumb", "PS1": "$ ", "HISTFILE": "/dev/null"})

    def device():
        while True:
            got = b""
            if select.select([fd], [], [], 0)[0]:
                got = os.read(fd, 1000)
            if got:
                yield ("write", got)
            b = yield ("read", 1, 0.005)
            if b:
                os.write(fd, b)

    tape = rig.run_host(device(), host)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return tape


# ---- MediaTek ----------------------------------------------------------------

MTK = "tests/captures/make.py with pyserial: the handshake as mtkclient does it"


def handshake(line, tries=8, commands=(b"\xfd",)):
    """Send the four bytes one by one; begin again after a wrong answer."""
    line.timeout = 0.02
    i = 0
    for _ in range(tries * 4):
        line.write(d.Mediatek.SEQ[i:i + 1])
        got = line.read(1)
        i = i + 1 if got == bytes([d.Mediatek.SEQ[i] ^ 0xFF]) else 0
        if i == 4:
            break
    for c in commands if i == 4 else ():
        line.write(c)
        line.timeout = 0.3
        line.read(5)


@capture("mtk-ok", "mtk.handshake", "pseudo MediaTek boot ROM, MT6765", MTK,
         "a healthy handshake and the hardware code")
def _():
    return rig.run_host(d.Mediatek().run(), handshake)


@capture("mtk-echo", "mtk.echo", "pseudo MediaTek boot ROM, handshake done",
         MTK, "a second handshake: every byte is echoed as a command")
def _():
    return rig.run_host(d.Mediatek(synced=True).run(),
                        lambda line: handshake(line, 2))


@capture("mtk-stalled", "mtk.stalled",
         "pseudo MediaTek boot ROM that leaves after two bytes", MTK,
         "the window closes in the middle of the handshake")
def _():
    def host(line):
        line.timeout = 0.7
        for i in range(3):
            line.write(d.Mediatek.SEQ[i:i + 1])
            line.read(1)
    return rig.run_host(d.Mediatek(dies_at=2).run(), host)


@capture("mtk-out-of-step", "mtk.plus-one", "pseudo MediaTek boot ROM",
         "tests/captures/make.py with pyserial: a host that is one byte ahead",
         "every answer is the host's byte plus one")
def _():
    def host(line):
        line.timeout = 0.1
        for b in b"\x0a\x50\x05\x0a\x50\x05":
            line.write(bytes([b]))
            line.read(1)
    return rig.run_host(d.Mediatek().run(), host)


@capture("mtk-stale-ready", "mtk.offset",
         "pseudo MediaTek preloader that has sent READY once",
         "tests/captures/make.py with pyserial: a host that never empties its "
         "input", "five stale bytes shift every answer; FD is answered by A0")
def _():
    def host(line):
        time.sleep(0.3)
        handshake(line, 30)
    return rig.run_host(d.Mediatek(ready=1).run(), host)


@capture("mtk-silent", "mtk.silent", "nothing connected", MTK,
         "A0 again and again, no answer")
def _():
    return rig.run_host(d.silent(), lambda line: handshake(line, 3),
                        linger=1.5)


# ---- Qualcomm ----------------------------------------------------------------

SAHARA = "tests/captures/make.py with pyserial: the order of qdl"


def sahara_host(line, firehose=True):
    """Answer the greeting, send what is asked for, say DONE and nop."""
    def word(data, i):
        return int.from_bytes(data[4 * i:4 * i + 4], "little")
    line.timeout = 1
    loader = b"\x7fELF" + random.Random(1).randbytes(0x2000)
    if len(line.read(0x30)) < 0x30:
        return
    line.write(bytes.fromhex("02000000 30000000 02000000 01000000") +
               bytes(32))
    while True:
        head = line.read(8)
        if len(head) < 8:
            return
        body = line.read(word(head, 1) - 8)
        if word(head, 0) != 3:
            break
        line.write(loader[word(body, 1):word(body, 1) + word(body, 2)])
    if word(body, 1):
        return
    line.write(bytes.fromhex("05000000 08000000"))
    line.read(12)
    line.read_until(b"</data>")
    line.write(b'<?xml version="1.0" ?><data><nop /></data>')
    line.read_until(b"</data>")


@capture("sahara-ok", "firehose.ack", "pseudo Qualcomm boot ROM and loader",
         SAHARA, "the loader is taken and answers nop with ACK")
def _():
    return rig.run_host(d.sahara(), sahara_host)


@capture("sahara-signature", "sahara.signature",
         "pseudo Qualcomm boot ROM that does not know the loader's key", SAHARA,
         "the transfer ends with status 21")
def _():
    return rig.run_host(d.sahara(status=0x21), sahara_host)


@capture("sahara-modemmanager", "sahara.hello.modemmanager",
         "pseudo Qualcomm boot ROM",
         "tests/captures/make.py with pyserial: a host that sends AT three "
         "times", "a modem program takes the one greeting")
def _():
    def host(line):
        line.read(0x30)
        for _ in range(3):
            line.write(b"AT\r")
            time.sleep(1)
    return rig.run_host(d.sahara(), host)


# ---- Unisoc ------------------------------------------------------------------

SPD = "tests/captures/make.py with pyserial: the order of spd_dump"


def spd_host(line):
    """Call, connect, load 2 KiB as FDL1, start it, call and connect again."""
    u = d.Unisoc()
    line.timeout = 1

    def ask(data):
        line.write(data)
        got = line.read(1) + line.read_until(b"\x7e")
        return got[2:3] if got else None

    if ask(b"\x7e") != b"\x81" or ask(u.frame(0)) != b"\x80":
        return
    fdl = random.Random(2).randbytes(2048)
    if ask(u.frame(1, bytes.fromhex("00005500 00000800"))) != b"\x80":
        return
    for i in range(0, len(fdl), 512):
        if ask(u.frame(2, fdl[i:i + 512])) != b"\x80":
            return
    if ask(u.frame(3)) != b"\x80" or ask(u.frame(4)) != b"\x80":
        return
    u.fdl = True
    if ask(b"\x7e" * 4) == b"\x81":
        ask(u.frame(0))


@capture("unisoc-ok", "bsl.connected", "pseudo Unisoc boot ROM, SC6531E", SPD,
         "FDL1 is loaded, started, and answers")
def _():
    return rig.run_host(d.Unisoc().run(), spd_host)


@capture("unisoc-signature", "bsl.signature",
         "pseudo Unisoc boot ROM that takes only signed programs", SPD,
         "END is answered by A6")
def _():
    return rig.run_host(d.Unisoc(refuse=3).run(), spd_host)


@capture("unisoc-silent", "bsl.silent", "nothing connected", SPD,
         "7E again and again, no answer")
def _():
    def host(line):
        for _ in range(4):
            line.write(b"\x7e")
            time.sleep(1)
    return rig.run_host(d.silent(), host)


# ---- TLS -----------------------------------------------------------------------

def certificate():
    base = os.path.join(tempfile.gettempdir(), "captures-tls")
    if not os.path.exists(base + ".pem"):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048",
                        "-nodes", "-keyout", base + ".key", "-out",
                        base + ".pem", "-days", "2", "-subj",
                        "/CN=localhost"], check=True, capture_output=True)
    return base


def tls_server(port, *args):
    base = certificate()
    p = subprocess.Popen(["openssl", "s_server", "-accept", str(port), "-cert",
                          base + ".pem", "-key", base + ".key", "-quiet",
                          *args], stdin=subprocess.PIPE,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    return p


def openssl(client, *server, port=47011):
    p = tls_server(port, *server)
    try:
        return rig.talk(client, port)
    finally:
        p.kill()


OPENSSL = "openssl 3.0 s_client and s_server through a relay"


@capture("tls-ok", "tls.server-hello.tls13", "openssl s_server", OPENSSL,
         "a healthy TLS 1.3 opening", "TCP relay")
def _():
    return openssl(["openssl", "s_client", "-brief", "-connect", "ADDR"])


@capture("tls-alert-version", "tls.alert.old", "openssl s_server, 1.3 only",
         OPENSSL, "an old client: fatal alert 70, protocol_version",
         "TCP relay")
def _():
    return openssl(["openssl", "s_client", "-brief", "-tls1_2", "-connect",
                    "ADDR"], "-tls1_3")


@capture("tls-alert-ca", "tls.alert.fatal-host", "openssl s_server",
         OPENSSL, "the client does not know the CA and says so (alert 48)",
         "TCP relay")
def _():
    return openssl(["openssl", "s_client", "-brief", "-tls1_2", "-connect",
                    "ADDR", "-verify_return_error"])


def http_server(port):
    p = subprocess.Popen([sys.executable, "-m", "http.server", "--bind",
                          "127.0.0.1", str(port)], cwd=tempfile.mkdtemp(),
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    return p


@capture("tls-to-http", "tls.to-http", "python3 http.server, no TLS",
         "curl 7.88 with https:// through a relay",
         "TLS to a port that speaks plain HTTP", "TCP relay")
def _():
    p = http_server(47012)
    try:
        return rig.talk(["curl", "-sS", "-k", "https://ADDR/"], 47012)
    finally:
        p.kill()


@capture("http-to-tls", "tls.http-closed", "openssl s_server",
         "curl 7.88 with http:// through a relay",
         "plain HTTP to a TLS port: OpenSSL closes without a byte",
         "TCP relay")
def _():
    return openssl(["curl", "-sS", "--max-time", "5", "http://ADDR/"])


@capture("http-ok", "http.ok", "python3 http.server",
         "curl 7.88 through a relay", "plain HTTP as it should be",
         "TCP relay")
def _():
    p = http_server(47013)
    try:
        return rig.talk(["curl", "-sS", "http://ADDR/"], 47013)
    finally:
        p.kill()

@capture("tls-alert-cipher", "tls.alert.fatal", "openssl s_server", OPENSSL,
         "no cipher suite in common: fatal alert 40, handshake_failure",
         "TCP relay")
def _():
    return openssl(["openssl", "s_client", "-brief", "-tls1_2", "-cipher",
                    "AES128-SHA", "-connect", "ADDR"],
                   "-cipher", "ECDHE-RSA-AES256-GCM-SHA384")


@capture("tls-alert-old", "tls.alert.old", "openssl s_server", OPENSSL,
         "a client that knows only TLS 1.0: fatal alert 70", "TCP relay")
def _():
    return openssl(["openssl", "s_client", "-brief", "-tls1", "-cipher",
                    "DEFAULT@SECLEVEL=0", "-connect", "ADDR"], "-tls1_2")


@capture("tls-alert-name", "tls.alert.name", "openssl s_server", OPENSSL,
         "the server knows another host name: fatal alert 112", "TCP relay")
def _():
    base = certificate()
    return openssl(["openssl", "s_client", "-brief", "-servername",
                    "meter.example.org", "-connect", "ADDR"],
                   "-servername", "www.example.org", "-servername_fatal",
                   "-cert2", base + ".pem", "-key2", base + ".key")


@capture("tls-alert-alpn", "tls.alert.alpn", "openssl s_server", OPENSSL,
         "the client offers h2, the server has http/1.1: fatal alert 120",
         "TCP relay")
def _():
    return openssl(["openssl", "s_client", "-brief", "-alpn", "h2",
                    "-connect", "ADDR"], "-alpn", "http/1.1")


@capture("tls-alert-clock", "tls.alert.clock", "openssl s_server", OPENSSL,
         "the client's clock is far in the future: it says alert 45, "
         "certificate_expired", "TCP relay")
def _():
    return openssl(["openssl", "s_client", "-brief", "-tls1_2", "-CAfile",
                    certificate() + ".pem", "-attime", "4000000000",
                    "-verify_return_error", "-connect", "ADDR"])


@capture("tls-client-cert", "tls.client-cert.none",
         "openssl s_server that wants a client certificate", OPENSSL,
         "the client has no certificate to send", "TCP relay")
def _():
    return openssl(["openssl", "s_client", "-brief", "-tls1_2", "-connect",
                    "ADDR"], "-Verify", "1", "-verify_return_error")


@capture("tls-hello-retry", "tls.server-hello.tls13",
         "openssl s_server with the group P-384 only", OPENSSL,
         "HelloRetryRequest: one round trip more, and healthy", "TCP relay")
def _():
    return openssl(["openssl", "s_client", "-brief", "-groups",
                    "X25519:P-384", "-connect", "ADDR"], "-groups", "P-384")


@capture("mqtt-to-tls", "mqtt.silent", "openssl s_server",
         "mosquitto_pub 2.0 through a relay",
         "plain MQTT to a TLS port: OpenSSL closes without a byte",
         "TCP relay")
def _():
    return openssl(mosquitto_pub())


def mosquitto_pub(*args):
    return ["sh", "-c", "exec timeout 3 mosquitto_pub -h 127.0.0.1 -p "
            "${0##*:} -i probe -t a/b -m hello \"$@\"", "ADDR", *args]


def mosquitto(client, *lines, port=47014):
    conf = os.path.join(tempfile.mkdtemp(), "mosquitto.conf")
    with open(conf, "w", encoding="ascii") as f:
        f.write(f"listener {port} 127.0.0.1\n" + "".join(
            line + "\n" for line in lines))
    p = subprocess.Popen(["mosquitto", "-c", conf], stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
    time.sleep(1)
    try:
        return rig.talk(client, port)
    finally:
        p.kill()


MQTT = "mosquitto_pub 2.0 through a relay"


@capture("mqtt-ok", "mqtt.accepted", "mosquitto 2.0", MQTT,
         "a healthy MQTT session: CONNECT, CONNACK 00, PUBLISH", "TCP relay")
def _():
    return mosquitto(mosquitto_pub(), "allow_anonymous true")


@capture("mqtt-refused", "mqtt.refused", "mosquitto 2.0", MQTT,
         "the broker wants a login: CONNACK 05", "TCP relay")
def _():
    return mosquitto(mosquitto_pub(), "allow_anonymous false")


@capture("mqtt5-refused", "mqtt.refused", "mosquitto 2.0", MQTT,
         "the same with MQTT 5: CONNACK 87", "TCP relay")
def _():
    return mosquitto(mosquitto_pub("-V", "5"), "allow_anonymous false")


@capture("mqtt-to-http", "mqtt.to-http", "python3 http.server", MQTT,
         "MQTT to a web server", "TCP relay")
def _():
    p = http_server(47015)
    try:
        return rig.talk(mosquitto_pub(), 47015)
    finally:
        p.kill()


@capture("http2-to-http1", "h2.to-http1", "python3 http.server",
         "curl 7.88 --http2-prior-knowledge through a relay",
         "HTTP/2 without TLS to a server that knows only HTTP/1", "TCP relay")
def _():
    p = http_server(47016)
    try:
        return rig.talk(["curl", "-sS", "--http2-prior-knowledge",
                         "http://ADDR/"], 47016)
    finally:
        p.kill()


@capture("http-404", "http.refused", "python3 http.server",
         "curl 7.88 through a relay", "a page that does not exist",
         "TCP relay")
def _():
    p = http_server(47017)
    try:
        return rig.talk(["curl", "-sS", "http://ADDR/nothing"], 47017)
    finally:
        p.kill()


def redis_server(port):
    p = subprocess.Popen(["redis-server", "--port", str(port), "--save", "",
                          "--bind", "127.0.0.1"], cwd=tempfile.mkdtemp(),
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    return p


@capture("http-to-redis", "tls.http-closed", "redis-server 7.0",
         "curl 7.88 through a relay",
         "a service that is no TLS closes without a byte, too", "TCP relay")
def _():
    p = redis_server(47018)
    try:
        return rig.talk(["curl", "-sS", "--max-time", "3", "http://ADDR/"],
                        47018)
    finally:
        p.kill()


@capture("ssh-ok", "services.ssh.client-first", "OpenSSH 9.2 sshd",
         "ssh 9.2 through a relay", "a healthy SSH opening", "TCP relay")
def _():
    base = os.path.join(tempfile.mkdtemp(), "key")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", base],
                   check=True)
    os.makedirs("/run/sshd", exist_ok=True)
    p = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null",
                          "-h", base, "-p", "47019", "-o",
                          "ListenAddress=127.0.0.1", "-o", "PidFile=none"],
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    try:
        return rig.talk(["sh", "-c", "exec timeout 3 ssh -p ${0##*:} -o "
                         "BatchMode=yes -o StrictHostKeyChecking=no -o "
                         "UserKnownHostsFile=/dev/null -o LogLevel=ERROR "
                         "nobody@127.0.0.1 true", "ADDR"], 47019)
    finally:
        p.kill()


@capture("rfc2217-dtr", "telnet.rfc2217.stopped", "ser2net 4.3 with RFC 2217",
         "pyserial rfc2217:// through a relay",
         "a far serial port is set to 9600 baud and confirms; the DTR of the "
         "pseudo terminal behind it is not", "TCP relay")
def _():
    return ser2net("telnet(rfc2217),", ["import serial, sys, time",
                   "p = serial.serial_for_url('rfc2217://' + sys.argv[1], "
                   "baudrate=9600, timeout=1)", "p.write(b'AT\\r')",
                   "time.sleep(1)", "p.close()"])


@capture("rfc2217-to-raw", "telnet.opening.host", "ser2net 4.3, raw port",
         "pyserial rfc2217:// through a relay",
         "the client wants RFC 2217, the bridge is raw", "TCP relay")
def _():
    return ser2net("", ["import serial, sys", "serial.serial_for_url("
                   "'rfc2217://' + sys.argv[1], timeout=1)"])


def ser2net(kind, program):
    port = rig.Port()
    conf = os.path.join(tempfile.mkdtemp(), "ser2net.yaml")
    with open(conf, "w", encoding="ascii") as f:
        f.write("connection: &c1\n  accepter: " + kind +
                "tcp,127.0.0.1,47020\n  connector: serialdev," + port.name +
                ",115200n81,local\n")
    p = subprocess.Popen(["ser2net", "-n", "-c", conf],
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    try:
        return rig.talk([sys.executable, "-c", "\n".join(program), "ADDR"],
                        47020)
    finally:
        p.kill()


# ---- meters ----------------------------------------------------------------------

METER = "tests/captures/make.py with pyserial"
ADDR645 = bytes.fromhex("03 20 12 22 20 65")


def ask(*requests, wait=0.5):
    def host(line):
        line.timeout = wait
        for r in requests:
            line.write(bytes.fromhex(r))
            line.read(300)
    return host


@capture("mbus-ok", "mbus.reading.header", "pseudo M-Bus meter 5", METER,
         "SND_NKE answered by E5, then a reading")
def _():
    rec = bytes.fromhex("78 56 34 12 24 40 01 07 55 00 00 00 03 13 15 31 00")
    return rig.run_host(d.mbus(5, rec), ask("10 40 05 45 16",
                                            "10 7B 05 80 16"))


@capture("mbus-silent", "mbus.silent", "pseudo M-Bus meter 5, asked as 9",
         METER, "a request to an address that nobody has")
def _():
    return rig.run_host(d.mbus(5, b""), ask("10 5B 09 64 16", wait=1.5),
                        linger=1.5)


@capture("dlt645-ok", "dlt645.answer", "pseudo DL/T 645 meter", METER,
         "a reading with the FE preamble")
def _():
    return rig.run_host(d.dlt645(ADDR645, bytes.fromhex("00 00 01 00 12 34 00")),
                        ask("FE FE FE FE 68 03 20 12 22 20 65 68 11 04 33 33 "
                            "33 33 8D 16"))


@capture("dlt645-refused", "dlt645.refused", "pseudo DL/T 645 meter", METER,
         "the meter has no such data")
def _():
    return rig.run_host(d.dlt645(ADDR645, b"", refuse=True),
                        ask("68 03 20 12 22 20 65 68 11 04 33 33 33 33 8D 16"))


# ---- other tools -------------------------------

@capture("avrdude-ok", "avr.chip", "pseudo Optiboot on an ATmega328P",
         "avrdude 7.1 -c arduino", "a healthy STK500v1 session")
def _():
    return rig.run_tool(d.stk500(), ["avrdude", "-c", "arduino", "-p", "m328p",
                                     "-P", "PORT", "-b", "115200", "-qq"])


@capture("xmodem-ok", "xmodem.done", "lrzsz rx", "lrzsz sx to rx, both real",
         "a healthy XMODEM-CRC transfer of 300 bytes",
         "two pseudo terminals")
def _():
    out = os.path.join(tempfile.mkdtemp(), "got.bin")
    return rig.run_pair(["sx", "-q", image(300)],
                        ["sh", "-c", f"sleep 0.3; exec rx -c -q {out}"])


def main(names):
    os.makedirs(OUT, exist_ok=True)
    for name in names or CAPTURES:
        make, head = CAPTURES[name]
        tape = make()
        tape.save(os.path.join(OUT, name + ".tape"), head)
        print(name, sum(len(r[2]) for r in tape.records), "bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
