"""A candidate's application dies: it is noticed, and that server is not taken."""
from lab.parts.load import Loads
from lab.parts.story import FILLS_ONE, LIGHT, candidate, grow, prove_agreement, prove_serving


def tell(lab, teller):
    dead = candidate(lab)
    since = teller.now()
    teller.say(f"{dead.name}, the best candidate, loses its nginx")
    lab.kill(f"{dead.name}-nginx")
    down = teller.until("the event", lambda e: e["kind"] == "server-down" and e.get("server") == dead.name, since, 30)
    teller.prove("it was noticed", True, down["text"])
    with Loads(lab) as loads:
        loads.add(LIGHT)
        added = grow(lab, teller, loads, FILLS_ONE)
        teller.prove("another one was taken", added.name != dead.name, added.name)
        prove_serving(lab, teller, added)
        prove_agreement(lab, teller)
        loads.stop()
    since = teller.now()
    dead.start_nginx()
    dead.wait()
    back = teller.until("it to be back", lambda e: e["kind"] == "server-functional" and e.get("server") == dead.name, since, 30)
    teller.prove("its return was noticed", True, back["text"])
