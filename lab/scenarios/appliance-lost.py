"""An appliance dies while the pool is full: nothing is half done, no candidate is burnt, and it goes on when it is back."""
from lab.parts.load import Loads
from lab.parts.story import FILLS_ONE, LIGHT, members, named, of_kind, on_every_appliance, prove_agreement, quarantined


def tell(lab, teller):
    lost = lab.appliances[-1]
    burnt = quarantined(lab)
    since = teller.now()
    teller.say(f"{lost.name} is killed")
    lab.kill(lost.name)
    teller.until("the event", lambda e: e["kind"] == "appliance-lost" and e.get("appliance") == lost.name, since, 30)
    with Loads(lab) as loads:
        # Only the appliances that live carry clients.
        loads.add(LIGHT + FILLS_ONE, [a for a in lab.appliances if a is not lost])
        since = teller.now()
        teller.until("the pool to be full", of_kind("pool-full"), since, 30)
        before = members(lab)
        teller.prove("the pool is as it was", len(before) == 1, ", ".join(before))
        teller.prove("no candidate was burnt", quarantined(lab) == burnt, "headgate servers")
        teller.say(f"{lost.name} comes back")
        lab.restart(lost.name)
        grown = teller.until("the pool to grow", of_kind("pool-grown"), since, 90)
        teller.prove(f"{grown['server']} is on every appliance", on_every_appliance(lab, named(lab, grown["server"])),
                     "by HAProxy's own list of servers")
        prove_agreement(lab, teller)
        loads.stop()
