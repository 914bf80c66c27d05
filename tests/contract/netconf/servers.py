"""The two servers, each in a folder of its own, on a UNIX socket and over SSH."""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import warnings

import paramiko
from certificates import Authority
from models import Conformance, Headgate
from wire import BASE, PATIENCE, Session, unix

LIBRARY = "urn:ietf:params:xml:ns:yang:ietf-yang-library"
MONITORING = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"
STREAMS = "urn:ietf:params:xml:ns:netmod:notification"
TREE = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TREE))
from lab.parts.ports import free_port  # noqa: E402  (the tree is known from here on)

BUILD = pathlib.Path(os.environ.get("HEADGATE_BUILD_DIR", TREE / "build/dev"))


class Server:
    """A process of ours, its folder, its keys."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hgc-"))
        self.socket, self.process = self.folder / "netconf.sock", None
        for key in ("host", "user", "stranger"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / key], check=True)

    def run(self, *words):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen([str(w) for w in words], stdout=log, stderr=log)
        self.wait()

    def wait(self):
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return Session(unix(self.socket)).close()
            except OSError as error:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("it did not start: " + (self.folder / "log").read_text()) from error
                time.sleep(0.02)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def restart(self):
        self.stop()
        self.start()

    def close(self):
        if self.process and self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.folder)

    def over_ssh(self, key="user", user="operator"):
        """An authenticated SSH transport, without a channel yet."""
        transport = paramiko.Transport(("127.0.0.1", self.port))
        transport.start_client(timeout=PATIENCE)
        try:
            transport.auth_publickey(user, paramiko.Ed25519Key.from_private_key_file(str(self.folder / key)))
        except paramiko.SSHException:
            transport.close()
            raise
        return transport


class Headgated(Server):
    """Headgate's own northbound server."""

    def __init__(self):
        super().__init__()
        self.port, self.tls_port = free_port(), free_port()
        self.authority = Authority(self.folder, "authority")
        self.authority.issue("server", "server")
        self.model = Headgate(self.folder)
        self.model.port, self.model.tls_port = self.port, self.tls_port
        (self.folder / "known_hosts").write_text("")
        (self.folder / "community").touch(mode=0o600)
        (self.folder / "community").write_text("no\n")
        (self.folder / "first.xml").write_text(self.model.baseline())

    def start(self):
        self.run(BUILD / "src/headgated", "--config", self.folder / "first.xml", "--state", self.folder / "state", "--socket",
                 self.socket)

    def tls_client(self, shown, version=None, ca=None):
        """What a client of TLS has: its certificate, if any, and whom it trusts."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(ca or self.authority.file)
        if version:
            with warnings.catch_warnings(action="ignore"):  # of versions that nobody should speak
                context.set_ciphers("DEFAULT:@SECLEVEL=0")
                context.minimum_version = context.maximum_version = version
        if shown:
            context.load_cert_chain(shown, shown.with_suffix(".key"))
        return context

    def over_tls(self, shown, version=None, ca=None):
        """A TLS connection, its handshake done; `shown`: the client's certificate."""
        connected = socket.create_connection(("127.0.0.1", self.tls_port), PATIENCE)
        try:
            return self.tls_client(shown, version, ca).wrap_socket(connected, server_hostname="127.0.0.1")
        except OSError:
            connected.close()
            raise


class Appliance(Server):
    """A virtual appliance that serves conformance.yang, without a data plane."""

    def __init__(self, *without):
        super().__init__()
        self.port, self.without = free_port(), [w for word in without for w in ("--without", word)]
        self.model = Conformance()
        (self.folder / "first.xml").write_text(self.model.baseline())

    def start(self):
        self.run(BUILD / "lab/headgate-appliance", "--model", pathlib.Path(__file__).with_name("conformance.yang"), "--state",
                 self.folder / "state", "--startup", self.folder / "first.xml", "--unix", self.socket, "--listen",
                 f"127.0.0.1:{self.port}", "--host-key", self.folder / "host", "--user", f"operator={self.folder / 'user.pub'}",
                 *self.without)


