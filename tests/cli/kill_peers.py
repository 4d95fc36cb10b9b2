"""Kill -9 either peer of a bridge, at random moments, again and again.

    kill_peers.py TELLTALE FOLDER TIMES

Every time the recording has to open, and must hold everything that either
peer has received so far; the bridge has to go on.
"""
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time

tell, folder, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
tape = folder + "/killed.pcapng"
WAIT = 60


def log_to(name):
    return os.open(folder + "/" + name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def child(work):
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except OSError:
            pass
        os._exit(0)
    return pid


def serve(listener):
    """The device: keeps what it gets and says it back."""
    log = log_to("device.log")
    while True:
        c = listener.accept()[0]
        while d := c.recv(4096):
            os.write(log, d)
            c.sendall(d)


def ask(port, start):
    """The tool: counts, and keeps what comes back."""
    log = log_to("host.log")
    s = socket.create_connection(("127.0.0.1", port))
    s.settimeout(2) # what was on its way to a server that died is lost
    n = start
    while True:
        s.sendall(b"".join(b"#%07d" % i for i in range(n, n + 8)))
        n += 8
        os.write(log, s.recv(4096))


def wait_for(what, why):
    end = time.monotonic() + WAIT
    while not what():
        if time.monotonic() > end:
            sys.exit(why)
        time.sleep(0.005)


def numbers(data):
    return set(re.findall(rb"#\d{7}", data))


def logged(name):
    try:
        return open(folder + "/" + name, "rb").read()
    except FileNotFoundError:
        return b""


def lane(name):
    out = folder + "/lane.bin"
    rc = subprocess.run([tell, "convert", "--force", "--lane", name, tape, out],
                        stderr=subprocess.DEVNULL).returncode
    if rc:
        sys.exit("the recording does not open")
    return open(out, "rb").read()


def check():
    for log, name in ("device.log", "host"), ("host.log", "device"):
        got = numbers(logged(log)) # before: what comes now may be unrecorded
        held = numbers(lane(name))
        # The record in flight is the one that may be missing: it is passed on
        # before it is written.
        missing = sorted(got - held)
        if missing:
            time.sleep(0.5)
            missing = sorted(got - numbers(lane(name)))
        if missing:
            sys.exit("%d of what came is not recorded, first %s" %
                     (len(missing), missing[0]))


def main():
    dice = random.Random(7)
    listener = socket.create_server(("127.0.0.1", 0))
    err = open(folder + "/bridge.err", "w+")
    bridge = subprocess.Popen(
        [tell, "bridge", "tcp-listen:0",
         "tcp:127.0.0.1:%d" % listener.getsockname()[1], "-r", tape],
        stdout=subprocess.DEVNULL, stderr=err)

    def port():
        m = re.search(r"localhost:(\d+)", open(err.name).read())
        return int(m.group(1)) if m else 0
    wait_for(port, "the bridge does not start")
    server = child(lambda: serve(listener))
    client, count = 0, 0
    for i in range(times):
        if not client:
            count += 100000
            client = child(lambda: ask(port(), count % 9000000))
        before = len(logged("host.log"))
        wait_for(lambda: len(logged("host.log")) > before or
                 os.waitid(os.P_PID, client, os.WEXITED | os.WNOHANG |
                           os.WNOWAIT),
                 "nothing comes through after %d kills" % i)
        time.sleep(dice.random() * 0.02)
        if dice.random() < 0.5:
            os.kill(client, signal.SIGKILL)
            os.waitpid(client, 0)
            client = 0
        else:
            os.kill(server, signal.SIGKILL)
            os.waitpid(server, 0)
            server = child(lambda: serve(listener))
            # What was on its way is lost with its connection: ask anew.
            os.kill(client, signal.SIGKILL)
            os.waitpid(client, 0)
            client = 0
        if bridge.poll() is not None:
            sys.exit("the bridge has ended")
        if i % 10 == 9:
            check()
        else:
            lane("host")
    if client:
        os.kill(client, signal.SIGKILL)
    os.kill(server, signal.SIGKILL)
    bridge.send_signal(signal.SIGINT)
    bridge.wait(WAIT)
    check()
    print("%d kills, %d messages through" %
          (times, len(numbers(logged("host.log")))))


main()
