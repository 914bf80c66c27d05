#!/usr/bin/python3
"""Members whose ports authenticate: the golden edits of the adapters (tests/contract/golden), with real secrets in them, on
the virtual appliance with a real HAProxy, and real nginx that refuse whoever does not have these secrets."""
import os
import pathlib
import re
import signal
import stat
import sys
import tempfile
import threading
import unittest
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

from ncclient.operations import RPCError

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import nginx_parts as ports
from appliance_parts import OnBoth, ROOT, edit, free_port, on_both, running, wait_for

GOLDEN = ROOT / "tests/contract/golden"
PASSWORD, TOKEN = "planted pass'word:&<ä", "planted/token+=="
NAMES = {"password": 3, "token": 4, "server-tls": 5, "client-certificate": 6}
# Of the golden edits: what is no secret of anybody's.
ANCHOR, CERTIFICATE = ("-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----" % body for body in
                       ("QU4gQU5DSE9S", "QSBDTElFTlQ="))


class Port:
    """One of nginx's, as a member."""

    def __init__(self, number):
        self.name, self.address = f"real{number}", f"127.77.61.{number}"
        self.port = free_port(self.address)
        self.host = self.name + ".example"


class House:
    """The authorities, and one nginx with a port of each kind."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.ours, self.others = ports.Authority(folder, "authority"), ports.Authority(folder, "stranger")
        self.ports = {kind: Port(number) for kind, number in NAMES.items()}
        self.client, self.client_key = (path.read_text().strip() for path in self.ours.sign("headgate"))
        self.wrong, self.wrong_key = (path.read_text().strip() for path in self.others.sign("nobody"))
        users = ports.users(self.folder / "users", "probe", PASSWORD)
        of = self.ports
        self.nginx = ports.Nginx(folder, [
            ports.server(of["password"].address, of["password"].port, ports.asks_for_password(users, folder)),
            self.tls(of["token"], ports.asks_for_token("X-Token", TOKEN)),
            self.tls(of["server-tls"], ports.answers_health()),
            self.tls(of["client-certificate"], ports.answers_health() + ports.asks_for_client_certificate(
                self.ours.path("authority", "pem")))])

    def tls(self, port, inside):
        return ports.tls_server(port.address, port.port, port.host, *self.ours.sign(port.host), inside)

    def secrets(self):
        key = [line for line in self.client_key.splitlines() if "-----" not in line]
        return [PASSWORD, TOKEN, *key]


class Authentication(OnBoth):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="hga-auth-")
        os.chmod(cls.folder.name, 0o755)
        cls.house = House(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.house.nginx.close()
        cls.folder.cleanup()

    def golden(self, kind, what="add", port=None, **other):
        """A golden edit about one of our ports, with the secrets as southbound puts them in."""
        port = port or self.house.ports[kind]
        text = (GOLDEN / self.family.word / f"{kind}.{what}.xml").read_text()
        values = {"anchor": self.house.ours.pem, "certificate": self.house.client, "key": self.house.client_key,
                  "password": PASSWORD, "token": TOKEN, "host": port.host, **other}
        for old, new in (("sealed:v1:UEFTU1dPUkQ=", values["password"]), ("sealed:v1:VE9LRU4=", values["token"]),
                         ("sealed:v1:QSBLRVk=", values["key"]), (ANCHOR, values["anchor"]),
                         (CERTIFICATE, values["certificate"]), ("real3.example", values["host"]), ("192.0.2.13", port.address),
                         ("8080", str(port.port)), ("sg_web", "web"), ("real3", port.name)):
            text = text.replace(old, escape(new))
        return re.sub(r"sealed:v1:FAKE\d+", lambda _: escape(self.headers(values["token"])), text)

    def headers(self, token):
        """What the appliance had shown of the token, and the fake seal has hidden."""
        line = f"X-Token: {token}\\r\\n"
        return f"GET /health HTTP/1.0\\r\\n{line}\\r\\n" if self.family.word == "f5" else line

    def commit(self, session, content):
        edit(session, content, default_operation="none")
        session.commit()

    def refused(self, session, content):
        """The words, nothing having changed."""
        before, servers = running(session), set(self.appliance.servers())
        edit(session, content, default_operation="none")
        with self.assertRaises(RPCError) as refusal:
            session.commit()
        session.discard_changes()
        self.assertEqual(running(session), before)
        self.assertEqual(set(self.appliance.servers()), servers)
        for secret in self.house.secrets():
            self.assertNotIn(secret, str(refusal.exception) + str(refusal.exception.info))
        return refusal.exception.message

    def reason(self, session, port):
        """What the appliance says of the member's last check."""
        n = "{%s}" % self.family.namespace
        for member in ET.fromstring(session.get(("subtree", self.family.filter)).data_xml).iter():
            if (member.findtext(n + "address") or member.findtext(n + "ip")) == port.address:
                return member.findtext(f"{n}status/{n}availability-reason") or member.findtext(n + "lastresponse")
        return None

    def serves(self, port):
        wait_for(f"{port.address} serves", lambda: self.appliance.fetch() == port.address)

    def is_up(self, session, port):
        try:
            self.wait_state(session, port, self.family.up)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.reason(session, port)}") from None
        self.serves(port)

    def is_down(self, session, port, *words):
        """It was never up: nothing was ever sent to it."""
        self.wait_state(session, port, self.family.down)
        said = self.reason(session, port)
        self.assertTrue(any(word in said for word in words), said)
        self.assertEqual(self.appliance.servers()[self.key(port)]["weight"], "0")
        self.assertEqual(self.appliance.servers()[self.key(port)]["stot"], "0")
        self.assertEqual({self.appliance.fetch() for _ in range(4)}, {"127.0.0.11"})

    def files(self):
        folder = self.appliance.dir / "state/haproxy.pem"
        return sorted(folder.iterdir()) if folder.exists() else []

    def gone(self, port):
        wait_for("it is gone", lambda: self.key(port) not in self.appliance.servers())


