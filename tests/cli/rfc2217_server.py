"""pyserial's RFC 2217 server in front of a port that is only written down: an
independent peer.  It says back what it is sent.

    rfc2217_server.py LOG

The log has its TCP port first, then what is set on the port and what comes.
"""
import socket
import sys

import serial.rfc2217


class Port:
    """What PortManager does to a serial.Serial."""

    def __init__(self, log):
        self.__dict__.update(
            log=log, baudrate=9600, bytesize=8, parity="N", stopbits=1,
            dtr=False, rts=False, break_condition=False, cts=True, dsr=False,
            ri=False, cd=True, rtscts=False, xonxoff=False)

    def __setattr__(self, key, value):
        self.__dict__[key] = value
        print(key, value, file=self.log, flush=True)

    def reset_input_buffer(self):
        pass

    reset_output_buffer = reset_input_buffer


class Writer:
    def __init__(self, sock):
        self.sock = sock

    def write(self, data):
        self.sock.sendall(data)


log = open(sys.argv[1], "w")
listener = socket.create_server(("127.0.0.1", 0))
print("port", listener.getsockname()[1], file=log, flush=True)
while True:
    c = listener.accept()[0]
    manager = serial.rfc2217.PortManager(Port(log), Writer(c))
    manager.check_modem_lines(True)
    while True:
        try:
            got = c.recv(4096)
        except OSError:
            break
        if not got:
            break
        data = b"".join(manager.filter(got))
        if data:
            print("data", data.hex(), file=log, flush=True)
            c.sendall(b"".join(manager.escape(data)))
