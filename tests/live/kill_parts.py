"""What the tests that kill parts of a lab share: the journal as the witness of where headgated is, the appliances'
configurations as the witness of what came of it, one case's verdict, and the table of all."""
import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import time
import traceback

from lab.parts import manager as manager_part
from lab.parts import story
from lab.parts.appliance import NETCONF_PORT
from lab.parts.lab import TREE, Lab
from lab.parts.load import Loads
from lab.parts.manager import Manager
from lab.parts.process import LabError, wait_for

from ncclient import manager as ncclient
from ncclient.xml_ import to_ele

BUILD = pathlib.Path(os.environ.get("HEADGATE_BUILD_DIR") or TREE / "build/dev")
README = TREE / "tests/live/README.md"
FAULT = "urn:headgate:yang:lab-fault"
WINDOW = 8.0  # the confirm window
# Nothing of the pool's own will: it is never full and never under-used.
POLICY = {**manager_part.POLICY, "lower": 0, "tolerance": 0, "maximum": 2, "confirm-window": str(WINDOW),
          "verify-deadline": "5.0", "drain-deadline": "5.0", "lock-wait": "2.0", "quarantine": "0.5"}
DONE, ROLLED_BACK = "committed", "rolled-back"
SLOW = ("--slow", "150")  # milliseconds an RPC: so that a state lasts long enough to be met in it
# By the weakest appliance's; what is taken from whom.
STRATEGIES = {"confirmed": {}, "candidate": {"f5-1": "confirmed-commit"}, "direct": {"citrix-1": "candidate"},
              "candidate+direct": {"f5-1": "confirmed-commit", "citrix-1": "candidate"}}


class KilledManager(Manager):
    """With the test's own policy and patience; and through the wires, where there are any."""
    wires = ()
    patience = "8.0"

    def prepare(self, members):
        super().prepare(members)
        config = json.loads(self.config.read_text())
        for appliance in config["headgate:headgate"]["appliance"]:
            appliance["rpc-timeout"] = self.patience
            for wire in self.wires:
                if wire.name == appliance["name"]:
                    appliance["port"] = wire.port
                    self._know(wire)
        config["headgate:headgate"]["pool"][0]["policy"] = POLICY
        self.config.write_text(json.dumps(config, indent=2) + "\n")

    def _know(self, wire):
        known = self.lab.known_hosts.read_text()
        line = next(line for line in known.splitlines() if line.startswith(f"[{wire.address}]:{NETCONF_PORT} "))
        self.lab.known_hosts.write_text(known + line.replace(f":{NETCONF_PORT} ", f":{wire.port} ") + "\n")


class Journal:
    """headgated's own, read as it is written: a reader of a WAL disturbs nobody."""

    def __init__(self, lab):
        self.base = sqlite3.connect(f"file:{lab.manager.dir}/state/headgate.db?mode=ro", uri=True, timeout=5)

    def last(self):
        return self.base.execute("SELECT ifnull(max(id), 0) FROM journal").fetchone()[0]

    def states(self, number):
        rows = self.base.execute('SELECT state FROM journal_entry WHERE "transaction" = ? ORDER BY seq', (number,))
        return [row[0] for row in rows]

    def end(self, number):
        """(outcome, at which time), or nothing."""
        row = self.base.execute("SELECT outcome, ended FROM journal WHERE id = ? AND outcome IS NOT NULL",
                                (number,)).fetchone()
        return (row[0], row[1] / 1000) if row else None

    def wait_for(self, number, state, nth, seconds=25):
        """Until it has entered that state for the nth time: `undoing` is entered once, however often it speaks."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            states = self.states(number)
            if states.count(state) >= nth:
                return
            if self.end(number):
                break
            time.sleep(0.002)
        raise LabError(f"transaction {number} never was {state} ({nth}): {' '.join(self.states(number))}")


class Witness:
    """A client no one here wrote, with a session of its own to each appliance."""

    def __init__(self, lab):
        self.lab, self.sessions = lab, {}

    def session(self, appliance):
        known = self.sessions.get(appliance.name)
        if not known or not known.connected:
            known = ncclient.connect_ssh(host=appliance.address, port=NETCONF_PORT, username="headgate", timeout=30,
                                         key_filename=str(self.lab.private_key), hostkey_verify=False, allow_agent=False,
                                         look_for_keys=False)
            self.sessions[appliance.name] = known
        return known

    def close(self):
        for session in self.sessions.values():
            with contextlib.suppress(Exception):
                session.close_session()
        self.sessions.clear()

    def _each(self, question):
        """The answer of each appliance, asked at the same time."""
        with concurrent.futures.ThreadPoolExecutor() as threads:
            return dict(zip((a.name for a in self.lab.appliances),
                            threads.map(lambda a: question(self.session(a)), self.lab.appliances)))

    def configurations(self, datastore="running"):
        return self._each(lambda session: session.get_config(datastore).data_xml)

    def lock_all(self):
        """Takes every lock. Running's is refused to others also while a confirmed commit is pending (RFC 6241 §7.5)."""
        def lock(session):
            names = ["running"] + ["candidate"] * (":candidate" in session.server_capabilities)
            with contextlib.ExitStack() as held:
                for name in names:
                    held.enter_context(session.locked(name))
        self._each(lock)

    def inject(self, appliance, operation, effect, count=1, delay=0):
        extra = f"<delay-ms>{delay}</delay-ms>" if delay else ""
        self.session(appliance).dispatch(to_ele(
            f'<inject-fault xmlns="{FAULT}"><operation>{operation}</operation><effect>{effect}</effect>'
            f"<count>{count}</count>{extra}</inject-fault>"))

    def clear_faults(self):
        self._each(lambda session: session.dispatch(to_ele(f'<clear-faults xmlns="{FAULT}"/>')))


