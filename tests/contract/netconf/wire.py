"""A NETCONF client that says exactly what it is told to, byte by byte, and takes nothing on trust of what it hears: each
reply is held against what RFC 6241 says of every reply."""
import contextlib
import re
import select
import socket
import time

from lxml import etree

BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
EVENTS = "urn:ietf:params:xml:ns:netconf:notification:1.0"
YANG = "urn:ietf:params:xml:ns:yang:1"
CAPABILITY = "urn:ietf:params:netconf:capability:"
PATIENCE = 10
END = b"]]>]]>"

TYPES = {"transport", "rpc", "protocol", "application"}
TAGS = {"in-use", "invalid-value", "too-big", "missing-attribute", "bad-attribute", "unknown-attribute", "missing-element",
        "bad-element", "unknown-element", "unknown-namespace", "access-denied", "lock-denied", "resource-denied",
        "rollback-failed", "data-exists", "data-missing", "operation-not-supported", "operation-failed", "malformed-message"}
# What RFC 6241's appendix A wants in the error-info of each tag.
INFO = {"missing-attribute": {"bad-attribute", "bad-element"}, "bad-attribute": {"bad-attribute", "bad-element"},
        "unknown-attribute": {"bad-attribute", "bad-element"}, "missing-element": {"bad-element"}, "bad-element": {"bad-element"},
        "unknown-element": {"bad-element"}, "unknown-namespace": {"bad-element", "bad-namespace"}, "lock-denied": {"session-id"}}


class Ended(Exception):
    """The server has closed the session."""


class Unheard(Exception):
    """Nothing came in time."""


def local(element):
    return etree.QName(element).localname


def q(name, namespace=BASE):
    return f"{{{namespace}}}{name}"


def eom(message):
    return (message.encode() if isinstance(message, str) else message) + END


def chunks(message, size=None):
    """`message` in chunks of `size` octets; in one where none is said."""
    data = message.encode() if isinstance(message, str) else message
    size = size or len(data)
    parts = (data[at:at + size] for at in range(0, len(data), size))
    return b"".join(b"\n#%d\n%s" % (len(part), part) for part in parts) + b"\n##\n"


def hello(*capabilities, body=""):
    listed = "".join(f"<capability>{c}</capability>" for c in capabilities)
    return f'<hello xmlns="{BASE}"><capabilities>{listed}</capabilities>{body}</hello>'


class Error:
    """One <rpc-error>."""

    def __init__(self, element):
        fields = [local(f) for f in element]
        assert all(f.tag.startswith(q("")) for f in element), "4.3: a field of another namespace: " + str(fields)
        order = ["error-type", "error-tag", "error-severity", "error-app-tag", "error-path", "error-message", "error-info"]
        assert [f for f in order if f in fields] == fields, f"4.3: fields in this order and once each: {fields}"
        for field in order[:3]:
            assert field in fields, f"4.3: an error without {field}"
        text = {local(f): f.text or "" for f in element}
        self.type, self.tag, self.severity = (text[f] for f in order[:3])
        self.app_tag, self.path = text.get("error-app-tag"), text.get("error-path")
        self.message = text.get("error-message")
        assert self.type in TYPES, f"4.3: error-type {self.type}"
        assert self.tag in TAGS, f"appendix A: error-tag {self.tag}"
        assert self.severity == "error", f"4.3: error-severity {self.severity}"
        self.info = {}
        for info in element.findall(q("error-info")):
            for item in info:
                assert item.tag.startswith((q(""), q("", YANG))), f"an error-info of no RFC: {item.tag}"
                self.info[local(item)] = item.text or ""
        missing = INFO.get(self.tag, set()) - set(self.info)
        assert not missing, f"appendix A: {self.tag} without {missing}: {self}"
        if self.path is not None:
            scope = element.find(q("error-path")).nsmap
            self.modules = {p: scope.get(p) for p in re.findall(r"[/\[]([A-Za-z_][\w.-]*):", re.sub(r"'[^']*'|\"[^\"]*\"", "", self.path))}
            assert None not in self.modules.values(), f"4.3: a prefix that is not declared: {self.path} {self.modules}"
            assert self.path.startswith("/"), f"4.3: no absolute path: {self.path}"

    @property
    def steps(self):
        """The path's names, without prefixes and predicates."""
        bare = re.sub(r"\[[^\]]*\]", "", re.sub(r"'[^']*'|\"[^\"]*\"", "", self.path or ""))
        return [step.split(":")[-1] for step in bare.split("/") if step]

    def __str__(self):
        return f"{self.type} {self.tag} {self.app_tag or ''} {self.path or ''} {self.message or ''} {self.info}"


class Reply:
    """One <rpc-reply>."""

    def __init__(self, data):
        self.bytes = data
        self.root = etree.fromstring(data)
        assert self.root.tag == q("rpc-reply"), f"4.2: no rpc-reply but {self.root.tag}"
        self.errors = [Error(e) for e in self.root.findall(q("rpc-error"))]
        self.ok = self.root.find(q("ok")) is not None
        assert not (self.ok and (self.errors or len(self.root) > 1)), "4.4: <ok> stands beside something"
        assert len(self.root) > 0 or self.root.text is None, "4.2: an empty reply"

    @property
    def data(self):
        """<data> of any namespace; fails when it was refused."""
        assert not self.errors, "refused: " + "; ".join(map(str, self.errors))
        found = [child for child in self.root if local(child) == "data"]
        assert len(found) == 1, f"no data in {self.bytes[:500]}"
        return found[0]

    def __str__(self):
        return "ok" if self.ok else "; ".join(map(str, self.errors)) or self.bytes.decode()[:500]