class Kinds(Authentication):
    def test_each_kind_comes_up_serves_goes_and_comes_back(self):
        with self.appliance.session() as session:
            before = running(session)
            haproxy = self.appliance.haproxy()
            for kind, port in self.house.ports.items():
                with self.subTest(kind):
                    self.commit(session, self.golden(kind))
                    self.is_up(session, port)
                    with_it = running(session)
                    self.commit(session, self.golden(kind, "remove"))
                    self.gone(port)
                    self.assertEqual(running(session), before)
                    self.assertEqual(self.files(), [])
                    self.commit(session, self.golden(kind, "restore"))
                    self.is_up(session, port)
                    self.assertEqual(sorted(running(session)), sorted(with_it))
                    self.commit(session, self.golden(kind, "remove"))
                    self.gone(port)
            self.assertEqual(self.appliance.haproxy(), haproxy)  # all of it at runtime

    def test_a_wrong_password_is_seen_and_named(self):
        port = self.house.ports["password"]
        with self.appliance.session() as session:
            self.commit(session, self.golden("password", password="wrong"))
            self.is_down(session, port, "401")
            # The right one, put where the wrong one is, is enough: the member stays.
            server = self.appliance.servers()[self.key(port)]["sid"]
            text = self.golden("password")
            monitor = "monitor" if self.family.word == "f5" else "lbmonitor"
            end = text.index(f"</{monitor}>") + len(f"</{monitor}>")
            self.commit(session, text[:end] + text[text.rindex("\n</"):])
            self.is_up(session, port)
            self.assertEqual(self.appliance.servers()[self.key(port)]["sid"], server)

    def test_a_wrong_token_is_seen_and_named(self):
        with self.appliance.session() as session:
            self.commit(session, self.golden("token", token="wrong"))
            self.is_down(session, self.house.ports["token"], "403")

    def test_a_server_of_another_authority_or_name_is_not_spoken_to(self):
        port = self.house.ports["server-tls"]
        with self.appliance.session() as session:
            for wrong in ({"anchor": self.house.others.pem}, {"host": "another.example"}):
                with self.subTest(wrong):
                    self.commit(session, self.golden("server-tls", **wrong))
                    self.is_down(session, port, "L6RSP")
                    self.commit(session, self.golden("server-tls", "remove"))
                    self.gone(port)

    def test_a_name_that_the_certificate_has_not_is_not_spoken_to(self):
        """The server answers to any name, but its certificate is for one."""
        port = Port(7)
        with tempfile.TemporaryDirectory(prefix="hga-auth-") as folder:
            os.chmod(folder, 0o755)
            nginx = ports.Nginx(folder, [ports.tls_server(port.address, port.port, "another.example", *self.house.ours.sign(
                port.host), ports.answers_health())])
            try:
                with self.appliance.session() as session:
                    self.commit(session, self.golden("server-tls", port=port, host="another.example"))
                    self.is_down(session, port, "L6RSP")
            finally:
                nginx.close()

    def test_a_client_certificate_of_nobody_is_turned_away(self):
        with self.appliance.session() as session:
            self.commit(session, self.golden("client-certificate", certificate=self.house.wrong, key=self.house.wrong_key))
            self.is_down(session, self.house.ports["client-certificate"], "400", "L6RSP")


