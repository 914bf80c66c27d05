"""What the live test of headgate-agent stands on: a real snmpd with the example's configuration, the agent beside it, and
an application with connections that stay."""
import base64
import contextlib
import http.server
import os
import pathlib
import pwd
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time

from patience import PATIENCE, wait_for
from snmp_parts import AUTH, COMMUNITY, PRIV, USER, Traps, free_port

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("HEADGATE_BUILD_DIR", ROOT / "build/dev"))
AGENT = BUILD / "src/headgate-agent"
EXAMPLE = ROOT / "src/agent/snmpd.conf.example"
PLANTED = "hunter2-planted"

MODULE = ".1.3.6.1.4.1.32473.7.2"
APPLICATIONS, SECRETS = f"{MODULE}.1.1.1", f"{MODULE}.1.2.1"
SHOP = ".4.115.104.111.112.0"
STATE, REASON, UTILISATION, LEVEL, BINDING, CONNECTIONS = (f"{APPLICATIONS}.{n}{SHOP}" for n in (13, 14, 15, 18, 19, 20))
REVISION, SOURCE, WANTED, SOURCE_STATE, SOURCE_REASON = (f"{APPLICATIONS}.{n}{SHOP}" for n in (22, 23, 24, 25, 26))
SECRET = f"{SECRETS}.9{SHOP}"
UP, DOWN, RISEN, FALLEN, CHANGED = (f"{MODULE}.0.{n}" for n in (1, 2, 3, 4, 5))

HOW = {
    "v2c": ["-v2c", "-c", COMMUNITY],
    "authNoPriv": ["-v3", "-u", USER, "-l", "authNoPriv", "-a", "SHA-256", "-A", AUTH],
    "authPriv": ["-v3", "-u", USER, "-l", "authPriv", "-a", "SHA-256", "-A", AUTH, "-x", "AES", "-X", PRIV],
    "noAuthNoPriv": ["-v3", "-u", USER, "-l", "noAuthNoPriv"],
    "another community": ["-v2c", "-c", "public"],
}


