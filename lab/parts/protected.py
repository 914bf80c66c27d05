"""A real server that wants to know who connects, with headgate-agent beside its snmpd: nobody else types its settings."""
import secrets
import signal

from .authority import Authority
from .process import LabError, wait_for
from .server import Server

IN_WORDS = {"password": "a password of whoever checks it", "server-tls": "to be spoken to over TLS, by its name",
            "client-certificate": "a certificate of whoever connects", "token": "a token of whoever checks it"}
WISHES = ("password", "server-tls", "client-certificate", "token")
TLS_PORT = 8443
TOKEN_HEADER = "X-Monitor-Token"
AGENT_MIB = ".1.3.6.1.4.1.32473.7.2"
AUTHENTICATION = AGENT_MIB + ".1.2"        # hgsAuthTable
DATA_SOURCE_WANTED = AGENT_MIB + ".1.1.1.24"

SNMPD = """\
master agentx
agentXSocket unix:{dir}/agentx
view open included .1
view open excluded {authentication}
view open excluded {wanted}
"""

AGENT = """\
application = "web"
version = "nginx, of the lab"
address = "{address}"
port = {port}
protocol = "{scheme}"
weight = 1
health-check = "GET /health"

[probe]
interval = 0.5
timeout = 0.5
use-credentials = {credentials}

[levels]
upper = 800
lower = 300
hold = 1

[measure]
figures = ["connections"]
connections-full-at = 80
interval = 0.5

[authentication]
kind = "{wants}"
"""


