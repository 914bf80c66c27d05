#!/usr/bin/python3
"""headgate-agent beside a real snmpd: who sees what, what is told and when, and what a manager may change."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from agent_parts import (APPLICATIONS, BINDING, CHANGED, CONNECTIONS, DOWN, FALLEN, LEVEL, MODULE, PLANTED, REASON,
                         REVISION, RISEN, ROOT, SECRET, SECRETS, SHOP, SOURCE, SOURCE_REASON, SOURCE_STATE, STATE, UP,
                         UTILISATION, WANTED, House, free_port, seconds)

IDLE, WORKING, DONE, FAILED = (f"INTEGER: {n}" for n in (1, 2, 3, 4))
UNKNOWN, UNDER_USED, NORMAL, FULL = (f"INTEGER: {n}" for n in (1, 2, 3, 4))


class Agent(unittest.TestCase):
    address = ""

    def setUp(self):
        self.house = House(self.address)
        self.addCleanup(self.house.close)

    def start(self):
        self.house.configure()
        self.house.start_snmpd()
        self.house.start_agent()

    def wait_value(self, name, value):
        self.house.wait(f"{name} is {value}", lambda: self.house.get(name) == value)


class Views(Agent):
    """The example's views, word by word."""
    address = "127.77.202.1"

    def setUp(self):
        super().setUp()
        self.start()

    def test_nobody_without_privacy_sees_a_trace_of_the_secrets(self):
        house, last = self.house, f"{APPLICATIONS}.26{SHOP}"
        for level in ("v2c", "authNoPriv"):
            with self.subTest(level):
                for bulk in (False, True):
                    seen = house.walk(level, bulk=bulk)
                    self.assertEqual(len(seen), 24)
                    self.assertEqual(seen[-1], last)
                self.assertEqual(house.walk(level, SECRETS), [])
                for column in range(1, 11):
                    self.assertIn("No Such Object", house.get(f"{SECRETS}.{column}{SHOP}", level))
                # Over the border, and from inside of what is hidden.
                for name in (last, f"{MODULE}.1.2", SECRETS, f"{SECRETS}.9", SECRET):
                    told = house.ask("snmpgetnext", level, name)
                    self.assertEqual(told.split(" = ")[0].strip(), name)  # it is the end: no other name comes back
                    self.assertIn("No more variables", told)
                self.assertIn("INTEGER: 1", house.get(f"{APPLICATIONS}.21{SHOP}", level))  # that there is something

    def test_with_privacy_all_is_seen_in_order(self):
        house = self.house
        seen = house.walk("authPriv")
        self.assertEqual(seen, [f"{APPLICATIONS}.{n}{SHOP}" for n in range(3, 27)] +
                         [f"{SECRETS}.{n}{SHOP}" for n in range(1, 11)])
        self.assertEqual(house.walk("authPriv", bulk=True), seen)
        self.assertEqual(house.get(SECRET), f'STRING: "{PLANTED}"')
        self.assertIn(f"{SECRETS}.1{SHOP} = INTEGER: 2",
                      house.ask("snmpgetnext", "authPriv", f"{APPLICATIONS}.26{SHOP}"))
        for name in (f"{APPLICATIONS}.3.4.115.104.111.112.1.50", f"{SECRETS}.9.1.97.0"):
            self.assertIn("No Such Instance", house.get(name))
        for name in (f"{APPLICATIONS}.2{SHOP}", f"{APPLICATIONS}.27{SHOP}", f"{SECRETS}.11{SHOP}"):
            self.assertIn("No Such", house.get(name))

    def test_nobody_else_sees_anything(self):
        for level in ("noAuthNoPriv", "another community"):
            self.assertEqual(self.house.walk(level), [], level)

    def test_only_with_privacy_the_data_source_is_written_and_nothing_else_is(self):
        house = self.house
        for level in ("v2c", "authNoPriv", "noAuthNoPriv"):
            self.assertRegex(house.set("db-b", level), "noAccess|authorizationError", level)
        self.assertEqual(house.get(SOURCE_STATE), IDLE)
        for name in (f"{APPLICATIONS}.23{SHOP}", SECRET, f"{APPLICATIONS}.3{SHOP}", ".1.3.6.1.2.1.1.4.0"):
            self.assertRegex(house.ask("snmpset", "authPriv", name, "s", "x"), "noAccess|notWritable", name)
        self.assertIn(WANTED, house.set("db-b"))
        self.wait_value(SOURCE_STATE, DONE)

    def test_rows_come_and_go_with_their_files(self):
        house = self.house
        house.configure(name="another.toml", application='"a"', instance='"2"', sections="#")
        house.reload()
        first = f"{APPLICATIONS}.3.1.97.1.50"
        house.wait("the row", lambda: house.get(first) == 'STRING: "1"')
        self.assertEqual(house.walk("authPriv")[:2], [first, f"{APPLICATIONS}.3{SHOP}"])
        (house.dir / "config/shop.toml").unlink()
        house.reload()
        self.assertIn("No Such Instance", house.get(f"{APPLICATIONS}.3{SHOP}"))
        (house.dir / "config/another.toml").unlink()
        house.reload()
        self.assertEqual(house.walk("authPriv"), [])
        self.assertIn("No Such Instance", house.get(STATE))


