#!/usr/bin/env python3
"""Make a copy of /sys, /proc, /dev, /run and /etc as a machine would have it:

    sysroot.py DIR SCENARIO

Each scenario has one thing wrong around its ports, "good" has none.  The
attribute names and log lines are those of Linux 6.1.
"""
import os
import sys

HOST = "sys/devices/pci0000:00/0000:00:14.0"


class Tree:
    def __init__(self, root):
        self.root = root
        self.put("proc/self/status",
                 "Name:\tx\nUid:\t1000\t1000\t1000\t1000\n"
                 "Gid:\t1000\t1000\t1000\t1000\nGroups:\t20 1000\n")
        self.put("proc/uptime", "1000.00 2000.00\n")
        self.put("etc/passwd", "root:x:0:0::/root:/bin/sh\n"
                               "kim:x:1000:1000::/home/kim:/bin/sh\n")
        self.put("etc/group", "root:x:0:\ndialout:x:20:kim\n")
        self.put("dev/kmsg", "")
        self.hub("usb1", 480, product="xHCI Host Controller")

    def path(self, name):
        return os.path.join(self.root, name)

    def put(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="latin-1") as f:
            f.write(text)

    def add(self, name, text):
        with open(self.path(name), "a", encoding="latin-1") as f:
            f.write(text)

    def link(self, name, to):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        os.symlink(to, self.path(name))

    def dir_of(self, usb):
        """1-1.2 lies in usb1/1-1/1-1.2"""
        bus, ports = usb.split("-")
        parts = ports.split(".")
        names = ["usb" + bus]
        for i in range(len(parts)):
            names.append(bus + "-" + ".".join(parts[:i + 1]))
        return "/".join([HOST] + names)

    def device(self, d, name, **attrs):
        for k, v in attrs.items():
            self.put(f"{d}/{k}", f"{v}\n")
        self.link("sys/bus/usb/devices/" + name,
                  "../../../" + d[len("sys/"):])

    def hub(self, name, speed, product="USB2.0 Hub"):
        d = f"{HOST}/{name}" if name.startswith("usb") else self.dir_of(name)
        self.device(d, name, bDeviceClass="09", idVendor="1d6b",
                    idProduct="0002", speed=speed, product=product)

    def usb(self, name, vid, pid, driver="", cls="ff", sub="00", proto="00",
            control="on", **attrs):
        d = self.dir_of(name)
        self.device(d, name, idVendor=vid, idProduct=pid, bDeviceClass="00",
                    busnum=name.split("-")[0], devnum=7,
                    speed=attrs.pop("speed", 12), **attrs)
        self.put(f"{d}/power/control", control + "\n")
        i = f"{d}/{name}:1.0"
        self.put(f"{i}/bInterfaceNumber", "00\n")
        self.put(f"{i}/bInterfaceClass", cls + "\n")
        self.put(f"{i}/bInterfaceSubClass", sub + "\n")
        self.put(f"{i}/bInterfaceProtocol", proto + "\n")
        if driver:
            self.link(f"{i}/driver", "/sys/bus/usb/drivers/" + driver)
        return i

    def tty(self, name, iface, driver, mode=0o660, group=20, latency=None,
            node=True, major=188):
        minor = int("".join(c for c in name if c.isdigit()))
        serial = name.startswith("ttyUSB")
        dev = f"{iface}/{name}" if serial else iface
        self.put(f"{dev}/tty/{name}/dev", f"{major}:{minor}\n")
        self.link(f"sys/class/tty/{name}",
                  "../../" + dev[len("sys/"):] + f"/tty/{name}")
        self.link(f"{dev}/tty/{name}/device", "../..")
        if serial:
            self.link(f"{dev}/driver", "/sys/bus/usb-serial/drivers/" + driver)
        if latency is not None:
            self.put(f"{dev}/latency_timer", f"{latency}\n")
        if node:
            self.put(f"dev/{name}", "")
            os.chmod(self.path(f"dev/{name}"), mode)
            try:
                os.chown(self.path(f"dev/{name}"), 0, group)
            except PermissionError:
                pass

    def process(self, pid, comm, *opens):
        self.put(f"proc/{pid}/comm", comm + "\n")
        os.makedirs(self.path(f"proc/{pid}/fd"), exist_ok=True)
        for i, name in enumerate(opens):
            self.link(f"proc/{pid}/fd/{i + 3}", name)

    def log(self, *lines):
        for i, text in enumerate(lines):
            self.add("dev/kmsg", f"6,{i},{900 + i}000000,-;{text}\n")


