#!/usr/bin/python3
"""The virtual appliance against ncclient, a client that no one here wrote, with a real HAProxy and real back ends."""
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest
import urllib.error

from ncclient.operations import RPCError
from ncclient.operations.errors import TimeoutExpiredError
from ncclient.transport.errors import SessionCloseError, TransportError

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from appliance_parts import (Backend, Citrix, F5, NCN, OnBoth, PROGRAM, ROOT, edit, free_port, inject, on_both, rpc, running,
                             wait_for)


class Members(OnBoth):
    def test_an_added_member_serves_and_a_removed_one_is_gone(self):
        with self.appliance.session() as session:
            with session.locked("candidate"), session.locked("running"):
                edit(session, self.family.add(self.two))
                session.validate("candidate")
                session.commit(confirmed=True, timeout="60", persist="p")
                self.assertIn(self.key(self.two), self.appliance.servers())
                self.wait_state(session, self.two, self.family.up)
                session.commit(persist_id="p")
            wait_for("both serve", lambda: {self.appliance.fetch() for _ in range(4)} == {"127.0.0.11", "127.0.0.12"})
            self.assertGreater(int(self.appliance.servers()[self.key(self.two)]["stot"]), 0)
            self.assertGreater(wait_for("requests are counted", lambda: self.appliance.state(session)[self.key(self.two)][2]), 0)
            edit(session, self.family.remove(self.two))
            session.commit()
            wait_for("it is gone", lambda: self.key(self.two) not in self.appliance.servers())
            self.assertEqual({self.appliance.fetch() for _ in range(4)}, {"127.0.0.11"})

    def test_a_member_that_never_comes_up_gets_nothing_and_is_told_as_down(self):
        self.two.healthy = False
        with self.appliance.session() as session:
            self.commit_by_hand(session, self.family.add(self.two))
            self.wait_state(session, self.two, self.family.down)
            self.assertEqual({self.appliance.fetch() for _ in range(6)}, {"127.0.0.11"})
            self.assertEqual(self.appliance.servers()[self.key(self.two)]["weight"], "0")
            self.two.healthy = True
            self.wait_state(session, self.two, self.family.up)
            wait_for("its weight follows", lambda: self.appliance.servers()[self.key(self.two)]["weight"] == "1")

    def test_weights_reach_the_data_plane(self):
        with self.appliance.session() as session:
            self.add_two(session, 5)
            wait_for("5", lambda: self.appliance.servers()[self.key(self.two)]["weight"] == "5")
            before = self.appliance.servers()[self.key(self.one)]
            self.commit_by_hand(session, self.family.weigh(self.two, 17))
            self.assertEqual(self.appliance.servers()[self.key(self.two)]["weight"], "17")
            self.assertEqual(self.appliance.servers()[self.key(self.one)]["sid"], before["sid"])

    def test_a_drained_member_finishes_its_request_and_takes_no_other(self):
        with self.appliance.session() as session:
            self.add_two(session)
            answers = []
            slow = [threading.Thread(target=lambda: answers.append(self.appliance.fetch("/slow"))) for _ in range(2)]
            for thread in slow:
                thread.start()
            wait_for("a request on each", lambda: self.one.requests and self.two.requests)
            self.commit_by_hand(session, self.family.drain(self.two))
            self.wait_state(session, self.two, self.family.draining)
            wait_for("its connection shows", lambda: self.appliance.state(session)[self.key(self.two)][1] == 1)
            self.one.released.set()
            self.assertEqual({self.appliance.fetch() for _ in range(4)}, {"127.0.0.11"})
            self.two.released.set()
            for thread in slow:
                thread.join()
            self.assertEqual(sorted(answers), ["127.0.0.11", "127.0.0.12"])
            wait_for("idle", lambda: self.appliance.state(session)[self.key(self.two)][1] == 0)
            if self.family.word == "citrix":
                self.wait_state(session, self.two, "OUT OF SERVICE")
            self.commit_by_hand(session, self.family.undrain(self.two))
            self.wait_state(session, self.two, self.family.up)
            wait_for("it serves again", lambda: self.appliance.fetch() == "127.0.0.12")

    def test_a_busy_member_that_is_removed_is_cut_off_at_the_deadline_and_nobody_waits_for_it(self):
        with self.appliance.session() as session:
            self.add_two(session)
            broken = []

            def slow():
                try:
                    self.appliance.fetch("/slow")
                except (urllib.error.URLError, OSError) as error:
                    broken.append(error)
            threads = [threading.Thread(target=slow) for _ in range(2)]
            for thread in threads:
                thread.start()
            wait_for("a request on each", lambda: self.one.requests and self.two.requests)
            began = time.monotonic()
            self.commit_by_hand(session, self.family.remove(self.two))
            self.assertLess(time.monotonic() - began, 1.8)
            self.assertIn(self.key(self.two), self.appliance.servers())
            self.assertNotIn(self.key(self.two), self.appliance.state(session))
            wait_for("cut off", lambda: self.key(self.two) not in self.appliance.servers())
            self.assertGreater(time.monotonic() - began, 1.9)
            wait_for("the client notices", lambda: len(broken) == 1)
            self.one.released.set()
            for thread in threads:
                thread.join()

    def test_traffic_does_not_notice_that_members_come_and_go(self):
        stop, failures, served = threading.Event(), [], [0]

        def load():
            while not stop.is_set():
                try:
                    self.appliance.fetch()
                    served[0] += 1
                except OSError as error:
                    failures.append(error)
        threads = [threading.Thread(target=load) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            with self.appliance.session() as session:
                for _ in range(4):
                    self.add_two(session)
                    before = self.two.requests
                    wait_for("it is used", lambda: self.two.requests > before + 5)
                    self.commit_by_hand(session, self.family.drain(self.two))
                    self.commit_by_hand(session, self.family.remove(self.two))
                    wait_for("gone", lambda: self.key(self.two) not in self.appliance.servers())
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(failures, [])
        self.assertGreater(served[0], 100)

    def test_what_haproxy_refuses_fails_the_commit_in_its_words_and_changes_nothing(self):
        with self.appliance.session() as session:
            before, servers = running(session), set(self.appliance.servers())
            content, words = self.family.refused(self.one)
            edit(session, self.family.add(self.two))
            edit(session, content)
            with self.assertRaises(RPCError) as refusal:
                session.commit()
            self.assertIn(words, refusal.exception.message)
            self.assertEqual(refusal.exception.tag, "operation-failed")
            self.assertEqual(running(session), before)
            self.assertEqual(set(self.appliance.servers()), servers)
            session.discard_changes()
            self.add_two(session)

    def test_a_virtual_server_more_serves_without_a_lost_connection_and_a_taken_port_is_refused(self):
        port = free_port("127.0.0.1")
        with self.appliance.session() as session:
            old = self.appliance.haproxy()
            self.commit_by_hand(session, self.family.virtual("more", "127.0.0.1", port))
            self.assertEqual(self.appliance.fetch(port=port), "127.0.0.11")
            self.assertEqual(self.appliance.fetch(), "127.0.0.11")
            self.assertNotEqual(self.appliance.haproxy(), old)
            before, now = running(session), self.appliance.haproxy()
            with socket.socket() as taken:
                taken.bind(("127.0.0.1", 0))
                taken.listen()
                edit(session, self.family.virtual("taken", "127.0.0.1", taken.getsockname()[1]))
                with self.assertRaises(RPCError) as refusal:
                    session.commit()
                self.assertIn("cannot bind", refusal.exception.message)
            self.assertEqual(running(session), before)
            self.assertEqual(self.appliance.haproxy(), now)
            self.assertEqual(self.appliance.fetch(port=port), "127.0.0.11")
            session.discard_changes()
            self.add_two(session)


class Commits(OnBoth):
    def pending(self, session, **more):
        edit(session, self.family.add(self.two))
        session.commit(confirmed=True, **more)
        self.assertIn(self.key(self.two), self.appliance.servers())

    def reverted(self, before, session):
        wait_for("reverted", lambda: running(session) == before)
        wait_for("gone", lambda: self.key(self.two) not in self.appliance.servers())

    def test_an_unconfirmed_commit_is_reverted_in_time_although_others_never_stop_asking(self):
        stop, asked = threading.Event(), [0]

        def hammer():
            with self.appliance.session() as other:
                while not stop.is_set():
                    self.appliance.state(other)
                    asked[0] += 1
        hammers = [threading.Thread(target=hammer) for _ in range(2)]
        for thread in hammers:
            thread.start()
        try:
            with self.appliance.session() as session:
                wait_for("traffic", lambda: asked[0] > 2)
                before = running(session)
                began = time.monotonic()
                self.pending(session, timeout="2", persist="p")
                self.reverted(before, session)
                self.assertLess(time.monotonic() - began, 8)
        finally:
            stop.set()
            for thread in hammers:
                thread.join()

    def test_a_persistent_one_outlives_its_session_and_is_confirmed_by_another(self):
        with self.appliance.session() as session:
            self.pending(session, timeout="60", persist="p")
        with self.appliance.session() as other:
            with self.assertRaises(RPCError):
                other.commit(persist_id="another")
            other.commit(persist_id="p")
            self.assertIn(self.key(self.two), self.appliance.state(other))

    def test_one_without_persist_is_reverted_when_its_session_ends(self):
        with self.appliance.session() as other:
            before = running(other)
            with self.appliance.session() as session:
                self.pending(session, timeout="60")
            self.reverted(before, other)

    def test_cancel_commit_reverts(self):
        with self.appliance.session() as session:
            before = running(session)
            self.pending(session, timeout="60", persist="p")
            session.cancel_commit(persist_id="p")
            self.reverted(before, session)

    def test_a_lock_names_its_owner_and_ends_with_the_session(self):
        with self.appliance.session() as other:
            with self.appliance.session() as session:
                session.lock("candidate")
                with self.assertRaises(RPCError) as denied:
                    other.lock("candidate")
                self.assertEqual(denied.exception.tag, "lock-denied")
                self.assertIn(f"<session-id>{session.session_id}</session-id>", denied.exception.info.replace("nc:", ""))
            wait_for("free", lambda: self.locks(other))

    def locks(self, session):
        try:
            session.lock("candidate")
            return True
        except RPCError:
            return False

    def test_a_killed_session_gives_its_lock_back(self):
        with self.appliance.session() as other, self.appliance.session() as session:
            session.lock("running")
            other.kill_session(session.session_id)
            other.lock("running")

    def test_what_the_model_forbids_is_refused_at_validation(self):
        with self.appliance.session() as session:
            bad = {"f5": lambda: F5.pool(F5.member(self.one, "<state>user-down</state>")),
                   "citrix": lambda: Citrix.member(self.one, "<graceful>YES</graceful>")}[self.family.word]()
            with self.assertRaises(RPCError):
                edit(session, bad)  # test-then-set is the default
            edit(session, bad, test_option="set")
            with self.assertRaises(RPCError) as refusal:
                session.validate("candidate")
            self.assertIn({"f5": "must be user-disabled", "citrix": "pre-requisite"}[self.family.word],
                          refusal.exception.message)
            with self.assertRaises(RPCError):
                session.commit()

    def test_who_subscribed_is_told(self):
        with self.appliance.session() as watcher, self.appliance.session() as session:
            watcher.create_subscription()
            self.pending(session, timeout="60", persist="p")
            session.commit(persist_id="p")
            session.close_session()
            seen = {}
            end = time.monotonic() + 20
            wanted = {"netconf-config-change", "netconf-confirmed-commit", "netconf-session-end"}
            while not wanted <= set(seen) and time.monotonic() < end:
                told = watcher.take_notification(timeout=1)
                if told is not None:
                    node = told.notification_ele[-1]
                    seen[node.tag.split("}")[1]] = told.notification_xml
                    self.assertTrue(node.tag.startswith("{" + NCN))
            self.assertLessEqual(wanted, set(seen))
            self.assertIn(self.two.address, seen["netconf-config-change"])
            self.assertIn("headgate", seen["netconf-config-change"])

    def test_who_subscribed_hears_who_changed_what_and_when_the_timer_did(self):
        with self.appliance.session() as watcher, self.appliance.session() as session:
            watcher.create_subscription()
            who = {"username": "headgate", "session-id": session.session_id, "source-host": "127.0.0.1"}
            edit(session, self.family.add(self.two))
            session.commit(confirmed=True, timeout="60", persist="p")
            change = self.told(watcher, "netconf-config-change", datastore="running", operation="create", **who)
            self.assertIn(self.two.address, change["target"])
            self.assertEqual(self.told(watcher, "netconf-confirmed-commit", **{"confirm-event": "start"}, **who)["timeout"], "60")
            session.commit(confirmed=True, timeout="1", persist_id="p")
            self.told(watcher, "netconf-confirmed-commit", timeout="1", **{"confirm-event": "extend"}, **who)
            change = self.told(watcher, "netconf-config-change", datastore="running", operation="delete", server="")
            self.assertNotIn("username", change)
            self.told(watcher, "netconf-confirmed-commit", username=None, **{"confirm-event": "timeout"})
            self.pending(session, timeout="60", persist="q")
            session.cancel_commit(persist_id="q")
            self.told(watcher, "netconf-confirmed-commit", **{"confirm-event": "cancel"}, **who)
            self.pending(session, timeout="60", persist="r")
            session.commit(persist_id="r")
            self.told(watcher, "netconf-confirmed-commit", **{"confirm-event": "complete"}, **who)

    def test_the_server_says_what_it_can_and_gives_its_schemas(self):
        with self.appliance.session() as session:
            has = " ".join(session.server_capabilities)
            for part in ("candidate:1.0", "confirmed-commit:1.1", "validate:1.1", "rollback-on-error:1.0", "startup:1.0",
                         "with-defaults:1.0", "notification:1.0", "yang-library", "netconf-monitoring", "xpath:1.0"):
                self.assertIn(part, has)
            schema = session.get_schema(self.family.module).data
            file = self.appliance.dir / f"{self.family.module}.yang"
            file.write_text(schema)
            subprocess.run(["yanglint", "-p", "/usr/share/yuma/modules/ietf", file], check=True, capture_output=True)
            with self.assertRaises(RPCError):
                session.get_schema("nothing")

    def test_sessions_streams_and_modules_are_state(self):
        with self.appliance.session() as session:
            monitoring = session.get(("subtree", '<netconf-state xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"/>')
                                     ).data_xml
            for part in (f"<session-id>{session.session_id}<", "<username>headgate<", f"<identifier>{self.family.module}<"):
                self.assertIn(part, monitoring)
            streams = session.get(("subtree", '<netconf xmlns="urn:ietf:params:xml:ns:netmod:notification"/>')).data_xml
            self.assertIn("<name>NETCONF<", streams)
            library = session.get(("subtree", '<yang-library xmlns="urn:ietf:params:xml:ns:yang:ietf-yang-library"/>')).data_xml
            self.assertIn(f"<namespace>{self.family.namespace}<", library)

    def test_filters_and_defaults(self):
        with self.appliance.session() as session:
            path = {"f5": "/l:ltm/l:pool/l:members/l:ratio", "citrix": "//l:servicegroup-servicegroupmember-binding/l:weight"}[self.family.word]
            name = {"f5": "ratio", "citrix": "weight"}[self.family.word]
            explicit = session.get_config("running").data_xml
            self.assertNotIn(f"<{name}>", explicit)
            everything = session.get_config("running", with_defaults="report-all").data_xml
            self.assertIn(f"<{name}>1</{name}>", everything)
            self.commit_by_hand(session, self.family.weigh(self.one, 3))
            found = session.get_config("running", filter=("xpath", ({"l": self.family.namespace}, path))).data_xml
            self.assertIn(f"<{name}>3</{name}>", found)
            self.assertNotIn("onitor", found)


class Lives(OnBoth):
    def test_a_restart_serves_what_was_saved_and_only_that(self):
        three = Backend("127.0.0.13")
        try:
            with self.appliance.session() as session:
                self.add_two(session)
                session.copy_config(source="running", target="startup")
                self.commit_by_hand(session, self.family.add(three))
                saved = session.get_config("startup").data_xml
            self.assertEqual(self.appliance.stop(), 0)
            self.appliance.start()
            self.assertEqual(set(self.appliance.servers()), {self.key(self.one), self.key(self.two)})
            with self.appliance.session() as session:
                self.assertEqual(running(session), saved)
            wait_for("both serve", lambda: {self.appliance.fetch() for _ in range(4)} == {"127.0.0.11", "127.0.0.12"})
        finally:
            three.close()

    def test_a_killed_haproxy_is_started_again_with_every_member(self):
        with self.appliance.session() as session:
            self.add_two(session)
            session.create_subscription()
            old = self.appliance.haproxy()
            os.kill(old, signal.SIGKILL)
            told = session.take_notification(timeout=20)
            self.assertIn("traffic-processing-restarted", told.notification_xml)

            def again():
                try:
                    return self.appliance.haproxy() not in (None, old)
                except OSError:
                    return False
            wait_for("another HAProxy", again)
            self.assertEqual(set(self.appliance.servers()), {self.key(self.one), self.key(self.two)})
            wait_for("both serve", lambda: {self.appliance.fetch() for _ in range(4)} == {"127.0.0.11", "127.0.0.12"})
            self.wait_state(session, self.two, self.family.up)
            self.commit_by_hand(session, self.family.remove(self.two))
            self.assertIn("haproxy ended", (self.appliance.dir / "log").read_text())

    def test_a_killed_appliance_leaves_no_haproxy(self):
        haproxy = self.appliance.haproxy()
        self.appliance.stop(signal.SIGKILL)

        def gone():
            try:
                with open(f"/proc/{haproxy}/stat", encoding="ascii") as stat:
                    return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
            except FileNotFoundError:
                return True
        wait_for("HAProxy is gone", gone)
        self.appliance.start()
        self.assertEqual(self.appliance.fetch(), "127.0.0.11")

    def test_silent_connections_keep_nobody_out(self):
        silent = []
        try:
            for _ in range(80):
                silent.append(socket.create_connection(("127.0.0.1", self.appliance.port)))
            half = socket.create_connection(("127.0.0.1", self.appliance.port))
            half.sendall(b"SSH-2.0-half\r\n")
            silent.append(half)
            with self.appliance.session() as session:
                self.assertIn(self.key(self.one), self.appliance.state(session))
        finally:
            for one in silent:
                one.close()

    def test_each_fault_does_what_it_says(self):
        with self.appliance.session() as session, self.appliance.session(timeout=3) as victim:
            before = running(session)
            inject(session, "commit", "refuse", message="no licence", count=2)
            edit(victim, self.family.add(self.two))
            for _ in range(2):
                with self.assertRaises(RPCError) as refusal:
                    victim.commit()
                self.assertEqual(refusal.exception.message, "no licence")
            self.assertEqual(running(session), before)
            inject(session, "get", "slow", delay_ms=1500)
            began = time.monotonic()
            self.appliance.state(victim)
            self.assertGreater(time.monotonic() - began, 1.4)
            victim.discard_changes()
            for operation, do in (("edit-config", lambda: edit(victim, self.family.weigh(self.one, 2))),
                                  ("validate", lambda: victim.validate("candidate")),
                                  ("confirmed-commit", lambda: victim.commit(confirmed=True, timeout="60", persist="q")),
                                  ("confirming-commit", lambda: (victim.commit(confirmed=True, timeout="60", persist="q"),
                                                                 victim.commit(persist_id="q"))),
                                  ("cancel-commit", lambda: victim.cancel_commit(persist_id="q"))):
                inject(session, operation, "refuse", message=f"{operation} fails")
                with self.assertRaises(RPCError) as refusal:
                    do()
                self.assertEqual(refusal.exception.message, f"{operation} fails")
            victim.cancel_commit(persist_id="q")
            rpc(session, '<clear-faults xmlns="urn:headgate:yang:lab-fault"/>')

    def test_a_hanging_session_hangs_alone_and_frees_its_locks_when_it_goes(self):
        with self.appliance.session() as session:
            with self.appliance.session(timeout=2) as victim:
                victim.lock("candidate")
                inject(session, "commit", "hang")
                with self.assertRaises(TimeoutExpiredError):
                    victim.commit()
                with self.assertRaises(TimeoutExpiredError):
                    victim.get_config("running")
                self.assertIn(self.key(self.one), self.appliance.state(session))
                victim._session.close()
            wait_for("its lock is free", lambda: Commits.locks(self, session))

    def test_a_dropped_session_has_done_it_or_not(self):
        for effect, done in (("drop-session", False), ("drop-after-apply", True)):
            with self.subTest(effect), self.appliance.session() as session:
                with self.appliance.session(timeout=5) as victim:
                    inject(session, "commit", effect)
                    edit(victim, self.family.add(self.two))
                    with self.assertRaises((SessionCloseError, TransportError, TimeoutExpiredError)):
                        victim.commit()
                self.assertEqual(self.key(self.two) in self.appliance.state(session), done)
                self.assertEqual(self.key(self.two) in self.appliance.servers(), done)
                session.discard_changes()


globals().update(on_both(Members, Commits, Lives))


class Alone(unittest.TestCase):
    """What needs no family's pool."""

    def test_any_model_is_served_without_a_data_plane(self):
        import tempfile
        with tempfile.TemporaryDirectory() as folder:
            model = os.path.join(folder, "toaster.yang")
            with open(model, "w", encoding="ascii") as out:
                out.write("module toaster { yang-version 1.1; namespace urn:t; prefix t; container toaster { leaf slots { "
                          "type uint8 { range 1..4; } } } }")
            for key in ("host", "user"):
                subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/{key}"], check=True)
            with subprocess.Popen([PROGRAM, "--model", model, "--listen", "127.0.0.1:0", "--host-key", f"{folder}/host",
                                   "--user", f"headgate={folder}/user.pub", "--state", f"{folder}/state"],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
                try:
                    port = int(process.stdout.readline().split("ssh=127.0.0.1:")[1])
                    from ncclient import manager
                    with manager.connect(host="127.0.0.1", port=port, username="headgate", key_filename=f"{folder}/user",
                                         hostkey_verify=False, allow_agent=False, look_for_keys=False) as session:
                        edit(session, '<toaster xmlns="urn:t"><slots>2</slots></toaster>')
                        session.commit()
                        self.assertIn("<slots>2</slots>", running(session))
                        with self.assertRaises(RPCError) as refusal:
                            edit(session, '<toaster xmlns="urn:t"><slots>5</slots></toaster>')
                        self.assertEqual(refusal.exception.tag, "invalid-value")
                finally:
                    process.terminate()
                self.assertEqual(process.wait(20), 0)

    def test_what_cannot_run_says_why_in_one_line(self):
        import tempfile
        with tempfile.TemporaryDirectory() as folder, socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            for key in ("host", "user"):
                subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/{key}"], check=True)
            with open(f"{folder}/bad.json", "w", encoding="ascii") as out:
                out.write('{"adc-f5-ltm:ltm": {"pool": [{"name": "/Common/web", "monitor": "/Common/none"}]}}')
            with open(f"{folder}/text", "w", encoding="ascii") as out:
                out.write("no key")
            base = ["--family", "f5", "--data-plane", "none", "--state", f"{folder}/state"]
            ssh = ["--host-key", f"{folder}/host", "--user", f"headgate={folder}/user.pub"]
            port = taken.getsockname()[1]
            for words, status, expected in (
                    ([*base, *ssh, "--listen", f"127.0.0.1:{port}"], 2, str(port)),
                    ([*base, "--listen", "127.0.0.1:0", "--host-key", f"{folder}/text", "--user",
                      f"headgate={folder}/user.pub"], 2, f"{folder}/text"),
                    ([*base, *ssh, "--listen", "127.0.0.1:0", "--startup", f"{folder}/bad.json"], 1, "/Common/none"),
                    ([*base, *ssh, "--listen", "127.0.0.1:0", "--startup", f"{folder}/text"], 1, ""),
                    ([*base, "--listen", "127.0.0.1:0"], 2, "--host-key")):
                done = subprocess.run([PROGRAM, *words, "--log-level", "error"], capture_output=True, text=True, timeout=30,
                                      check=False)
                self.assertEqual(done.returncode, status, (words, done.stderr))
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
                self.assertIn(expected, done.stderr)


if __name__ == "__main__":
    os.chdir(ROOT)
    unittest.main(verbosity=2, warnings="ignore")
