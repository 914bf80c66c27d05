#!/usr/bin/python3 -B
"""Real servers that want to be authenticated, from their own word to every appliance's checks, and back: nobody types their
settings, no secret is ever seen in clear. One lab for all of it; each case leaves it as it was.

  lab_authentication_test.py [PART OF A CASE'S NAME]
"""
import os
import pathlib
import re
import socket
import sys
import threading

from lab_house import DONE, ROLLED_BACK, lab_up, rest, tell_stories, wait_for_candidate

from lab.parts import story
from lab.parts.load import Loads
from lab.parts.process import wait_for
from lab.parts.protected import IN_WORDS, WISHES

TIMEOUT = 30
planted = {}  # every secret that a server of the lab had at any time → whose


def wanting(lab, wish):
    return next(s for s in lab.servers if s.wants == wish)


def plant(server, secret):
    planted[secret] = f"{server.wants} of {server.name}"
    return secret


def key_of_the_appliances(lab):
    _, key = lab.servers[-1].authority.issue("load-balancers.lab.example", "clientAuth")
    return key.read_text().splitlines()[1]  # a line of base64 is enough to know it by


def joined(lab, teller, server):
    code, said = lab.manager.do("allocate", "web", server.name)
    teller.prove(f"{server.name} joined", code == DONE, said)
    return lab.manager.recorded(server)


def left(lab, teller, server, before):
    code, said = lab.manager.do("release", "web", server.name)
    teller.prove(f"{server.name} left, and with it all that came with it", code == DONE and
                 story.configurations(lab) == before, said)


def status(lab, server):
    return {a.name: a.members().get(story.place(server), {}).get("status") for a in lab.appliances}


def joins_and_leaves(wish):
    def told(lab, teller):
        server = wait_for_candidate(lab, wanting(lab, wish))
        before = story.configurations(lab)
        teller.prove("it refuses whoever comes without", server.refuses_strangers() in ("400", "401"), server.refuses_strangers())
        member = joined(lab, teller, server)
        teller.prove("its own settings are recorded", member["authentication"]["kind"] == wish and
                     member["connection"]["port"] == server.port, str(sorted(member["authentication"])))
        teller.prove("its secret is sealed", wish == "server-tls" or
                     member["authentication"]["secret"].startswith("sealed:v1:"), "in the record")
        teller.prove("every data plane finds it up", set(status(lab, server).values()) == {"UP"}, str(status(lab, server)))
        with Loads(lab) as loads:
            loads.add(story.LIGHT)
            story.prove_serving(lab, teller, server)
            left(lab, teller, server, before)
            requests, failed = loads.stop()
        story.prove_no_failure(teller, requests, failed)
    return f"{wish}: joins and leaves ({IN_WORDS[wish]})", told


def a_shared_trust_anchor_outlives_one_of_its_members(lab, teller):
    first, second = wanting(lab, "server-tls"), wanting(lab, "client-certificate")
    before = story.configurations(lab)
    joined(lab, teller, wait_for_candidate(lab, first))
    between = story.configurations(lab)
    joined(lab, teller, wait_for_candidate(lab, second))
    left(lab, teller, second, between)
    teller.prove(f"{first.name} is up still", set(status(lab, first).values()) == {"UP"}, str(status(lab, first)))
    left(lab, teller, first, before)


def a_wrong_password_rolls_back_and_the_next_one_is_tried(lab, teller):
    server = wait_for_candidate(lab, wanting(lab, "password"))
    before = story.configurations(lab)
    server.accepts = plant(server, "another-password-than-it-tells")
    # Its own probe would notice; this one looks only whether somebody listens.
    server.change(old="use-credentials = true", new='use-credentials = false\nkind = "tcp"')
    wait_for_candidate(lab, server)
    code, said = lab.manager.do("allocate", "web", server.name)
    teller.prove("the command says rolled back", code == ROLLED_BACK, said)
    teller.prove("it says that the member is not up", server.name in said and "not verified" in said, said)
    teller.prove("every configuration is byte for byte what it was", story.configurations(lab) == before, "by ncclient")
    teller.prove("it is quarantined", server.name in story.quarantined(lab), ", ".join(story.quarantined(lab)))
    code, said = lab.manager.do("allocate", "web")
    teller.prove("the next one is taken", code == DONE and server.name not in said, said)
    next_one = next(name for name in story.members(lab) if name != lab.servers[0].name)
    left(lab, teller, story.named(lab, next_one), before)
    server.accepts = None
    server.change()


