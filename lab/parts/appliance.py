"""A virtual appliance: headgate-appliance with its own HAProxy, configured by a startup file in its family's model."""
import csv
import io
import json
import socket
import subprocess

from .process import LabError, wait_for
from .server import HTTP_PORT, SNMP_PORT

NETCONF_PORT = 8830
VIRTUAL_PORT = 8080
# One family by SNMPv2c, with traps, the other by SNMPv3, with informs: names of the manager's credentials.
SNMP_CREDENTIAL = {"f5": "lab-v2c", "citrix": "lab-v3"}
SHOP_PORT = 8081
POOL = {"f5": "/Common/web", "citrix": "web"}
SHOP = {"f5": "/Common/shop", "citrix": "shop"}  # empty, until an operator (README.md) or shop.py gives it to Headgate


def f5_startup(address, members):
    return {"adc-f5-ltm:ltm": {
        "monitor": [{"name": "/Common/web-health", "type": "http", "interval": 1, "timeout": 3,
                     "send": "GET /health HTTP/1.0\\r\\n\\r\\n", "receive": "ok"}],
        "pool": [{"name": POOL["f5"], "monitor": "/Common/web-health", "slow-ramp-time": 0,
                  "members": [{"name": f"/Common/{m.name}:{HTTP_PORT}", "address": m.address, "port": HTTP_PORT}
                              for m in members]},
                 {"name": SHOP["f5"], "monitor": "/Common/web-health", "slow-ramp-time": 0}],
        "virtual": [{"name": "/Common/web", "destination": f"{address}:{VIRTUAL_PORT}", "pool": POOL["f5"]},
                    {"name": "/Common/shop", "destination": f"{address}:{SHOP_PORT}", "pool": SHOP["f5"]}]}}


def citrix_startup(address, members):
    return {"adc-citrix-lb:lb": {
        "lbmonitor": [{"monitorname": "web-health", "type": "HTTP", "interval": 1, "resptimeout": 1, "retries": 2,
                       "httprequest": "GET /health", "respcode": [200]}],
        "servicegroup": [{"servicegroupname": POOL["citrix"], "servicetype": "HTTP",
                          "servicegroup-lbmonitor-binding": [{"monitor-name": "web-health"}],
                          "servicegroup-servicegroupmember-binding": [{"ip": m.address, "port": HTTP_PORT}
                                                                      for m in members]},
                         {"servicegroupname": SHOP["citrix"], "servicetype": "HTTP",
                          "servicegroup-lbmonitor-binding": [{"monitor-name": "web-health"}]}],
        "lbvserver": [{"name": name, "servicetype": "HTTP", "ipv46": address, "port": port, "lbmethod": "ROUNDROBIN",
                       "lbvserver-servicegroup-binding": [{"servicegroupname": group["citrix"]}]}
                      for name, port, group in (("web", VIRTUAL_PORT, POOL), ("shop", SHOP_PORT, SHOP))]}}


STARTUP = {"f5": f5_startup, "citrix": citrix_startup}