class Verdict:
    """What was found wrong in one case."""

    def __init__(self):
        self.wrong = []

    def expect(self, claim, holds, evidence=""):
        if not holds:
            self.wrong.append(f"{claim}: {evidence}" if evidence else claim)


class Stage:
    """A lab with one server that comes and goes, and the two configurations that there may be."""

    def __init__(self, wires=()):
        self.lab = Lab.create("loopback", 2, 1, 1)
        self.lab.manager = KilledManager(self.lab)
        for appliance in self.lab.appliances:
            appliance.options = SLOW
        self.wires = [make(a) for make in wires for a in self.lab.appliances]
        self.lab.manager.wires = self.wires
        self.witness = Witness(self.lab)
        self.journal = None
        self.known = {}
        self.strategy = "confirmed"
        self.passed, self.failed = 0, []
        self.began = time.monotonic()

    @property
    def guest(self):
        return self.lab.servers[1]

    def up(self):
        self.lab.up(print)
        self.journal = Journal(self.lab)
        self.learn()

    def learn(self):
        """Both configurations, from a change that nobody disturbed."""
        self.be_member(False)
        old = self.witness.configurations()
        self.be_member(True)
        new = self.witness.configurations()
        if any(old[name] == new[name] for name in old):
            raise LabError("an allocation changed nothing")
        self.known = {"old": old, "new": new}

    def equip(self, strategy):
        """The appliances with what that strategy means."""
        if strategy == self.strategy:
            return
        self.strategy = strategy
        for appliance in self.lab.appliances:
            without = STRATEGIES[strategy].get(appliance.name)
            options = SLOW + (("--without", without) if without else ())
            if options != appliance.options:
                appliance.options = options
                self.lab.restart(appliance.name)
        self.lab.manager.wait()
        wait_for("headgated to have noticed", lambda: self.lab.manager.do("check")[0] == 0, 30)

    def is_member(self):
        return self.guest.name in story.members(self.lab)

    def be_member(self, wanted):
        """Brings the guest in or out, undisturbed."""
        story.wait_functional(self.lab, 2)
        self.lab.manager.do("resume", "web")
        if self.is_member() == wanted:
            return
        code, said = self.lab.manager.do("allocate" if wanted else "release", "web", self.guest.name)
        if code:
            raise LabError(f"preparing: {said} (exit {code})")

    def pause_snmpd(self, on):
        """The guest's."""
        os.kill(self.lab.processes.record(f"{self.guest.name}-snmpd")["pid"], signal.SIGSTOP if on else signal.SIGCONT)

    @contextlib.contextmanager
    def change(self, operation, silent=False):
        """That operation as an operator's command in the background; gives the number of its transaction, which has begun.
        `silent`: the guest's snmpd is stopped just before."""
        number = self.journal.last() + 1
        with self._begin(operation, number, silent) as child:
            try:
                yield number
            finally:
                if child.poll() is None:
                    child.terminate()

    def _begin(self, operation, number, silent):
        command = self.lab.manager.command(operation, "web", self.guest.name)
        for _ in range(5):
            story.wait_functional(self.lab, 2)
            if silent:
                self.pause_snmpd(True)
            child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            while child.poll() is None:
                if self.journal.last() >= number:
                    return child
                time.sleep(0.002)
            # On a machine that is busy enough a poll comes late, and then nobody is a candidate.
            said = child.communicate()[0].strip()
            self.pause_snmpd(False)
        raise LabError(f"{operation} does not begin: {said}")

    def load(self, appliances=None):
        loads = Loads(self.lab)
        loads.add(story.LIGHT, appliances)
        return loads

    def wait_for_end(self, number, seconds):
        return wait_for(f"transaction {number} to end", lambda: self.journal.end(number), seconds)

    def judge(self, verdict, number, outcome, operation):
        """What holds whatever had happened."""
        def shown():
            return self.lab.manager.ask("transactions", str(number))[0].get("outcome")
        with contextlib.suppress(LabError):
            wait_for("headgate to show the end", shown, 5)
        verdict.expect("headgate transactions shows the end", shown() == outcome, f"{shown()}, the journal says {outcome}")
        now = self.witness.configurations()
        is_new = all(now[name] == self.known["new"][name] for name in now)
        is_old = all(now[name] == self.known["old"][name] for name in now)
        which = "new" if is_new else "old" if is_old else "mixed"
        wanted = "new" if (operation == "allocate") == (outcome == DONE) else "old"
        verdict.expect("every configuration is byte for byte all new or all old, as the outcome says", which == wanted,
                       f"{which}, wanted {wanted}")
        if which == "mixed":
            self.keep_evidence(now)
        verdict.expect("startup is running", self.witness.configurations("startup") == now)
        verdict.expect("what is recorded is what they have",
                       self.is_member() == (wanted == "new"), ", ".join(story.members(self.lab)))
        code, said = self.lab.manager.do("check")
        verdict.expect("headgate check finds nothing", code == 0, said)
        try:
            self.witness.lock_all()
        except Exception as error:  # ncclient's own kinds
            verdict.expect("nobody holds a lock, no commit is pending", False, str(error))

    def keep_evidence(self, now):
        for name, text in now.items():
            folder = pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / f"headgate-kills-{os.getpid()}"
            folder.mkdir(exist_ok=True)
            (folder / f"{name}.now").write_text(text)
            for kind, known in self.known.items():
                (folder / f"{name}.{kind}").write_text(known[name])
            print(f"   kept in {folder}")

    # -- telling

    def tell(self, name, verdict, what):
        seconds = time.monotonic() - self.began
        print(f"{int(seconds // 60):2d}:{seconds % 60:04.1f}  {'✘' if verdict.wrong else '✔'} {name}: {what}", flush=True)
        for wrong in verdict.wrong:
            print(f"            {wrong}", flush=True)
        if verdict.wrong:
            self.failed.append(name)
        else:
            self.passed += 1

    def conclude(self):
        print(f"\n{self.passed} passed, {len(self.failed)} failed")
        print("\n".join(self.failed))
        return 1 if self.failed else 0

    def down(self):
        self.witness.close()
        for wire in self.wires:
            wire.close()
        Lab.down()


def refuse(stage, leg):
    """The last appliance refuses the commit of that leg."""
    last = stage.lab.appliances[-1]
    without = dict(zip(last.options[::2], last.options[1::2])).get("--without")
    operation = "edit-config" if without == "candidate" else "commit"
    passing = (leg - 1) * (2 if without == "candidate" else 1) + (1 if without == "candidate" else 0)
    if passing:
        stage.witness.inject(last, operation, "slow", passing, 1)
    stage.witness.inject(last, operation, "refuse")


def attempt(run, nothing):
    """The verdict with what else run() gives, or with `nothing` when it does not come to its end."""
    try:
        return run()
    except Exception as error:  # whatever it was, the next case is worth trying
        traceback.print_exc()
        verdict = Verdict()
        verdict.expect("the case runs to its end", False, str(error))
        return verdict, *nothing


def publish(name, head, rows, to_readme):
    """The table goes into the build folder; with --table into the README as well."""
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    table = "\n".join(lines) + "\n"
    (BUILD / f"{name}.md").write_text(table)
    if to_readme:
        text = README.read_text()
        part = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.S)
        if not part.search(text):
            raise LabError(f"{README} has no place for the table of {name}")
        README.write_text(part.sub(lambda found: found[1] + table + found[2], text))
