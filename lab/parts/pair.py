"""A high-availability pair: two appliances of a family, and what keeps the standby like the active one."""
from .appliance import NETCONF_PORT
from .process import LabError, wait_for


class Pair:
    """As a part of the lab it is the process that copies: stopped, the standby does not follow any more."""

    def __init__(self, lab, name, appliances):
        self.lab, self.name, self.appliances = lab, name, appliances
        self.log = lab.run_dir / f"{name}.log"

    @property
    def active(self):
        return self._in("active")

    @property
    def standby(self):
        return self._in("standby")

    def fail_over(self):
        """The standby takes over: for a moment there is no active one, never two."""
        old, new = self.active, self.standby
        old.set_ha_state("standby")
        new.set_ha_state("active")

    def start(self):
        self.log.write_text("")
        first = self.appliances[0]
        self.lab.start(self.name, first.name, [
            "/usr/bin/python3", "-B", self.lab.tree / "lab/parts/sync.py", first.family, "sync", self.lab.key("sync_key"),
            *(f"{a.address}:{NETCONF_PORT}" for a in self.appliances)], self.log)

    def wait(self):
        def ready():
            self.lab.processes.check(self.name)
            return "ready" in self.log.read_text()
        wait_for(f"{self.name} to be kept in step", ready)

    def stop(self):
        self.lab.processes.stop(self.name)

    def _in(self, state):
        found = [a for a in self.appliances if a.ha_state == state]
        if len(found) != 1:
            raise LabError(f"{self.name} has {len(found)} appliances that are {state}")
        return found[0]


def pair_up(lab, appliances):
    """Each two of a family that follow each other; gives the pairs."""
    pairs = []
    for family in sorted({a.family for a in appliances}, reverse=True):
        own = [a for a in appliances if a.family == family]
        for i in range(0, len(own) - 1, 2):
            pairs.append(Pair(lab, f"{family}-pair{i // 2 + 1}", own[i:i + 2]))
            for appliance, state in zip(own[i:i + 2], ("active", "standby")):
                appliance.join(pairs[-1].name, state)
    return pairs
