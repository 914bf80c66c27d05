"""A pool fills, and a server that has the application is added to every appliance."""
from lab.parts.load import Loads
from lab.parts.story import FILLS_ONE, LIGHT, grow, prove_agreement, prove_no_failure, prove_serving


def tell(lab, teller):
    with Loads(lab) as loads:
        loads.add(LIGHT)
        teller.say("clients come: slow requests over every appliance")
        added = grow(lab, teller, loads, FILLS_ONE)
        prove_serving(lab, teller, added)
        prove_agreement(lab, teller)
        prove_no_failure(teller, *loads.stop())
