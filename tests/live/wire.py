"""A wire between headgated and an appliance that can be cut: TCP through a forwarder that stops forwarding. What was
under way arrives when it is mended, as TCP's retransmissions would."""
import contextlib
import socket
import threading

from lab.parts.appliance import NETCONF_PORT

PORT = 8831


class Wire:
    def __init__(self, appliance):
        self.name, self.address, self.port = appliance.name, appliance.address, PORT
        self.whole = threading.Event()
        self.whole.set()
        self.door = socket.create_server((self.address, self.port))
        self.open = [self.door]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        self.whole.clear()

    def mend(self):
        self.whole.set()

    def close(self):
        self.whole.set()
        for end in self.open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.door.accept()
                threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near):
        self.whole.wait()
        try:
            far = socket.create_connection((self.address, NETCONF_PORT), timeout=5)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        self.open = [end for end in self.open if end.fileno() >= 0] + [near, far]
        ways = [threading.Thread(target=self._carry, args=way, daemon=True) for way in ((near, far), (far, near))]
        for way in ways:
            way.start()
        for way in ways:
            way.join()
        near.close()
        far.close()

    def _carry(self, source, sink):
        with contextlib.suppress(OSError):
            while True:
                data = source.recv(65536)
                self.whole.wait()
                if not data:
                    break
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
