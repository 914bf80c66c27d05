"""Processes of the lab: started detached, remembered with their start time, ended by their own id only."""
import json
import os
import pathlib
import signal
import subprocess
import time


class LabError(Exception):
    """Something of the lab did not do what it should; the text says what, where and what to do."""


def wait_for(what, condition, seconds=20.0, pause=0.05):
    """Waits until condition() is true, and gives its value; raises LabError naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise LabError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(pause)


def start_time(pid):
    """Ticks since boot at which the process started; None when there is none (or only its corpse)."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else int(fields[19])


def alive(record):
    return record["started"] is not None and start_time(record["pid"]) == record["started"]


class Processes:
    """The book of a lab's processes, one file each in `folder`."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def start(self, name, argv, log, env=None, cwd=None, keep_open=()):
        with open(log, "ab") as out:
            child = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                     start_new_session=True, env={**os.environ, **(env or {})}, cwd=cwd,
                                     pass_fds=keep_open)
        record = {"pid": child.pid, "started": start_time(child.pid), "argv": [str(a) for a in argv], "log": str(log),
                  "env": env or {}}
        self._file(name).write_text(json.dumps(record))
        return child.pid

    def record(self, name):
        try:
            return json.loads(self._file(name).read_text())
        except FileNotFoundError:
            return None

    def names(self):
        return sorted(p.stem for p in self.folder.glob("*.json"))

    def is_alive(self, name):
        record = self.record(name)
        return bool(record) and alive(record)

    def stop(self, name, how=signal.SIGTERM, patience=8.0):
        """Ends it with its group, hard when it does not go; forgets it."""
        record = self.record(name)
        if not record:
            return
        if alive(record):
            self._signal(record, how)
            deadline = time.monotonic() + patience
            while alive(record) and time.monotonic() < deadline:
                self._reap(record)
                time.sleep(0.02)
        self._signal(record, signal.SIGKILL, group_only=not alive(record))
        self._reap(record)
        self._file(name).unlink(missing_ok=True)

    def signal(self, name, number):
        """Tells the process itself, if it is still the one that was started."""
        self.check(name)
        os.kill(self.record(name)["pid"], number)

    def check(self, name):
        """Raises with the end of its log when it is gone."""
        if not self.is_alive(name):
            record = self.record(name) or {}
            raise LabError(f"{name} ended by itself; its log {record.get('log')} ends with:\n{tail(record.get('log'))}")

    def _file(self, name):
        return self.folder / f"{name}.json"

    @staticmethod
    def _signal(record, number, group_only=False):
        if group_only:
            # The leader is gone: its number names our group only as long as a member of it lives in our session.
            members = [p for p in pathlib.Path("/proc").iterdir() if p.name.isdigit() and _session(p.name) == record["pid"]]
            for member in members:
                try:
                    os.kill(int(member.name), number)
                except ProcessLookupError:
                    pass
            return
        try:
            os.killpg(record["pid"], number)
        except ProcessLookupError:
            pass

    @staticmethod
    def _reap(record):
        try:
            os.waitpid(record["pid"], os.WNOHANG)
        except ChildProcessError:
            pass


def _session(pid):
    try:
        return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[3])
    except (FileNotFoundError, ProcessLookupError):
        return None


def tail(path, lines=8):
    try:
        return "\n".join("    " + line for line in pathlib.Path(path).read_text(errors="replace").splitlines()[-lines:])
    except (FileNotFoundError, TypeError):
        return "    (no log)"
