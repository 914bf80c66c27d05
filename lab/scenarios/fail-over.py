"""A member's application dies: whom the policy prefers stands in for it, and leaves when it is back."""
from lab.parts.load import Loads
from lab.parts.process import LabError, wait_for
from lab.parts.story import (candidate, members, of_kind, prove_agreement, prove_gone, prove_serving, quarantined, two_members,
                             wait_functional, with_policy)

CLIENTS = 54  # of two members neither full nor under-used, and one bears them too
AFTER = "2.0"


def of(kind, server):
    return lambda event: of_kind(kind)(event) and event.get("server") == server.name


def prove_words(lab, teller, *wanted):
    said = lab.manager.show("explain", "web")
    flat = " ".join(said.split())
    teller.prove("headgate explain web says why", all(words in flat for words in wanted), "\n" + said)


def stand_in(lab, teller, lost, chosen):
    since = teller.now()
    teller.say(f"{lost.name}, a member, loses its nginx")
    lab.kill(f"{lost.name}-nginx")
    down = teller.until("the event", of("server-down", lost), since, 30)
    teller.prove("it was noticed", True, down["text"])
    grown = teller.until("somebody to stand in", of_kind("pool-grown"), since, 30)
    teller.prove(f"whom the policy prefers stands in: {chosen.name}", grown["server"] == chosen.name and
                 f"in the place of {lost.name}" in grown["text"], grown["text"])
    recorded = lab.manager.recorded(chosen)
    teller.prove("it is recorded for whom", recorded.get("stands-in-for") == lost.name, str(recorded))
    prove_serving(lab, teller, chosen)
    prove_agreement(lab, teller)
    prove_words(lab, teller, f"{lost.name} 0‰ connections trusted down: its agent answers",
                f"it stands in for {lost.name}", f"was to add {chosen.name} to web in the place of {lost.name}, which has been down for 2 s: its agent "
                "answers, and web (nginx on port 8080) does not run. It was done on every appliance")


def fail_back(lab, teller, lost, chosen):
    since = teller.now()
    teller.say(f"{lost.name} is back")
    lost.start_nginx()
    lost.wait()
    shrunk = teller.until("who stood in to leave", of_kind("pool-shrunk"), since, 40)
    teller.prove(f"{chosen.name} leaves again", shrunk["server"] == chosen.name and "stood in for it" in shrunk["text"],
                 shrunk["text"])
    prove_gone(lab, teller, chosen)
    prove_serving(lab, teller, lost)
    prove_agreement(lab, teller)
    prove_words(lab, teller, f"take {chosen.name} out of web, because {lost.name} has been back for 2 s, and {chosen.name} stood in for it")


def tell(lab, teller):
    lost = two_members(lab, teller)  # the first stays as it is
    free = [s for s in lab.servers if s.name not in {*members(lab), *quarantined(lab)}]
    if len(free) < 2:
        raise LabError("there is nobody to choose from: lab/down, and lab/up with more --servers")
    chosen, usual = free[-1], candidate(lab)
    fail_over = {"after": AFTER, "choice": "prioritised", "candidate": [{"server": s.name} for s in (chosen, usual)]}
    teller.say(f"its policy prefers {chosen.name} to {usual.name}, which a pool that is full would take")
    with with_policy(lab, fail_over=fail_over), Loads(lab) as loads:
        wait_functional(lab, len(lab.servers))
        loads.add(CLIENTS)
        wait_for("the pool to be normal", lambda: lab.manager.ask("pools")[0].get("level") == "normal", 20)
        lab.manager.do("resume", "web")
        stand_in(lab, teller, lost, chosen)
        fail_back(lab, teller, lost, chosen)
