#!/usr/bin/python3 -B
"""A pool on an F5-style virtual appliance and on netconfd, a server that no one here wrote, driven by headgated: what is
committed, refused, and survives the death of either. One lab for all; each case leaves it as it was.

  lab_netconfd_test.py [PART OF A CASE'S NAME]
"""
import signal
import subprocess
import sys

from lab_house import DONE, ROLLED_BACK, lab_up, spare, tell_stories

from lab.parts import story
from lab.parts.foreign import Foreign
from lab.parts.process import LabError, wait_for


class Pool:
    """What each case starts from and must leave."""

    def __init__(self, lab, teller):
        self.lab, self.teller = lab, teller
        self.virtual, self.foreign = lab.appliances
        self.spare = spare(lab)
        self.before = story.configurations(lab)

    def prove_all_old(self):
        wait_for("netconfd to have its configuration back", lambda: story.configurations(self.lab) == self.before, 60)
        self.teller.prove("every configuration is what it was", True, "by ncclient")
        story.prove_agreement(self.lab, self.teller)
        self.prove_no_lock()

    def prove_no_lock(self):
        def free():
            try:
                for appliance in self.lab.appliances:
                    appliance.try_locks()
            except LabError:
                return False
            return True
        wait_for("every lock to be free", free, 40)
        self.teller.prove("no lock was left behind", True, "by ncclient")

    def allocate(self):
        return self.lab.manager.do("allocate", "web", self.spare.name)

    def allocating(self):
        return subprocess.Popen(self.lab.manager.command("allocate", "web", self.spare.name), stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)

    def release(self):
        return self.lab.manager.do("release", "web", self.spare.name)


def committed_and_released(pool):
    code, said = pool.allocate()
    pool.teller.prove("the allocation is committed", code == DONE, said)
    pool.teller.prove("both have it", story.on_every_appliance(pool.lab, pool.spare), "by HAProxy and by ncclient")
    story.prove_agreement(pool.lab, pool.teller)
    code, said = pool.release()
    pool.teller.prove("the release is committed", code == DONE, said)
    pool.prove_all_old()


def refused_by_the_other(pool):
    pool.virtual.inject("commit", "refuse", "refused by the test")
    code, said = pool.allocate()
    pool.teller.prove("it is rolled back, with the reason", code == ROLLED_BACK and "refused by the test" in said, said)
    pool.prove_all_old()


def refused_by_netconfd(pool):
    session = pool.foreign.hold_lock()
    try:
        code, said = pool.allocate()
    finally:
        session.send_signal(signal.SIGTERM)
        session.wait()
        session.stdout.close()
    pool.teller.prove("it is rolled back, and the lock's owner named", code == ROLLED_BACK and "session" in said, said)
    pool.prove_all_old()


def netconfd_dies_in_the_middle(pool):
    pool.spare.sick(True)  # so verification takes its time
    try:
        asked = pool.allocating()
        wait_for("netconfd to have committed", lambda: story.place(pool.spare) in pool.foreign.members(), 30)
        pool.foreign.kill()
        pool.foreign.start()
        pool.foreign.wait()
        said = asked.communicate(timeout=90)[0].strip()
    finally:
        pool.spare.sick(False)
    pool.teller.prove("it is rolled back", asked.returncode == ROLLED_BACK, f"exit {asked.returncode}: {said}")
    pool.prove_all_old()


def headgated_dies_in_the_middle(pool):
    pool.spare.sick(True)
    try:
        asked = pool.allocating()
        wait_for("netconfd to have committed", lambda: story.place(pool.spare) in pool.foreign.members(), 30)
        pool.teller.stop_watching()
        pool.lab.kill("manager")
        asked.communicate(timeout=30)
        pool.lab.restart("manager")
        pool.teller.watch(pool.lab.manager)
    finally:
        pool.spare.sick(False)
    pool.prove_all_old()
    story.wait_functional(pool.lab, len(pool.lab.servers))


STORIES = [committed_and_released, refused_by_the_other, refused_by_netconfd, netconfd_dies_in_the_middle,
           headgated_dies_in_the_middle]


def main():
    with lab_up(6, 1, 0, others=[Foreign]) as lab:
        return tell_stories(lab, [(tell.__name__, lambda lab, teller, tell=tell: tell(Pool(lab, teller)))
                                  for tell in STORIES], *sys.argv[1:2])


if __name__ == "__main__":
    sys.exit(main())
