"""What the demo and the scenarios have in common: waiting for events, and asking the data plane for proof."""
import contextlib

from .process import LabError, wait_for

LIGHT = 6          # clients that never stop: a story has no failed request only if there were requests
FILLS_ONE = 66     # with the light ones 900 permille of one server
FILLS_TWO = 76     # on top of those: 925 permille of each of two


def of_kind(*kinds):
    return lambda event: event["kind"] in kinds


def named(lab, name):
    return next(server for server in lab.servers if server.name == name)


def place(server):
    return f"{server.address}:{server.port}"


def members(lab, pool="web"):
    """Names of the pool's members as Headgate's running datastore has them."""
    found = next(p for p in lab.manager.ask("pools") if p["name"] == pool)
    return [member["server"] for member in found.get("member", [])]


@contextlib.contextmanager
def with_policy(lab, **changes):
    """The pool's policy has them until the story is told; `_` stands for `-` in their names."""
    def load(leaves):
        configuration = lab.manager.configuration()
        policy = configuration["headgate:headgate"]["pool"][0]["policy"]
        before = {name: policy.pop(name, None) for name in leaves}
        policy.update({name: value for name, value in leaves.items() if value is not None})
        code, said = lab.manager.load(configuration)
        if code:
            raise LabError(f"headgate config load: {said}")
        return before
    before = load({name.replace("_", "-"): value for name, value in changes.items()})
    try:
        yield
    finally:
        load(before)


def quarantined(lab):
    return {server["name"] for server in lab.manager.ask("servers") if server.get("quarantined-until")}


def on_every_appliance(lab, server, pool="web"):
    return all(place(server) in appliance.members(pool) for appliance in lab.appliances)


def on_no_appliance(lab, server, pool="web"):
    return not any(place(server) in appliance.members(pool) for appliance in lab.appliances)


def weights(lab, server, pool="web"):
    """By each appliance's HAProxy."""
    return {a.name: a.members(pool).get(place(server), {}).get("weight") for a in lab.appliances}


def who_tells_its_weight(lab):
    """A spare server with headgate-agent."""
    found = [s for s in lab.servers if s.profile == "by-agent" and s.name not in {*members(lab), *quarantined(lab)}]
    if not found:
        raise LabError("no spare server has an agent, which would tell its weight: lab/down, and lab/up with --agents 1")
    return found[0]


def requests_at(appliance, server, pool="web"):
    return appliance.members(pool).get(place(server), {}).get("requests", 0)


def of_pool(pool):
    """How it is said which pool is meant: the lab's own goes without saying."""
    return "" if pool == "web" else f" of {pool}"


def prove_serving(lab, teller, server, seconds=20, pool="web"):
    """More requests to it than a moment ago, by each HAProxy's own counters."""
    before = {a.name: requests_at(a, server, pool) for a in lab.appliances}
    wait_for(f"requests{of_pool(pool)} to {server.name} by every appliance",
             lambda: all(requests_at(a, server, pool) > before[a.name] for a in lab.appliances), seconds)
    counts = ", ".join(f"{a.name} {requests_at(a, server, pool)}" for a in lab.appliances)
    teller.prove(f"every appliance sends requests{of_pool(pool)} to {server.name}", True, f"by HAProxy's own counters: {counts}")


def prove_gone(lab, teller, server, pool="web"):
    teller.prove(f"{server.name} is gone from every appliance{of_pool(pool)}", on_no_appliance(lab, server, pool),
                 "by HAProxy's own list of servers")


def prove_agreement(lab, teller, pool="web"):
    """The contract's invariant: recorded members are each appliance's members."""
    recorded = sorted(place(named(lab, name)) for name in members(lab, pool))
    held = {a.name: sorted(a.members(pool)) for a in lab.appliances}
    teller.prove(f"what is recorded{of_pool(pool)} is what every appliance has", all(m == recorded for m in held.values()),
                 f"{len(recorded)} members: {', '.join(members(lab, pool))}")


def prove_no_failure(teller, requests, failed):
    teller.prove("not one client request failed", failed == 0 and requests > 0, f"{requests} requests, {failed} failed")


def configurations(lab):
    return {appliance.name: appliance.running() for appliance in lab.appliances}


def wait_functional(lab, count):
    """Until that many servers are known to be functional: whoever tells a story wants a settled lab."""
    wait_for(f"{count} functional servers", lambda: sum(
        s.get("functional") == "functional" for s in lab.manager.ask("servers")) >= count, 30)


def wait_for_level(lab, level, seconds=30, pool="web"):
    """Until the pool is full, normal, under-used."""
    wait_for(f"the pool{of_pool(pool)} to be {level}", lambda: any(
        p["name"] == pool and p.get("level") == level for p in lab.manager.ask("pools")), seconds)


def entry(lab, name):
    """What Headgate tells of a server."""
    return next(s for s in lab.manager.ask("servers") if s["name"] == name)


def wait_for_polls(lab, name, polls, seconds=60, look=lambda: None):
    """Through so many polls more of that server; looks after each question."""
    answers = set()

    def go_by():
        look()
        answers.add(entry(lab, name)["contact"].get("last-answer"))
        return len(answers) > polls
    wait_for(f"{polls} polls more", go_by, seconds)


def one_member(lab, teller):
    """The pool has its first member only."""
    for name in members(lab)[1:]:
        code, said = lab.manager.do("release", "web", name)
        teller.prove(f"{name} is released by hand", code == 0, said)


def two_members(lab, teller):
    """The pool is held, and has two at least; gives the last one."""
    lab.manager.do("hold", "web")
    if len(members(lab)) == 1:
        code, said = lab.manager.do("allocate", "web", candidate(lab).name)
        teller.prove("a second member joins", code == 0, said)
    return named(lab, members(lab)[-1])


def candidate(lab):
    """Whom Headgate would take now: functional, free, not quarantined, least utilised, then by priority."""
    free = [s for s in lab.manager.ask("servers") if s.get("functional") == "functional" and not s.get("member-of") and
            not s.get("quarantined-until")]
    if not free:
        raise LabError("there is no candidate: lab/down, and lab/up with more --servers")
    return named(lab, min(free, key=lambda s: (s.get("utilisation", 0), s.get("priority", 100), s["name"]))["name"])


def grow(lab, teller, loads, connections, seconds=60):
    """Loads the pool until it has grown; gives the new member."""
    since = teller.now()
    loads.add(connections)
    grown = teller.until("the pool to grow", of_kind("pool-grown"), since, seconds)
    return named(lab, grown["server"])


def shrink_to(lab, teller, count, since, seconds=90):
    """Waits until only `count` members are left; gives those that left."""
    left = []
    while len(members(lab)) > count:
        known = len(left)
        event = teller.until("the pool to shrink", lambda e, seen=tuple(left): e["kind"] == "pool-shrunk" and
                             e["server"] not in seen, since, seconds)
        left.append(event["server"])
        if len(left) == known:
            break
    return [named(lab, name) for name in left]
