"""Clients stay with the members that they have: a third server relieves nothing, which is noticed, and no fourth is added."""
import contextlib

from lab.parts.load import Loads, Streams
from lab.parts.process import wait_for
from lab.parts.story import (FILLS_ONE, LIGHT, grow, members, named, of_kind, one_member, prove_agreement, prove_no_failure, prove_serving,
                             shrink_to, wait_for_level, wait_for_polls, with_policy)

STREAMS = 140  # downloads over all appliances: 875 permille of each of two members, and of each of three 583
ALARM = "growth-without-benefit"


def relief(teller, server, severity, since):
    return teller.until("what it relieves to be measured", lambda e: of_kind("relief-measured")(e) and e["server"] == server.name and
                        e["severity"] == severity, since, 60)["text"]


def a_second_server_helps(lab, teller, loads):
    since = teller.now()
    teller.say("clients come, each with one slow request after the other: these go to whoever is there")
    second = grow(lab, teller, loads, FILLS_ONE)
    prove_serving(lab, teller, second)
    told = relief(teller, second, "notice", since)
    teller.prove("it is measured, and helps", f"{second.name} relieves it: the fullest went from" in told, told)
    return second


def others_come(lab, teller, loads, streams):
    """Clients that stay, in the place of those that come and go. The pool is held until all of them are there."""
    lab.manager.do("hold", "web")
    loads.stop(keep=len(lab.appliances))
    teller.say(f"these go, and {STREAMS} others come, with downloads that last: each stays with the server that it has")
    for stream in streams:
        stream.start()
    served = [named(lab, name) for name in members(lab)]
    wait_for(f"{STREAMS} downloads", lambda: sum(server.connections() for server in served) >= STREAMS, 60)
    teller.prove("the kernels count them", True, ", ".join(f"{s.name} {s.connections()}" for s in served))
    wait_for("headgated to see just these", lambda: all(
        850 <= s.get("utilisation", 0) <= 950 for s in lab.manager.ask("servers") if s["name"] in members(lab)), 60)


def a_third_server_does_not(lab, teller):
    since = teller.now()
    lab.manager.do("resume", "web")
    grown = teller.until("the pool to grow", of_kind("pool-grown"), since, 60)
    third = named(lab, grown["server"])
    change = wait_for("its transaction to have ended", lambda: next(
        (t for t in lab.manager.ask("transactions") if t["id"] == str(grown["transaction"]) and "outcome" in t), None))
    teller.prove(f"{third.name} is added to every appliance", change["outcome"] == "committed" and
                 {a["name"] for a in change["appliance"]} == {a.name for a in lab.appliances}, grown["text"])
    prove_agreement(lab, teller)
    prove_serving(lab, teller, third)
    told = relief(teller, third, "warning", since)
    teller.prove("it is measured, and has relieved nothing", f"{third.name} was to bring the fullest from" in told, told)
    alarm = teller.until("the alarm", lambda e: of_kind(ALARM)(e) and e["severity"] == "alarm", since, 30)
    teller.prove("an alarm says so", "the last addition relieved nothing" in alarm["text"], alarm["text"])
    return third


def prove_that_it_stops(lab, teller, polls=12):
    """The pool is full, and through so many polls more, longer than it ever waited, nobody joins."""
    before = [t["id"] for t in lab.manager.ask("transactions")]
    free = [s["name"] for s in lab.manager.ask("servers") if s.get("functional") == "functional" and not s.get("member-of")]
    levels = set()
    wait_for_polls(lab, members(lab)[0], polls, 90, lambda: levels.add(lab.manager.ask("pools")[0].get("level")))
    after = [t["id"] for t in lab.manager.ask("transactions")]
    teller.prove("nobody joins any more, though it is full and somebody is free", before == after and levels == {"full"} and free,
                 f"{len(after)} transactions, as before; {', '.join(free)}")


def prove_words(lab, teller, third):
    for words in (("pools", "web"), ("explain", "web"), ("status",)):
        said = lab.manager.show(*words)
        flat = " ".join(said.split())
        teller.prove(f"headgate {' '.join(words)} says so", "the last addition relieved nothing" in flat and third.name in flat, "\n" + said)
    listed = [alarm for alarm in lab.manager.alarms() if alarm["alarm-type-id"].endswith(f":{ALARM}")]
    teller.prove("so does the list of alarms that an NMS reads", len(listed) == 1 and listed[0]["is-cleared"] == "false",
                 str(listed))


def the_clients_come_anew(lab, teller, streams):
    since = teller.now()
    teller.say("the clients are had to come anew, appliance by appliance: now they go to all three")
    for stream in streams:
        stream.stop()
        stream.start()
    clear = teller.until("the end of the alarm", lambda e: of_kind(ALARM)(e) and e["severity"] == "clear", since, 60)
    teller.prove("the alarm is over", "may grow again" in clear["text"], clear["text"])
    wait_for_level(lab, "normal", 60)
    listed = [alarm for alarm in lab.manager.alarms() if alarm["alarm-type-id"].endswith(f":{ALARM}")]
    teller.prove("in the list of alarms, too", [a["is-cleared"] for a in listed] == ["true"], str(listed))
    teller.prove("three servers are no more than are needed", len(members(lab)) == 3, lab.manager.show("pools", "web"))


def tell(lab, teller):
    lab.manager.do("hold", "web")
    one_member(lab, teller)
    lab.manager.do("resume", "web")
    # Whoever tells story after story would flap, and wait the longer.
    with with_policy(lab, additions_without_benefit=1, damping=False), Loads(lab) as loads, contextlib.ExitStack() as ends:
        streams = [Streams(lab, appliance, STREAMS // len(lab.appliances)) for appliance in lab.appliances]
        for stream in streams:
            ends.callback(stream.kill)
        loads.add(LIGHT)
        a_second_server_helps(lab, teller, loads)
        others_come(lab, teller, loads, streams)
        third = a_third_server_does_not(lab, teller)
        prove_that_it_stops(lab, teller)
        prove_words(lab, teller, third)
        the_clients_come_anew(lab, teller, streams)
        since = teller.now()
        teller.say("the downloads are ended")
        for stream in streams:
            stream.stop()
        shrink_to(lab, teller, 1, since)
        prove_agreement(lab, teller)
        prove_no_failure(teller, *loads.stop())