class Appliance:
    def __init__(self, lab, name, family, number):
        self.lab, self.name, self.family = lab, name, family
        self.address = lab.topology.address(number)
        self.dir = lab.folder(name)
        self.virtual = f"http://{self.address}:{VIRTUAL_PORT}/"
        self.virtuals = {"web": self.virtual, "shop": f"http://{self.address}:{SHOP_PORT}/"}
        self.socket = self.dir / "state/haproxy.sock"
        self.snmp = {"address": self.address, "port": SNMP_PORT, "credential": SNMP_CREDENTIAL[family]}
        self.pair = None
        self.options = ()  # further ones of headgate-appliance, from the next start on

    def join(self, pair, state):
        """It becomes one of a high-availability pair; what it was told last there outlives a restart."""
        self.pair = pair
        self._ha_state = self.dir / "ha-state"
        if not self._ha_state.exists():
            self._ha_state.write_text(state)

    @property
    def ha_state(self):
        return self._ha_state.read_text() if self.pair else "alone"

    def set_ha_state(self, state, away=False):
        """RPC set-ha-state of lab-fault: of this one; a failover tells both. One that is away starts with it."""
        if not away:
            self._client("ha-state", state)
        self._ha_state.write_text(state)

    def prepare(self, members):
        """Keys and the first startup configuration; a restart finds them again."""
        self.host_key = self.lab.host_key(self.name, f"[{self.address}]:{NETCONF_PORT}")
        (self.dir / "startup.json").write_text(json.dumps(STARTUP[self.family](self.address, members), indent=2) + "\n")

    def start(self):
        self.lab.start(self.name, self.name, [
            self.lab.program("headgate-appliance"), "--name", self.name, "--family", self.family,
            "--data-plane", "haproxy", "--listen", f"{self.address}:{NETCONF_PORT}",
            "--host-key", self.dir / "host_key", "--user", f"headgate={self.lab.public_key}",
            "--state", self.dir / "state", "--startup", self.dir / "startup.json", "--check-interval", "500",
            "--snmp", f"{self.address}:{SNMP_PORT}", "--snmp-trap", self.lab.notifications, *self._snmp_secret(),
            *self._pair_options(), *self.options],
            self.dir / "log")

    def _pair_options(self):
        """With its log at debug it can be proved who called what on whom."""
        return () if not self.pair else ("--ha-state", self.ha_state, "--log-level", "debug",
                                         "--user", f"sync={self.lab.key('sync_key')}.pub")

    def calls(self, user):
        """The names of the operations that this user called, in order: of an appliance in a pair."""
        lines = (self.dir / "log").read_text(errors="replace").splitlines()
        words = [dict(w.partition("=")[::2] for w in line.split()) for line in lines if " called " in line]
        return [w["operation"] for w in words if w.get("user") == user]

    def _snmp_secret(self):
        secrets = self.lab.secrets
        if self.snmp["credential"] == "lab-v2c":
            return "--snmp-community", self.lab.secret(f"{self.name}/community", secrets["community"] + "\n")
        return "--snmp-user", f"{secrets['user']}=" + str(
            self.lab.secret(f"{self.name}/usm", f"auth={secrets['auth']}\npriv={secrets['priv']}\n"))

    def wait(self):
        def serves():
            self.lab.processes.check(self.name)
            return self.lab.run("client", ["curl", "-s", "-m", "2", "-o", "/dev/null", self.virtual]).returncode == 0
        wait_for(f"{self.name}'s virtual server at {self.virtual}", serves)
        wait_for(f"{self.name}'s members to be up", lambda: any(m["status"] == "UP" for m in self.members().values()))

    def stop(self):
        self.lab.processes.stop(self.name)

    def ask(self, command):
        """A command to HAProxy's own runtime socket: the data plane itself is the witness."""
        with socket.socket(socket.AF_UNIX) as talk:
            talk.settimeout(5)
            talk.connect(str(self.socket))
            talk.sendall(command.encode() + b"\n")
            answer = b""
            while chunk := talk.recv(65536):
                answer += chunk
        return answer.decode()

    def members(self, pool="web"):
        """Those of its HAProxy's backend, by address:port, from `show stat`: status, requests, current sessions, errors."""
        try:
            table = self.ask("show stat").lstrip("# ")
            servers = self.ask("show servers state")
        except (OSError, LabError):
            return {}
        where = {}
        for line in servers.splitlines()[2:]:
            f = line.split()
            if len(f) > 18:
                where[f[1], f[3]] = f"{f[4]}:{f[18]}"
        found = {}
        for row in csv.DictReader(io.StringIO(table)):
            key = where.get((row["pxname"], row["svname"]))
            if key and row["pxname"] == pool:
                found[key] = {"status": row["status"].split()[0], "requests": int(row["stot"] or 0),
                              "current": int(row["scur"] or 0), "weight": int(row["weight"] or 0),
                              "errors": sum(int(row[c] or 0) for c in ("econ", "eresp", "hrsp_5xx"))}
        return found

    def running(self):
        """The whole running configuration as NETCONF gives it, byte for byte."""
        return self._client().stdout

    def startup(self):
        return self._client("startup").stdout

    def inject(self, operation, effect, message="", count=1):
        """RPC inject-fault of lab-fault: the next `count` operations go wrong in that way."""
        self._client("fault", operation, effect, str(count), message)

    def clear_faults(self):
        self._client("clear-faults")

    def try_locks(self):
        """Locks and unlocks candidate and running; raises when somebody holds one."""
        self._client("try-locks")

    def hold_lock(self):
        """A session that holds the lock of candidate until it is ended; gives its process."""
        child = self.lab.popen("manager", self._client_command("hold-lock"), stdout=subprocess.PIPE)
        if child.stdout.readline().strip() != "locked":
            raise LabError(f"{self.name}: cannot lock candidate")
        return child

    def haproxy_pid(self):
        return int(next(line.split(":")[1] for line in self.ask("show info").splitlines() if line.startswith("Pid:")))

    def _client_command(self, *words):
        return ["/usr/bin/python3", "-B", self.lab.tree / "lab/parts/netconf_client.py", self.address, NETCONF_PORT,
                "headgate", self.lab.private_key, *(words or ("running",))]

    def _client(self, *words):
        done = subprocess.run(self.lab.wrap("manager", self._client_command(*words)), capture_output=True, check=False,
                              timeout=60)
        if done.returncode:
            raise LabError(f"{self.name}: {words or 'get-config'} failed: {done.stderr.decode().strip()[-300:]}")
        return done

    def describe(self):
        return {"name": self.name, "family": self.family,
                "netconf": {"host": self.address, "port": NETCONF_PORT, "user": "headgate",
                            "key": str(self.lab.private_key), "known_hosts": str(self.lab.known_hosts)},
                "snmp": f"{self.address}:{SNMP_PORT}", "virtual": self.virtual, "data_plane": {"kind": "haproxy", "socket": str(self.socket)},
                "pid": self.lab.processes.record(self.name)["pid"]}
