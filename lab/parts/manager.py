"""headgated in the lab: its configuration, its start, and the headgate command."""
import json
import subprocess

from .appliance import NETCONF_PORT, POOL
from .authority import Authority
from .nms import Snmpd
from .process import LabError, wait_for
from .server import CONNECTIONS_OID, HTTP_PORT, SNMP_PORT
from .topology import HOSTS

# A server is full at 64 of these: the load that the stories make is counted in connections, not in CPU.
CONNECTION_LIMIT = 80
USER = "operator"  # of Headgate's own NETCONF server: may do everything
GUEST = "guest"  # the same key, and no rule of access control: sees all but secrets, and changes nothing
ACCESS = {"groups": {"group": [{"name": "operators", "user-name": [USER]}]},
          "rule-list": [{"name": "operators", "group": ["operators"], "rule": [{"name": "everything", "action": "permit"}]}]}
TLS_PORT = 6513
POLICY = {"upper": 800, "lower": 300, "tolerance": 50, "grow-after": "2.0", "shrink-after": "5.0",
          "grow-cooldown": "3.0", "shrink-cooldown": "4.0", "minimum": 1, "maximum": 8, "confirm-window": "30.0",
          "verify-deadline": "12.0", "drain-deadline": "10.0", "lock-wait": "3.0", "quarantine": "600.0"}


