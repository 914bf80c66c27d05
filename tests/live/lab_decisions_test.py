#!/usr/bin/python3 -B
"""Decisions on a lab with namespaces (loopback where there is no right to make them): a real Redis that is full keeps a pool from
growing, until it or another one has room; a member whose application is killed is replaced by whom the policy prefers; a third
server that relieves nothing is noticed, and no fourth is added; a pool borrows a member of another; a server serves two pools; one
whose monitor contradicts its polls is trusted less; the weight of a new one grows. Each time `headgate explain` says why.

  lab_decisions_test.py [PART OF A CASE'S NAME]
"""
import sys

from lab_house import lab_up, named, tell_stories
from lab_scenarios_test import may_make_namespaces

from lab.parts import story
from lab.parts.data_source import DataSources, prove_refusal, wait_until_full
from lab.parts.load import Loads
from lab.parts.main import load_story
from lab.parts.process import wait_for

CLIENTS, HOGS = 80, 70  # that each Redis takes, and that somebody else holds


def a_full_data_source_keeps_the_pool_from_growing(lab, teller):
    load_story("data-source").tell(lab, teller)


def the_pool_grows_in_front_of_the_one_that_has_room(lab, teller):
    story.one_member(lab, teller)
    either = next(s for s in lab.servers if s.wants)
    with DataSources(lab, {"db1": CLIENTS, "db2": CLIENTS}, either=[either]) as sources, Loads(lab) as loads:
        since = teller.now()
        hog = sources["db2"].hog(HOGS)
        try:
            lab.manager.do("resume", "web")
            loads.add(story.LIGHT + story.FILLS_ONE, page="page")
            wait_until_full(lab, teller, sources.all.values(), since)
            # Its members use db1 alone; that another server could use db2 would help if that were not full, too.
            explained = " ".join(prove_refusal(lab, teller, ["db1"]).split())
            teller.prove("it is said once, and whom it needs", "Nothing is done: the data source db1 is full: clients" in explained and
                         "would not help. That needs you." in explained, explained)
            since = teller.now()
            teller.say("who held the connections to db2 has ended; db1 is as full as before")
        finally:
            hog.terminate()
            hog.wait()
        clear = teller.until("the end of the alarm", lambda e: e["kind"] == "data-source-full" and e["severity"] == "clear" and
                             e.get("server") == "db2", since, 15)
        teller.prove("the alarm of db2 is over", "the data source db2 is normal: clients" in clear["text"], clear["text"])
        chosen = teller.until("a candidate", story.of_kind("candidate-chosen"), since, 20)
        teller.prove(f"{either.name} is chosen, which can use db2", chosen["server"] == either.name and
                     "it is to use the data source db2, the least utilised one" in chosen["text"], chosen["text"])
        teller.until("the pool to grow", story.of_kind("pool-grown"), since, 60)
        recorded = lab.manager.recorded(either)
        teller.prove("it was told so, and says that it does", recorded["data-source"] == "db2", str(recorded["data-source"]))
        story.prove_serving(lab, teller, either)
        wait_for("pages that are made with db2", lambda: sources["db2"].pages() > 0)
        teller.prove("pages are made with both", sources["db1"].pages() > 0,
                     f"{sources['db1'].pages()} with db1, {sources['db2'].pages()} with db2")
        clear = teller.until("the end of db1's alarm", lambda e: e["kind"] == "data-source-full" and e["severity"] == "clear" and
                             e.get("server") == "db1", since, 20)
        teller.prove("the load is shared, and db1 is full no more", True, clear["text"])
        story.prove_no_failure(teller, *loads.stop())
        lab.manager.do("hold", "web")
        story.one_member(lab, teller)


def whom_the_policy_prefers_stands_in_for_a_member_that_is_killed(lab, teller):
    load_story("fail-over").tell(lab, teller)


def a_third_server_that_relieves_nothing_is_noticed_and_no_fourth_is_added(lab, teller):
    load_story("no-relief").tell(lab, teller)


def a_pool_that_comes_first_borrows_a_member_of_another(lab, teller):
    load_story("loan").tell(lab, teller)


def a_server_serves_two_pools_each_with_its_part(lab, teller):
    load_story("shared-server").tell(lab, teller)


def a_member_whose_monitor_disagrees_with_its_polls_is_trusted_less(lab, teller):
    load_story("monitor-disagrees").tell(lab, teller)


def a_new_member_has_all_of_its_weight_when_it_is_warm(lab, teller):
    load_story("warm-up").tell(lab, teller)


def main():
    kind = "netns" if may_make_namespaces() else "loopback"
    with lab_up(servers=3, f5=1, citrix=1, agents=1, kind=kind) as lab:
        return tell_stories(lab, named((a_full_data_source_keeps_the_pool_from_growing,
                                        the_pool_grows_in_front_of_the_one_that_has_room,
                                        whom_the_policy_prefers_stands_in_for_a_member_that_is_killed,
                                        a_third_server_that_relieves_nothing_is_noticed_and_no_fourth_is_added,
                                        a_pool_that_comes_first_borrows_a_member_of_another,
                                        a_server_serves_two_pools_each_with_its_part,
                                        a_member_whose_monitor_disagrees_with_its_polls_is_trusted_less,
                                        a_new_member_has_all_of_its_weight_when_it_is_warm)), *sys.argv[1:2])


if __name__ == "__main__":
    sys.exit(main())
