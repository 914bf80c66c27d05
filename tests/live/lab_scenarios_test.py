#!/usr/bin/python3
"""The scenarios of lab/scenarios on a lab with namespaces (loopback where there is no right to make them), then
lab/down: nothing is left of it."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

TREE = pathlib.Path(__file__).resolve().parents[2]
ORDER = ["relayed-trap", "rollback", "grow", "shrink", "server-dead", "shrink", "appliance-lost", "shrink"]


def may_make_namespaces():
    return subprocess.run(["unshare", "-Urn" if os.getuid() else "-n", "true"], capture_output=True, check=False).returncode == 0


def sessions(folder):
    """The sessions that the lab's processes lead: each was started as the leader of one."""
    return {json.loads(file.read_text())["pid"] for file in pathlib.Path(folder, "run/pids").glob("*.json")}


def left_over(folder, leaders):
    """Processes of those sessions, or with something of the lab's folder in their command line."""
    found = []
    for process in pathlib.Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            words = (process / "cmdline").read_bytes().decode(errors="replace")
            state, _, _, session = (process / "stat").read_text().rpartition(")")[2].split()[:4]
        except (FileNotFoundError, ProcessLookupError):
            continue
        # One that has ended and only waits for init to notice is not left over.
        if state != "Z" and (folder in words or int(session) in leaders):
            found.append(words.replace("\0", " "))
    return found


def main():
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, lambda *_: sys.exit(143))
    signal.alarm(840)  # before ctest's own time-out, which would leave the lab behind
    with tempfile.TemporaryDirectory(prefix="headgate-live-") as folder:
        env = {**os.environ, "HEADGATE_LAB_RUN": folder + "/run"}
        topology = "netns" if may_make_namespaces() else "loopback"
        if topology == "loopback":
            print("no right to make namespaces here: the stories are told on loopback, --topology netns is NOT tested")
        failed, leaders = [], set()
        try:
            # Six servers: a refused one stays quarantined, and there must be candidates left.
            subprocess.run([TREE / "lab/up", "--topology", topology, "--servers", "6"], env=env, check=True)
            for name in ORDER:
                if subprocess.run([TREE / "lab/scenario", name], env=env, check=False).returncode:
                    failed.append(name)
        finally:
            leaders = sessions(folder)
            subprocess.run([TREE / "lab/down"], env=env, check=True)
        left = left_over(folder, leaders) + ([folder + "/run"] if os.path.lexists(folder + "/run") else [])
    print(f"\n{len(ORDER) - len(failed)} of {len(ORDER)} stories hold; failed: {failed or 'none'}; left over: {left or 'nothing'}")
    return 1 if failed or left else 0


if __name__ == "__main__":
    sys.exit(main())