class Bench:
    """What a test gets: a server whose datastores are as they were at first, sessions that are closed after it."""

    def __init__(self, server):
        self.server, self.model, self.sessions, self.transports = server, server.model, [], []
        self.baseline = None
        self.main = None
        with_hello = self.session()
        self.capabilities = with_hello.capabilities
        library = with_hello.rpc(f'<get><filter><yang-library xmlns="{LIBRARY}"/></filter></get>').data
        self.modules = {e.text for module in library.iter(f"{{{LIBRARY}}}module") for e in module.iter(f"{{{LIBRARY}}}name")}
        streams = with_hello.rpc(f'<get><filter><netconf xmlns="{STREAMS}"/></filter></get>').data
        self.replays = "true" in [e.text for e in streams.iter(f"{{{STREAMS}}}replaySupport")]
        self.finish()

    def offers(self, word):
        """A capability, or a module that is implemented; or the replay of the stream NETCONF."""
        if word == "replay":
            return self.replays
        return word in self.modules or any(c.startswith(f"urn:ietf:params:netconf:capability:{word}:") for c in self.capabilities)

    def as_user(self, name):
        """A session over SSH."""
        transport = self.server.over_ssh(user=name)
        self.transports.append(transport)
        channel = transport.open_session(timeout=PATIENCE)
        channel.invoke_subsystem("netconf")
        return self.session(channel=channel)

    def over_tls(self, shown, version=None):
        return self.session(channel=self.server.over_tls(shown, version))

    @property
    def store(self):
        """Where edits go."""
        return "candidate" if self.offers("candidate") else "running"

    def session(self, base="1.1", greeting="", channel=None):
        made = Session(channel or unix(self.server.socket), base, greeting)
        self.sessions.append(made)
        return made

    @property
    def s(self):
        """The test's first session."""
        if self.main is None:
            self.main = self.session()
        return self.main

    def edit(self, content, session=None, target=None, before="", after=""):
        """`before`: the parameters between target and config; `after`: those behind it."""
        return (session or self.s).rpc(f"<edit-config><target><{target or self.store}/></target>{before}"
                                       f"<config>{content}</config>{after}</edit-config>")

    def set(self, content, **how):
        """An edit that is no question."""
        return is_ok(self.edit(content, before="<test-option>set</test-option>" if self.offers("validate") else "", **how))

    def commit(self, session=None):
        if self.store == "candidate":
            is_ok((session or self.s).rpc("<commit/>"))

    def read(self, source=None, more="", session=None):
        return (session or self.s).rpc(f"<get-config><source><{source or self.store}/></source>{more}</get-config>").data

    def notes(self, source=None):
        return self.model.notes(self.read(source))

    def apps(self, source=None):
        return self.model.apps(self.read(source))

    def subtree(self, content, source=None):
        return self.read(source, f"<filter type=\"subtree\">{content}</filter>")

    def finish(self):
        for end in [*self.sessions, *self.transports]:
            # paramiko may still want to say goodbye to a server that has said it already.
            with contextlib.suppress(EOFError):
                end.close()
        self.sessions, self.transports, self.main = [], [], None

    def reset(self):
        """The datastores as at first, and nothing held."""
        self.finish()
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self._wait_until_alone(end)
                self._restore()
                return self.finish()
            except AssertionError:
                # A confirmed commit of the last test's is taken back a moment after its session.
                self.finish()
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def _wait_until_alone(self, end):
        """The server may take a moment to see that the last test's sessions are gone, with what they had locked."""
        content = f'<get><filter><netconf-state xmlns="{MONITORING}"><sessions/></netconf-state></filter></get>'
        while True:
            there = {e.text for e in self.s.rpc(content).data.iter(f"{{{MONITORING}}}session-id")}
            if there == {str(self.s.id)}:
                return
            assert time.monotonic() < end, f"sessions that do not end: {there}"
            time.sleep(0.005)

    def _restore(self):
        from lxml import etree
        if self.store == "candidate":
            is_ok(self.s.rpc("<discard-changes/>"))
        now = etree.tostring(self.read("running"))
        if self.baseline is None:
            self.baseline = now
        if now != self.baseline:
            is_ok(self.edit(self.model.baseline(), before="<default-operation>replace</default-operation>"))
            self.commit()
            now = etree.tostring(self.read("running"))
            assert now == self.baseline, now
        if self.offers("startup"):
            is_ok(self.s.rpc("<copy-config><target><startup/></target><source><running/></source></copy-config>"))


def is_ok(reply):
    assert reply.ok, f"refused: {reply}"
    return reply


def fails(reply, tag, path=None, app_tag=None, of=None, **info):
    """The reply's first error, which is this one. `path`: its steps; `info`: with _ for -."""
    assert reply.errors, f"{tag} expected, but {reply}"
    error = reply.errors[0]
    tags = tag if isinstance(tag, tuple) else (tag,)
    assert error.tag in tags, f"{tag} expected, but {error}"
    assert of is None or error.type in of, f"error-type {of} expected, but {error}"
    assert app_tag is None or error.app_tag == app_tag, f"error-app-tag {app_tag} expected, but {error}"
    assert path is None or error.steps == path, f"error-path {path} expected, but {error}"
    for name, value in info.items():
        assert error.info.get(name.replace("_", "-")) == value, f"{name} {value} expected, but {error}"
    return error


__all__ = ["BASE", "Appliance", "Bench", "Headgated", "fails", "is_ok"]