class Notification:
    """One <notification>."""

    def __init__(self, data):
        self.root = etree.fromstring(data)
        assert self.root.tag == q("notification", EVENTS), f"RFC 5277, 4: {self.root.tag}"
        assert self.root[0].tag == q("eventTime", EVENTS), "RFC 5277, 2.2.1: eventTime comes first"
        self.time = self.root[0].text
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", self.time), self.time
        self.event = self.root[1]
        self.name = local(self.event)


class Pipe:
    """Octets to and from the server, over whatever carries them."""

    def __init__(self, channel):
        self.channel, self.heard = channel, b""

    def more(self, until):
        rest = until - time.monotonic()
        # TLS may have more than it has given out, and select does not see that.
        waiting = getattr(self.channel, "pending", lambda: 0)()
        if rest <= 0 or not (waiting or select.select([self.channel], [], [], rest)[0]):
            raise Unheard(f"nothing came, but {self.heard[:200]!r}")
        try:
            data = self.channel.recv(1 << 16)
        except OSError:
            data = b""
        if not data:
            raise Ended(repr(self.heard[:200]))
        self.heard += data

    def send(self, data):
        try:
            self.channel.sendall(data)
        except OSError as error:
            raise Ended(str(error)) from error

    def up_to(self, end, until):
        while end not in self.heard:
            self.more(until)
        data, self.heard = self.heard.split(end, 1)
        return data

    def exactly(self, count, until):
        while len(self.heard) < count:
            self.more(until)
        data, self.heard = self.heard[:count], self.heard[count:]
        return data


class Session:
    """`greeting` None: it says nothing by itself."""

    def __init__(self, channel, base="1.1", greeting=""):
        self.pipe = Pipe(channel)
        self.chunked, self.number, self.events = False, 0, []
        if greeting is not None:
            self.greet(greeting or hello(f"urn:ietf:params:netconf:base:{base}"), base)

    def greet(self, greeting, base="1.1"):
        self.pipe.send(eom(greeting))
        self.hear_hello()
        self.chunked = base == "1.1"

    def hear_hello(self):
        self.hello = etree.fromstring(self.message())
        self.capabilities = [c.text.strip() for c in self.hello.iter(q("capability"))]
        self.id = int(self.hello.findtext(q("session-id")))

    def message(self, patience=PATIENCE):
        until = time.monotonic() + patience
        if not self.chunked:
            return self.pipe.up_to(END, until)
        data = b""
        while True:
            start = self.pipe.exactly(2, until)
            assert start == b"\n#", f"RFC 6242, 4.2: no chunk begins with {start!r}"
            size = self.pipe.up_to(b"\n", until)
            if size == b"#":
                return data
            assert re.fullmatch(rb"[1-9][0-9]{0,9}", size), f"RFC 6242, 4.2: no chunk-size: {size!r}"
            data += self.pipe.exactly(int(size), until)

    def say(self, message):
        self.pipe.send(chunks(message) if self.chunked else eom(message))

    def reply(self, patience=PATIENCE):
        """The next reply; what is told between goes to `events`."""
        while True:
            data = self.message(patience)
            if b"notification" in data[:300] and etree.fromstring(data).tag == q("notification", EVENTS):
                self.events.append(Notification(data))
                continue
            return Reply(data)

    def ask(self, message, patience=PATIENCE):
        self.say(message)
        return self.reply(patience)

    def rpc(self, content, patience=PATIENCE):
        self.number += 1
        answer = self.ask(f'<rpc message-id="{self.number}" xmlns="{BASE}">{content}</rpc>', patience)
        assert answer.root.get("message-id") == str(self.number), f"4.1: message-id {answer.root.get('message-id')}"
        return answer

    def notification(self, patience=PATIENCE):
        """The next one."""
        if not self.events:
            self.events.append(Notification(self.message(patience)))
        return self.events.pop(0)

    def event(self, name, patience=PATIENCE):
        """The next notification of that name; the ones before it are gone."""
        until = time.monotonic() + patience
        while True:
            told = self.notification(until - time.monotonic())
            if told.name == name:
                return told.event

    def event_of(self, other, name):
        """The next notification of that name that is about the session `other`: the ones of an earlier test may still be ending."""
        while True:
            told = self.event(name)
            if told.findtext("{*}session-id") == str(other.id):
                return told

    def ends(self, patience=PATIENCE):
        """Reads until the server has closed; what it said before."""
        until = time.monotonic() + patience
        with contextlib.suppress(Ended):
            while True:
                self.pipe.more(until)
        return self.pipe.heard

    def close(self):
        with contextlib.suppress(OSError):
            self.pipe.channel.close()


def unix(path):
    channel = socket.socket(socket.AF_UNIX)
    channel.connect(str(path))
    return channel
