#!/usr/bin/python3 -B
"""High-availability pairs, one of each family: the active one is changed and nobody else, the standby follows by itself
and is checked; and what happens when it does not follow, is away, has to take over, or when both say that they are active.
Clients' requests run over the active ones all the time.

  lab_pair_test.py [PART OF A CASE'S NAME]
"""
import subprocess
import sys

from lab_house import DONE, INDETERMINATE, ROLLED_BACK, lab_up, named, rest, spare, tell_stories

from lab.parts import story
from lab.parts.load import Loads
from lab.parts.process import wait_for

LOCKS = {"lock", "unlock"}
CHANGES = {"edit-config", "validate", "commit", "cancel-commit", "copy-config", "discard-changes"}


class Witness:
    """What Headgate called on each appliance since now, by the appliance's own log; and the lab, which comes as the same
    user when it asks for locks or puts in faults."""

    def __init__(self, lab):
        self.appliances = lab.appliances
        self.before = {a.name: len(a.calls("headgate")) for a in self.appliances}

    def calls(self, appliance):
        return set(appliance.calls("headgate")[self.before[appliance.name]:])


def prove_change(lab, teller, witness):
    for pair in lab.pairs:
        active, standby = witness.calls(pair.active), witness.calls(pair.standby)
        teller.prove(f"Headgate changed {pair.active.name}", {"lock", "edit-config", "commit", "unlock"} <= active,
                     "by its own log: " + ", ".join(sorted(active & (LOCKS | CHANGES))))
        teller.prove(f"of {pair.standby.name} it only read", not standby & (LOCKS | CHANGES),
                     "by its own log: " + ", ".join(sorted(standby)))


def prove_followed(lab, teller, server):
    for standby in [pair.standby for pair in lab.pairs]:
        wait_for(f"{server.name} to be up on {standby.name}", lambda a=standby: a.members().get(
            story.place(server), {}).get("status") == "UP")
        teller.prove(f"{standby.name} has it, and finds it up", True, "by its own HAProxy")
        wait_for(f"{standby.name} to save it", lambda a=standby: f">{server.address}<" in a.startup().decode())
        teller.prove(f"{standby.name} would start with it", True, "its startup, by ncclient")


def allocate(lab, teller, server, expected=DONE, *says):
    code, said = lab.manager.do("allocate", "web", server.name)
    teller.prove(f"headgate allocate ends with {expected}", code == expected, f"exit {code}: {said}")
    for words in says:
        teller.prove(f"it says '{words}'", words in said, said)


def release(lab, teller, server):
    witness = Witness(lab)
    code, said = lab.manager.do("release", "web", server.name)
    teller.prove("it can leave again", code == DONE, said)
    prove_change(lab, teller, witness)
    settle(lab, teller)


def settle(lab, teller):
    """Each appliance has what is recorded, unlocked, and Headgate knows it."""
    recorded = sorted(story.place(story.named(lab, name)) for name in story.members(lab))
    wait_for("every data plane to have what is recorded", lambda: all(
        sorted(a.members()) == recorded for a in lab.appliances))
    for appliance in lab.appliances:
        appliance.try_locks()
    wait_for("headgate check to find nothing", lambda: lab.manager.do("check")[0] == DONE)
    teller.prove("every appliance has what is recorded, and no lock", True, "headgate check, and ncclient")


def prove_untouched(lab, teller, before, witness):
    teller.prove("every configuration is byte for byte what it was", story.configurations(lab) == before, "by ncclient")
    for pair in lab.pairs:
        teller.prove(f"{pair.standby.name} was not touched", not witness.calls(pair.standby) & (LOCKS | CHANGES),
                     "by its own log")


def the_standby_follows_and_is_checked(lab, teller):
    witness, server = Witness(lab), spare(lab)
    allocate(lab, teller, server)
    prove_change(lab, teller, witness)
    prove_followed(lab, teller, server)
    release(lab, teller, server)


def after_a_failover_the_other_one_is_changed(lab, teller):
    before = [pair.active.name for pair in lab.pairs]
    since = teller.now()
    for pair in lab.pairs:
        pair.fail_over()
    told = teller.until("the F5 to tell it", lambda e: e["kind"] == "notification" and "3375.2.4.0.15 " in e["text"], since)
    teller.prove("the one that became active told so by SNMP", lab.pairs[0].active.name in told["text"], told["text"])
    teller.say("now active: " + ", ".join(pair.active.name for pair in lab.pairs))
    witness, server = Witness(lab), spare(lab)
    allocate(lab, teller, server)
    teller.prove("each pair has failed over", all(p.active.name not in before for p in lab.pairs), ", ".join(before))
    prove_change(lab, teller, witness)
    prove_followed(lab, teller, server)
    for pair in lab.pairs:
        pair.fail_over()
    release(lab, teller, server)


