#!/usr/bin/python3 -B
"""Decisions on a lab with namespaces (loopback where there is no right to make them): a real Redis that is full keeps a pool from
growing, until it or another one has room; a member whose application is killed is replaced by whom the policy chooses.

  lab_decisions_test.py [PART OF A CASE'S NAME]
"""
import sys

from lab_house import lab_up, named, tell_stories
from lab_scenarios_test import may_make_namespaces

from lab.parts.main import load_story


def a_full_data_source_keeps_the_pool_from_growing(lab, teller):
    load_story("data-source").tell(lab, teller)


def main():
    kind = "netns" if may_make_namespaces() else "loopback"
    with lab_up(servers=3, f5=1, citrix=1, agents=1, kind=kind) as lab:
        return tell_stories(lab, named((a_full_data_source_keeps_the_pool_from_growing,)), *sys.argv[1:2])


if __name__ == "__main__":
    sys.exit(main())
