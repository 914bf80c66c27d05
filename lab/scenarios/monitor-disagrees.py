"""Appliances say that a member is down, its polls that it is not: it is trusted less, and its pool does not shrink meanwhile."""
from lab.parts.load import Loads
from lab.parts.process import wait_for
from lab.parts.story import (LIGHT, entry, members, of_kind, prove_agreement, prove_no_failure, shrink_to, two_members, wait_for_level,
                             wait_for_polls, with_policy)

POLLS = 10  # longer than it would take to shrink


def trust(lab, server):
    return entry(lab, server.name)["contact"].get("trust")


def prove_doubt(lab, teller, sick):
    wait_for(f"{sick.name} to be doubtful", lambda: trust(lab, sick) == "doubtful", 60)
    why = entry(lab, sick.name)["contact"].get("trust-reason", "")
    teller.prove("who says what is told", "monitor says that it is down" in why and "while its polls say functional" in why, why)
    said = " ".join(lab.manager.show("servers", sick.name).split())
    teller.prove(f"headgate servers {sick.name} says so, too", "monitor says that it is down" in said and "doubtful" in said, said)


def prove_no_shrink(lab, teller, sick, since):
    wait_for_polls(lab, sick.name, POLLS)
    teller.prove("the pool is under-used, and does not shrink", len(members(lab)) == 2 and
                 not any(of_kind("pool-shrunk")(e) for e in teller.events[since:]), ", ".join(members(lab)))
    said = lab.manager.show("explain", "web")
    flat = " ".join(said.split())
    teller.prove("headgate explain web says why", f"Nothing is done: {sick.name} is doubtful" in flat, "\n" + said)


def tell(lab, teller):
    sick = two_members(lab, teller)
    with with_policy(lab, damping=False), Loads(lab) as loads:
        loads.add(LIGHT)
        teller.say(f"{sick.name}'s health page fails; its application runs on, by all that SNMP shows")
        sick.sick(True)
        try:
            prove_doubt(lab, teller, sick)
            since = teller.now()
            wait_for_level(lab, "under-used")
            lab.manager.do("resume", "web")
            prove_no_shrink(lab, teller, sick, since)
        finally:
            sick.sick(False)
        since = teller.now()
        teller.say("the page is mended")
        wait_for(f"{sick.name} to be trusted", lambda: trust(lab, sick) == "trusted", 60)
        teller.prove("they agree again", True, f"{sick.name} is trusted")
        shrink_to(lab, teller, 1, since)
        prove_agreement(lab, teller)
        prove_no_failure(teller, *loads.stop())