def ftdi(t, name="1-1", tty="ttyUSB0", **kw):
    latency = kw.pop("latency", 1)
    i = t.usb(name, kw.pop("vid", "0403"), kw.pop("pid", "6001"),
              driver=kw.pop("usbdriver", "ftdi_sio"), manufacturer="FTDI",
              product=kw.pop("product", "FT232R USB UART"),
              serial=kw.pop("serial", "AL00XYZ1"))
    t.tty(tty, i, kw.pop("driver", "ftdi_sio"), latency=latency, **kw)
    return i


def good(t):
    ftdi(t)
    t.link("dev/serial/by-id/usb-FTDI_FT232R_USB_UART_AL00XYZ1-if00-port0",
           "../../ttyUSB0")


def no_permission(t):
    ftdi(t)
    t.put("proc/self/status", "Name:\tx\nUid:\t1001\t1001\t1001\t1001\n"
          "Gid:\t1001\t1001\t1001\t1001\nGroups:\t1001\n")
    t.add("etc/passwd", "lee:x:1001:1001::/home/lee:/bin/sh\n")


def relogin(t):
    no_permission(t)
    t.put("etc/group", "root:x:0:\ndialout:x:20:kim,lee\n")


def root_only(t):
    ftdi(t, mode=0o600, group=0)


def no_node(t):
    ftdi(t, node=False)


def held(t):
    ftdi(t)
    t.process(4711, "minicom", "/dev/null", "/dev/ttyUSB0", "/dev/ttyUSB0")
    t.process(4712, "gpsd", "/dev/ttyUSB0")


def getty(t):
    d = "sys/devices/platform/serial8250"
    t.put("sys/class/tty/ttyS9/type", "0\n")
    t.link("sys/class/tty/ttyS9/device", "../../../devices/platform/serial8250")
    t.put(f"{d}/tty/ttyS0/dev", "4:64\n")
    t.put(f"{d}/tty/ttyS0/type", "4\n")
    t.link(f"{d}/driver", "/sys/bus/platform/drivers/serial8250")
    t.link(f"{d}/tty/ttyS0/device", "../..")
    t.link("sys/class/tty/ttyS0", "../../devices/platform/serial8250/tty/ttyS0")
    t.put("dev/ttyS0", "")
    os.chmod(t.path("dev/ttyS0"), 0o666)
    t.put("proc/consoles", "tty0                 -WU (EC p  )    4:1\n"
                           "ttyS0                -W- (E  p a)    4:64\n")
    t.process(612, "agetty", "/dev/ttyS0")


def modemmanager(t):
    ftdi(t)
    t.process(800, "ModemManager")


def mm_ignored(t):
    modemmanager(t)
    t.put("run/udev/data/c188:0", "E:ID_MM_CANDIDATE=1\n"
                                  "E:ID_MM_DEVICE_IGNORE=1\n")


BRLTTY = ('# Device: 1A86:7523\n# Baum [NLS eReader Zoomax (20 cells)]\n'
          'ENV{PRODUCT}=="1a86/7523/*", ENV{BRLTTY_BRAILLE_DRIVER}="bm", '
          'GOTO="brltty_usb_run"\n'
          'ENV{PRODUCT}=="403/6001/*", ATTRS{manufacturer}=="Hedo Reha '
          'Technik GmbH", ENV{BRLTTY_BRAILLE_DRIVER}="hd", '
          'GOTO="brltty_usb_run"\n')


def ch340(t, tty=True):
    i = t.usb("1-2", "1a86", "7523", driver="ch341" if tty else "",
              product="USB Serial")
    if tty:
        t.tty("ttyUSB1", i, "ch341-uart")


def brltty(t):
    ch340(t)
    ftdi(t)
    t.put("usr/lib/udev/rules.d/85-brltty.rules", BRLTTY)


def brltty_masked(t):
    brltty(t)
    t.link("etc/udev/rules.d/85-brltty.rules", "/dev/null")


def claimed(t):
    ch340(t, tty=False)
    t.log("usb 1-2: new full-speed USB device number 7 using xhci_hcd",
          "usb 1-2: ch341-uart converter now attached to ttyUSB1",
          "usb 1-2: usbfs: interface 0 claimed by ch341 while 'brltty' sets "
          "config #1",
          "ch341-uart ttyUSB1: ch341-uart converter now disconnected from "
          "ttyUSB1")


def no_driver(t):
    ch340(t, tty=False)


