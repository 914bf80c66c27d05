"""Nobody is spare: a pool that comes first borrows a member of one that can do without it, in one plan."""
from lab.parts.load import Loads
from lab.parts.process import LabError, wait_for
from lab.parts.shop import Shop
from lab.parts.story import (members, named, of_kind, one_member, prove_agreement, prove_gone, prove_no_failure, prove_serving,
                             quarantined, two_members, wait_for_level, wait_functional)

FILLS = 72     # 900 permille of one server
NORMAL = 58    # two members are neither full nor under-used, and one bears them too


def all_but_two(lab, teller):
    """Web has two members; the others are for the shop."""
    lab.manager.do("hold", "web")
    one_member(lab, teller)
    two_members(lab, teller)
    others = [s for s in lab.servers if s.name not in {*members(lab), *quarantined(lab)}]
    if not others:
        raise LabError("there is nobody for the shop: lab/down, and lab/up with more --servers")
    return others


def of_pool(kind, pool):
    return lambda event: of_kind(kind)(event) and event.get("pool") == pool


def prove_words(lab, teller, lent, change):
    for words, wanted in ((("explain", "shop"), (f"{lent} is borrowed from pool web",)),
                          (("explain", "web"), (f"take {lent} out of web, as it is lent to pool shop, which comes first",)),
                          (("explain", str(change)), (lent, "lent to pool shop", "its priority is 50, before 200"))):
        said = lab.manager.show(*words)
        flat = " ".join(said.split())
        teller.prove(f"headgate {' '.join(words)} says why", all(each in flat for each in wanted), "\n" + said)


def prove_loan(lab, teller, since):
    lent_event = teller.until("web to let one go", of_pool("pool-shrunk", "web"), since, 60)
    lent = named(lab, lent_event["server"])
    teller.prove("web, which comes after it, lets one go for that", "it is lent to pool shop, which comes first" in lent_event["text"],
                 lent_event["text"])
    joined = teller.until("it to join the shop", of_pool("pool-grown", "shop"), since, 60)
    teller.prove("it joins the shop", joined["server"] == lent.name and f"{lent.name} is borrowed from pool web" in joined["text"],
                 joined["text"])
    prove_gone(lab, teller, lent)
    prove_serving(lab, teller, lent, pool="shop")
    for pool in ("web", "shop"):
        prove_agreement(lab, teller, pool)
    prove_words(lab, teller, lent.name, lent_event["transaction"])


def tell(lab, teller):
    others = all_but_two(lab, teller)
    with Shop(lab, others, web={"lend": True, "priority": 200}, shop={"priority": 50}), Loads(lab) as loads:
        wait_functional(lab, len(lab.servers))
        loads.add(NORMAL)
        wait_for_level(lab, "normal")
        lab.manager.do("resume", "web")
        since = teller.now()
        teller.say(f"clients of the shop come, more than {', '.join(s.name for s in others)} can bear; nobody is spare")
        loads.add(FILLS * len(others), pool="shop")
        prove_loan(lab, teller, since)
        lab.manager.do("hold", "shop")
        prove_no_failure(teller, *loads.stop())
    wait_for("the shop to be closed", lambda: len(lab.manager.ask("pools")) == 1)
    teller.prove("afterwards who was lent is spare", len(members(lab)) == 1, ", ".join(members(lab)))
