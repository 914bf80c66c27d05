"""What the live tests of the virtual appliance stand on: HTTP back ends, an appliance process, ncclient, and HAProxy's
own runtime socket as the witness of what the data plane does."""
import contextlib
import csv
import http.server
import io
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request
import warnings
import xml.etree.ElementTree as ET

from ncclient import manager

from patience import PATIENCE, wait_for
from snmp_parts import ask_snmp, free_port, snmp_secrets

warnings.simplefilter("ignore")  # ncclient's own
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("HEADGATE_BUILD_DIR", ROOT / "build/dev"))
PROGRAM = BUILD / "lab/headgate-appliance"
NC = "urn:ietf:params:xml:ns:netconf:base:1.0"
NCN = "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications"


class Backend:
    """A web server that counts, and whose /slow answers when it is released."""

    def __init__(self, address):
        self.requests = 0
        self.healthy = True
        self.released = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if self.path == "/health":
                    return self.answer(*((200, b"ok") if outer.healthy else (503, b"no")))
                outer.requests += 1
                if self.path == "/slow":
                    outer.released.wait(60)
                return self.answer(200, outer.address.encode())

            def answer(self, status, body):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((address, 0), Handler)
        self.server.handle_error = lambda *_: None  # who hangs up on it is no news
        self.server.daemon_threads = True
        self.address, self.port = self.server.server_address
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


class F5:
    word = "f5"
    namespace = "urn:headgate:yang:adc-f5-ltm"
    module = "adc-f5-ltm"

    @staticmethod
    def startup(virtual_port, backends, address="127.0.0.1"):
        return {"adc-f5-ltm:ltm": {
            "monitor": [{"name": "/Common/h", "type": "http", "interval": 1, "timeout": 2, "send": "GET /health",
                         "receive": "ok"}],
            "pool": [{"name": "/Common/web", "monitor": "/Common/h", "members": [
                {"name": f"/Common/{b.address}:{b.port}", "address": b.address, "port": b.port} for b in backends]}],
            "virtual": [{"name": "/Common/vs", "destination": f"{address}:{virtual_port}", "pool": "/Common/web"}]}}

    @staticmethod
    def pool(content):
        return f'<ltm xmlns="{F5.namespace}"><pool><name>/Common/web</name>{content}</pool></ltm>'

    @staticmethod
    def member(b, content="", operation="", name=None):
        return (f'<members {operation}><name>{name or f"/Common/{b.address}:{b.port}"}</name>{content}</members>')

    def add(self, b, weight=1):
        return self.pool(self.member(b, f"<address>{b.address}</address><port>{b.port}</port><ratio>{weight}</ratio>",
                                     'nc:operation="create"'))

    def weigh(self, b, weight):
        return self.pool(self.member(b, f"<ratio>{weight}</ratio>"))

    def drain(self, b):
        return self.pool(self.member(b, "<state>user-up</state><session>user-disabled</session>"))

    def undrain(self, b):
        return self.pool(self.member(b, "<state>user-up</state><session>user-enabled</session>"))

    def remove(self, b):
        return self.pool(self.member(b, "", 'nc:operation="delete"'))

    members = ".1.3.6.1.4.1.3375.2.2.5.6.2.1"
    traps = {"down": ".1.3.6.1.4.1.3375.2.4.0.10", "up": ".1.3.6.1.4.1.3375.2.4.0.11"}

    @staticmethod
    def row(b):
        """A member as an index of the member tables."""
        name, node = "/Common/web", f"/Common/{b.address}"
        return "".join(f".{n}" for n in (len(name), *name.encode(), len(node), *node.encode(), b.port))

    def seen(self, address, b, **how):
        """Over SNMP: state, connections now, connections ever."""
        stat, state, row = ".1.3.6.1.4.1.3375.2.2.5.4.3.1", self.members, self.row(b)
        found = ask_snmp("snmpget", address, f"{state}.5{row}", f"{state}.6{row}", f"{stat}.11{row}", f"{stat}.10{row}", **how)
        green, enabled, now, ever = (value.split(": ")[-1] for value in found.values())
        word = {"1": "up", "3": "down", "4": "checking"}.get(green, found)
        return "draining" if word == "up" and enabled == "2" else word, int(now), int(ever)

    def refused(self, b):
        """What the model takes and HAProxy does not, and its words."""
        return self.pool(self.member(b, f"<address>127.0.0.99</address><port>{b.port}</port>",
                                     name=f"{b.address}:{b.port}")), "Already exists a server with the same name"

    def virtual(self, name, address, port):
        return f'<ltm xmlns="{self.namespace}"><virtual><name>/Common/{name}</name><destination>{address}:{port}' \
               f'</destination><pool>/Common/web</pool></virtual></ltm>'

    filter = f'<ltm xmlns="{namespace}"/>'

    def state(self, data):
        """By address:port: the family's word, and the connections."""
        n = "{%s}" % self.namespace
        found = {}
        for member in data.iter(n + "members"):
            status = member.find(n + "status")
            word = status.findtext(n + "monitor-status")
            if status.findtext(n + "session-status") == "user-disabled" and word == "up":
                word = "draining"
            found[f"{member.findtext(n + 'address')}:{member.findtext(n + 'port')}"] = (
                word, int(status.findtext(n + "current-connections")), int(status.findtext(n + "total-requests")))
        return found

    up, down, checking, draining = "up", "down", "checking", "draining"


