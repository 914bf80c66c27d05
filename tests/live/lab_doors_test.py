#!/usr/bin/python3 -B
"""The doors of Headgate's own NETCONF server on a lab: TLS, and the clients that it calls over SSH and TLS. Who comes in, or
waits to be called, is openssl, libnetconf2 or ncclient: clients that no one here wrote.

  lab_doors_test.py [PART OF A CASE'S NAME]
"""
import contextlib
import copy
import json
import pathlib
import re
import shutil
import socket
import sys
import time

from doors_parts import Ended, OpenSsl, libnetconf2, processor_seconds
from lab_house import DONE, lab_up, named, tell_stories
from lab_northbound_test import MODEL, session
from ncclient import manager as ncclient

from lab.parts.process import wait_for
from lab.parts.topology import HOSTS

GET = "<get-config><source><running/></source></get-config>"
SSH_PORT, TLS_PORT = 4334, 4335


def place(lab, **other):
    return {**json.loads((lab.run_dir / "endpoints.json").read_text())["manager"]["netconf_tls"], **other}


def tls(lab, **other):
    """The operator's connection."""
    at = place(lab, **other)
    return OpenSsl(at, at["cert"], at["key"])


def refusal(at, cert=None, key=None, *more):
    """What a client is told; None when it got in. With TLS 1.3 it hears only after its handshake that it is refused."""
    with OpenSsl(at, cert, key, *more) as client:
        try:
            client.hello()
        except Ended as ended:
            return str(ended)
    return None


@contextlib.contextmanager
def doors(lab, teller, change):
    """The configuration with `change(netconf-server)`; afterwards what it was."""
    first = lab.manager.configuration()
    changed = copy.deepcopy(first)
    change(changed["headgate:headgate"]["netconf-server"])
    code, said = lab.manager.load(changed)
    teller.prove("the configuration is taken", code == DONE, said)
    try:
        yield
    finally:
        lab.manager.load(first)


def nms(lab):
    return lab.topology.address(HOSTS["nms"])


def call_home(lab, **transport):
    def change(server):
        server["call-home"] = [{"name": "nms", "address": nms(lab), "reconnect-interval": "1.0", **transport}]
    return change


def operator_of(lab):
    ssh = lab.manager.configuration()["headgate:headgate"]["netconf-server"]["ssh"][0]
    return {"host-key-file": ssh["host-key-file"], "user": ssh["user"]}


# -- the cases


def a_client_with_a_certificate_is_served_over_tls(lab, teller):
    for version in ("-tls1_2", "-tls1_3"):
        at = place(lab)
        with OpenSsl(at, at["cert"], at["key"], version) as client:
            said = client.hello()
            teller.prove(f"openssl {version} is greeted", "<session-id>" in said and "capability:candidate:1.0" in said, f"{len(said)} octets of hello")
            teller.prove("and gets the configuration", "<pool>" in client.rpc(GET), "get-config")
    with tls(lab) as client:
        client.hello()
        edit = (f'<edit-config><target><candidate/></target><config><headgate xmlns="{MODEL}"><pool><name>web</name><policy>'
                "<tolerance>55</tolerance></policy></pool></headgate></config></edit-config>")
        teller.prove("it edits candidate", "<ok/>" in client.rpc(edit), "tolerance 55")
        teller.prove("and commits it", "<ok/>" in client.rpc("<commit/>"), "ok")
    last = lab.manager.ask("config", "history")["revision"][-1]["comment"]
    author = lab.manager.ask("config", "history")["revision"][-1]["author"]
    teller.prove("under the name that its certificate stands for", author == place(lab)["user"], f"{author}: {last}")


def libnetconf2_reads_all_modules_and_the_configuration_over_tls(lab, teller):
    at = place(lab)
    with libnetconf2(lab, "connect", at["host"], at["port"], at["cert"], at["key"], at["ca"]) as client:
        said, complaints = client.communicate("", timeout=60)
    teller.prove("libnetconf2 has the configuration", client.returncode == 0 and "<pool>" in said, f"{len(said)} octets" if said else complaints)


def who_shows_no_certificate_or_one_that_stands_for_nobody_is_not_let_in(lab, teller):
    at = place(lab)
    # Of the lab's authority, but no rule has a name for it.
    other, other_key = lab.manager.authority.issue("nobody.lab.example", "clientAuth")
    server, server_key = lab.manager.authority.issue("headgate.lab.example", "serverAuth")
    for version in ("-tls1_2", "-tls1_3"):
        said = refusal(at, None, None, version)
        teller.prove(f"{version}: no certificate", said is not None, said)
        said = refusal(at, server, server_key, version)
        teller.prove(f"{version}: a server's certificate", said is not None, said)
        said = refusal(at, other, other_key, version)
        teller.prove(f"{version}: a certificate without a name", said is not None, said or "let in")
    log = (lab.manager.dir / "log").read_text()
    wanted = lab.manager.authority.fingerprint(other)
    teller.prove("the log has its fingerprint, for whoever wants to let it in", wanted in log, wanted)
    key = pathlib.Path(server_key).read_text().splitlines()[1]
    teller.prove("and nothing of the key", key not in log, "")