def a_rollback_reaches_the_standby(lab, teller):
    before, witness, server = story.configurations(lab), Witness(lab), spare(lab)
    refusing = lab.pairs[-1].active
    refusing.inject("confirming-commit", "refuse", "refused by the test", count=20)  # when the standbys have followed
    allocate(lab, teller, server, ROLLED_BACK, "refused by the test")
    prove_untouched(lab, teller, before, witness)
    refusing.clear_faults()
    settle(lab, teller)


def a_standby_that_does_not_follow(lab, teller):
    pair = lab.pairs[0]
    pair.stop()
    try:
        before, witness = story.configurations(lab), Witness(lab)
        allocate(lab, teller, spare(lab), ROLLED_BACK, pair.standby.name, "not verified in time")
        prove_untouched(lab, teller, before, witness)
    finally:
        pair.start()
        pair.wait()
    settle(lab, teller)


def a_standby_that_is_away(lab, teller):
    pair, server = lab.pairs[0], spare(lab)
    away = pair.standby
    since = teller.now()
    lab.kill(away.name)
    teller.until("its loss to be noticed", lambda e: e["kind"] == "appliance-lost" and e.get("appliance") == away.name,
                 since, 40)
    since = teller.now()
    allocate(lab, teller, server)
    told = teller.until("the warning", lambda e: e["kind"] == "standby-absent" and e.get("appliance") == away.name, since, 5)
    teller.prove("the warning names the one that was not checked", told["severity"] == "warning", told["text"])
    lab.restart(away.name)
    prove_followed(lab, teller, server)
    release(lab, teller, server)


def a_pair_that_is_not_clear(lab, teller):
    pair = lab.pairs[0]
    for changed, state, count in ((pair.standby, "active", "2"), (pair.active, "standby", "0")):
        before, witness, was = story.configurations(lab), Witness(lab), changed.ha_state
        changed.set_ha_state(state)
        try:
            allocate(lab, teller, spare(lab), ROLLED_BACK, pair.name, f"{count} appliances say that they are active")
        finally:
            changed.set_ha_state(was)
        teller.prove("every configuration is byte for byte what it was", story.configurations(lab) == before, "by ncclient")
        edited = [a.name for a in lab.appliances if witness.calls(a) & {"edit-config", "commit"}]
        teller.prove("nothing was edited anywhere", not edited, "by the appliances' own logs")
        settle(lab, teller)
        rest(lab)


def the_active_one_is_lost_in_the_middle(lab, teller):
    """The standby has the change already and takes over: nobody can say that it was confirmed, or take it back."""
    pair, server = lab.pairs[0], spare(lab)
    old, new = pair.active, pair.standby
    server.sick(True)  # so that the change waits to be verified
    with subprocess.Popen(lab.manager.command("allocate", "web", server.name), text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as asked:
        wait_for(f"{new.name} to have it", lambda: story.place(server) in new.members())
        lab.kill(old.name)
        old.set_ha_state("standby", away=True)
        new.set_ha_state("active")
        server.sick(False)
        said = asked.communicate(timeout=200)[0].strip()
    teller.prove("it is said to be indeterminate, and where", asked.returncode == INDETERMINATE and old.name in said and
                 new.name in said, said)
    lab.restart(old.name)
    wait_for(f"{old.name} to be as {new.name}", lambda: sorted(old.members()) == sorted(new.members()))
    witness = Witness(lab)
    wait_for("headgate repair to have led it back", lambda: lab.manager.do("repair", "web")[0] == DONE, 60, 1)
    teller.prove("headgate repair leads the pair back", server.name not in story.members(lab) and
                 not witness.calls(old) & CHANGES and "commit" in witness.calls(new),
                 f"by the logs {new.name} was changed, {old.name} followed")
    settle(lab, teller)


STORIES = [the_standby_follows_and_is_checked, after_a_failover_the_other_one_is_changed, a_rollback_reaches_the_standby,
           a_standby_that_does_not_follow, a_standby_that_is_away, a_pair_that_is_not_clear,
           the_active_one_is_lost_in_the_middle]


def under_load(tell):
    """Clients' requests run over the active ones, but for one that is to be lost."""
    def told(lab, teller):
        with Loads(lab) as loads:
            lost = tell is the_active_one_is_lost_in_the_middle
            loads.add(story.LIGHT, [pair.active for pair in lab.pairs[lost:]])
            tell(lab, teller)
            story.prove_no_failure(teller, *loads.stop())
    return told


def main():
    with lab_up(3, 2, 2, paired=True) as lab:
        return tell_stories(lab, [(name, under_load(tell)) for name, tell in named(STORIES)], *sys.argv[1:2])


if __name__ == "__main__":
    sys.exit(main())