def settings_that_contradict_the_pool_are_refused_by_name(lab, teller):
    server = wait_for_candidate(lab, wanting(lab, "token"))
    before = story.configurations(lab)
    for old, new, says in (
            (f'address = "{server.address}"', f'address = "{lab.servers[0].address}"', "is not the server's"),
            ('health-check = "GET /health"\n\n[probe]\ninterval = 0.5\ntimeout = 0.5\nuse-credentials = true',
             'health-check = "GET /<!ENTITY&lol9;>"\n\n[probe]\nkind = "tcp"', None)):
        server.change(old=old, new=new)
        code, said = lab.manager.do("allocate", "web", wait_for_candidate(lab, server).name)
        if says:
            teller.prove("it was refused by name and reason", code == ROLLED_BACK and server.name in said and says in said, said)
        else:
            teller.prove("a text full of markup is a text", code == ROLLED_BACK and "<!ENTITY&lol9;>" in said, said)
        teller.prove("it is quarantined", server.name in story.quarantined(lab), ", ".join(story.quarantined(lab)))
        teller.prove("no appliance was changed", story.configurations(lab) == before, "by ncclient")
        started_anew(lab, teller)  # ends its quarantine
    server.change()
    wait_for_candidate(lab, server)


def with_policy(lab, teller, **policy):
    configuration = lab.manager.configuration()
    configuration["headgate:headgate"]["pool"][0]["policy"].update(policy)
    code, said = lab.manager.load(configuration)
    teller.prove("a policy is loaded", code == DONE, said)


def a_changed_password_is_rolled_out_as_a_transaction(lab, teller):
    server = wait_for_candidate(lab, wanting(lab, "password"))
    before = story.configurations(lab)
    old = joined(lab, teller, server)["authentication"]["secret"]
    with_policy(lab, teller, minimum=2)  # nobody is let go meanwhile
    since = teller.now()
    lab.manager.do("resume", "web")
    server.change(plant(server, "a-new-password-for-everybody"))
    renewed = teller.until("the new settings", story.of_kind("settings-renewed"), since, 60)
    teller.prove("a transaction took them to every appliance", renewed.get("server") == server.name, renewed["text"])
    lab.manager.do("hold", "web")
    new = lab.manager.recorded(server)["authentication"]["secret"]
    teller.prove("another secret is recorded", new != old and new.startswith("sealed:v1:"), "sealed")
    wait_for("every check to pass with it", lambda: set(status(lab, server).values()) == {"UP"}, TIMEOUT)
    with_policy(lab, teller, minimum=1)
    left(lab, teller, server, before)


def started_anew(lab, teller):
    teller.stop_watching()
    lab.restart("manager")
    teller.watch(lab.manager)
    rest(lab)


def hook(server, text):
    file = server.dir / "use-data-source"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o700)


def a_new_server_is_told_its_data_source_and_told_back(lab, teller):
    server = wait_for_candidate(lab, wanting(lab, "password"))
    before = story.configurations(lab)
    server.data_sources = ("db1", "db2")
    hook(server, f'echo "$1" >> {server.dir}/used\ntest ! -f {server.dir}/broken || {{ echo "no route to $1"; exit 3; }}')
    server.change()
    configuration = lab.manager.configuration()
    top = configuration["headgate:headgate"]
    top["data-source"] = [{"name": "db1"}, {"name": "db2"}]
    next(s for s in top["server"] if s["name"] == server.name)["data-source"] = ["db2"]
    teller.prove("the data sources are loaded", lab.manager.load(configuration)[0] == DONE, "db1, db2")

    def used():
        file = server.dir / "used"
        return file.read_text().split() if file.exists() else []
    lab.appliances[-1].inject("commit", "refuse", "refused by the test")
    code, said = lab.manager.do("allocate", "web", server.name)
    lab.appliances[-1].clear_faults()
    teller.prove("an appliance's refusal rolls back", code == ROLLED_BACK, said)
    teller.prove("the data source is taken back with it", used() == ["db2", "db1"], " ".join(used()))
    rest(lab)
    (server.dir / "broken").touch()
    code, said = lab.manager.do("allocate", "web", server.name)
    teller.prove("a hook that fails is a refusal with its reason", code == ROLLED_BACK and "no route to db2" in said, said)
    (server.dir / "broken").unlink()
    started_anew(lab, teller)  # ends its quarantine
    joined(lab, teller, wait_for_candidate(lab, server))
    teller.prove("it works with its data source", used()[-1] == "db2", " ".join(used()))
    left(lab, teller, server, before)


class Wire:
    """What goes over the loopback interface, octet by octet. Needs the right to look (CAP_NET_RAW)."""

    def __init__(self):
        self.octets, self.size = [], 0
        try:
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
        except (PermissionError, OSError):
            self.socket = None
            return
        self.socket.bind(("lo", 0))
        self.socket.settimeout(0.2)
        self.running = True
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self):
        while self.running:
            try:
                frame = self.socket.recv(65536)
            except (TimeoutError, socket.timeout):
                continue
            # UDP to or from an SNMP port of the lab: the checks themselves are HTTP, and are not asked to hide a password.
            if frame[23] == 17:
                self.octets.append(frame)
                self.size += len(frame)

    def end(self):
        self.running = False
        self.thread.join()
        self.socket.close()
        return b"".join(self.octets)


