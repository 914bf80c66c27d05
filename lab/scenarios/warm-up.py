"""A new member warms up: it joins with a part of its weight, and has all of it when it is warm, also over a restart of headgated."""
from lab.parts.load import Loads
from lab.parts.story import (LIGHT, entry, of_kind, one_member, prove_agreement, prove_no_failure, prove_serving, wait_functional,
                             weights, who_tells_its_weight, with_policy)

WEIGHT, STEPS, SECONDS = 100, 4, 40


def prove_weight(lab, teller, server, weight):
    held = weights(lab, server)
    teller.prove(f"every appliance gives it {weight} of {WEIGHT}", set(held.values()) == {weight}, f"by each HAProxy: {held}")
    recorded = lab.manager.recorded(server)
    teller.prove("and so it is recorded", recorded["connection"]["weight"] == weight and
                 recorded.get("ramps-to") == (WEIGHT if weight < WEIGHT else None), str(recorded.get("ramps-to")))


def raised(lab, teller, server, weight, since):
    event = teller.until(f"its weight to be {weight}", lambda e: of_kind("weight-raised")(e) and e["server"] == server.name and
                         f"the weight {weight} in" in e["text"], since, 30)
    prove_weight(lab, teller, server, weight)
    return event


def prove_words(lab, teller, server, event):
    said = lab.manager.show("explain", "web")
    teller.prove("headgate explain web says so", "it ramps up, with weight 50 of 100" in " ".join(said.split()), "\n" + said)
    said = lab.manager.show("explain", str(event["transaction"]))
    flat = " ".join(said.split())
    teller.prove("and of the step, why it was", f"give {server.name} more of its weight in web" in flat and
                 "it warms up, and its weight grows from 25 to 50 of 100" in flat, "\n" + said)


def tell(lab, teller):
    lab.manager.do("hold", "web")
    one_member(lab, teller)
    cold = who_tells_its_weight(lab)
    try:
        cold.change(old="weight = 1\n", new=f"weight = {WEIGHT}\n")
        with with_policy(lab, warm_up=f"{SECONDS}.0", ramp_steps=STEPS, shrink_after="600.0", damping=False), Loads(lab) as loads:
            wait_functional(lab, len(lab.servers))
            loads.add(LIGHT)
            lab.manager.do("resume", "web")
            since = teller.now()
            code, said = lab.manager.do("allocate", "web", cold.name)
            teller.prove(f"{cold.name} joins, and warms up", code == 0 and bool(entry(lab, cold.name).get("warm-until")), said)
            prove_weight(lab, teller, cold, WEIGHT // STEPS)
            prove_serving(lab, teller, cold)
            prove_words(lab, teller, cold, raised(lab, teller, cold, 50, since))
            teller.say("headgated is started anew meanwhile")
            teller.stop_watching()
            lab.restart("manager")
            teller.watch(lab.manager)
            raised(lab, teller, cold, 75, since)
            raised(lab, teller, cold, WEIGHT, since)
            prove_agreement(lab, teller)
            prove_no_failure(teller, *loads.stop())
            lab.manager.do("hold", "web")
            one_member(lab, teller)
    finally:
        cold.change()