class Citrix:
    word = "citrix"
    namespace = "urn:headgate:yang:adc-citrix-lb"
    module = "adc-citrix-lb"
    binding = "servicegroup-servicegroupmember-binding"

    @staticmethod
    def startup(virtual_port, backends, address="127.0.0.1"):
        return {"adc-citrix-lb:lb": {
            "lbmonitor": [{"monitorname": "h", "type": "HTTP", "interval": 1, "resptimeout": 1, "retries": 2,
                           "httprequest": "GET /health"}],
            "servicegroup": [{"servicegroupname": "web", "servicetype": "HTTP",
                              "servicegroup-lbmonitor-binding": [{"monitor-name": "h"}],
                              Citrix.binding: [{"ip": b.address, "port": b.port} for b in backends]}],
            "lbvserver": [{"name": "vs", "servicetype": "HTTP", "ipv46": address, "port": virtual_port,
                           "lbmethod": "ROUNDROBIN",
                           "lbvserver-servicegroup-binding": [{"servicegroupname": "web"}]}]}}

    @staticmethod
    def member(b, content="", operation="", ip=None):
        return (f'<lb xmlns="{Citrix.namespace}"><servicegroup><servicegroupname>web</servicegroupname>'
                f'<{Citrix.binding} {operation}><ip>{ip or b.address}</ip><port>{b.port}</port>{content}'
                f'</{Citrix.binding}></servicegroup></lb>')

    def add(self, b, weight=1):
        return self.member(b, f"<weight>{weight}</weight>", 'nc:operation="create"')

    def weigh(self, b, weight):
        return self.member(b, f"<weight>{weight}</weight>")

    def drain(self, b):
        return self.member(b, "<state>DISABLED</state><graceful>YES</graceful><delay>60</delay>")

    def undrain(self, b):
        return self.member(b, '<state>ENABLED</state><graceful nc:operation="remove"/><delay nc:operation="remove"/>')

    def remove(self, b):
        return self.member(b, "", 'nc:operation="delete"')

    members = ".1.3.6.1.4.1.5951.4.1.2.7.1"
    traps = {"down": ".1.3.6.1.4.1.5951.1.1.0.8", "up": ".1.3.6.1.4.1.5951.1.1.0.9"}

    @staticmethod
    def row(b):
        name, member = "web", f"web?{b.address}?{b.port}"
        return "".join(f".{n}" for n in (len(name), *name.encode(), len(member), *member.encode()))

    def seen(self, address, b, **how):
        row = self.row(b)
        found = ask_snmp("snmpget", address, *(f"{self.members}.{column}{row}" for column in (6, 10, 13)), **how)
        state, now, ever = (value.split(": ")[-1] for value in found.values())
        words = {"7": "UP", "1": "DOWN", "2": "UNKNOWN", "4": "OUT OF SERVICE", "5": "TROFS"}
        return words.get(state, found), int(now), int(ever)

    def refused(self, b):
        return self.member(b, "", ip="fe80::1%nosuch"), "Invalid addr"

    def virtual(self, name, address, port):
        return (f'<lb xmlns="{self.namespace}"><lbvserver><name>{name}</name><servicetype>HTTP</servicetype>'
                f'<ipv46>{address}</ipv46><port>{port}</port><lbvserver-servicegroup-binding><servicegroupname>web'
                f'</servicegroupname></lbvserver-servicegroup-binding></lbvserver></lb>')

    filter = f'<lb xmlns="{namespace}"/>'

    def state(self, data):
        n = "{%s}" % self.namespace
        return {f"{m.findtext(n + 'ip')}:{m.findtext(n + 'port')}": (
            m.findtext(n + "svrstate"), int(m.findtext(n + "establishedconn")), int(m.findtext(n + "totalrequests")))
            for m in data.iter(n + self.binding)}

    up, down, checking, draining = "UP", "DOWN", "UNKNOWN", "TROFS"