class Manager:
    def __init__(self, lab):
        self.lab, self.name = lab, "manager"
        self.dir = lab.folder("manager")
        self.socket = self.dir / "netconf.sock"
        self.config = self.dir / "headgate.json"
        self.address = lab.topology.address(HOSTS["manager"])
        self.authority = Authority(lab.run_dir / "authority")
        self.snmpd = Snmpd(lab, "manager", self.address)

    def prepare(self, members):
        secrets = self.lab.secrets
        self._secret("community", secrets["community"] + "\n")
        self._secret("usm", f"auth={secrets['auth']}\npriv={secrets['priv']}\n")
        self.snmpd.prepare()
        address, port = self.lab.notifications.rsplit(":", 1)
        host_key = self.lab.host_key("manager", f"[{self.address}]:{NETCONF_PORT}")
        users = {getattr(a, "user", "headgate") for a in self.lab.appliances}
        config = {"ietf-netconf-acm:nacm": ACCESS, "headgate:headgate": {
            "notifications": {"listen-address": address, "listen-port": int(port), "user": ["lab-v3"]},
            "snmp-agent": {"enabled": True, "master": self.snmpd.master},
            "netconf-server": {"ssh": [{
                "name": "lab", "listen-address": self.address, "listen-port": NETCONF_PORT, "host-key-file": str(host_key),
                "user": [{"name": user, "authorized-keys-file": str(self.lab.public_key)} for user in (USER, GUEST)]}],
                "tls": [{"name": "lab", "listen-address": self.address, "listen-port": TLS_PORT, **self.tls_access()}]},
            "credential": [
                {"name": "lab-v2c", "kind": "snmp-v2c", "secret-file": "community"},
                {"name": "lab-v3", "kind": "snmp-v3", "user": secrets["user"], "secret-file": "usm"},
                *({"name": f"lab-ssh-{user}", "kind": "ssh", "user": user, "secret-file": str(self.lab.private_key)}
                  for user in sorted(users))],
            "application": [{"name": "web", "process": "nginx", "port": HTTP_PORT, "protocol": "http"}],
            "profile": [{"name": "web-server", "combination": "greatest", "metric": [
                {"name": "connections", "limit": f"{CONNECTION_LIMIT}.0"},
                {"name": "sessions", "oid": CONNECTIONS_OID.lstrip(".") + ".0", "limit": f"{CONNECTION_LIMIT}.0"}]},
                # Whoever is beside the application knows its limits: nothing has to be told here.
                {"name": "by-agent", "metric": [{"name": "utilisation"}]}],
            "server": [self.entry(s, 100 + i) for i, s in enumerate(self.lab.servers)],
            "appliance": [{"name": a.name, "family": a.family, "host": a.address, "port": NETCONF_PORT,
                           "credential": f"lab-ssh-{getattr(a, 'user', 'headgate')}",
                           "known-hosts-file": str(self.lab.known_hosts),
                           "heartbeat": "1.0", "rpc-timeout": "8.0", **({"snmp": a.snmp} if a.snmp else {}),
                           **({"pair": a.pair} if a.pair else {})} for a in self.lab.appliances],
            "pool": [{"name": "web", "application": "web", "policy": POLICY,
                      "appliance": [{"name": a.name, "object": POOL[a.family]} for a in self.lab.appliances],
                      "member": [{"server": m.name, "connection": {"address": m.address, "port": HTTP_PORT}}
                                 for m in members]}]}}
        self.config.write_text(json.dumps(config, indent=2) + "\n")

    def tls_access(self):
        """Who is let in over TLS: the operator and the guest, each by a certificate of the lab's authority."""
        certificate, key = self.authority.issue("headgate.lab.example", "serverAuth", self.address)
        names = [{"id": 10 * (i + 1), "fingerprint": self.authority.fingerprint(self.client_certificate(user)[0]),
                  "map-type": "specified", "name": user} for i, user in enumerate((USER, GUEST))]
        return {"certificate-file": str(certificate), "key-file": str(key), "client-ca-file": str(self.authority.certificate),
                "cert-to-name": names}

    def client_certificate(self, user=USER):
        return self.authority.issue(f"{user}.lab.example", "clientAuth")

    @staticmethod
    def entry(server, priority):
        """What an operator writes of a server: no connection, no authentication settings."""
        return {"name": server.name, "address": server.address, "profile": server.profile, "application": ["web"],
                "priority": priority,
                "snmp": {"address": server.address, "port": SNMP_PORT, "poll-interval": "1.0",
                         "credential": server.credential}}

    def start(self):
        self.snmpd.start()
        self.lab.start("manager", "manager", [self.lab.program("headgated"), "--config", self.config,
                                              "--state", self.dir / "state", "--socket", self.socket], self.dir / "log")

    def wait(self):
        def ready():
            self.lab.processes.check("manager")
            try:
                found = self.ask("appliances")
            except LabError:
                return False
            return len(found) == len(self.lab.appliances) and all(a.get("connected") for a in found)
        wait_for("headgated to be connected with every appliance", ready, 30)

    def stop(self):
        # It finishes the transaction in flight first.
        self.lab.processes.stop("manager", patience=60)

    def command(self, *words):
        return [str(self.lab.program("headgate")), "--socket", str(self.socket), *words]

    def ask(self, *words):
        """`headgate WORDS --json`, parsed."""
        done = subprocess.run(self.command(*words, "--json"), capture_output=True, text=True, check=False, timeout=60)
        if done.returncode:
            raise LabError(f"headgate {' '.join(words)}: {done.stderr.strip()} (exit {done.returncode})")
        return json.loads(done.stdout)

    def show(self, *words):
        done = subprocess.run(self.command(*words), capture_output=True, text=True, check=False, timeout=60)
        return done.stdout + done.stderr

    def do(self, *words):
        """Runs the operator's command to its end; gives exit code and what it said."""
        done = subprocess.run(self.command(*words), capture_output=True, text=True, check=False, timeout=120)
        return done.returncode, (done.stdout + done.stderr).strip()

    def alarms(self):
        """Its alarm-list, as an NMS reads it over NETCONF (RFC 8632): the leaves of each alarm."""
        done = self.lab.run("manager", ["/usr/bin/python3", "-B", self.lab.tree / "lab/parts/netconf_client.py", self.address,
                                        NETCONF_PORT, USER, self.lab.private_key, "alarms"], timeout=60)
        if done.returncode:
            raise LabError(f"the alarm-list: {done.stderr.strip()[-300:]}")
        return json.loads(done.stdout)

    def configuration(self):
        code, said = self.do("config", "show")
        if code:
            raise LabError(f"headgate config show: {said}")
        return json.loads(said)

    def load(self, configuration):
        """`headgate config load` of it."""
        file = self.dir / "changed.json"
        file.write_text(json.dumps(configuration, indent=2) + "\n")
        return self.do("config", "load", str(file))

    def recorded(self, server):
        """The pool's member as the running datastore has it; None when it is none."""
        pool = self.configuration()["headgate:headgate"]["pool"][0]
        return next((m for m in pool.get("member", []) if m["server"] == server.name), None)

    def files(self):
        """Everything that headgated has written: its state, with the database, and its log."""
        return [self.dir / "log", *(f for f in (self.dir / "state").rglob("*") if f.is_file())]

    def describe(self):
        certificate, key = self.client_certificate()
        return {"netconf_unix": str(self.socket),
                "netconf_ssh": {"host": self.address, "port": NETCONF_PORT, "user": USER, "key": str(self.lab.private_key),
                                "known_hosts": str(self.lab.known_hosts)},
                "netconf_tls": {"host": self.address, "port": TLS_PORT, "user": USER, "key": str(key), "cert": str(certificate),
                                "ca": str(self.authority.certificate)},
                "notifications": self.lab.notifications, "snmp": self.snmpd.place, "config": str(self.config),
                "pid": self.lab.processes.record("manager")["pid"]}

    def _secret(self, name, text):
        file = self.dir / name
        file.touch(mode=0o600)
        file.write_text(text)
