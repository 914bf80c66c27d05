"""What holds after a change in which something was killed, whatever had happened."""
import contextlib
import os
import pathlib

from kill_stage import DONE

from lab.parts import story
from lab.parts.process import LabError, wait_for


class Verdict:
    """What came of one case, and what was found wrong in it. `missed`: the state in which it was met, where that is another
    one than the case is about; it is judged by that one, and then begun anew."""

    def __init__(self):
        self.wrong, self.missed = [], ""
        self.outcome, self.seconds, self.after = "?", 0.0, ""

    def expect(self, claim, holds, evidence=""):
        if not holds:
            self.wrong.append(f"{claim}: {evidence}" if evidence else claim)

    def judge_outcome(self, outcome, allowed):
        self.outcome = outcome
        self.expect("the outcome is as the rules say", outcome in allowed, f"{outcome}, not {' or '.join(sorted(allowed))}")

    def judge_load(self, loads):
        requests, failed = loads.stop()
        self.expect("not one client request failed", failed == 0 and requests > 0, f"{failed} of {requests}")

    def judge_appliances(self, stage, number, operation):
        """All of them have the same, which is what is recorded, and nobody is in the way of the next change."""
        manager = stage.lab.manager

        def shown():
            return manager.ask("transactions", str(number))[0].get("outcome")
        with contextlib.suppress(LabError):
            wait_for("headgate to show the end", lambda: shown() == self.outcome, 5)
        self.expect("headgate transactions shows the end", shown() == self.outcome,
                    f"{shown()}, the journal says {self.outcome}")
        now = stage.witness.configurations()
        wanted = "new" if (operation == "allocate") == (self.outcome == DONE) else "old"
        which = next((kind for kind in ("new", "old") if now == stage.known[kind]), "mixed")
        self.expect("every configuration is byte for byte all new or all old, as the outcome says", which == wanted,
                    f"{which}, wanted {wanted}")
        if which == "mixed":
            keep_evidence(stage.known, now)
        self.expect("startup is running", stage.witness.configurations("startup") == now)
        self.expect("what is recorded is what they have", stage.is_member() == (wanted == "new"),
                    ", ".join(story.members(stage.lab)))
        code, said = manager.do("check")
        self.expect("headgate check finds nothing", code == 0, said)
        try:
            stage.witness.lock_all()
        except Exception as error:  # ncclient's own kinds
            self.expect("nobody holds a lock, no commit is pending", False, str(error))


def keep_evidence(known, now):
    folder = pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / f"headgate-kills-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    for name, text in now.items():
        (folder / f"{name}.now").write_text(text)
        for kind, configurations in known.items():
            (folder / f"{name}.{kind}").write_text(configurations[name])
    print(f"   kept in {folder}")