class Refusals(Authentication):
    def test_a_key_that_does_not_fit_is_refused_in_the_familys_words(self):
        words = {"f5": "01070317:3: profile /Common/hg_real6_",
                 "citrix": "Certificate and private key do not match [sslcertkey hg_"}
        with self.appliance.session() as session:
            said = self.refused(session, self.golden("client-certificate", key=self.house.wrong_key))
            self.assertIn(words[self.family.word], said)
            self.assertIn("do not match", said)
            for other in ({"key": "planted no key"}, {"certificate": "no certificate"}, {"anchor": "no authority"}):
                with self.subTest(other):
                    said = self.refused(session, self.golden("client-certificate", **other))
                    self.assertIn("hg_", said)
                    self.assertNotIn("planted", said)
            self.commit(session, self.golden("client-certificate"))
            self.is_up(session, self.house.ports["client-certificate"])

    def test_what_no_header_can_hold_is_refused_and_not_shown(self):
        port = self.house.ports["password"]
        with self.appliance.session() as session:
            for kind, other in (("password", {"password": "planted\nX: y"}), ("password", {"password": "planted\x7f"}),
                                ("token", {"token": "planted\x7f"}), ("token", {"token": "planted\nX: y"})):
                with self.subTest((kind, other)):
                    said = self.refused(session, self.golden(kind, **other))
                    self.assertIn("control characters", said)
                    member = self.house.ports[kind]
                    self.assertIn(member.address if self.family.word == "citrix" else member.name, said)
                    self.assertNotIn("planted", said)
            said = self.refused(session, self.golden("password").replace(">probe<", ">pro:be<"))
            self.assertIn("colon", said)
            self.commit(session, self.golden("password"))
            self.is_up(session, port)

    def test_a_monitor_of_its_own_may_differ_in_nothing_else(self):
        with self.appliance.session() as session:
            said = self.refused(session, self.golden("password").replace("GET /health", "GET /private"))
            self.assertIn("asks for GET /private where the pool's asks for GET /health", said)
            said = self.refused(session, self.golden("password").replace(
                "</username>", "</username><interval>9</interval>" + ("<timeout>27</timeout>" if self.family.word == "f5"
                                                                      else "")))
            self.assertIn("more than authentication", said)

    def test_what_is_in_use_cannot_be_deleted(self):
        with self.appliance.session() as session:
            self.commit(session, self.golden("server-tls"))
            before = running(session)
            text = self.golden("server-tls", "remove")
            top = "<sys" if self.family.word == "f5" else "<ssl"
            edit(session, text[text.index(top):].replace('<sslservice nc:operation="remove"', "<sslservice"),
                 default_operation="none", test_option="set")
            with self.assertRaises(RPCError) as refusal:
                session.commit()
            self.assertIn("leafref", refusal.exception.message)
            session.discard_changes()
            self.assertEqual(running(session), before)


