#!/usr/bin/python3
"""Virtual appliances that offer less (--without), and slower ones (--slow), against ncclient."""
import os
import sys
import threading
import time
import unittest

from ncclient.operations import RPCError

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from appliance_parts import Appliance, Citrix, F5, OnBoth, ROOT, edit, on_both, rpc, running, together, wait_for


class Weaker(OnBoth):
    """Appliances that offer less (--without), and slower ones."""

    def with_options(self, *words):
        self.appliance.close()
        self.appliance = Appliance(self.family, [self.one], words)
        return self.appliance.session()

    def refused(self, session, tag, text):
        with self.assertRaises(RPCError) as refusal:
            rpc(session, text.replace(">", ' xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">', 1))
        self.assertEqual(refusal.exception.tag, tag)

    def offers(self, session, *wanted):
        """Of those that can be left out, exactly these."""
        some = ("candidate:1.0", "confirmed-commit:1.1", "startup:1.0", "validate:1.1", "rollback-on-error:1.0",
                "writable-running:1.0")
        has = {c.removeprefix("urn:ietf:params:netconf:capability:") for c in session.server_capabilities}
        self.assertEqual({c for c in some if c in has}, set(wanted))
        self.assertFalse(any("confirmed-commit" in c for c in has) and "confirmed-commit:1.1" not in wanted, has)

    def weight(self, backend):
        return self.appliance.servers()[self.key(backend)]["weight"]

    def test_without_confirmed_commit_a_plain_commit_is_all(self):
        with self.with_options("--without", "confirmed-commit") as session:
            self.offers(session, "candidate:1.0", "startup:1.0", "validate:1.1", "rollback-on-error:1.0")
            self.refused(session, "operation-not-supported", "<cancel-commit></cancel-commit>")
            edit(session, self.family.add(self.two))
            self.refused(session, "unknown-element", "<commit><confirmed/></commit>")
            self.assertNotIn(self.key(self.two), self.appliance.servers())
            session.commit()
            self.wait_state(session, self.two, self.family.up)

    def test_without_candidate_running_is_edited_and_the_data_plane_follows(self):
        with self.with_options("--without", "candidate") as session:
            self.offers(session, "writable-running:1.0", "startup:1.0", "validate:1.1", "rollback-on-error:1.0")
            for gone in ("<commit></commit>", "<discard-changes></discard-changes>", "<cancel-commit></cancel-commit>"):
                self.refused(session, "operation-not-supported", gone)
            self.refused(session, "unknown-element", "<lock><target><candidate/></target></lock>")
            with session.locked("running"):
                with self.appliance.session() as other:
                    for option in ("test-only", "set"):
                        with self.assertRaises(RPCError) as refusal:
                            edit(other, self.family.weigh(self.one, 5), target="running", test_option=option)
                        self.assertEqual(refusal.exception.tag, "in-use")
                with self.appliance.session() as watcher:
                    watcher.create_subscription()
                    edit(session, self.family.add(self.two, 5), target="running", error_option="rollback-on-error")
                    change = self.told(watcher, "netconf-config-change", operation="create")
                    self.assertEqual(change["session-id"], session.session_id)
                self.assertIn(self.key(self.two), self.appliance.servers())
                self.wait_state(session, self.two, self.family.up)
                wait_for("its weight", lambda: self.weight(self.two) == "5")
                edit(session, self.family.remove(self.two), target="running", error_option="rollback-on-error")
                wait_for("gone", lambda: self.key(self.two) not in self.appliance.servers())

    def test_an_edit_of_running_that_fails_halfway_leaves_nothing(self):
        with self.with_options("--without", "candidate") as session:
            before, servers = running(session), set(self.appliance.servers())
            content, words = self.family.refused(self.one)
            for half in (together(self.family.add(self.two), self.family.add(self.one)),  # the datastore refuses one
                         together(self.family.add(self.two), content)):  # HAProxy does
                with self.assertRaises(RPCError) as refusal:
                    edit(session, half, target="running", error_option="rollback-on-error")
                self.assertIn(refusal.exception.tag, ("data-exists", "operation-failed"))
                self.assertEqual(running(session), before)
                self.assertEqual(set(self.appliance.servers()), servers)

    def test_test_only_tells_what_would_happen_and_does_nothing(self):
        bad = {"f5": lambda: F5.pool(F5.member(self.one, "<state>user-down</state>")),
               "citrix": lambda: Citrix.member(self.one, "<graceful>YES</graceful>")}[self.family.word]()
        with self.with_options("--without", "candidate") as session:
            before = running(session)
            edit(session, self.family.add(self.two), target="running", test_option="test-only")
            self.assertEqual(running(session), before)
            self.assertNotIn(self.key(self.two), self.appliance.servers())
            with self.assertRaises(RPCError):
                edit(session, bad, target="running", test_option="test-only")
            with self.assertRaises(RPCError):  # "set" does not test, but running is always valid
                edit(session, bad, target="running", test_option="set")
            self.assertEqual(running(session), before)

    def test_without_startup_running_itself_is_what_a_restart_finds(self):
        with self.with_options("--without", "startup", "--without", "validate", "--without", "rollback-on-error") as session:
            self.offers(session, "candidate:1.0", "confirmed-commit:1.1")
            self.refused(session, "operation-not-supported", "<validate><source><candidate/></source></validate>")
            self.refused(session, "unknown-element", "<get-config><source><startup/></source></get-config>")
            self.commit_by_hand(session, self.family.weigh(self.one, 9))
            saved = running(session)
        self.assertEqual(self.appliance.stop(), 0)
        self.appliance.start()
        with self.appliance.session() as session:
            self.assertEqual(running(session), saved)

    def test_without_notification_nobody_may_subscribe(self):
        with self.with_options("--without", "notification") as session:
            has = [c for c in session.server_capabilities if ":capability:notification:" in c or ":capability:interleave:" in c]
            self.assertEqual(has, [])
            with self.assertRaises(RPCError) as refusal:
                rpc(session, '<create-subscription xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0"/>')
            self.assertEqual(refusal.exception.tag, "operation-not-supported")
            edit(session, self.family.weigh(self.one, 7))
            session.commit()
            wait_for("its weight", lambda: self.weight(self.one) == "7")

    def test_a_slow_appliance_delays_every_rpc_and_no_session_for_another(self):
        with self.with_options("--slow", "700") as first, self.appliance.session() as second:
            began = time.monotonic()
            both = [threading.Thread(target=running, args=(session,)) for session in (first, second)]
            for thread in both:
                thread.start()
            for thread in both:
                thread.join()
            took = time.monotonic() - began
            self.assertGreater(took, 0.7)
            self.assertLess(took, 1.3)
        began = time.monotonic()
        self.assertEqual(self.appliance.stop(), 0)
        self.assertLess(time.monotonic() - began, 5)


globals().update(on_both(Weaker))


if __name__ == "__main__":
    os.chdir(ROOT)
    unittest.main(verbosity=2, warnings="ignore")
