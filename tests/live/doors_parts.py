"""NETCONF clients over TLS that no one here wrote (openssl's s_client, libnetconf2's), and NETCONF's end-of-message framing
on what carries bytes."""
import contextlib
import os
import pathlib
import selectors
import subprocess
import time

END = b"]]>]]>"
HELLO = (b'<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><capabilities>'
         b"<capability>urn:ietf:params:netconf:base:1.0</capability></capabilities></hello>" + END)
PATIENCE = 20  # seconds


class Ended(Exception):
    """What the client said when its connection had ended."""


class OpenSsl:
    """A TLS connection by `openssl s_client`, which checks the server's certificate and its address."""

    def __init__(self, place, cert=None, key=None, *more):
        shown = ["-cert", cert, "-key", key] if cert else []
        self.process = subprocess.Popen(
            ["openssl", "s_client", "-quiet", "-connect", f"{place['host']}:{place['port']}", "-CAfile", place["ca"],
             "-verify_return_error", "-verify_ip", place["host"], *map(str, shown), *more],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.heard, self.asked = b"", 0

    def hello(self):
        self.say(HELLO)
        return self.message()

    def say(self, octets):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(octets)
            self.process.stdin.flush()

    def message(self):
        """The next one; raises Ended."""
        until = time.monotonic() + PATIENCE
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.process.stdout, selectors.EVENT_READ)
            while END not in self.heard:
                if not waiting.select(max(0, until - time.monotonic())):
                    raise Ended(f"nothing came in {PATIENCE} s")
                came = os.read(self.process.stdout.fileno(), 65536)
                if not came:
                    self.process.wait(PATIENCE)
                    raise Ended(self.process.stderr.read().decode(errors="replace").strip())
                self.heard += came
        text, self.heard = self.heard.split(END, 1)
        return text.decode()

    def rpc(self, operation):
        self.asked += 1
        self.say(f'<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="{self.asked}">{operation}</rpc>'.encode() + END)
        return self.message()

    def close(self):
        self.process.kill()
        self.process.wait(PATIENCE)
        for end in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(BrokenPipeError):
                end.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


@contextlib.contextmanager
def libnetconf2(lab, how, host, port, cert, key, ca):
    """libnetconf2's client: `how` is connect, or wait to be called. Gives the running process."""
    program = lab.build / "tests/live/libnetconf2-client"
    with subprocess.Popen([program, how, host, str(port), *map(str, (cert, key, ca))], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