def libusb(t):
    t.usb("1-1", "0403", "6014", driver="usbfs", product="Single RS232-HS")


def latency(t):
    ftdi(t, latency=16)


def fake_serial(t):
    ftdi(t, serial="A50285BI")


def bricked(t):
    ftdi(t, pid="0000")


def phased_out(t):
    i = t.usb("1-1", "067b", "2303", driver="pl2303",
              product="PL2303HXA PHASED OUT SINCE 2012. PLEASE CONTACT YOUR "
                      "SUPPLIER.")
    t.tty("ttyUSB0", i, "pl2303")


def sim_break(t):
    ch340(t)
    t.log("ch341-uart ttyUSB1: break control not supported, using simulated "
          "break")


def errors(t):
    t.hub("1-1", 480, product="Cheap 7-Port Hub")
    ftdi(t, name="1-1.2")
    t.log("usb 1-1.2: device descriptor read/64, error -71",
          "usb 1-1-port2: disabled by hub (EMI?), re-enabling...",
          "usb 1-1.2: USB disconnect, device number 6")


def disconnects(t):
    ftdi(t)
    for _ in range(3):
        t.log("usb 1-1: USB disconnect, device number 6",
              "usb 1-1: FTDI USB Serial Device converter now attached to "
              "ttyUSB0")


def gone(t):
    t.log("usb 1-3: cp210x converter now attached to ttyUSB0",
          "usb 1-3: USB disconnect, device number 9")


def no_log(t):
    ftdi(t)
    os.remove(t.path("dev/kmsg"))


def syslog(t):
    ftdi(t)
    os.remove(t.path("dev/kmsg"))
    t.put("var/log/kern.log",
          "Nov 24 10:00:00 pc kernel: [  950.100000] usb 1-1: device not "
          "accepting address 6, error -71\n")


def stale_lock(t):
    ftdi(t)
    t.put("run/lock/LCK..ttyUSB0", "      4711\n")


def locked(t):
    stale_lock(t)
    t.process(4711, "minicom")


def modes(t):
    t.usb("1-1", "0e8d", "0003", cls="02", driver="cdc_acm")
    t.usb("1-2", "0483", "df11", cls="fe", sub="01", proto="02",
          product="STM32  BOOTLOADER")
    t.usb("1-3", "05c6", "900e", product="QUSB__BULK")
    t.usb("1-4", "18d1", "d00d", cls="ff", sub="42", proto="03",
          product="Android")
    t.usb("1-5", "046d", "c077", cls="03", product="USB Optical Mouse")
    i = t.usb("1-6", "05c6", "9008", driver="qcserial", product="QUSB_BULK",
              speed=480)
    t.tty("ttyUSB0", i, "qcserial")


def hostile(t):
    """Names and texts that try things; links that lead out."""
    ftdi(t, product="\x1b]0;pwned\x07\xff\n$(reboot)", serial="`id`\x1b[2J")
    t.link("sys/class/tty/ttyUSB1; reboot", "ttyUSB0")
    t.link("sys/class/tty/ttyUSB2", "/sys/class/tty/console")
    t.link("sys/class/tty/ttyUSB3", "ttyUSB3")
    t.put("sys/class/tty/ttyUSB4/device/x", "")
    os.mkfifo(t.path("sys/class/tty/ttyUSB4/dev"))
    t.link("sys/bus/usb/devices/1-9", "/etc")
    t.put("proc/99999999999999999999/comm", "x\n")
    t.put("proc/77/comm", "\x1b[31mevil" + "x" * 5000)
    os.makedirs(t.path("proc/77/fd"))
    t.link("proc/77/fd/3", "/dev/ttyUSB0")
    t.log("usb 1-1: USB disconnect, device number " + "9" * 9000,
          "usb 1-1-port99999999999999999999: x", "usb -: x", "usb 1-1.",
          "hub 1-0:1.0: port 1 disabled by hub (EMI?)\x1b[0m",
          "usb 1-1: usbfs: interface 0 claimed by x while '\x1b[2J' sets")
    t.add("dev/kmsg", "\0\0;;;\n[ nan] usb 1-1: x\nkernel: \n" + "A" * 100000)


def many(t):
    for k in range(600):
        i = t.usb(f"1-1.{k}", "1a86", "7523", driver="ch341")
        t.tty(f"ttyUSB{k}", i, "ch341-uart")


if __name__ == "__main__":
    tree = Tree(sys.argv[1])
    globals()[sys.argv[2]](tree)
