#!/usr/bin/python3 -B
"""Headgate's SNMP face on a lab, as an NMS meets it: HEADGATE-MIB beside a real snmpd, read by Net-SNMP's tools, and its
notifications, heard by snmptrapd as v2c and v3, traps and informs; while snmpd and the receivers come and go.

  lab_snmp_agent_test.py [PART OF A CASE'S NAME]
"""
import contextlib
import os
import signal
import sys
import threading
import time

from lab_house import DONE, lab_up, named, spare, tell_stories
from nms_parts import (ALARMS, APPLIANCES, CLEARED, ENDED, EVENT, GROWN, MEMBERS, NOT_TOLD, OBJECTS, POOLS, RAISED,
                       SERVERS, SHRUNK, TARGETS, TRANSACTIONS, Hearer, Nms, credentials, numbers)

from lab.parts.process import LabError, wait_for

LEVELS = ["unknown", "under-used", "normal", "full"]
FUNCTIONAL = ["unknown", "functional", "down"]
OUTCOMES = ["committed", "rolled-back", "indeterminate"]


def load(lab, **changes):
    configuration = lab.manager.configuration()
    top = configuration["headgate:headgate"]
    for name, value in changes.items():
        if value is None:
            top.pop(name.replace("_", "-"), None)
        else:
            top[name.replace("_", "-")] = value
    code, said = lab.manager.load(configuration)
    if code != DONE:
        raise LabError(f"headgate config load: {said}")


def done(lab, *words):
    code, said = lab.manager.do(*words)
    if code != DONE:
        raise LabError(f"headgate {' '.join(words)}: {said}")


def known(lab):
    return lab.manager.configuration()["headgate:headgate"]["credential"]


@contextlib.contextmanager
def hearing(lab, *hearers, **more):
    """These are the targets, and nobody else is."""
    extra = [c for c in credentials(lab.manager.dir) if c["name"] not in {k["name"] for k in known(lab)}]
    if extra:
        load(lab, credential=known(lab) + extra)
    load(lab, notification_target=[hearer.entry(**more) for hearer in hearers])
    try:
        yield
    finally:
        load(lab, notification_target=None)
        for hearer in hearers:
            hearer.close()


def everybody(lab):
    """One of each kind."""
    engine = "0x" + Nms(lab).get(f"{OBJECTS}.1.4.0").hex()
    return [Hearer("v2c-trap", "trap", "v2c"), Hearer("v2c-inform", "inform", "v2c"),
            Hearer("v3-trap", "trap", "v3", engine), Hearer("v3-inform", "inform", "v3")]


def each_once(teller, what, hearers, trap, *words):
    for hearer in hearers:
        wait_for(f"{hearer.name}: {what}", lambda h=hearer: h.told(trap, *words), 30)
    counts = {hearer.name: len(hearer.told(trap, *words)) for hearer in hearers}
    teller.prove(f"{what} is told to each target once", set(counts.values()) == {1}, str(counts))


# -- the cases


def what_a_manager_reads_is_what_the_command_shows(lab, teller):
    nms = Nms(lab)
    server = spare(lab)
    done(lab, "allocate", "web", server.name)
    done(lab, "release", "web", server.name)
    wait_for("the tables to have it", lambda: any(row.get(8) and row[6] == 1 and row[3] == 3 for row in nms.rows(TRANSACTIONS).values()))
    pools, shown = nms.rows(POOLS), lab.manager.ask("pools")
    teller.prove("pools", {p["name"]: (p["application"], len(p["member"]), p["policy"]["upper"]) for p in shown} ==
                 {name: (row[2], row[7], row[10]) for name, row in pools.items()}, str(pools))
    members = nms.rows(MEMBERS)
    teller.prove("members", {m["server"]: ("web", m["connection"]["port"]) for m in shown[0]["member"]} ==
                 {name: (row[2], row[6]) for name, row in members.items()}, str(members))

    def servers_agree():
        rows = nms.rows(SERVERS)
        return {s["name"]: (s.get("functional", "unknown"), s.get("member-of", "")) for s in lab.manager.ask("servers")} == \
            {name: (FUNCTIONAL[row[4] - 1], row[10]) for name, row in rows.items()}
    teller.prove("servers", wait_for("servers that are the same", servers_agree), "functional, and whose member")
    appliances = nms.rows(APPLIANCES)
    teller.prove("appliances", {a["name"]: (a["connected"], a["host"], a["strategy"]) for a in lab.manager.ask("appliances")} ==
                 {name: (row[6] == 1, row[3], ["confirmed", "candidate", "direct"][row[9] - 1]) for name, row in appliances.items()},
                 str(appliances))
    rows = nms.rows(TRANSACTIONS)
    teller.prove("transactions", {str(t["id"]): (t["pool"], t["server"], t["outcome"]) for t in lab.manager.ask("transactions")} ==
                 {index: (row[2], row[4], OUTCOMES[row[6] - 1]) for index, row in rows.items()}, str(sorted(rows)))
    status = {name: nms.get(f"{OBJECTS}.{number}.0") for name, number in
              (("pools", "2.1"), ("servers", "2.3"), ("appliances", "2.6"), ("connected", "2.7"), ("committed", "3.3"), ("begun", "3.2"))}
    committed = sum(t["outcome"] == "committed" for t in lab.manager.ask("transactions"))
    teller.prove("counts", status == {"pools": 1, "servers": len(lab.servers), "appliances": 2, "connected": 2,
                                      "committed": committed, "begun": len(rows)}, str(status))
    samples = nms.get(f"{OBJECTS}.3.9.0")
    wait_for("more samples", lambda: nms.get(f"{OBJECTS}.3.9.0") > samples)
    up = nms.get(".1.3.6.1.2.1.1.3.0")
    teller.prove("the counters began when headgated did", nms.get(f"{OBJECTS}.3.1.0") <= up, f"sysUpTime.0 is {up}")