class Application:
    """A web server: GET / keeps its connection, /health tells whether it is well; with a password."""

    def __init__(self, address, port=0):
        outer = self
        self.healthy = True
        self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.asked.append(self.headers.get("Authorization"))
                good = outer.healthy and self.headers.get("Authorization") == \
                    "Basic " + base64.b64encode(f"monitor:{PLANTED}".encode()).decode()
                self.send_response(200 if good else 401 if outer.healthy else 503)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Listener(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64
            allow_reuse_address = True

        self.server = Listener((address, port), Handler)
        self.server.handle_error = lambda *_: None
        self.address, self.port = self.server.server_address
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @contextlib.contextmanager
    def held(self, number):
        """So many connections that stay."""
        with contextlib.ExitStack() as stack:
            for _ in range(number):
                stack.enter_context(socket.create_connection((self.address, self.port)))
            yield

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class House:
    """A server of its own address: snmpd, headgate-agent, an application, and who hears the notifications."""

    def __init__(self, address):
        self.address = address
        self.folder = tempfile.TemporaryDirectory(prefix="hga-")
        self.dir = pathlib.Path(self.folder.name)
        self.dir.chmod(0o755)
        for name in ("config", "state", "snmp"):
            (self.dir / name).mkdir()
        self.user = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        entry = pwd.getpwnam(self.user)
        self.uid, self.gid = entry.pw_uid, entry.pw_gid
        for name in ("config", "state"):
            os.chown(self.dir / name, self.uid, self.gid)
        self.traps = Traps(address, form="%P|")
        self.application = Application(address)
        self.snmp = f"{address}:{free_port(address, socket.SOCK_DGRAM)}"
        self.master = f"unix:{self.dir}/agentx/master"
        self.snmpd = self.agent = None
        self.secret(PLANTED)

    def close(self):
        self.stop_agent()
        self.stop_snmpd()
        self.traps.close()
        self.application.close()
        self.folder.cleanup()

    # -- snmpd, with the example's configuration

    def configuration(self):
        text = EXAMPLE.read_text()
        for old, new in (("udp:161", f"udp:{self.snmp}"), ("unix:/var/agentx/master", self.master),
                         ("Debian-snmp Debian-snmp", f"{self.uid} {self.gid}"), ("MANAGER-NETWORK", "127.0.0.0/8"),
                         ("MANAGER:162", self.traps.address), ("COMMUNITY", COMMUNITY), ("AUTH-PASSWORD", AUTH),
                         ("PRIV-PASSWORD", PRIV)):
            assert old in text, old
            text = text.replace(old, new)
        return re.sub(r"\bheadgate\b(?!-)", USER, text) + f"[snmp] clientaddr {self.address}\n"

    def start_snmpd(self):
        path = self.dir / "snmpd.conf"
        path.touch(mode=0o600)
        path.write_text(self.configuration())
        self.snmpd = subprocess.Popen(
            ["/usr/sbin/snmpd", "-f", "-Lo", "-C", "-c", path, "-I", "-smux,mteTrigger,mteTriggerConf", "-p",
             self.dir / "snmpd.pid"], stdout=open(self.dir / "snmpd.log", "ab"), stderr=subprocess.STDOUT,
            env={**os.environ, "MIBS": "", "SNMP_PERSISTENT_DIR": str(self.dir / "snmp")})
        wait_for("snmpd", lambda: self.ask("snmpget", "v2c", ".1.3.6.1.2.1.1.3.0", patient=False))

    def stop_snmpd(self):
        self.snmpd = self._end(self.snmpd)

    # -- the agent

    def secret(self, text):
        path = self.dir / "config/password"
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(text + "\n")
        os.chown(path, self.uid, self.gid)

    def configure(self, sections="", name="shop.toml", **keys):
        """The least file of the application, with other keys or sections."""
        keys = {"application": '"shop"', "version": '"1"', "address": f'"{self.address}"', "port": self.application.port,
                "protocol": '"http"', **{key.replace("_", "-"): value for key, value in keys.items()}}
        head = "".join(f"{key} = {value}\n" for key, value in keys.items())
        sections = sections or f"""
[probe]
kind = "http"
path = "/health"
use-credentials = true
interval = 0.1
timeout = 0.1
[levels]
hold = 0.2
[measure]
interval = 0.1
figures = ["connections"]
connections-full-at = 10
[authentication]
kind = "password"
user = "monitor"
secret-file = "password"
[data-source]
names = ["db-a", "db-b", "slow", "bad"]
current = "db-a"
hook = ["/bin/sh", "-c", "case $0 in slow) exec sleep 60;; bad) echo it does not know us; exit 3;; esac; echo $0 > {self.dir}/state/hooked"]
timeout = 1
"""
        (self.dir / "config" / name).write_text(head + sections)

    def command(self, *words):
        return [AGENT, "--config", self.dir / "config", "--state", self.dir / "state", "--agentx", self.master, *words]

    def as_nobody(self):
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if os.getuid() == 0 else {}

    def run_agent(self, *words):
        return subprocess.run(self.command(*words), capture_output=True, text=True, timeout=PATIENCE, cwd="/",
                              **self.as_nobody())

    def start_agent(self, wait=True, log_level="debug"):
        self.agent = subprocess.Popen(self.command("--log-level", log_level), stdout=subprocess.DEVNULL,
                                      stderr=open(self.dir / "agent.log", "ab"), cwd="/",
                                      env={"PATH": "/usr/bin", "SNMP_PERSISTENT_DIR": str(self.dir / "persistent"),
                                           "HOME": str(self.dir / "home")}, **self.as_nobody())
        if wait:
            self.wait("served", lambda: "No Such" not in self.get(STATE))

    def stop_agent(self):
        self.agent = self._end(self.agent)

    def reload(self):
        before = self.log().count("reading the configuration again")
        self.agent.send_signal(signal.SIGHUP)
        self.wait("reloaded", lambda: self.log().count("reading the configuration again") > before)

    def log(self):
        return (self.dir / "agent.log").read_text()

    # -- questions

    def ask(self, tool, level, *names, words=(), patient=True):
        """What the tool prints, its errors too; None when snmpd does not answer."""
        done = subprocess.run([tool, *HOW[level], "-t", "2" if patient else "0.3", "-r", "2" if patient else "0", "-On",
                               "-Oe", *words, self.snmp, *names], capture_output=True, text=True, check=False, timeout=60,
                              env={**os.environ, "MIBS": "", "SNMP_PERSISTENT_DIR": str(self.dir / "tools")})
        text = done.stdout + done.stderr
        return None if "Timeout" in text else text

    def get(self, name, level="authPriv"):
        """TYPE: VALUE"""
        return (self.ask("snmpget", level, name) or "no answer").strip().partition(" = ")[2]

    def number(self, name):
        return int(re.sub(r"[^0-9]", "", self.get(name).partition(": ")[2]) or -1)

    def octets(self, *names):
        """The octets of each of these, asked for in one question."""
        text = self.ask("snmpget", "authPriv", *names, words=("-Oqx", "-OU"))
        values = re.split(r"(?m)^\.1[.0-9]+ ", text)[1:]
        return [bytes.fromhex(value.replace('"', "").replace("\n", " ")) for value in values]

    def set(self, name, level="authPriv"):
        return self.ask("snmpset", level, WANTED, "s", name)

    def walk(self, level, start=".1.3.6.1.4.1.32473", bulk=False):
        text = self.ask("snmpbulkwalk" if bulk else "snmpwalk", level, start, patient="another" not in level) or ""
        return [line.partition(" = ")[0] for line in text.splitlines()
                if line.startswith(".1.") and not re.search("= No (Such|more)", line)]

    def wait(self, what, question):
        return wait_for(what, lambda: self._alive() and question())

    def told(self, trap):
        """Every time this was heard: (as trap, as inform)."""
        lines = self.traps.heard(trap + "|")
        return ([line for line in lines if line.startswith("TRAP2, SNMP v2c")],
                [line for line in lines if line.startswith("INFORM, SNMP v3")])

    def _alive(self):
        for name in ("snmpd", "agent"):
            process = getattr(self, name)
            if process is not None and process.poll() is not None:
                raise AssertionError(f"{name} ended with {process.returncode}: " +
                                     (self.dir / f"{name}.log").read_text()[-2000:])
        return True

    @staticmethod
    def _end(process):
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
                process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(PATIENCE)


def seconds(question):
    """How long it took until it was true."""
    began = time.monotonic()
    question()
    return time.monotonic() - began