def no_secret_is_seen_in_the_snmp_traffic(lab, teller):
    wire = Wire()
    if not wire.socket:
        return teller.say("left out: whoever runs this may not look at the network (it needs root)")
    for wish in ("password", "token", "client-certificate"):
        server = wait_for_candidate(lab, wanting(lab, wish))
        before = story.configurations(lab)
        joined(lab, teller, server)
        left(lab, teller, server, before)
    octets = wire.end()
    own = [s.secret for s in lab.servers if s.wants in ("password", "token")] + [key_of_the_appliances(lab)]
    teller.prove("there was SNMP traffic to look at", b"headgate" in octets, f"{wire.size} octets of UDP")
    found = [secret[:4] + "…" for secret in own if secret.encode() in octets]
    teller.prove("no secret was in it", not found, f"{len(own)} secrets looked for; found: {found or 'none'}")


def no_secret_is_in_anything_that_headgate_says_or_writes(lab, teller):
    for server in lab.servers:
        if server.wants in ("password", "token"):
            plant(server, server.secret)
    planted[key_of_the_appliances(lab)] = "the appliances' key"
    for server in lab.servers:
        if server.wants:
            joined(lab, teller, wait_for_candidate(lab, server))
    said = {}
    for words in (("status",), ("pools", "web"), ("servers",), ("appliances",), ("transactions",), ("events",), ("plan", "web"),
                  ("config", "show"), ("check",)):
        said["headgate " + " ".join(words)] = lab.manager.do(*words)[1]
        if words[0] != "config":
            said["headgate " + " ".join(words) + " --json"] = lab.manager.do(*words, "--json")[1]
    said["headgate watch"] = str(teller.events)
    for file in lab.manager.files():
        said[str(file)] = file.read_bytes().decode("latin-1")
    for process in ("manager", "f5-1", "citrix-1", *(f"{s.name}-agent" for s in lab.servers if s.wants)):
        pid = lab.processes.record(process)["pid"]
        said[f"the arguments of {process}"] = pathlib.Path(f"/proc/{pid}/cmdline").read_text()
        said[f"the environment of {process}"] = pathlib.Path(f"/proc/{pid}/environ").read_text(errors="replace")
        said[f"the log of {process}"] = pathlib.Path(lab.processes.record(process)["log"]).read_text(errors="replace")
    found = [f"{whose} in {where}" for where, text in said.items() for secret, whose in planted.items() if secret in text]
    teller.prove("no secret is in anything that was said or written", not found and len(planted) >= 3,
                 f"{len(planted)} secrets, {len(said)} places, {sum(map(len, said.values()))} characters; {found or 'none found'}")
    open_files = [f for f in lab.manager.files() if f.name == "key" and f.stat().st_mode & 0o077]
    teller.prove("the key that seals them is its owner's alone", not open_files, "mode 0600")
    for server in lab.servers:
        if server.wants:
            lab.manager.do("release", "web", server.name)


def a_key_that_is_lost_is_a_refusal_to_start(lab, teller):
    server = wait_for_candidate(lab, wanting(lab, "password"))
    before = story.configurations(lab)
    joined(lab, teller, server)
    key = lab.manager.dir / "state/key"
    kept = key.read_text()
    lab.manager.stop()
    key.unlink()
    done = lab.run("manager", [lab.program("headgated"), "--state", lab.manager.dir / "state", "--socket", lab.manager.socket])
    teller.prove("headgated says which secret, and what to do", done.returncode == 1 and
                 re.search(r"member\[server='real\d+'\]/authentication/secret: .*--key FILE", done.stderr) is not None,
                 done.stderr.strip())
    lab.secret("manager/state/key", kept)
    teller.stop_watching()
    lab.manager.start()
    lab.manager.wait()
    teller.watch(lab.manager)
    story.wait_functional(lab, len(lab.servers))
    rest(lab)
    left(lab, teller, server, before)


CASES = [*(joins_and_leaves(wish) for wish in WISHES),
         *((call.__name__, call) for call in (
             a_shared_trust_anchor_outlives_one_of_its_members,
             a_changed_password_is_rolled_out_as_a_transaction,
             a_new_server_is_told_its_data_source_and_told_back,
             no_secret_is_seen_in_the_snmp_traffic,
             a_wrong_password_rolls_back_and_the_next_one_is_tried,
             settings_that_contradict_the_pool_are_refused_by_name,
             a_key_that_is_lost_is_a_refusal_to_start,
             no_secret_is_in_anything_that_headgate_says_or_writes))]


def main():
    with lab_up(2, 1, 1, agents=len(WISHES)) as lab:
        return tell_stories(lab, CASES, *sys.argv[1:2])


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    sys.exit(main())
