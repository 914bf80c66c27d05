"""The witnesses of what came of a change in which something was killed: headgated's journal, and the appliances
themselves."""
import concurrent.futures
import contextlib
import sqlite3
import time

import lab_house  # noqa: F401  (from here on lab.parts is found)

from lab.parts.appliance import NETCONF_PORT
from lab.parts.process import LabError

from ncclient import manager as ncclient
from ncclient.transport.errors import TransportError
from ncclient.xml_ import to_ele

FAULT = "urn:headgate:yang:lab-fault"


class Missed(LabError):
    """A case could not be brought to its beginning: on a machine that is busy enough a change may fail by itself, before
    anything was done to it."""


class Journal:
    """headgated's own, read as it is written: a reader of a WAL disturbs nobody."""

    def __init__(self, lab):
        self.base = sqlite3.connect(f"file:{lab.manager.dir}/state/headgate.db?mode=ro", uri=True, timeout=5)

    def last(self):
        return self.base.execute("SELECT ifnull(max(id), 0) FROM journal").fetchone()[0]

    def states(self, number):
        rows = self.base.execute('SELECT state FROM journal_entry WHERE "transaction" = ? ORDER BY seq', (number,))
        return [row[0] for row in rows]

    def met(self, number):
        """The state that it is in now, and its leg."""
        states = self.states(number)
        return states[-1], states.count("locking")

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
        raise Missed(f"transaction {number} never was {state} ({nth}): {' '.join(self.states(number))}")


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

    def _ask(self, appliance, question):
        """On a new session where the old one proves to be that of an appliance that was killed."""
        try:
            return question(self.session(appliance))
        except TransportError:
            self.sessions.pop(appliance.name, None)
            return question(self.session(appliance))

    def _each(self, question):
        """The answer of each appliance, asked at the same time."""
        with concurrent.futures.ThreadPoolExecutor() as threads:
            return dict(zip((a.name for a in self.lab.appliances),
                            threads.map(lambda a: self._ask(a, question), self.lab.appliances)))

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
        fault = to_ele(f'<inject-fault xmlns="{FAULT}"><operation>{operation}</operation><effect>{effect}</effect>'
                       f"<count>{count}</count>{extra}</inject-fault>")
        self._ask(appliance, lambda session: session.dispatch(fault))

    def clear_faults(self):
        self._each(lambda session: session.dispatch(to_ele(f'<clear-faults xmlns="{FAULT}"/>')))
