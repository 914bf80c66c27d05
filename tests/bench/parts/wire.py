"""NETCONF over a UNIX socket, as raw as it gets: RFC 6242 chunks, and no XML parser in the time that is measured."""
import re
import socket

from lab.parts.process import LabError

BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
HELLO = (f'<hello xmlns="{BASE}"><capabilities><capability>urn:ietf:params:netconf:base:1.1</capability></capabilities>'
         "</hello>]]>]]>")


class Session:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.pending = b""
        try:
            self.socket.connect(str(path))
            self.socket.sendall(HELLO.encode())
            while b"]]>]]>" not in self.pending:
                self._receive()
        except BaseException:
            self.close()
            raise
        self.pending = self.pending.partition(b"]]>]]>")[2]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def fileno(self):
        return self.socket.fileno()

    def send(self, operation):
        rpc = f'<rpc xmlns="{BASE}" message-id="1">{operation}</rpc>'.encode()
        self.socket.sendall(b"\n#%d\n%b\n##\n" % (len(rpc), rpc))

    def receive(self):
        """The next reply, as text; an <rpc-error> is a LabError."""
        parts = []
        while True:
            head = self._line()
            if head == b"#":
                break
            parts.append(self._exactly(int(head)))
        text = b"".join(parts).decode()
        if "<rpc-error" in text:
            raise LabError(f"refused: {re.sub('<[^>]*>', ' ', text).strip()}")
        return text

    def ask(self, operation):
        self.send(operation)
        return self.receive()

    def _line(self):
        """What stands between a chunk's "\\n#" and the next newline."""
        while self.pending.count(b"\n", 0, 64) < 2:
            self._receive()
        _, head, self.pending = self.pending.split(b"\n", 2)
        return head[1:]

    def _exactly(self, size):
        parts, left = [], size
        while left > 0:
            if not self.pending:
                self._receive()
            part, self.pending = self.pending[:left], self.pending[left:]
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def _receive(self):
        more = self.socket.recv(1 << 20)
        if not more:
            raise ConnectionResetError("headgated has ended the session")
        self.pending += more
