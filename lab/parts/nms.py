"""What a network management system finds at the manager: an snmpd, whose subagent headgated is."""
import pathlib
import shutil

from .process import wait_for

PORT = 1161
TREE = pathlib.Path(__file__).resolve().parents[2]
# With the base modules (lab/setup --npm) the tools know our names, too.
MODULES = [TREE / "build/npm/node_modules/net-snmp/lib/mibs", TREE / "tests/mib/base", TREE / "mibs"]

SNMPD = """\
agentaddress udp:{address}:{port}
dontLogTCPWrappersConnects yes
[snmp] clientaddr {address}
sysName {name}
rocommunity {community} {network}
createUser {user} SHA-256 "{auth}" AES "{priv}"
rouser {user} priv
master agentx
agentXSocket {master}
agentXPerms 0700 0700
"""


class Snmpd:
    """It stays when headgated is restarted, and finds it again by itself."""

    def __init__(self, lab, name, address):
        self.lab, self.name, self.address = lab, name, address
        self.dir = lab.folder(f"{name}/snmpd")
        self.master = f"unix:{self.dir}/agentx/master"
        self.place = f"{address}:{PORT}"

    def prepare(self):
        secrets = self.lab.secrets
        self.lab.secret(f"{self.name}/snmpd/snmpd.conf", SNMPD.format(
            address=self.address, port=PORT, name=self.name, community=secrets["community"], network=self.lab.network(),
            user=secrets["user"], auth=secrets["auth"], priv=secrets["priv"], master=self.master))
        # For whoever asks: with SNMPCONFPATH on this folder the tools need no community in their arguments.
        self.lab.folder(f"{self.name}/snmp")
        text = f"defVersion 2c\ndefCommunity {secrets['community']}\n"
        if MODULES[0].exists():
            text += f"mibdirs {':'.join(map(str, MODULES))}\nmibs HEADGATE-MIB\n"
        else:
            text += "mibs :\n"  # none: nothing is complained about
        self.lab.secret(f"{self.name}/snmp/snmp.conf", text)

    def start(self):
        if self.lab.processes.is_alive(self.process):
            return
        snmpd = shutil.which("snmpd") or "/usr/sbin/snmpd"
        self.lab.start(self.process, self.name,
                       [snmpd, "-f", "-Lo", "-C", "-c", self.dir / "snmpd.conf", "-I", "-smux", "-p", self.dir / "pid"],
                       self.dir / "log", env={"SNMP_PERSISTENT_DIR": str(self.dir / "state"), "MIBS": ""})
        wait_for(f"snmpd's master at {self.master}", self._ready)

    def stop(self):
        self.lab.processes.stop(self.process)

    @property
    def process(self):
        return f"{self.name}-snmpd"

    def _ready(self):
        self.lab.processes.check(self.process)
        return pathlib.Path(self.master.removeprefix("unix:")).exists()