class ProtectedServer(Server):
    profile = "by-agent"
    credential = "lab-v3"
    accepts = None  # a password other than the one that it tells
    data_sources = ()

    def __init__(self, lab, name, number, turn, by_itself=False):
        """`by_itself`: somebody else looks after its headgate-agent."""
        self.by_itself = by_itself
        self.wants = WISHES[turn % len(WISHES)]
        self.tls = self.wants in ("server-tls", "client-certificate")
        if self.tls:
            self.scheme, self.port = "https", TLS_PORT
        super().__init__(lab, name, number)
        self.authority = Authority(lab.run_dir / "authority")
        self.server_name = f"{name}.lab.example"

    @property
    def secret(self):
        """What it wants to be told: made once."""
        file = self.dir / "secret"
        if not file.exists():
            self.lab.secret(f"{self.name}/secret", secrets.token_hex(12))
        return file.read_text()

    def refuses_strangers(self):
        """What it answers to whoever asks for its health without what it wants: a status of HTTP, or curl's error."""
        known = ["--cacert", self.authority.certificate, "--connect-to", f"::{self.address}:{self.port}"]
        address = f"http://{self.address}:{self.port}/health" if self.wants == "server-tls" else self.health
        done = self.lab.run("client", ["curl", "-s", "-m", "3", "-o", "/dev/null", "-w", "%{http_code}",
                                       *(known if self.wants == "client-certificate" else ()), address])
        return done.stdout.strip()

    def start(self):
        super().start()
        if not self.by_itself:
            self.start_agent()

    def wait(self):
        super().wait()
        if self.by_itself:
            return
        wait_for(f"{self.name}'s headgate-agent", lambda: self._runs("agent") and "takes us as its subagent" in
                 (self.dir / "agent.log").read_text(errors="replace"))

    def stop(self):
        self.lab.processes.stop(f"{self.name}-agent")
        super().stop()

    def start_agent(self):
        folder = self.dir / "agent"
        folder.mkdir(exist_ok=True)
        (folder / "web.toml").write_text(self.agent_file())
        self.lab.start(f"{self.name}-agent", self.name,
                       [self.lab.program("headgate-agent"), "--config", folder, "--state", self.dir / "agent-state",
                        "--agentx", f"unix:{self.dir}/agentx"], self.dir / "agent.log")

    def change(self, secret=None, old="", new=""):
        """An operator gives it another secret, or another line in its agent's file, and tells its headgate-agent."""
        if secret is not None:
            self.lab.secret(f"{self.name}/secret", secret)
        if self.wants == "password":
            self.lab.secret(f"{self.name}/htpasswd", f"monitor:{{PLAIN}}{self.accepts or self.secret}\n")
        file = self.dir / "agent/web.toml"
        text = self.agent_file()
        if old not in text:
            raise LabError(f"{file} has no line {old}")
        file.write_text(text.replace(old, new))
        seen = self._taken()
        self.lab.processes.signal(f"{self.name}-agent", signal.SIGHUP)
        wait_for(f"{self.name}'s headgate-agent to take its new file", lambda: self._taken() > seen)

    def _taken(self):
        """How often its agent has taken other settings so far."""
        log = (self.dir / "agent.log").read_text(errors="replace")
        return log.count("other settings") + log.count("serving application=")

    def agent_file(self):
        """The one file by which a server is known: secrets are in files of their own."""
        text = AGENT.format(address=self.address, port=self.port, scheme=self.scheme, wants=self.wants,
                            credentials=str(self.wants != "server-tls").lower())
        if self.tls:
            certificate, _ = self.authority.issue(self.server_name, "serverAuth")
            text += (f'server-name = "{self.server_name}"\ntrust-anchor = "{self.authority.certificate}"\n'
                     f'server-certificate = "{certificate}"\n')
        if self.wants == "client-certificate":
            certificate, key = self.authority.issue("load-balancers.lab.example", "clientAuth")
            text += f'certificate = "{certificate}"\nkey-file = "{key}"\n'
        if self.wants == "password":
            text += f'user = "monitor"\nrealm = "status"\nsecret-file = "{self._secret_file()}"\n'
        if self.data_sources:
            names = ", ".join(f'"{name}"' for name in self.data_sources)
            sources = (f'\n[data-source]\nnames = [{names}]\ncurrent = "{self.data_sources[0]}"\n'
                       f'hook = ["{self.dir}/use-data-source"]\ntimeout = 5\n')
        else:
            sources = ""
        if self.wants == "token":
            text += f'header = "{TOKEN_HEADER}"\nsecret-file = "{self._secret_file()}"\n'
        return text + sources

    def nginx_words(self):
        words = super().nginx_words()
        if self.wants == "password":
            self.lab.secret(f"{self.name}/htpasswd", f"monitor:{{PLAIN}}{self.secret}\n")
            words["health"] = f'auth_basic "status"; auth_basic_user_file {self.dir}/htpasswd;\n            '
            # A file: whoever returns a text is asked for no password (that comes in a later phase of nginx).
            words["answer"] = "try_files /health.txt =404;"
            (self.dir / "www/health.txt").write_text("ok\n")
        if self.wants == "token":
            variable = "$http_" + TOKEN_HEADER.lower().replace("-", "_")
            words["health"] = f'if ({variable} != "{self.secret}") {{ return 401; }}\n            '
        if self.tls:
            certificate, key = self.authority.issue(self.server_name, "serverAuth")
            words["listen"] = "ssl "
            words["server"] = f"ssl_certificate {certificate}; ssl_certificate_key {key};\n        "
        if self.wants == "client-certificate":
            words["server"] += f"ssl_client_certificate {self.authority.certificate}; ssl_verify_client on;\n        "
        return words

    def snmpd_words(self):
        return {"view": " -V open", "agent": SNMPD.format(dir=self.dir, authentication=AUTHENTICATION,
                                                          wanted=DATA_SOURCE_WANTED)}

    @property
    def health(self):
        return f"https://{self.server_name}:{self.port}/health" if self.tls else super().health

    def curl(self):
        options = []
        if self.tls:
            options += ["--cacert", self.authority.certificate, "--connect-to", f"::{self.address}:{self.port}"]
        if self.wants == "client-certificate":
            certificate, key = self.authority.issue("load-balancers.lab.example", "clientAuth")
            options += ["--cert", certificate, "--key", key]
        if self.wants in ("password", "token"):
            # Not in the argument list: everybody may read that.
            word = f'user = "monitor:{self.secret}"' if self.wants == "password" else f'header = "{TOKEN_HEADER}: {self.secret}"'
            options += ["--config", self.lab.secret(f"{self.name}/curl", word + "\n")]
        return options

    def _secret_file(self):
        return self.lab.secret(f"{self.name}/secret", self.secret)