class Lives(Authentication):
    def test_members_with_one_trust_anchor_go_one_by_one(self):
        one, two = self.house.ports["server-tls"], self.house.ports["client-certificate"]
        with self.appliance.session() as session:
            self.commit(session, self.golden("server-tls"))
            self.commit(session, self.golden("client-certificate"))
            self.is_up(session, one)
            self.is_up(session, two)
            self.assertEqual(len(self.files()), 2)
            self.commit(session, self.golden("server-tls", "remove-shared"))
            self.gone(one)
            self.serves(two)
            self.wait_state(session, two, self.family.up)
            self.assertEqual(len(self.files()), 2)
            self.commit(session, self.golden("server-tls", "restore-shared"))
            self.is_up(session, one)
            # HAProxy forgets what nobody uses, and only that.
            loaded = self.appliance.ask("show ssl ca-file") + self.appliance.ask("show ssl cert")
            for file in self.files():
                self.assertIn(str(file), loaded)
            self.commit(session, self.golden("server-tls", "remove-shared"))
            self.commit(session, self.golden("client-certificate", "remove"))
            self.gone(two)
            loaded = self.appliance.ask("show ssl ca-file") + self.appliance.ask("show ssl cert")
            self.assertNotIn("haproxy.pem", loaded)
            self.assertEqual(self.files(), [])

    def test_an_unconfirmed_commit_takes_everything_back(self):
        with self.appliance.session() as session:
            before = running(session)
            for kind in NAMES:
                edit(session, self.golden(kind), default_operation="none")
            session.commit(confirmed=True, timeout="60", persist="p")
            for port in self.house.ports.values():
                self.is_up(session, port)
            session.cancel_commit(persist_id="p")
            self.assertEqual(running(session), before)
            for port in self.house.ports.values():
                self.gone(port)
            self.assertEqual(self.files(), [])

    def test_no_request_is_lost_while_they_come_and_go(self):
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
                for kind, port in list(self.house.ports.items()) * 2:
                    self.commit(session, self.golden(kind))
                    self.wait_state(session, port, self.family.up)
                    wait_for("it is used", lambda: int(self.appliance.servers()[self.key(port)]["stot"]) > 5)
                    self.commit(session, self.golden(kind, "remove"))
                    self.gone(port)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(failures, [])
        self.assertGreater(served[0], 100)

    def test_after_a_restart_a_kill_and_a_reload_everything_still_works_and_no_secret_is_seen(self):
        everybody = {"127.0.0.11", *(port.address for port in self.house.ports.values())}

        def all_serve():
            wait_for("all serve", lambda: {self.appliance.fetch() for _ in range(12)} == everybody)
        with self.appliance.session() as session:
            for kind in NAMES:
                self.commit(session, self.golden(kind))
            session.copy_config(source="running", target="startup")
            all_serve()
            saved = running(session)
        self.nothing_is_shown()
        self.assertEqual(self.appliance.stop(), 0)
        self.appliance.start()
        with self.appliance.session() as session:
            self.assertEqual(running(session), saved)
            for port in self.house.ports.values():
                self.wait_state(session, port, self.family.up)
            all_serve()
            old = self.appliance.haproxy()
            os.kill(old, signal.SIGKILL)
            wait_for("another HAProxy", lambda: self.other_haproxy(old))
            for port in self.house.ports.values():
                self.wait_state(session, port, self.family.up)
            all_serve()
            old = self.appliance.haproxy()
            edit(session, self.family.virtual("more", "127.0.0.1", free_port("127.0.0.1")))
            session.commit()
            self.assertNotEqual(self.appliance.haproxy(), old)
            for port in self.house.ports.values():
                self.wait_state(session, port, self.family.up)
            all_serve()
            self.nothing_is_shown()
            for kind in NAMES:  # the first one takes the shared trust anchor from the others, so all go at once
                edit(session, self.golden(kind, "remove"), default_operation="none", test_option="set")
            session.commit()
            for port in self.house.ports.values():
                self.gone(port)
            wait_for("no file is left", lambda: self.files() == [])

    def other_haproxy(self, old):
        try:
            return self.appliance.haproxy() not in (None, old)
        except OSError:
            return False

    def nothing_is_shown(self):
        """No secret in HAProxy's arguments or environment, in a log, or in a file that others may read."""
        process = pathlib.Path("/proc") / str(self.appliance.haproxy())
        seen = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        for log in [self.appliance.dir / "log", *(self.appliance.dir / "state").glob("haproxy.log")]:
            seen += log.read_bytes()
        for secret in self.house.secrets():
            self.assertNotIn(secret.encode(), seen)
        readable = 0
        for file in (self.appliance.dir / "state").rglob("*"):
            if file.is_file():
                if file.parent.name in ("haproxy.pem", "haproxy.map") or file.name in ("startup.json", "haproxy.cfg"):
                    self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600, file)
                    readable += 1
                else:
                    content = file.read_bytes()
                    for secret in self.house.secrets():
                        self.assertNotIn(secret.encode(), content, file)
        self.assertGreater(readable, 4)


globals().update(on_both(Kinds, Refusals, Lives))
del Authentication

if __name__ == "__main__":
    os.chdir(ROOT)
    unittest.main(verbosity=2, warnings="ignore")
