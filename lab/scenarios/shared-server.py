"""A server serves two pools at a time, each with its part of it."""
from lab.parts.load import Loads
from lab.parts.process import wait_for
from lab.parts.shop import Shop
from lab.parts.story import (LIGHT, entry, members, of_kind, prove_agreement, prove_gone, prove_no_failure, prove_serving,
                             wait_functional, weights, who_tells_its_weight)

WEIGHT, PARTS = 100, {"web": 600, "shop": 400}


def prove_refusal(lab, teller, server):
    """One that has a share for the shop only is not put into web by an edit either."""
    configuration = lab.manager.configuration()
    top = configuration["headgate:headgate"]
    next(s for s in top["server"] if s["name"] == server.name)["share"] = [{"pool": "shop", "permille": 400}]
    code, said = lab.manager.load(configuration)
    teller.prove("a member without a share is refused, and nothing is changed", code != 0 and
                 "give it a share for this one" in said and server.name in members(lab), said)


def tell(lab, teller):
    lab.manager.do("hold", "web")
    shared = who_tells_its_weight(lab)
    try:
        shared.change(old="weight = 1\n", new=f"weight = {WEIGHT}\n")
        with Shop(lab, [shared], shares={shared.name: PARTS}), Loads(lab) as loads:
            wait_functional(lab, len(lab.servers))
            code, said = lab.manager.do("allocate", "web", shared.name)
            teller.prove(f"{shared.name}, a member of the shop, joins web too", code == 0, said)
            for pool, part in PARTS.items():
                held = weights(lab, shared, pool)
                teller.prove(f"{pool} has {part} permille of its weight, {WEIGHT}", set(held.values()) == {WEIGHT * part // 1000},
                             f"by each HAProxy: {held}")
            told = entry(lab, shared.name)
            teller.prove("Headgate says whose member it is", told.get("member-of") == "shop" and told.get("also-member-of") == ["web"],
                         f"{told.get('member-of')}, {told.get('also-member-of')}")
            prove_refusal(lab, teller, shared)
            for pool in PARTS:
                loads.add(LIGHT, pool=pool)
            for pool in PARTS:
                prove_serving(lab, teller, shared, pool=pool)
                prove_agreement(lab, teller, pool)
            since = teller.now()
            code, said = lab.manager.do("release", "web", shared.name)
            teller.prove("it leaves web", code == 0, said)
            teller.until("the event", lambda e: of_kind("pool-shrunk")(e) and e.get("pool") == "web", since, 20)
            prove_gone(lab, teller, shared)
            prove_serving(lab, teller, shared, pool="shop")
            prove_no_failure(teller, *loads.stop())
    finally:
        shared.change()
    wait_for("it to be spare", lambda: not entry(lab, shared.name).get("member-of"))
