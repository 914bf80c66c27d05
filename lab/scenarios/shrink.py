"""The load is gone: what was allocated is drained and released, without one failed request."""
from lab.parts.load import Loads
from lab.parts.story import LIGHT, candidate, members, prove_agreement, prove_gone, prove_no_failure, shrink_to


def tell(lab, teller):
    with Loads(lab) as loads:
        loads.add(LIGHT)
        since = teller.now()
        if len(members(lab)) == 1:
            extra = candidate(lab)
            teller.say(f"an operator adds {extra.name} by hand, though nothing needs it")
            code, said = lab.manager.do("allocate", "web", extra.name)
            teller.prove("headgate allocate did it", code == 0, said)
        for server in shrink_to(lab, teller, 1, since):
            prove_gone(lab, teller, server)
        prove_agreement(lab, teller)
        prove_no_failure(teller, *loads.stop())
