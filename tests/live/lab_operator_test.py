#!/usr/bin/python3 -B
"""README.md's "An operator's day", read out of it and typed word for word on a lab, each command in a terminal as a person has it:
what it prints, how it ends, and what the lab is like afterwards. And what a terminal is to be respected in: its width, NO_COLOR.

  lab_operator_test.py
"""
import fcntl
import os
import pathlib
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time

from lab_house import TREE, lab_up, rest

from lab.parts import story
from lab.parts.tell import Teller

PATIENCE = 90
QUESTION = "[N]o "


def commands():
    """The commands of that section, each with its further lines."""
    section = (TREE / "README.md").read_text().split("\n## An operator's day\n")[1].split("\n## ")[0]
    lines, found = re.findall(r"^    (.*)$", section, re.M), []
    for line in lines:
        if line.startswith("    "):
            found[-1] += "\n" + line
        else:
            found.append(line)
    return found


class Person:
    """At a shell in the project's folder; what was exported stays."""

    def __init__(self, folder):
        self.folder, self.exported, self.env = folder, [], {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8"}

    def types(self, command, columns=100, **env):
        """(exit code, what is on the screen); every question is answered with y."""
        if command.startswith("export "):
            self.exported.append(command)
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        shell = subprocess.Popen(["bash", "-c", "\n".join([*self.exported, command])], cwd=self.folder, stdin=slave, stdout=slave,
                                 stderr=slave, env={**self.env, **env}, start_new_session=True)
        os.close(slave)
        try:
            screen = self.watch(master, shell)
        finally:
            if shell.poll() is None:
                shell.kill()
            os.close(master)
        return shell.wait(), screen.replace("\r\n", "\n")

    @staticmethod
    def watch(master, shell):
        screen, answered, end = "", 0, time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if select.select([master], [], [], 0.2)[0]:
                try:
                    read = os.read(master, 65536)
                except OSError:  # the other side is closed: it has ended
                    return screen
                screen += read.decode(errors="replace")
                if screen.count(QUESTION) > answered:
                    answered += 1
                    os.write(master, b"y\n")
            elif shell.poll() is not None:
                return screen
        raise AssertionError(f"not done in {PATIENCE} s: {screen}")


def folder_like_the_project(lab, where):
    """With the lab's own run folder and build in the places where the section looks for them."""
    (where / "lab").mkdir()
    (where / "lab/run").symlink_to(lab.run_dir)
    (where / "build").mkdir()
    (where / "build/dev").symlink_to(lab.build)


# What is to be on the screen after which command, in the order of the section.
SEEN = [("export", []),
        ("headgate status", ["POOL web", "all well", "FREE SERVERS", "real2", "f5-1", "citrix-1"]),
        ("headgate pools web", ["full at 800", "real1", "f5-1 as /Common/web"]),
        ("headgate events web", []),
        ("headgate explain web", ["What its members say", "real1", "What its policy says", "What is done now"]),
        ("VISUAL", ["policy/upper: 800 -> 700", "make this the running configuration?", "policy/upper 800 -> 700"]),
        ("headgate config show", []),
        ("headgated --check", ["is valid: 2 pools, 4 servers, 2 appliances"]),
        ("headgate config load", ["is the running configuration: 1 pool more"]),
        ("headgate servers", ["real1", "real2", "trusted"]),
        ("headgate servers real1", ["last answer", "trusted"]),
        ("headgate plan shop", ["would add real2 to shop", "on f5-1", "/Common/shop", "on citrix-1", "its inverse", "strategy confirmed"]),
        ("echo", []),
        ("headgate replay", ["With the recorded policy each of", "POOL POLICY MINUTES ABOVE UPPER"]),
        ("headgate replay", ["With the other policy, what would have happened", "the other"]),
        ("headgate config history", ["first configuration", "root" if os.getuid() == 0 else "", "policy/upper 800 -> 700", "1 pool more"]),
        ("headgate config diff 1", ["~ /headgate:headgate/pool[name='web']/policy/upper: 800 -> 700", "+ /headgate:headgate/pool[name='shop']"]),
        ("headgate config rollback 1", ["what was running in revision 1 is running again: 1 pool less; pool[name='web']/policy/upper 700 -> 800"]),
        ("headgate config history", ["gone back to revision 1"]),
        ("headgate config diff 1 2", ["~ /headgate:headgate/pool[name='web']/policy/upper: 800 -> 700"]),
        ("headgate events", ["configuration-loaded", "root" if os.getuid() == 0 else ""])]


def tell_the_day(lab, teller, person):
    typed = commands()
    teller.prove("the section has the commands that this test knows, in this order",
                 [c.split("\n")[0][:len(s)] for c, (s, _) in zip(typed, SEEN)] == [s for s, _ in SEEN] and len(typed) == len(SEEN),
                 "\n".join(typed))
    for command, (_, words) in zip(typed, SEEN):
        if command.startswith("headgate replay"):  # nobody else is so quick: a record of one second may say nothing of pools yet
            wait_until(lambda c=command: "POOL POLICY" in words_of(person.types(c)[1]))
        code, screen = person.types(command)
        missing = [w for w in words if w not in words_of(screen)]
        teller.prove(f"$ {command}", code == 0 and not missing, f"exit {code}, missing: {missing}\n{screen}")


def plain(screen):
    return re.sub(r"\x1b\[[0-9;]*m", "", screen)


def words_of(screen):
    """Without the line breaks that a terminal's width asked for."""
    return " ".join(plain(screen).split())


def tell_what_is_left(lab, teller):
    pools = [p["name"] for p in lab.manager.ask("pools")]
    teller.prove("what ran yesterday runs", pools == ["web"] and lab.manager.ask("pools")[0]["policy"]["upper"] == 800, str(pools))
    teller.prove("web has the members that it had", story.members(lab) == ["real1"], str(story.members(lab)))
    teller.prove("the dry run has changed nothing", story.on_no_appliance(lab, lab.servers[1]) and not lab.manager.ask("transactions"),
                 "asked of the data planes")
    authors = {r["author"] for r in lab.manager.ask("config", "history")["revision"]}
    teller.prove("each change has its author", authors <= {"headgated", "root", os.environ.get("USER", "root")}, str(authors))


def tell_the_terminal(teller, person):
    """A narrow one, one without colours, and one that can do nothing."""
    for verb in ("status", "pools", "servers", "appliances", "transactions", "events", "config history", "explain web"):
        code, screen = person.types(f"headgate {verb}", columns=60)
        longest = max(len(line) for line in plain(screen).splitlines())
        teller.prove(f"{verb} fits into 60 columns", code == 0 and longest <= 60, f"{longest} columns\n{screen}")
    teller.prove("a terminal gets colours", "\x1b[" in person.types("headgate status")[1], "by escape sequences")
    for name, env in (("NO_COLOR", {"NO_COLOR": "1"}), ("TERM=dumb", {"TERM": "dumb"})):
        teller.prove(f"{name} gets none", "\x1b" not in person.types("headgate status", **env)[1], "not one")
    code, screen = person.types("headgate status | cat", LC_ALL="C")
    teller.prove("nor does a pipe", code == 0 and "\x1b" not in screen, screen)
    code, screen = person.types("headgate status", LC_ALL="C")
    teller.prove("a terminal without UTF-8 gets ASCII", code == 0 and plain(screen).isascii(), screen)


def tell_watching(lab, teller, person):
    """Ctrl-C ends it with 0; with --reconnect it outlives the daemon."""
    code, screen = person.types("headgate watch nobody")
    teller.prove("a name that nobody has is refused", code == 1 and "there is no pool, server or appliance" in screen, screen)
    script = ("headgate watch web --reconnect > seen 2> said & sleep 0.1; while ! grep -q watching said; do sleep 0.1; done; "
              "headgate hold web; while ! grep -q pool-held seen; do sleep 0.1; done; kill -INT $!; wait $!")
    code, screen = person.types("set -m; " + script)
    teller.prove("an event is seen as it happens, and Ctrl-C is a good end", code == 0, f"exit {code}: {screen}")
    said, seen = person.folder / "said", person.folder / "json"
    watcher = subprocess.Popen([*lab.manager.command("watch", "--reconnect", "--json")], stdout=open(seen, "w"),
                               stderr=open(said, "w"))
    try:
        wait_until(lambda: said.read_text().count("watching") == 1)
        lab.restart("manager")
        lab.manager.do("resume", "web")  # before the watcher is back, or after
        wait_until(lambda: said.read_text().count("watching") == 2)
        wait_until(lambda: "pool-resumed" in seen.read_text())
        lines = seen.read_text().splitlines()
        teller.prove("each event is told once, those between too", len(lines) == len(set(lines)) and "".join(lines).count("pool-resumed") == 1,
                     "\n".join(lines))
        teller.prove("it waits for the next daemon, and says so", "the daemon is gone: waiting for it" in said.read_text(), said.read_text())
    finally:
        watcher.terminate()
    teller.prove("and ends well", watcher.wait(10) == 0, "exit 0")


def wait_until(question):
    end = time.monotonic() + PATIENCE
    while not question():
        if time.monotonic() > end:
            raise AssertionError("not in time")
        time.sleep(0.05)


def main():
    with lab_up(servers=4, f5=1, citrix=1) as lab, tempfile.TemporaryDirectory(prefix="headgate-operator-") as folder:
        person, teller = Person(pathlib.Path(folder)), Teller()
        folder_like_the_project(lab, person.folder)
        story.wait_functional(lab, len(lab.servers))
        teller.chapter("an operator's day")
        tell_the_day(lab, teller, person)
        tell_what_is_left(lab, teller)
        teller.chapter("the terminal")
        tell_the_terminal(teller, person)
        teller.chapter("watching")
        rest(lab)
        lab.manager.do("resume", "web")
        tell_watching(lab, teller, person)
        print(f"\n{len(teller.proofs)} proofs hold")
        return 0


if __name__ == "__main__":
    sys.exit(main())