class Values(Agent):
    """Long ones: a chain of certificates, a key."""
    address = "127.77.202.2"

    def test_certificates_up_to_the_limit_go_through_agentx_and_snmpv3_whole(self):
        house = self.house
        folder = house.dir / "config"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:4096", "-nodes", "-days", "30", "-subj", "/CN=shop",
                        "-keyout", folder / "key", "-out", folder / "one.pem"], check=True, capture_output=True)
        os.chown(folder / "key", house.uid, house.gid)
        one = (folder / "one.pem").read_text()
        house.start_snmpd()
        for octets in (4096, 8192, 16384):
            text = one * (octets // len(one))
            (folder / "ca.pem").write_text(text)
            house.configure(protocol='"https"', sections="""
[probe]
kind = "none"
[authentication]
kind = "client-certificate"
certificate = "ca.pem"
key-file = "key"
trust-anchor = "ca.pem"
server-name = "shop"
""")
            house.stop_agent()
            house.start_agent()
            anchor, certificate, key = f"{SECRETS}.6{SHOP}", f"{SECRETS}.7{SHOP}", SECRET
            self.assertEqual(house.octets(anchor), [text.encode()])
            # A whole row at once too.
            self.assertEqual(house.octets(anchor, certificate, key),
                             [text.encode(), text.encode(), (folder / "key").read_bytes()])
            self.assertEqual(len(house.walk("authPriv", SECRETS, bulk=True)), 10)
        (folder / "ca.pem").write_text(text + "#" * (16385 - len(text)))
        checked = house.run_agent("--check")
        self.assertEqual(checked.returncode, 1)
        self.assertIn("ca.pem is longer than 16384 octets", checked.stderr)


class Told(Agent):
    """Notifications: to a v2c trap sink and to one of v3 informs, by snmpd."""
    address = "127.77.202.3"

    def wait_told(self, trap, times, what):
        self.house.wait(what, lambda: [len(lines) for lines in self.house.told(trap)] == [times, times])
        return self.house.told(trap)

    def test_up_and_down_are_told_once_each_with_their_values(self):
        house = self.house
        self.start()
        self.wait_told(UP, 1, "up")
        house.application.healthy = False
        self.wait_value(STATE, "INTEGER: 3")
        lines = self.wait_told(DOWN, 1, "down")
        for (line,) in lines:
            names = re.findall(rf"\|{re.escape(APPLICATIONS)}\.(\d+){re.escape(SHOP)} = ", line)
            self.assertEqual(names, ["13", "14", "15", "16", "17", "18", "19", "20", "22"])
            self.assertIn(f'{STATE} = INTEGER: 3|{REASON} = STRING: "HTTP status 503"|', line)
        house.application.healthy = True
        self.wait_told(UP, 2, "up again")
        house.application.close()  # the process is gone
        self.wait_told(DOWN, 2, "down again")
        self.assertEqual(house.get(REASON), 'STRING: "connection refused"')
        self.wait_value(LEVEL, UNKNOWN)  # nobody listens: that is not the same as nobody is connected
        self.assertEqual([len(lines) for lines in house.told(UP)], [2, 2])

    def test_connections_make_it_full_and_its_relief_is_told(self):
        house = self.house
        self.start()
        self.wait_told(FALLEN, 1, "under-used, at the start")
        with house.application.held(6):
            self.wait_value(LEVEL, NORMAL)
            with house.application.held(2):
                self.wait_value(LEVEL, FULL)
                self.assertEqual(house.get(BINDING), 'STRING: "connections"')
                # The probe's own connection may be among them.
                self.assertIn(house.number(UTILISATION), (800, 900))
                self.assertIn(house.number(CONNECTIONS), (8, 9))
                self.wait_told(RISEN, 1, "risen")
            self.wait_value(LEVEL, NORMAL)
        self.wait_value(LEVEL, UNDER_USED)
        self.wait_told(FALLEN, 2, "fallen")
        self.assertEqual([len(lines) for lines in house.told(RISEN)], [1, 1])
        self.assertEqual(house.get(STATE), "INTEGER: 2")  # full or not, it was up

    def test_what_happens_while_snmpd_is_away_is_told_afterwards(self):
        house = self.house
        self.start()
        self.wait_told(UP, 1, "up")
        house.stop_snmpd()
        house.application.healthy = False
        house.wait("down", lambda: "down application=shop" in house.log())
        house.start_snmpd()
        took = seconds(lambda: self.wait_told(DOWN, 1, "down"))
        print(f"told {took:.1f} s after snmpd's return", end=" ")

    def test_what_was_handed_to_an_snmpd_that_dies_is_told_to_the_next_one(self):
        house = self.house
        self.start()
        self.wait_told(UP, 1, "up")
        house.snmpd.send_signal(signal.SIGSTOP)
        house.application.healthy = False
        house.wait("down", lambda: "down application=shop" in house.log())
        house.snmpd.kill()
        house.stop_snmpd()
        house.start_snmpd()
        self.wait_told(DOWN, 1, "down")

    def test_other_settings_are_told_and_wrong_ones_are_not_taken(self):
        house = self.house
        self.start()
        self.wait_told(UP, 1, "up")
        first = house.number(REVISION)
        house.configure(weight=7)
        house.reload()
        self.wait_told(CHANGED, 1, "changed")
        second = house.number(REVISION)
        self.assertNotEqual(first, second)
        self.assertEqual(house.get(f"{APPLICATIONS}.9{SHOP}"), "Gauge32: 7")
        house.secret("another-" + PLANTED)
        house.reload()
        self.wait_told(CHANGED, 2, "a secret changed")
        self.assertEqual(house.get(SECRET), f'STRING: "another-{PLANTED}"')
        third = house.number(REVISION)
        self.assertNotIn(third, (first, second))
        house.configure(weight=0)
        house.reload()
        house.wait("said", lambda: "shop.toml:6: weight: is 0; give a number of 1..100" in house.log())
        self.assertIn("what it said before is still served", house.log())
        self.assertEqual(house.get(f"{APPLICATIONS}.9{SHOP}"), "Gauge32: 7")
        house.configure(weight=7)
        house.stop_agent()
        house.start_agent()
        self.assertEqual(house.number(REVISION), third)  # nothing changed meanwhile
        self.assertEqual([len(lines) for lines in house.told(CHANGED)], [2, 2])
        house.stop_agent()
        house.configure(weight=8)
        house.start_agent()
        self.wait_told(CHANGED, 3, "changed while the agent was away")


class Reconnect(Agent):
    """snmpd comes and goes."""
    address = "127.77.202.4"

    def test_it_waits_for_an_snmpd_that_is_not_there_yet_and_finds_one_that_comes_back(self):
        house = self.house
        house.configure()
        house.start_agent(wait=False)
        house.wait("it waits", lambda: "snmpd does not answer yet" in house.log())
        self.assertEqual(house.log().count("snmpd does not answer"), 1)
        house.start_snmpd()
        first = seconds(lambda: self.wait_value(STATE, "INTEGER: 2"))
        house.stop_snmpd()
        house.wait("it is missed", lambda: "snmpd is gone" in house.log())
        house.start_snmpd()
        again = seconds(lambda: self.wait_value(STATE, "INTEGER: 2"))
        print(f"served {first:.1f} s after snmpd's start, {again:.1f} s after its restart", end=" ")
        self.assertLess(first, 2.5)
        self.assertLess(again, 2.5)
        self.assertEqual(len(house.walk("v2c")), 24)
        self.assertEqual(house.walk("v2c", SECRETS), [])
        self.assertIn(WANTED, house.set("db-b"))
        self.wait_value(SOURCE_STATE, DONE)
        self.assertFalse((house.dir / "persistent").exists())  # Net-SNMP's own files
        self.assertFalse((house.dir / "home").exists())

    def test_a_master_that_hangs_neither_stops_the_agent_nor_its_end(self):
        house = self.house
        self.start()
        house.snmpd.send_signal(signal.SIGSTOP)
        house.wait("given up", lambda: "snmpd is gone" in house.log())
        house.application.healthy = False
        house.wait("it looks on", lambda: "down application=shop" in house.log())
        took = seconds(house.stop_agent)
        print(f"ended in {took:.1f} s", end=" ")
        self.assertLess(took, 8)

    def test_the_master_may_be_reached_over_tcp(self):
        house = self.house
        house.master = f"tcp:{self.address}:{free_port(self.address)}"
        self.start()
        self.wait_value(STATE, "INTEGER: 2")

    def test_it_ends_clean_and_takes_its_rows_with_it(self):
        house = self.house
        self.start()
        agent = house.agent
        took = seconds(house.stop_agent)
        self.assertEqual(agent.returncode, 0)
        self.assertLess(took, 2)
        house.wait("no rows", lambda: house.walk("authPriv") == [])
        self.assertIn("ending", house.log())


class DataSource(Agent):
    """A manager tells which data source to use."""
    address = "127.77.202.5"

    def setUp(self):
        super().setUp()
        self.start()

    def ask_for(self, name):
        self.assertIn(f'{WANTED} = STRING: "{name}"', self.house.set(name))
        self.house.wait("the end of it", lambda: self.house.get(SOURCE_STATE) in (DONE, FAILED))
        return self.house.get(SOURCE), self.house.get(SOURCE_STATE), self.house.get(SOURCE_REASON)

    def test_success_failure_and_a_hook_that_hangs(self):
        house = self.house
        self.assertEqual(house.get(SOURCE), 'STRING: "db-a"')
        self.assertEqual(self.ask_for("db-b"), ('STRING: "db-b"', DONE, '""'))
        self.assertEqual((house.dir / "state/hooked").read_text(), "db-b\n")
        self.assertEqual(self.ask_for("bad"),
                         ('STRING: "db-b"', FAILED, 'STRING: "exit status 3: it does not know us"'))
        took = seconds(lambda: self.assertEqual(
            self.ask_for("slow"), ('STRING: "db-b"', FAILED, 'STRING: "killed after 1 s"')))
        self.assertLess(took, 3)
        # The one in use needs no hook.
        (house.dir / "state/hooked").unlink()
        self.assertEqual(self.ask_for("db-b")[1], DONE)
        self.assertFalse((house.dir / "state/hooked").exists())

    def test_names_that_are_not_listed_are_refused_and_so_is_a_second_one_meanwhile(self):
        house = self.house
        for name in ("db-c", "", "db-b; rm -rf /", "x" * 65):
            self.assertRegex(house.set(name), "wrongValue|wrongLength", name)
        self.assertIn("wrongType", house.ask("snmpset", "authPriv", WANTED, "i", "1"))
        self.assertIn("noCreation", house.ask("snmpset", "authPriv", f"{APPLICATIONS}.24.1.120.0", "s", "db-b"))
        self.assertEqual(house.get(SOURCE_STATE), IDLE)
        self.assertIn("slow", house.set("slow"))
        self.assertEqual(house.get(SOURCE_STATE), WORKING)
        self.assertIn("resourceUnavailable", house.set("db-b"))
        self.wait_value(SOURCE_STATE, FAILED)

    def test_a_restarted_agent_still_knows(self):
        house = self.house
        self.ask_for("db-b")
        house.stop_agent()
        house.start_agent()
        self.assertEqual((house.get(SOURCE), house.get(SOURCE_STATE), house.get(WANTED)),
                         ('STRING: "db-b"', IDLE, '""'))
        house.set("slow")
        house.wait("begun", lambda: "working=slow\n" in (house.dir / "state/shop.state").read_text())
        house.agent.kill()
        house.stop_agent()
        house.start_agent()
        self.assertEqual(house.get(SOURCE_STATE), FAILED)
        self.assertIn("The agent was ended while the hook ran", house.get(SOURCE_REASON))
        self.assertEqual(house.get(SOURCE), 'STRING: "db-b"')


class Secrets(Agent):
    """They are in SNMPv3's encrypted answers, and nowhere else."""
    address = "127.77.202.6"

    def test_a_planted_secret_is_in_no_log_and_no_output(self):
        house = self.house
        self.start()
        house.wait("the probe has used it", lambda: any(house.application.asked))
        self.assertIn(PLANTED, house.get(SECRET))
        house.application.healthy = False
        self.wait_value(STATE, "INTEGER: 3")
        house.reload()
        texts = [house.log(), house.traps.heard().__repr__(), (house.dir / "snmpd.log").read_text()]
        texts += [path.read_text() for path in (house.dir / "state").iterdir() if path.is_file()]
        checked = house.run_agent("--check")
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        texts += [checked.stdout]
        for bad in (f"{PLANTED}\nmore", PLANTED * 100, f"{PLANTED}\x07"):
            house.secret(bad)
            checked = house.run_agent("--check")
            self.assertEqual(checked.returncode, 1)
            self.assertIn("shop.toml:22: authentication.secret-file: ", checked.stderr)
            house.reload()
            texts += [checked.stdout, checked.stderr]
        (house.dir / "config/password").chmod(0o644)
        checked = house.run_agent("--check")
        self.assertIn("can be read by others; chmod 600 it", checked.stderr)
        texts += [checked.stderr, house.log(), pathlib.Path(f"/proc/{house.agent.pid}/cmdline").read_text()]
        for text in texts:
            self.assertNotIn(PLANTED, text)
        self.assertIn(PLANTED, house.get(SECRET))  # the last good one is served on


class CommandLine(Agent):
    """--check, --help, and what cannot start."""
    address = "127.77.202.7"

    def test_every_mistake_is_a_line_with_its_place(self):
        house = self.house
        house.configure(port=0, colour='"red"')
        checked = house.run_agent("--check")
        self.assertEqual(checked.returncode, 1)
        self.assertEqual([line.partition("shop.toml")[2] for line in checked.stderr.splitlines()],
                         [":4: port: is 0; give a number of 1..65535",
                          ":6: colour: is no key of ours; here there are: address, application, connection-limit, "
                          "health-check, instance, port, protocol, transport, version, warm-up, weight"])
        started = house.run_agent()
        self.assertEqual(started.returncode, 1)
        self.assertIn("no application can be served", started.stderr)

    def test_the_examples_file_is_right_but_for_what_is_not_there(self):
        house = self.house
        shutil.copy(ROOT / "src/agent/shop.toml.example", house.dir / "config/shop.toml")
        checked = house.run_agent("--check")
        for line in checked.stderr.splitlines():
            self.assertRegex(line, "No such file|no cgroup of the unit|cannot be run by this user")

    def test_usage_is_another_exit_status(self):
        self.assertEqual(self.house.run_agent("--colour").returncode, 2)
        self.assertEqual(self.house.run_agent("--log-level", "loud").returncode, 2)
        told = self.house.run_agent("--help")
        self.assertEqual(told.returncode, 0)
        self.assertIn("connections-full-at", told.stdout)


if __name__ == "__main__":
    os.chdir(ROOT)
    unittest.main(verbosity=2, warnings="ignore")
