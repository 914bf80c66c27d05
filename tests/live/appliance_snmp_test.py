#!/usr/bin/python3
"""What an SNMP manager sees of a virtual appliance, and hears from it (--snmp, --snmp-trap)."""
import os
import signal
import sys
import threading
import time
import unittest

from ncclient.operations import RPCError

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from appliance_parts import Appliance, OnBoth, ROOT, edit, on_both, wait_for
from snmp_parts import Traps, ask_snmp


class Managed(OnBoth):
    """What an SNMP manager sees and hears (--snmp, --snmp-trap); the manager is Net-SNMP's."""

    def setUp(self):
        super().setUp()
        self.traps = Traps()
        self.addCleanup(self.traps.close)

    def with_snmp(self, *words):
        self.appliance.close()
        self.appliance = Appliance(self.family, [self.one], ["--snmp", "127.0.0.1:0", "--snmp-trap", self.traps.address,
                                                             "--drain-deadline", "2", *words])
        return self.appliance.session()

    def wait_seen(self, backend, word):
        wait_for(f"{self.key(backend)} {word} over SNMP",
                 lambda: self.family.seen(self.appliance.snmp, backend)[0] == word)

    def test_a_manager_sees_members_states_and_connections(self):
        with self.with_snmp("--snmp-community", "{community}", "--snmp-user", "ape={usm}") as session:
            address = self.appliance.snmp
            self.add_two(session)
            self.wait_seen(self.two, self.family.up)
            for _ in range(4):
                self.appliance.fetch()
            wait_for("connections are counted", lambda: self.family.seen(address, self.two, version="3")[2] == 2)
            slow = [threading.Thread(target=self.appliance.fetch, args=("/slow",)) for _ in range(2)]
            for thread in slow:
                thread.start()
            wait_for("one is open", lambda: self.family.seen(address, self.two)[1] == 1)
            self.commit_by_hand(session, self.family.drain(self.two))
            self.wait_seen(self.two, self.family.draining)
            for backend in (self.one, self.two):
                backend.released.set()
            for thread in slow:
                thread.join()
            wait_for("none is open", lambda: self.family.seen(address, self.two)[1] == 0)
            self.commit_by_hand(session, self.family.remove(self.two))
            row = self.family.row(self.two)

            def gone():
                told = ask_snmp("snmpget", address, f"{self.family.members}.4{row}")
                return "No Such Instance" in str(told)
            wait_for("the row is gone", gone)

    def test_walks_of_both_versions_see_the_same_and_strangers_nothing(self):
        with self.with_snmp("--snmp-community", "{community}", "--snmp-user", "ape={usm}") as session:
            self.add_two(session)
            address = self.appliance.snmp
            walks = [list(ask_snmp(tool, address, ".1.3", version=version, words=words))
                     for tool, words in (("snmpwalk", ()), ("snmpbulkwalk", ("-Cr50",))) for version in ("2c", "3")]
            self.assertGreater(len(walks[0]), 15)
            for walk in walks[1:]:
                self.assertEqual(walk, walks[0])
            with self.assertRaisesRegex(AssertionError, "Timeout"):
                ask_snmp("snmpget", address, ".1.3.6.1.2.1.1.5.0", community="guess", words=("-t", "1", "-r", "0"))
            with self.assertRaisesRegex(AssertionError, "notWritable"):
                ask_snmp("snmpset", address, ".1.3.6.1.2.1.1.5.0", "s", "another")

    def test_a_member_that_goes_down_and_up_is_told_in_traps_and_in_informs(self):
        for words, prefix in ((("--snmp-community", "{community}"), "TRAP"),
                              (("--snmp-community", "{community}", "--snmp-user", "ape={usm}"), "INFORM")):
            with self.subTest(prefix), self.with_snmp(*words) as session:
                self.wait_state(session, self.one, self.family.up)
                wait_for("up, first", lambda: self.traps.heard(self.family.traps["up"]))
                for word in ("down", "up"):
                    before = len(self.traps.heard(self.family.traps[word]))
                    self.one.healthy = word == "up"
                    wait_for(word, lambda: len(self.traps.heard(self.family.traps[word])) > before)
                    told = self.traps.heard(self.family.traps[word])[-1]
                    self.assertIn(self.one.address, told)
                    self.assertIn(str(self.one.port), told)
                    if self.family.word == "f5":
                        self.assertIn(f"Pool /Common/web member /Common/{self.key(self.one)} monitor status {word}", told)

    def test_a_changed_configuration_is_told_with_who_did_what(self):
        with self.with_snmp("--snmp-community", "{community}") as session:
            changed = ".1.3.6.1.4.1.5951.1.1.0.25"
            self.commit_by_hand(session, self.family.weigh(self.one, 4))
            if self.family.word == "f5":
                return  # it has no such trap; NETCONF tells
            told = wait_for("the trap", lambda: self.traps.heard(changed))[-1]
            self.assertIn('.1.3.6.1.4.1.5951.4.1.10.2.4.0 = STRING: "headgate"', told)
            self.assertIn(f"[ip='{self.one.address}']", told)
            self.assertIn(".1.3.6.1.4.1.5951.4.1.10.2.23.0 = IpAddress: 127.0.0.1", told)
            edit(session, self.family.weigh(self.one, 5))
            session.commit(confirmed=True, timeout="1", persist="p")
            wait_for("change and revert", lambda: len(self.traps.heard(changed)) == 3)
            self.assertIn('.2.4.0 = STRING: "system"', self.traps.heard(changed)[-1])

    def test_it_answers_while_the_data_plane_takes_its_time(self):
        with self.with_snmp("--snmp-community", "{community}") as session:
            self.wait_seen(self.one, self.family.up)
            haproxy = self.appliance.haproxy()
            os.kill(haproxy, signal.SIGSTOP)
            try:
                edit(session, self.family.add(self.two))
                commit = threading.Thread(target=self.tolerant_commit, args=(session,))
                commit.start()
                began = time.monotonic()
                for _ in range(5):
                    self.family.seen(self.appliance.snmp, self.one)
                self.assertLess(time.monotonic() - began, 2)
            finally:
                os.kill(haproxy, signal.SIGCONT)
            commit.join()

    @staticmethod
    def tolerant_commit(session):
        try:
            session.commit()
        except RPCError:
            pass


globals().update(on_both(Managed))


if __name__ == "__main__":
    os.chdir(ROOT)
    unittest.main(verbosity=2, warnings="ignore")