def names_make_sense_to_the_tools(lab, teller):
    nms = Nms(lab)
    said = nms.run("snmptable", "-Cl", "-CB", "-Ci", nms.place, "HEADGATE-MIB::hgPoolTable")
    teller.prove("snmptable knows the columns and the row", "Application" in said and "web" in said, said)
    said = nms.run("snmpget", nms.place, 'HEADGATE-MIB::hgPoolHeld."web"')
    teller.prove("snmpget finds a pool by its name", "true(1)" in said, said)  # a story's pool is held
    said = nms.run("snmpset", nms.place, 'HEADGATE-MIB::hgPoolHeld."web"', "i", "2")
    teller.prove("nobody sets anything", "noAccess" in said or "notWritable" in said or "authorizationError" in said, said)


def a_walk_under_change_is_in_order_and_misses_nobody(lab, teller):
    nms = Nms(lab)
    before = {name for name, _ in nms.walk(SERVERS)}
    configuration = lab.manager.configuration()
    template = configuration["headgate:headgate"]["server"][0]
    over, loads = threading.Event(), []

    def change():
        while not over.is_set():
            count = len(loads) % 4
            load(lab, server=configuration["headgate:headgate"]["server"] +
                 [{**template, "name": f"{'r' * (i + 1)}{i}", "address": f"127.77.1.{i + 1}"} for i in range(count * 3)])
            loads.append(count)
    changer = threading.Thread(target=change)
    changer.start()
    walks, wrong = 0, []
    try:
        while (len(loads) < 12 or walks < 12) and changer.is_alive():
            tool = ("snmpwalk", "snmpbulkwalk")[walks % 2]
            names = [name for name, _ in nms.walk(SERVERS, tool)]
            if not all(numbers(a) < numbers(b) for a, b in zip(names, names[1:])):
                wrong.append(f"{tool}: not ascending")
            if before - set(names):
                wrong.append(f"{tool}: missing {sorted(before - set(names))[:3]}")
            walks += 1
    finally:
        over.set()
        changer.join()
        load(lab, server=configuration["headgate:headgate"]["server"])
    teller.prove(f"{walks} walks during {len(loads)} changes of the rows", not wrong and len(loads) >= 12 and walks >= 12, str(wrong[:3]))


