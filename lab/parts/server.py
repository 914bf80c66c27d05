"""A real server: nginx with quick and slow pages, and snmpd with its own figures and notifications."""
import os
import pathlib
import shutil

from .process import LabError, wait_for

HTTP_PORT = 8080
SNMP_PORT = 1161
CONNECTIONS_OID = ".1.3.6.1.4.1.32473.7.99.1"  # served by connections_gauge: established connections of the port
CACHES = ("1.3.6.1.2.1.6.19", "1.3.6.1.2.1.6.20", "1.3.6.1.2.1.25.4.2", "1.3.6.1.2.1.6")
STREAM = 1 << 26  # octets: longer than any story
FULL_AT, IDLE_AT = 64, 20  # what snmpd's own monitor calls rising and falling

NGINX = """\
{user}daemon off;
pid {dir}/nginx.pid;
error_log {dir}/nginx-error.log;
worker_processes 1;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    client_body_temp_path {dir}/tmp; proxy_temp_path {dir}/tmp; fastcgi_temp_path {dir}/tmp;
    uwsgi_temp_path {dir}/tmp; scgi_temp_path {dir}/tmp;
    server {{
        listen {address}:{port} {listen}backlog=1024;
        {server}root {dir}/www;
        location = / {{ return 200 "{name}\\n"; }}
        # A file `sick` makes the health check fail while the application runs on.
        location = /health {{
            {health}if (-f $document_root/sick) {{ return 503; }}
            {answer}
        }}
        # About a second a request, at no cost: connections fill the server, not its CPU.
        location = /slow {{ limit_rate 16k; }}
        # As long as the client wants, a thousand octets a second: whoever has begun stays where it is.
        location = /stream {{ limit_rate 1000; }}
        # The same with a connection to a data source: made by `pages`, where there is one (data_source.py).
        location = /page {{ proxy_pass http://unix:{dir}/pages.sock:/page; }}
    }}
}}
"""

SNMPD = """\
agentaddress udp:{address}:{snmp_port}
dontLogTCPWrappersConnects yes
[snmp] clientaddr {address}
sysName {name}
rwcommunity {community} {network}{view}
createUser {user} SHA-256 "{auth}" AES "{priv}"
rwuser {user} priv
exactEngineID {engine}
iquerySecName iquser
iquerySecLevel authNoPriv
rouser iquser auth -V all
view all included .1
pass_persist {oid} {gauge} {oid} {address} {port}
{agent}{sink}
monitor -I -S -r 1 -i .1.3.6.1.2.1.1.5.0 "appConnections" {oid}.0 {idle} {full}
"""


