"""How a story is told: a clock, headings, steps, Headgate's own events as they come, proofs and a summary."""
import json
import os
import subprocess
import sys
import threading
import time

from .process import LabError


class Teller:
    def __init__(self, out=sys.stdout):
        self.out, self.began, self.proofs, self.events = out, time.monotonic(), [], []
        self.colour = out.isatty() and "NO_COLOR" not in os.environ
        self.lock = threading.Lock()
        self.watcher = None

    # -- speaking

    def _line(self, mark, text, code=""):
        with self.lock:
            clock = time.monotonic() - self.began
            body = f"{mark} {text}"
            if self.colour and code:
                body = f"\033[{code}m{body}\033[0m"
            print(f"{int(clock // 60):2d}:{clock % 60:04.1f}  {body}", file=self.out, flush=True)

    def chapter(self, text):
        with self.lock:
            print(file=self.out)
        self._line("##", text, "1")

    def say(self, text):
        self._line("  ", text)

    def prove(self, claim, holds, evidence):
        """A claim with its evidence; the story ends where one does not hold."""
        self.proofs.append((claim, bool(holds), evidence))
        self._line("✔ " if holds else "✘ ", f"{claim}: {evidence}", "32" if holds else "31")
        if not holds:
            raise LabError(f"not proved: {claim}: {evidence}")

    # -- Headgate's events

    def watch(self, manager):
        """Prints `headgate watch` as it comes, and remembers it for `until`."""
        self.watcher = subprocess.Popen(manager.command("watch", "--json"), stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
        said = self.watcher.stderr.readline()
        if not said.startswith("watching"):
            raise LabError(f"headgate watch: {said.strip()}")
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.watcher.stdout:
            event = json.loads(line)
            self.events.append(event)
            subject = event.get("server") or event.get("appliance") or ""
            number = f" #{event['transaction']}" if "transaction" in event else ""
            code = {"alarm": "31", "warning": "33", "clear": "32"}.get(event.get("severity"), "36")
            told = event["text"] if subject in event["text"] else f"{subject}: {event['text']}"
            self._line("│ ", f"{event['kind']}{number} {told}", code)

    def until(self, what, wanted, since=0, seconds=60.0):
        """Waits for an event for which wanted(event) holds, among those after number `since`; gives it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for event in list(self.events[since:]):
                if wanted(event):
                    return event
            if self.watcher.poll() is not None:
                raise LabError(f"`headgate watch` ended while waiting for {what}")
            time.sleep(0.05)
        raise LabError(f"waited {seconds:.0f} s in vain for {what}")

    def now(self):
        return len(self.events)

    def stop_watching(self):
        if self.watcher and self.watcher.poll() is None:
            self.watcher.terminate()
            self.watcher.wait()

    # -- the end

    def summary(self, title, rows):
        """A table of (what, value), and the proofs."""
        with self.lock:
            width = max(len(r[0]) for r in rows)
            print(f"\n{title}", file=self.out)
            for what, value in rows:
                print(f"  {what:<{width}}  {value}", file=self.out)
            held = sum(1 for p in self.proofs if p[1])
            print(f"\n  {held} of {len(self.proofs)} proofs hold; {time.monotonic() - self.began:.0f} s", file=self.out,
                  flush=True)