def an_alarm_its_clear_and_a_change_are_told_once_by_every_way(lab, teller):
    hearers, lost = everybody(lab), lab.appliances[-1]
    with hearing(lab, *hearers):
        server = spare(lab)
        done(lab, "allocate", "web", server.name)
        each_once(teller, "a pool that grew", hearers, GROWN, f'"{server.name}"')
        each_once(teller, "the end of its transaction", hearers, ENDED)
        done(lab, "release", "web", server.name)
        each_once(teller, "a pool that shrank", hearers, SHRUNK, f'"{server.name}"')
        lost.stop()
        each_once(teller, "an alarm", hearers, RAISED, '"appliance-lost"', f'"{lost.name}"')
        rows = Nms(lab).rows(ALARMS)
        teller.prove("it stands in the table", [(row[2], row[5]) for row in rows.values()] == [("appliance-lost", lost.name)], str(rows))
        lab.manager.stop()
        lab.manager.start()
        wait_for("headgated to know what stood", lambda: list(Nms(lab).rows(ALARMS).values()), 30)
        lost.start()
        lost.wait()
        each_once(teller, "its clear, after a restart of headgated", hearers, CLEARED, '"appliance-lost"', f'"{lost.name}"')
        each_once(teller, "the alarm, over that restart,", hearers, RAISED, '"appliance-lost"', f'"{lost.name}"')
        wait_for("no alarm to stand", lambda: not Nms(lab).rows(ALARMS))
        first = hearers[0].told(CLEARED)[0]
        teller.prove("sysUpTime.0 and snmpTrapOID.0 come first",
                     [part.split(" = ")[0] for part in first.split("|")[:2]] == [".1.3.6.1.2.1.1.3.0", ".1.3.6.1.6.3.1.1.4.1.0"],
                     first)
        lab.manager.wait()
        for what, trap in (("the alarm", RAISED), ("its clear", CLEARED)):
            each_once(teller, what + ", looked at again,", hearers, trap, '"appliance-lost"')


def who_is_away_holds_nothing_up_and_hears_how_much_it_missed(lab, teller):
    here, away = Hearer("here", "inform", "v3"), Hearer("away", "inform", "v2c")
    with hearing(lab, here, away, timeout="1.0", retries=1):
        away.stop()
        server = spare(lab)
        began = time.monotonic()
        done(lab, "allocate", "web", server.name)
        each_once(teller, "a pool that grew", [here], GROWN)
        teller.say(f"in {time.monotonic() - began:.1f} s")
        wait_for("it to be given up", lambda: Nms(lab).rows(TARGETS)["away"][7] >= 2)
        away.start()
        done(lab, "release", "web", server.name)
        each_once(teller, "what it missed", [away], NOT_TOLD)
        each_once(teller, "a pool that shrank", [here, away], SHRUNK)
        figures = Nms(lab).rows(TARGETS)
        missed = figures["away"][7]
        teller.prove("the notification says how many, as the table does", f"{EVENT}.9.0 = Gauge32: {missed}" in away.told(NOT_TOLD)[0],
                     away.told(NOT_TOLD)[0])
        teller.prove("the other one missed nothing", figures["here"][7] == 0, str(figures))


def snmpd_may_end_or_hang_and_is_found_again(lab, teller):
    nms, snmpd = Nms(lab), lab.manager.snmpd
    snmpd.stop()
    teller.prove("Headgate does without it", lab.manager.do("status")[0] == DONE, "headgate status")
    snmpd.start()
    wait_for("the tables again", lambda: nms.rows(POOLS), 30)
    lab.processes.signal(snmpd.process, signal.SIGSTOP)
    try:
        server = spare(lab)
        teller.prove("a pool grows while snmpd hangs", lab.manager.do("allocate", "web", server.name)[0] == DONE, server.name)
    finally:
        lab.processes.signal(snmpd.process, signal.SIGCONT)
    wait_for("the tables, with the new member", lambda: server.name in nms.rows(MEMBERS), 30)
    done(lab, "release", "web", server.name)
    teller.prove("they follow", wait_for("the member to be gone", lambda: server.name not in nms.rows(MEMBERS)), server.name)


def it_is_switched_off_and_on_without_a_restart(lab, teller):
    nms, pid = Nms(lab), lab.manager.describe()["pid"]
    before = lab.manager.configuration()["headgate:headgate"]["snmp-agent"]
    load(lab, snmp_agent={**before, "enabled": False})
    wait_for("nothing to be shown", lambda: not nms.walk())
    # A master that is not there is no reason to refuse it.
    load(lab, snmp_agent={**before, "master": "unix:/nonexistent/master"})
    load(lab, snmp_agent=before)
    wait_for("the tables", lambda: nms.rows(POOLS), 30)
    teller.prove("headgated is the one it was", lab.manager.describe()["pid"] == pid and os.path.exists(f"/proc/{pid}"), f"pid {pid}")


def test(only):
    calls = [what_a_manager_reads_is_what_the_command_shows, names_make_sense_to_the_tools,
             a_walk_under_change_is_in_order_and_misses_nobody, an_alarm_its_clear_and_a_change_are_told_once_by_every_way,
             who_is_away_holds_nothing_up_and_hears_how_much_it_missed, snmpd_may_end_or_hang_and_is_found_again,
             it_is_switched_off_and_on_without_a_restart]
    with lab_up(3, 1, 1) as lab:
        return tell_stories(lab, named(calls), only)


if __name__ == "__main__":
    sys.exit(test(sys.argv[1] if len(sys.argv) > 1 else ""))