def whom_a_certificate_stands_for_is_held_to_the_rules_of_access(lab, teller):
    with OpenSsl(place(lab), *lab.manager.client_certificate("guest")) as guest:
        guest.hello()
        shown = guest.rpc(GET)
        teller.prove("a guest sees the pools, and no secrets", "<pool>" in shown and "secret-file" not in shown, "get-config")
        said = guest.rpc(f'<edit-config><target><candidate/></target><config><headgate xmlns="{MODEL}"><pool><name>web</name>'
                         "<policy><tolerance>56</tolerance></policy></pool></headgate></config></edit-config>")
        teller.prove("and changes nothing", "access-denied" in said, said)


def honest_clients_are_served_beside_hostile_ones(lab, teller):
    at = place(lab)
    with contextlib.ExitStack() as crowd:
        for i in range(150):
            peer = crowd.enter_context(socket.create_connection((at["host"], at["port"])))
            if i % 3 == 1:
                peer.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")  # half a ClientHello
            if i % 3 == 2:
                peer.sendall(b"GET / HTTP/1.1\r\n\r\n")
        with tls(lab) as client, session(lab) as beside:
            client.hello()
            teller.prove("over TLS, beside 150 who are silent or speak nonsense", "<pool>" in client.rpc(GET), "get-config")
            teller.prove("and over SSH", "<pool>" in beside.get_config("running").data_xml, "get-config")
    with tls(lab) as client:
        client.hello()
        client.say(b"<rpc>" + b"x" * 100000)
        with tls(lab) as other:
            other.hello()
            teller.prove("and beside one that never ends its message", "<pool>" in other.rpc(GET), "get-config")


def a_tls_port_is_opened_moved_and_closed_while_it_is_used(lab, teller):
    def moved(server):
        server["tls"][0]["listen-port"] = 8832
    with tls(lab) as before:
        before.hello()
        with doors(lab, teller, moved):
            teller.prove("nobody gets in at the old port", refusal(place(lab)) is not None, "refused")
            with tls(lab, port=8832) as client:
                client.hello()
                teller.prove("the new one answers", "<pool>" in client.rpc(GET), "get-config at port 8832")
            teller.prove("who was connected stays so", "<pool>" in before.rpc(GET), "get-config")
    with tls(lab) as client:
        client.hello()
        teller.prove("and back", "<pool>" in client.rpc(GET), "get-config")


def a_renewed_certificate_is_shown_at_the_next_handshake(lab, teller):
    server = lab.manager.configuration()["headgate:headgate"]["netconf-server"]["tls"][0]
    files = [pathlib.Path(server[leaf]) for leaf in ("certificate-file", "key-file")]
    former = [file.read_bytes() for file in files]
    renewed = lab.manager.authority.issue("renewed.lab.example", "serverAuth", lab.manager.address)
    try:
        for file, new in zip(files, renewed):
            shutil.copy(new, file)
        with tls(lab) as client:
            client.hello()
            client.rpc("<close-session/>")
            told = client.process.stderr.read().decode()  # s_client has ended, and has said whom it had met
        teller.prove("it is", "renewed.lab.example" in told, told.splitlines()[0] if told else "")
    finally:
        for file, content in zip(files, former):
            file.write_bytes(content)


def a_key_that_does_not_fit_refuses_the_configuration(lab, teller):
    _, other = lab.manager.client_certificate()
    changed = lab.manager.configuration()
    changed["headgate:headgate"]["netconf-server"]["tls"][0]["key-file"] = str(other)
    code, said = lab.manager.load(changed)
    teller.prove("it is refused, and the file named", code == 1 and "is not the key of the certificate" in said and str(other) in said,
                 said)


def listening(lab):
    """A port to be called at. ncclient.call_home would bind it without SO_REUSEADDR: where the client closes first, nobody could
    bind it again for a minute (TIME_WAIT)."""
    waiting = socket.create_server((nms(lab), SSH_PORT))
    waiting.settimeout(20)
    return waiting