class Server:
    wants = None        # of whoever connects to it
    port = HTTP_PORT
    scheme = "http"
    profile = "web-server"

    def __init__(self, lab, name, number):
        self.lab, self.name, self.number = lab, name, number
        self.address = lab.topology.address(number)
        self.dir = lab.folder(name)
        self.http = f"{self.scheme}://{self.address}:{self.port}/"
        self.snmp = f"{self.address}:{SNMP_PORT}"

    def start(self):
        for folder in ("tmp", "www", "snmp"):
            (self.dir / folder).mkdir(exist_ok=True)
        (self.dir / "www/slow").write_bytes(b"x" * 16384)
        with open(self.dir / "www/stream", "wb") as stream:
            stream.truncate(STREAM)  # sparse: nothing of it is on the disk
        self.start_nginx()
        self.start_snmpd()

    @property
    def credential(self):
        """Of the manager's, with which its snmpd is asked."""
        return "lab-v3" if self.number % 2 else "lab-v2c"

    def nginx_words(self):
        """Further words of its listener, of its server, of its health page, and how that answers."""
        return {"listen": "", "server": "", "health": "", "answer": 'return 200 "ok\\n";'}

    def snmpd_words(self):
        """What v2c may see, and what else snmpd serves."""
        return {"view": "", "agent": ""}

    @property
    def health(self):
        """The address of its health page, by the name that its certificate has, if any."""
        return self.http + "health"

    def curl(self):
        """Options with which curl may ask it for its health."""
        return []

    def start_nginx(self):
        config = self.dir / "nginx.conf"
        # In a namespace of its own a plain user is root too, and nginx would become somebody who is not there.
        root = os.getuid() == 0 or self.lab.topology.kind == "netns"
        config.write_text(NGINX.format(user="user root;\n" if root else "", dir=self.dir, name=self.name,
                                       address=self.address, port=self.port, **self.nginx_words()))
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        self.lab.start(f"{self.name}-nginx", self.name, [nginx, "-p", self.dir, "-c", config], self.dir / "nginx.log")

    def start_snmpd(self):
        """Every second server sends v3 informs, the others v2c traps: hints, for the servers share the user and its password."""
        secrets, manager = self.lab.secrets, self.lab.notifications
        if self.credential == "lab-v3":
            sink = (f"trapsess -Ci -v 3 -u {secrets['user']} -l authPriv -a SHA-256 -A {secrets['auth']} -x AES "
                    f"-X {secrets['priv']} -r 3 -t 1 {manager}")
        else:
            sink = f"trap2sink {manager} {secrets['community']}"
        config = self.dir / "snmpd.conf"
        config.touch(mode=0o600)
        config.write_text(SNMPD.format(
            address=self.address, snmp_port=SNMP_PORT, name=self.name, network=self.lab.network(), sink=sink,
            engine=f"0x80001f8804{self.name.encode().hex()}", community=secrets["community"], user=secrets["user"],
            auth=secrets["auth"], priv=secrets["priv"], oid=CONNECTIONS_OID, port=self.port, idle=IDLE_AT, full=FULL_AT,
            gauge=pathlib.Path(__file__).parent / "connections_gauge", **self.snmpd_words()))
        snmpd = shutil.which("snmpd") or "/usr/sbin/snmpd"
        self.lab.start(f"{self.name}-snmpd", self.name,
                       [snmpd, "-f", "-Lo", "-C", "-c", config, "-I", "-smux", "-p", self.dir / "snmpd.pid"],
                       self.dir / "snmpd.log", env={"SNMP_PERSISTENT_DIR": str(self.dir / "snmp"), "MIBS": ""})

    def wait(self):
        wait_for(f"{self.name}'s nginx at {self.http}", lambda: self._runs("nginx") and self.lab.run(
            self.name, ["curl", "-sf", "-m", "2", "-o", "/dev/null", *self.curl(), self.health]).returncode == 0)
        self.wait_for_snmpd()

    def wait_for_snmpd(self):
        # The first answer proves that it is ready; the same request lowers the first cache (its default is a minute).
        for cache in CACHES:
            wait_for(f"{self.name}'s snmpd at {self.snmp}", lambda c=cache: self._runs("snmpd") and self._lower(c))

    def stop(self):
        self.lab.processes.stop(f"{self.name}-nginx")
        self.lab.processes.stop(f"{self.name}-snmpd")

    def sick(self, yes):
        """Functional by all that SNMP shows, but its health check fails (or no longer)."""
        flag = self.dir / "www/sick"
        if yes:
            flag.touch()
        else:
            flag.unlink(missing_ok=True)

    def connections(self):
        """Established connections of its port, by the kernel."""
        done = self.lab.run(self.name, [pathlib.Path(__file__).parent / "connections_gauge", "--once", self.address, self.port])
        if done.returncode:
            raise LabError(f"counting the connections of {self.name}: {done.stderr}")
        return int(done.stdout)

    def describe(self):
        return {"name": self.name, "address": self.address, "http": self.http, "snmp": self.snmp, "application": "web",
                "pid": self.lab.processes.record(f"{self.name}-nginx")["pid"]}

    def _runs(self, part):
        self.lab.processes.check(f"{self.name}-{part}")
        return True

    def _lower(self, cache):
        # The community is the lab's own and good for nothing else; snmpset has no other way to be told it
        # but its argument list or a configuration file: take the file.
        folder = self.dir / "snmpset"
        folder.mkdir(exist_ok=True)
        config = folder / "snmp.conf"
        if not config.exists():
            config.touch(mode=0o600)
            config.write_text(f"defVersion 2c\ndefCommunity {self.lab.secrets['community']}\n")
        done = self.lab.run(self.name, ["snmpset", "-t", "2", "-r", "0", self.snmp,
                                        f".1.3.6.1.4.1.8072.1.5.3.1.2.{cache}", "i", "1"],
                            env={"SNMPCONFPATH": str(folder), "MIBS": "", "SNMP_PERSISTENT_DIR": str(folder)})
        return done.returncode == 0


