"""The story of lab/demo: fill and grow, refuse and roll back, empty and shrink, each step proved."""
from .load import Loads
from .protected import IN_WORDS
from .story import (FILLS_ONE, FILLS_TWO, LIGHT, candidate, configurations, grow, members, named, of_kind, on_every_appliance,
                    place, prove_agreement, prove_gone, prove_no_failure, prove_serving, shrink_to, wait_for_level, wait_functional)


def show_status(lab, teller):
    for line in lab.manager.show("status").rstrip().splitlines():
        teller.say(line)


def full_transaction(teller, since):
    return next(e["transaction"] for e in teller.events[since:] if e["kind"] == "pool-grown")


def fill_and_grow(lab, teller, loads):
    first = lab.servers[0]
    teller.chapter(f"1  {FILLS_ONE + LIGHT} clients with slow requests fill {first.name}")
    since = teller.now()
    added = grow(lab, teller, loads, FILLS_ONE)
    full = teller.until("the reason", of_kind("server-full"), since, 5)
    noticed = teller.until("its notification", lambda e: e["kind"] == "notification" and
                           e.get("server") == first.name and "mteTriggerRising" in e["text"], since, 15)
    teller.prove("functional but full was noticed", full.get("server") == first.name, full["text"])
    teller.prove("a notification came too", True, noticed["text"])

    teller.chapter(f"2  {added.name} serves on every appliance")
    prove_serving(lab, teller, added)
    prove_agreement(lab, teller)
    for line in lab.manager.show("transactions", str(full_transaction(teller, since))).splitlines():
        teller.say(line)
    wait_for_level(lab, "normal")
    show_status(lab, teller)
    return added


def refuse_and_roll_back(lab, teller, loads):
    second = lab.appliances[-1]
    teller.chapter(f"3  {second.name} refuses its commit while clients' traffic runs")
    lab.manager.do("hold", "web")
    teller.say("the pool is held, so that the rollback can be looked at before the next candidate is tried")
    loads.add(FILLS_TWO)
    wait_for_level(lab, "full")
    refused = candidate(lab)
    before = configurations(lab)
    second.inject("commit", "refuse", f"01070734:3: pool member {place(refused)} ({refused.name}): refused by an injected fault")
    code, said = lab.manager.do("allocate", "web", refused.name)
    teller.prove("headgate allocate says that it was rolled back", code == 4, f"exit code {code}: {said.splitlines()[-1]}")
    after = configurations(lab)
    for name, text in before.items():
        teller.prove(f"{name}'s configuration is byte for byte what it was", after[name] == text, f"{len(text)} bytes of XML")
    prove_gone(lab, teller, refused)
    teller.prove(f"{refused.name} is quarantined", any(
        s["name"] == refused.name and s.get("quarantined-until") for s in lab.manager.ask("servers")), "headgate servers")

    teller.chapter("4  the next candidate succeeds")
    since = teller.now()
    lab.manager.do("resume", "web")
    grown = teller.until("the pool to grow", of_kind("pool-grown"), since, 60)
    added = named(lab, grown["server"])
    teller.prove("another candidate was chosen", added.name != refused.name, added.name)
    prove_serving(lab, teller, added)
    prove_agreement(lab, teller)
    return refused, added


def empty_and_shrink(lab, teller, loads, allocated):
    teller.chapter(f"5  the load is gone, {LIGHT} clients stay; the pool drains and shrinks")
    since = teller.now()
    requests, failed = loads.stop(keep=len(lab.appliances))
    prove_no_failure(teller, requests, failed)
    left = shrink_to(lab, teller, 1, since)
    teller.prove("those that had been allocated left again", {s.name for s in left} == {s.name for s in allocated},
                 ", ".join(s.name for s in left))
    for server in left:
        prove_gone(lab, teller, server)
    teller.prove(f"{lab.servers[0].name} stayed", members(lab) == [lab.servers[0].name] and
                 on_every_appliance(lab, lab.servers[0]), "recorded, and on every appliance")
    prove_agreement(lab, teller)


def prove_settings(lab, teller, server):
    """What is recorded of it came from itself, and its secret is sealed."""
    member = lab.manager.recorded(server)
    settings = member["authentication"]
    teller.prove("its own settings are recorded", settings["kind"] == server.wants and
                 member["connection"]["port"] == server.port,
                 f"{settings['kind']}, {member['connection']['protocol']} on port {server.port}" +
                 (f", as {settings['user']}" if "user" in settings else "") +
                 (f", as {settings['server-name']}" if "server-name" in settings else ""))
    if "secret" in settings:
        found = [f for f in lab.manager.files() if server.secret.encode() in f.read_bytes()]
        teller.prove("its secret is nowhere in clear", settings["secret"].startswith("sealed:v1:") and not found,
                     f"neither in the record ({settings['secret'][:22]}…) nor in headgated's {len(lab.manager.files())} files")


def join_without_typing(lab, teller, server):
    teller.chapter(f"{server.name} wants {IN_WORDS[server.wants]}; nobody has typed its settings")
    written = lab.manager.entry(server, 0)
    teller.prove("nothing of how to connect to it was written by hand", "connection" not in str(written),
                 f"headgate.json has its address, {written['snmp']['credential']} and profile; headgate-agent has one file there")
    strangers = server.refuses_strangers()
    teller.prove("it refuses whoever comes without", strangers in ("400", "401"), f"HTTP status {strangers}")
    before = configurations(lab)
    lab.manager.do("hold", "web")
    code, said = lab.manager.do("allocate", "web", server.name)
    teller.prove("headgate allocate is all that is said", code == 0, said.splitlines()[-1])
    prove_settings(lab, teller, server)
    teller.prove("its health is checked with them by every appliance", all(
        a.members().get(place(server), {}).get("status") == "UP" for a in lab.appliances), "UP, says each HAProxy")
    prove_serving(lab, teller, server)
    code, said = lab.manager.do("release", "web", server.name)
    after = configurations(lab)
    teller.prove("when it leaves, all that came with it leaves", code == 0 and before == after,
                 "each appliance's configuration is byte for byte what it was")
    lab.manager.do("resume", "web")


def tell_demo(lab, teller):
    wait_functional(lab, len(lab.servers))
    teller.watch(lab.manager)
    with Loads(lab) as loads:
        loads.add(LIGHT)
        added = fill_and_grow(lab, teller, loads)
        refused, second = refuse_and_roll_back(lab, teller, loads)
        empty_and_shrink(lab, teller, loads, [added, second])
        wanting = [server for server in lab.servers if server.wants]
        for server in wanting:
            join_without_typing(lab, teller, server)
        requests, failed = loads.stop()
        prove_no_failure(teller, requests, failed)
    transactions = lab.manager.ask("transactions")
    outcomes = [t.get("outcome") for t in transactions]
    teller.summary("what happened", [
        ("grown by", f"{added.name}, {second.name}"),
        ("rolled back", f"{refused.name} (refused by {lab.appliances[-1].name}, undone on {lab.appliances[0].name})"),
        ("shrunk by", f"{added.name}, {second.name}"),
        ("authenticated", ", ".join(f"{s.name} ({s.wants})" for s in wanting) or "nobody wanted it"),
        ("transactions", f"{len(outcomes)}: {outcomes.count('committed')} committed, {outcomes.count('rolled-back')} rolled "
                         f"back, {outcomes.count('indeterminate')} indeterminate"),
        ("client requests", f"{requests}, {failed} failed")])
