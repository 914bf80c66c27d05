"""netconfd as one of a lab's appliances, beside the virtual ones: loopback only, no data plane, no SNMP."""
import re

from .appliance import NETCONF_PORT, POOL, Appliance
from .netconfd import Netconfd
from .process import LabError
from .server import HTTP_PORT

NUMBER = 61


def startup(members):
    entries = "".join(f"<members><name>/Common/{m.name}:{HTTP_PORT}</name><address>{m.address}</address>"
                      f"<port>{HTTP_PORT}</port></members>" for m in members)
    return f'<ltm xmlns="urn:headgate:yang:adc-f5-ltm"><pool><name>{POOL["f5"]}</name>{entries}</pool></ltm>\n'


class Foreign(Appliance):
    """As an Appliance, for what a story asks of one; it has no data plane to be asked, so its members are those of its
    running configuration, by a client that is not Headgate's."""

    def __init__(self, lab):
        super().__init__(lab, "netconfd", "f5", NUMBER)
        self.snmp = None
        self.server = Netconfd(self.dir, self.name, self.address, NETCONF_PORT, processes=lab.processes)
        self.user = self.server.user

    def prepare(self, members):
        self.server.prepare(startup(members), self.lab.public_key)
        with open(self.lab.known_hosts, "a", encoding="ascii") as known:
            known.write(self.server.known_host())

    def start(self):
        if self.lab.processes.is_alive(f"{self.name}-sshd"):
            self.server.start_netconfd()
        else:
            self.server.start()

    def wait(self):
        self.server.wait()

    def stop(self):
        self.server.stop()

    def kill(self):
        self.server.kill()

    def members(self, _pool="web"):
        try:
            running = self.running().decode()
        except LabError:
            return {}
        found = re.findall(r"<members>.*?<address>(.*?)</address>\s*<port>(.*?)</port>", running, re.S)
        return {f"{address}:{port}": {"status": "UP", "requests": 0} for address, port in found}

    def clear_faults(self):
        """It has no faults but its own."""

    def _client_command(self, *words):
        command = super()._client_command(*words)
        return [self.user if word == "headgate" else word for word in command]

    def _client(self, *words):
        # What it reads together with the client's hello is lost: it is asked again.
        try:
            return super()._client(*words)
        except LabError:
            return super()._client(*words)

    def describe(self):
        return {"name": self.name, "family": self.family,
                "netconf": {"host": self.address, "port": NETCONF_PORT, "user": self.user,
                            "key": str(self.lab.private_key), "known_hosts": str(self.lab.known_hosts)},
                "pid": self.server.pid()}