def ncclient_called(lab, waiting):
    """ncclient's session in the call that comes."""
    public = next(line.split()[2] for line in lab.known_hosts.read_text().splitlines()
                  if line.startswith(f"[{lab.manager.address}]:"))
    accepted, _ = waiting.accept()
    return ncclient.connect_ssh(host=nms(lab), sock=accepted, username="operator", key_filename=str(lab.private_key),
                                hostkey_b64=public, hostkey_verify=True, look_for_keys=False, allow_agent=False)


def ncclient_is_called_over_ssh_and_called_again(lab, teller):
    with doors(lab, teller, call_home(lab, ssh={"port": SSH_PORT, **operator_of(lab)})), listening(lab) as waiting:
        for what in ("ncclient is called", "and called again when its session has ended"):
            with ncclient_called(lab, waiting) as client:
                teller.prove(what, "<pool>" in client.get_config("running").data_xml, "get-config")
    with listening(lab) as waiting:
        waiting.settimeout(3)
        try:
            waiting.accept()
            teller.prove("and not when it is configured no more", False, "called")
        except TimeoutError:
            teller.prove("and not when it is configured no more", True, "for 3 s, with an interval of 1 s")


def called(lab):
    """What came of calling the client."""
    with session(lab) as asking:
        shown = asking.get(("subtree", f'<headgate xmlns="{MODEL}"><netconf-server><call-home/></netconf-server></headgate>')).data_xml
    return {leaf: found[1] for leaf in ("connected", "failed-tries", "reason") if (found := re.search(f"<{leaf}>([^<]*)</{leaf}>", shown))}


def alarm_of_calls(lab):
    """The latest that was told of it: its severity."""
    told = [event for event in lab.manager.ask("events") if event["kind"] == "call-home-unreachable"]
    return told[-1]["severity"] if told else None


def a_client_that_is_not_reached_is_shown_and_raises_an_alarm(lab, teller):
    with doors(lab, teller, call_home(lab, ssh={"port": SSH_PORT, **operator_of(lab)})):
        wait_for("the alarm", lambda: alarm_of_calls(lab) == "alarm")
        shown = called(lab)
        teller.prove("five tries in vain raise an alarm", int(shown["failed-tries"]) >= 5 and shown["connected"] == "false", shown)
        teller.prove("with the reason", "refused" in shown["reason"], shown["reason"])
        with listening(lab) as waiting, ncclient_called(lab, waiting):
            wait_for("the end of the alarm", lambda: alarm_of_calls(lab) == "clear")
            shown = called(lab)
            teller.prove("a session ends it", shown == {"connected": "true", "failed-tries": "0"}, shown)


def libnetconf2_is_called_over_tls(lab, teller):
    at = place(lab)
    with doors(lab, teller, call_home(lab, tls={"port": TLS_PORT, **lab.manager.tls_access()})):
        # headgated has nobody to call yet.
        with libnetconf2(lab, "wait", nms(lab), TLS_PORT, at["cert"], at["key"], at["ca"]) as client:
            said, complaints = client.communicate("", timeout=60)
        teller.prove("libnetconf2 is called", client.returncode == 0 and "<pool>" in said,
                     f"{len(said)} octets" if said else complaints)


def doors_cost_nothing_while_nobody_comes(lab, teller):
    """With a client that never answers when it is called, and a session that says nothing."""
    pid = lab.manager.describe()["pid"]
    with doors(lab, teller, call_home(lab, tls={"port": TLS_PORT, **lab.manager.tls_access()})), tls(lab) as client:
        client.hello()
        began = processor_seconds(pid)
        time.sleep(5)  # what is measured
        cost = (processor_seconds(pid) - began) / 5
    teller.prove("headgated is idle", cost < 0.1, f"{cost * 100:.1f} % of a core, polls included")


CASES = named([
    a_client_with_a_certificate_is_served_over_tls,
    libnetconf2_reads_all_modules_and_the_configuration_over_tls,
    who_shows_no_certificate_or_one_that_stands_for_nobody_is_not_let_in,
    whom_a_certificate_stands_for_is_held_to_the_rules_of_access,
    honest_clients_are_served_beside_hostile_ones,
    a_tls_port_is_opened_moved_and_closed_while_it_is_used,
    a_renewed_certificate_is_shown_at_the_next_handshake,
    a_key_that_does_not_fit_refuses_the_configuration,
    ncclient_is_called_over_ssh_and_called_again,
    a_client_that_is_not_reached_is_shown_and_raises_an_alarm,
    libnetconf2_is_called_over_tls,
    doors_cost_nothing_while_nobody_comes])


def main():
    with lab_up(servers=2, f5=1, citrix=0) as lab:
        return tell_stories(lab, CASES, *sys.argv[1:2])


if __name__ == "__main__":
    sys.exit(main())
