"""The last appliance refuses its commit: everything is undone everywhere, and nobody's request failed."""
from lab.parts.load import Loads
from lab.parts.story import LIGHT, candidate, configurations, place, prove_agreement, prove_gone, prove_no_failure


def tell(lab, teller):
    lab.manager.do("hold", "web")
    with Loads(lab) as loads:
        loads.add(LIGHT)
        before = configurations(lab)
        refused = candidate(lab)
        lab.appliances[-1].inject("commit", "refuse", f"member {place(refused)} ({refused.name}): refused by an injected fault")
        code, said = lab.manager.do("allocate", "web", refused.name)
        teller.prove("headgate allocate says that it was rolled back", code == 4, said)
        teller.prove("every configuration is byte for byte what it was", configurations(lab) == before,
                     f"{sum(map(len, before.values()))} bytes on {len(before)} appliances")
        prove_gone(lab, teller, refused)
        prove_agreement(lab, teller)
        prove_no_failure(teller, *loads.stop())
    lab.manager.do("resume", "web")
