"""kill -9 of a wrapped tool, and of telltale, at random moments.

    kill_run.py TELLTALE PORTTOOL FOLDER TIMES [SEED]

The device is here and answers each byte; it knows what has reached it.  After
each kill the recording must open, and hold all that the device has got: a byte
is on the disk before it is passed on.  After a kill of the tool it must hold
nothing else either.  Prints what went wrong; exit status 1 then.
"""
import os
import pty
import random
import signal
import subprocess
import sys
import threading
import time
import tty


class Device:
    def __init__(self):
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.name = os.ttyname(self.slave)
        self.got = bytearray()
        self.over = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        os.set_blocking(self.master, False)
        while True:
            last = self.over  # then what is there yet is read to its end
            try:
                data = os.read(self.master, 4096)
                self.got += data
                os.write(self.master, data)
            except BlockingIOError:
                if last:
                    return
                time.sleep(0.0003)
            except OSError:
                return

    def end(self):
        self.over = True
        self.thread.join()
        os.close(self.master)
        os.close(self.slave)


def child_of(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as f:
            return [int(x) for x in f.read().split()]
    except OSError:
        return []


def lane(telltale, path, name):
    out = path + "." + name + ".bin"
    res = subprocess.run([telltale, "convert", "--force", "--lane", name, path,
                          out], stderr=subprocess.PIPE, check=False)
    if res.returncode:
        return None if b"no bytes" not in res.stderr else b""
    with open(out, "rb") as f:
        return f.read()


def once(telltale, tool, path, which, wait):
    dev = Device()
    run = subprocess.Popen([telltale, "run", "-q", "--linger", "0s", "--port",
                            dev.name, "-r", path, "--force", "--", tool, "rx",
                            dev.name, "1000000000"], stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not dev.got and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(wait)
    kids = child_of(run.pid)
    os.kill(kids[0] if which == "tool" and kids else run.pid, signal.SIGKILL)
    status = run.wait(60)
    for pid in kids:  # without telltale a tool meets a hang-up and ends
        until = time.monotonic() + 60
        while os.path.exists("/proc/%d" % pid) and time.monotonic() < until:
            time.sleep(0.002)
        if os.path.exists("/proc/%d" % pid):
            os.kill(pid, signal.SIGKILL)
            return "the tool lives on"
    dev.end()
    if which == "tool" and status != 137:
        return "exit status %d after a kill of the tool" % status
    if not dev.got:
        return "nothing was sent"
    read = subprocess.run([telltale, "read", "-q", path], check=False,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if read.returncode == 2:
        return "the recording does not open: " + read.stderr.decode()
    host = lane(telltale, path, "host")
    if host is None or not host.startswith(dev.got):
        return "%d bytes reached the device, %s are recorded" % (
            len(dev.got), "none" if host is None else len(host))
    if which == "tool" and host != bytes(dev.got):
        return "%d recorded, %d reached the device" % (len(host), len(dev.got))
    back = lane(telltale, path, "device")
    if back is None or not bytes(dev.got).startswith(back):
        return "what the device sent is not what is recorded"
    return ""


def main():
    telltale, tool, folder, times = sys.argv[1:5]
    rng = random.Random(int(sys.argv[5]) if len(sys.argv) > 5 else 1)
    bad = 0
    for i in range(int(times)):
        path = os.path.join(folder, "k." + ("tape", "pcapng")[i // 2 % 2])
        which = ("tool", "telltale")[i % 2]
        why = once(telltale, tool, path, which, rng.random() * 0.15)
        if why:
            print("%d, kill of %s: %s" % (i, which, why))
            bad += 1
    print("%d kills, %d bad" % (int(times), bad))
    sys.exit(bad > 0)


main()
