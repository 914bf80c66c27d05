"""The table of step × fault × outcome: its cases are run, told as they end, and published."""
import os
import pathlib
import re
import time
import traceback

from kill_judge import Verdict
from kill_witness import Missed
from lab_house import TREE, house

from lab.parts.process import LabError

BUILD = pathlib.Path(os.environ.get("HEADGATE_BUILD_DIR") or TREE / "build/dev")
README = TREE / "tests/live/README.md"
TRIES = 4  # a state that is short, and a machine that is slow: it may be over before it is met


class Table:
    """`name` is the test's, and the mark of its place in the README; `head` the columns."""

    def __init__(self, name, head):
        self.name, self.head, self.rows, self.part = name, head, {}, ""
        self.failed, self.began = [], time.monotonic()

    def run(self, stage, cases):
        """Each case has a name, a strategy, run(stage) → Verdict and row(verdict)."""
        for case in cases:
            verdict = self._attempts(stage, case)
            self._tell(("✘ " if verdict.wrong else "✔ ") + f"{case.name}: {verdict.outcome} after {verdict.seconds:.1f} s"
                       + (f"; {verdict.after}" if verdict.after else ""))
            for wrong in verdict.wrong:
                print(f"            {wrong}", flush=True)
            if verdict.wrong:
                self.failed.append(case.name)
                verdict.outcome = "**not as it should be**"
            self.rows[case] = case.row(verdict)

    def _attempts(self, stage, case):
        for _ in range(TRIES):
            try:
                stage.equip(case.strategy)
                verdict = case.run(stage)
            except Missed as missed:
                verdict = Verdict()
                verdict.missed = str(missed)
            except Exception as error:  # whatever it was, the next case is worth trying
                traceback.print_exc()
                verdict = Verdict()
                verdict.expect("the case runs to its end", False, str(error))
            if verdict.wrong or not verdict.missed:
                return verdict
            self._tell(f"  {case.name}: missed ({verdict.missed}; {verdict.outcome}, as the rules say of that); again")
        verdict.expect("it is met in the state that the case is about", False, f"not in {TRIES} attempts: {verdict.missed}")
        return verdict

    def _tell(self, words):
        seconds = time.monotonic() - self.began
        print(f"{int(seconds // 60):2d}:{seconds % 60:04.1f}  {words}", flush=True)

    def conclude(self, cases, to_readme):
        """The table goes, in the order of `cases`, into the build folder; into the README as well where that is asked for.
        Gives the exit code."""
        print(f"\n{len(self.rows) - len(self.failed)} passed, {len(self.failed)} failed")
        print("\n".join(self.failed))
        rows = [self.head, ["---"] * len(self.head)] + [self.rows[case] for case in cases if case in self.rows]
        text = "".join("| " + " | ".join(str(cell) for cell in row) + " |\n" for row in rows)
        part = "-" + re.sub(r"\W+", "-", self.part) if self.part else ""
        (BUILD / f"{self.name}{part}.md").write_text(text)
        if to_readme:
            self._publish(text)
        return 1 if self.failed else 0

    def _publish(self, text):
        readme = README.read_text()
        part = re.compile(rf"(<!-- {self.name} -->\n).*?(<!-- end -->)", re.S)
        if not part.search(readme):
            raise LabError(f"{README} has no place for the table of {self.name}")
        README.write_text(part.sub(lambda found: found[1] + text + found[2], readme))


def main(words, table, cases, make_stage, seconds, order=lambda stage, chosen: chosen):
    """[--all] [--table] [PARTS OF A CASE'S NAME …]; `seconds` is how long --all may take, `order` puts the cases into an order
    in which little has to be prepared."""
    everything = "--all" in words
    parts = [word for word in words if not word.startswith("--")]
    table.part = " ".join(parts)
    with house(*[seconds] * everything):
        stage = make_stage()
        try:
            stage.up()
            chosen = [case for case in cases(everything) if all(part in case.name for part in parts)]
            table.run(stage, order(stage, chosen))
            return table.conclude(chosen, "--table" in words)
        finally:
            stage.close()
