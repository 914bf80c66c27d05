"""The bare client: started once, told each round what to do."""
import json
import subprocess

from lab.parts.process import LabError

IETF = "/usr/share/yuma/modules/ietf"


class BareClient:
    """Sends the recorded operations to every appliance of the fleet."""

    def __init__(self, fleet, script, commits):
        folder = fleet.folder("baseline")
        files = {}
        for word, operations in (("do", script.allocate), ("undo", script.release)):
            files[word] = folder / word
            files[word].write_text("".join(operation + "\0" for operation in operations))
        words = [fleet.built("headgate-bare-client"), "--user", "headgate", "--key", fleet.private_key, "--known-hosts",
                 fleet.known_hosts, "--do", files["do"], "--undo", files["undo"], "--database", folder / "journal.db",
                 "--do-commits", ",".join(map(str, commits[0])), "--undo-commits", ",".join(map(str, commits[1])),
                 "--yang", IETF, "--yang", fleet.tree / "yang",
                 "--yang", fleet.tree / "yang/appliances"]
        for peer in fleet.host_ports():
            words += ["--peer", peer]
        self.log = folder / "log"
        # A session of its own, as headgated has: the kernel shares the processor out among sessions.
        with open(self.log, "wb") as log:
            self.child = subprocess.Popen([str(w) for w in words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                          stderr=log, text=True, start_new_session=True)
        self._heard()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        try:
            status = self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            status = self.child.wait()
        if status:
            raise LabError(f"the bare client ended with {status}: {self.log.read_text().strip()}")

    def round(self):
        """An allocate and a release; of each the microseconds of its rpcs, commits and cpu."""
        return json.loads(self._told("do")), json.loads(self._told("undo"))

    def _told(self, word):
        self.child.stdin.write(word + "\n")
        self.child.stdin.flush()
        return self._heard()

    def _heard(self):
        line = self.child.stdout.readline().strip()
        if not line:
            raise LabError(f"the bare client ended: {self.log.read_text().strip()[-500:]}")
        return line