class Appliance:
    """A headgate-appliance of a family, with its folder, keys and port."""

    def __init__(self, family, backends, options=()):
        self.family = family
        self.folder = tempfile.TemporaryDirectory(prefix="hga-")
        self.dir = pathlib.Path(self.folder.name)
        self.secrets = snmp_secrets(self.dir)
        self.virtual_port = free_port("127.0.0.1")
        for key in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.dir / key], check=True)
        (self.dir / "startup.json").write_text(json.dumps(family.startup(self.virtual_port, backends)))
        self.options = [str(word).format(community=self.secrets[0], usm=self.secrets[1]) for word in options]
        self.process = None
        self.start()

    def start(self):
        self.log = open(self.dir / "log", "a", encoding="utf-8")
        self.process = subprocess.Popen(
            [PROGRAM, "--name", self.family.word, "--family", self.family.word, "--listen", "127.0.0.1:0", "--host-key",
             self.dir / "host", "--user", f"headgate={self.dir / 'user.pub'}", "--state", self.dir / "state", "--startup",
             self.dir / "startup.json", "--check-interval", "200", "--unix", self.dir / "netconf.sock", *self.options],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("ready"):
            raise AssertionError("the appliance did not start: " + (self.dir / "log").read_text())
        self.port = int(line.split("ssh=127.0.0.1:")[1].split()[0])
        self.snmp = line.split("snmp=")[1].split()[0] if "snmp=" in line else None

    def stop(self, number=signal.SIGTERM):
        """The exit status."""
        self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        self.process.stdout.close()
        self.log.close()
        return status

    def close(self):
        status = self.stop() if self.process.poll() is None else self.process.returncode
        self.folder.cleanup()
        return status

    @contextlib.contextmanager
    def session(self, timeout=PATIENCE):
        session = manager.connect(host="127.0.0.1", port=self.port, username="headgate", key_filename=str(self.dir / "user"),
                                  hostkey_verify=False, allow_agent=False, look_for_keys=False, timeout=timeout)
        try:
            yield session
        finally:
            with contextlib.suppress(Exception):
                session.close_session()

    def ask(self, command):
        with socket.socket(socket.AF_UNIX) as talk:
            talk.settimeout(5)
            talk.connect(str(self.dir / "state/haproxy.sock"))
            talk.sendall(command.encode() + b"\n")
            answer = b""
            while chunk := talk.recv(65536):
                answer += chunk
        return answer.decode()

    def servers(self):
        """HAProxy's own figures by address:port."""
        rows = csv.DictReader(io.StringIO(self.ask("show stat -1 4 -1").lstrip("# ")))
        return {row["addr"]: row for row in rows if row.get("addr")}

    def haproxy(self):
        for line in self.ask("show info").splitlines():
            if line.startswith("Pid:"):
                return int(line.split()[1])
        return None

    def fetch(self, path="/", port=None):
        with urllib.request.urlopen(f"http://127.0.0.1:{port or self.virtual_port}{path}", timeout=30) as answer:
            return answer.read().decode()

    def state(self, session):
        data = ET.fromstring(session.get(("subtree", self.family.filter)).data_xml)
        return self.family.state(data)


def together(one, other):
    """Two edits of the same pool as one: the members of both, in their order."""
    head = os.path.commonprefix([one, other])
    head = one[:head.rindex("</") + head[head.rindex("</"):].index(">") + 1]  # the pool's name is the last whole element
    tail = one[one.rindex("</", 0, one.rindex("</")):]  # the ends of the pool and of what holds it
    return one.removesuffix(tail) + other.removeprefix(head)


def edit(session, content, target="candidate", **more):
    session.edit_config(target=target, config=f'<config xmlns="{NC}" xmlns:nc="{NC}">{content}</config>', **more)


def rpc(session, text):
    from ncclient.xml_ import to_ele
    return session.dispatch(to_ele(text))


def inject(session, operation, effect, **more):
    leaves = "".join(f"<{name.replace('_', '-')}>{value}</{name.replace('_', '-')}>" for name, value in more.items())
    rpc(session, f'<inject-fault xmlns="urn:headgate:yang:lab-fault"><operation>{operation}</operation>'
                 f"<effect>{effect}</effect>{leaves}</inject-fault>")


def running(session):
    return session.get_config("running").data_xml


class OnBoth:
    """Each case runs on each family."""
    family = None

    def setUp(self):
        self.one, self.two = Backend("127.0.0.11"), Backend("127.0.0.12")
        self.appliance = Appliance(self.family, [self.one], ["--drain-deadline", "2"])

    def tearDown(self):
        log = (self.appliance.dir / "log").read_text()
        status = self.appliance.close()
        self.one.close()
        self.two.close()
        if "Sanitizer" in log:
            print(log, file=sys.stderr)
        self.assertIn(status, (0, -signal.SIGKILL), log)

    def key(self, backend):
        return f"{backend.address}:{backend.port}"

    def wait_state(self, session, backend, word):
        wait_for(f"{self.key(backend)} {word}", lambda: self.appliance.state(session).get(self.key(backend), [""])[0] == word)

    def add_two(self, session, weight=1):
        edit(session, self.family.add(self.two, weight))
        session.commit()
        self.wait_state(session, self.two, self.family.up)

    def commit_by_hand(self, session, content):
        edit(session, content)
        session.commit()

    def told(self, watcher, kind, **leaves):
        """The next notification of that kind with these leaves (None: not there), as a dict of its leaves."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            one = watcher.take_notification(timeout=1)
            if one is None or one.notification_ele[-1].tag != "{%s}%s" % (NCN, kind):
                continue
            found = {leaf.tag.split("}")[1]: (leaf.text or "").strip() for leaf in one.notification_ele[-1].iter()}
            if all(found.get(name) == value for name, value in leaves.items()):
                return found
        raise AssertionError(f"nobody told of {kind} {leaves}")


def on_both(*bases):
    """Each class of cases for each family, by name."""
    return {f"{base.__name__}On{family.__name__}": type(f"{base.__name__}On{family.__name__}", (base, unittest.TestCase),
                                                        {"family": family()})
            for base in bases for family in (F5, Citrix)}
