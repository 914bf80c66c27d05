#!/usr/bin/python3 -B
"""Headgate's own NETCONF server on a lab, spoken to by ncclient over SSH, a client that no one here wrote: who gets in,
what a commit does, what it is refused for, and that none of it needs a restart.

  lab_northbound_test.py [PART OF A CASE'S NAME]
"""
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import threading

from lab_house import DONE, lab_up, named, spare, tell_stories
from ncclient import NCClientError, manager
from ncclient.operations import RPCError
from ncclient.transport.errors import AuthenticationError, SSHError, TransportError
from ncclient.xml_ import to_ele

from lab.parts import story
from lab.parts.process import wait_for

NC = "urn:ietf:params:xml:ns:netconf:base:1.0"
MODEL = "urn:headgate:yang:headgate"


@contextlib.contextmanager
def session(lab, user=None, key=None, port=None):
    """As endpoints.json says; the host key must be the known one."""
    place = json.loads((lab.run_dir / "endpoints.json").read_text())["manager"]["netconf_ssh"]
    public = next(line.split()[2] for line in pathlib.Path(place["known_hosts"]).read_text().splitlines()
                  if line.startswith(f"[{place['host']}]:{place['port']} "))
    with manager.connect_ssh(host=place["host"], port=port or place["port"], username=user or place["user"],
                             key_filename=key or place["key"], hostkey_b64=public, hostkey_verify=True,
                             look_for_keys=False, allow_agent=False, timeout=30) as made:
        yield made


def config(content):
    return f'<config xmlns="{NC}" xmlns:nc="{NC}"><headgate xmlns="{MODEL}">{content}</headgate></config>'


def policy(leaf, value):
    return config(f"<pool><name>web</name><policy><{leaf}>{value}</{leaf}></policy></pool>")


def refused(call):
    try:
        call()
    except RPCError as error:
        return error
    return None


def policy_of(lab):
    return lab.manager.configuration()["headgate:headgate"]["pool"][0]["policy"]


def revisions(lab):
    """Who has committed what, as the state directory keeps it."""
    return [e for e in lab.manager.ask("events") if e["kind"] == "configuration-loaded"]


# -- the cases


def who_has_no_key_of_a_user_is_not_let_in(lab, teller):
    stranger = lab.key("stranger_key")
    for user, key in ((None, str(stranger)), ("nobody", None)):
        try:
            with session(lab, user, key):
                teller.prove("it is refused", False, f"{user} {key} got in")
        except (AuthenticationError, SSHError) as error:
            teller.prove("it is refused", True, type(error).__name__)


def a_threshold_is_committed_without_a_restart(lab, teller):
    pid = lab.manager.describe()["pid"]
    with session(lab) as client:
        capabilities = list(client.server_capabilities)
        teller.prove("it offers candidate and validate", all(any(f":{word}" in c for c in capabilities)
                     for word in ("candidate", "validate:1.1", "rollback-on-error")), f"{len(capabilities)} capabilities")
        with client.locked("candidate"):
            client.edit_config(target="candidate", config=policy("lower", 250))
            client.validate("candidate")
            teller.prove("nothing has changed yet", policy_of(lab)["lower"] == 300, str(policy_of(lab)["lower"]))
            client.commit()
        teller.prove("the running datastore has it", "<lower>250</lower>" in client.get_config("running").data_xml,
                     "by get-config")
    teller.prove("headgate shows it", policy_of(lab)["lower"] == 250, str(policy_of(lab)["lower"]))
    told = revisions(lab)[-1]["text"]
    teller.prove("who did it is recorded", "operator has committed" in told, told)
    lab.restart("manager")
    code, said = lab.manager.do("config", "history")
    teller.prove("it is in the history", code == DONE and "operator" in said and "committed a configuration" in said, said)
    teller.prove("and a restart keeps it", policy_of(lab)["lower"] == 250 and lab.manager.describe()["pid"] != pid,
                 str(policy_of(lab)["lower"]))


def member(server, port=8080, operation=""):
    edit = f' nc:operation="{operation}"' if operation else ""
    place = "" if operation else f"<connection><address>{server.address}</address><port>{port}</port></connection>"
    return f"<pool><name>web</name><member{edit}><server>{server.name}</server>{place}</member></pool>"


def a_committed_member_joins_on_every_appliance_and_a_deleted_one_leaves(lab, teller):
    server = spare(lab)
    with session(lab) as client:
        client.edit_config(target="candidate", config=config(member(server)))
        client.commit()
        teller.prove("the commit is the transaction", story.on_every_appliance(lab, server), "each appliance's HAProxy serves it")
        teller.prove("it is recorded as the operator's", lab.manager.recorded(server).get("origin", "configured") == "configured",
                     "not Headgate's to release unasked")
        last = lab.manager.ask("config", "history")["revision"][-1]["comment"]
        teller.prove("the history says who wanted it", "operator asked for it" in last, last)
        client.edit_config(target="candidate", config=config(member(server, operation="delete")))
        client.commit()
    teller.prove("it has left every appliance", story.on_no_appliance(lab, server), "by their HAProxy")
    teller.prove("and the record", lab.manager.recorded(server) is None, "config show")


def a_commit_that_an_appliance_refuses_comes_back_in_its_words(lab, teller):
    server = spare(lab)
    stubborn = lab.appliances[-1]
    stubborn.inject("validate", "refuse", "the licence has expired")
    with session(lab) as client:
        client.edit_config(target="candidate", config=config(member(server)))
        error = refused(client.commit)
        client.discard_changes()
    teller.prove("it is refused", error is not None and error.tag == "operation-failed", str(error))
    teller.prove(f"by {stubborn.name}, in its words", stubborn.name in str(error) and "the licence has expired" in str(error),
                 str(error))
    teller.prove("and left no trace", story.on_no_appliance(lab, server) and lab.manager.recorded(server) is None,
                 "on no appliance, and not in the record")
    lab.manager.do("resume", "web")
    lab.manager.do("hold", "web")


def what_contradicts_the_server_is_refused(lab, teller):
    server = spare(lab)
    with session(lab) as client:
        client.edit_config(target="candidate", config=config(member(server, 8081)))
        error = refused(client.commit)
        client.discard_changes()
        teller.prove("another port than the server's is refused", error is not None and "8081 was asked for" in str(error),
                     str(error))
    teller.prove("no appliance has it", story.on_no_appliance(lab, server), "by its HAProxy")


def spares(lab):
    first = spare(lab)
    second = next(s for s in lab.servers if s.name not in {first.name} | story.quarantined(lab) | set(story.members(lab)))
    return first, second


def two_members_and_a_policy_are_committed_together(lab, teller):
    servers = spares(lab)
    with session(lab) as client:
        for server in servers:
            client.edit_config(target="candidate", config=config(member(server)))
        client.edit_config(target="candidate", config=policy("upper", 790))
        client.commit()
        teller.prove("both are on every appliance", all(story.on_every_appliance(lab, s) for s in servers), "by their HAProxy")
        teller.prove("the policy is changed too", policy_of(lab)["upper"] == 790, str(policy_of(lab)["upper"]))
        for server in servers:
            client.edit_config(target="candidate", config=config(member(server, operation="delete")))
        client.edit_config(target="candidate", config=policy("upper", 800))
        client.commit()
    teller.prove("both have left", all(story.on_no_appliance(lab, s) for s in servers), "by their HAProxy")
    teller.prove("and the policy is what it was", policy_of(lab)["upper"] == 800, str(policy_of(lab)["upper"]))


def when_the_second_member_is_refused_nothing_is_left_of_the_first(lab, teller):
    servers = spares(lab)
    before = len(lab.manager.ask("transactions"))
    with session(lab) as client:
        client.edit_config(target="candidate", config=config(member(servers[0])))
        client.edit_config(target="candidate", config=config(member(servers[1], 8081)))
        client.edit_config(target="candidate", config=policy("upper", 790))
        error = refused(client.commit)
        client.discard_changes()
    teller.prove("the commit is refused with the reason", error is not None and "8081 was asked for" in str(error), str(error))
    made = [(t["kind"], t["server"], t["outcome"]) for t in lab.manager.ask("transactions")[before:]]
    teller.prove("the first had joined, and has left again", made == [
        ("allocate", servers[0].name, "committed"), ("allocate", servers[1].name, "rolled-back"),
        ("release", servers[0].name, "committed")], str(made))
    teller.prove("and says that it was taken back", "was taken back" in str(error), str(error))
    teller.prove("neither is on an appliance", all(story.on_no_appliance(lab, s) for s in servers), "by their HAProxy")
    teller.prove("nor is anything recorded", all(lab.manager.recorded(s) is None for s in servers)
                 and policy_of(lab)["upper"] == 800, "config show")
    lab.manager.do("resume", "web")
    lab.manager.do("hold", "web")


def a_confirmed_commit_that_nobody_confirms_rolls_the_appliances_back(lab, teller):
    server = spare(lab)
    with session(lab) as listener, session(lab) as client:
        listener.create_subscription()
        client.edit_config(target="candidate", config=config(member(server)))
        client.edit_config(target="candidate", config=policy("upper", 790))
        client.commit(confirmed=True, timeout="4")
        teller.prove("it is on every appliance", story.on_every_appliance(lab, server), "by their HAProxy")
        error = refused(lambda: listener.commit())
        teller.prove("nobody else commits meanwhile", error is not None and error.tag == "in-use", str(error))
        code, said = lab.manager.load(lab.manager.configuration())
        teller.prove("nor loads", code == 1 and "waits to be confirmed" in said, said)
        wait_for("the appliances to be rolled back", lambda: story.on_no_appliance(lab, server)
                 and policy_of(lab)["upper"] == 800, seconds=60)
        teller.prove("when its time is up it has left all of them", lab.manager.recorded(server) is None, "config show")
        heard = []
        while not any("<confirm-event>timeout<" in text for text in heard):
            told = listener.take_notification(timeout=30)
            if told is None:
                break
            heard.append(told.notification_xml)
        teller.prove("netconf-confirmed-commit tells both", any("<confirm-event>start<" in text for text in heard)
                     and any("<confirm-event>timeout<" in text for text in heard), f"{len(heard)} notifications")


def a_confirmed_commit_is_confirmed_cancelled_or_goes_with_its_session(lab, teller):
    server = spare(lab)
    with session(lab) as client:
        client.edit_config(target="candidate", config=config(member(server)))
        client.commit(confirmed=True, timeout="120")
        client.dispatch(to_ele(f'<cancel-commit xmlns="{NC}"/>'))
        teller.prove("cancelled, it has left when the answer comes", story.on_no_appliance(lab, server), "by their HAProxy")
        error = refused(lambda: client.dispatch(to_ele(f'<cancel-commit xmlns="{NC}"/>')))
        teller.prove("there is nothing to cancel then", error is not None and "no confirmed commit" in str(error), str(error))
        client.edit_config(target="candidate", config=config(member(server)))
        client.commit(confirmed=True, timeout="120")
    wait_for("the session's commit to be taken back", lambda: story.on_no_appliance(lab, server), seconds=60)
    teller.prove("its session has ended, and it has left", lab.manager.recorded(server) is None, "config show")
    with session(lab) as client:
        wait_for("the way to be free", lambda: lab.manager.load(lab.manager.configuration())[0] == DONE, seconds=30)
        client.edit_config(target="candidate", config=config(member(server)))
        client.commit(confirmed=True, timeout="5")
        client.commit()
        client.edit_config(target="candidate", config=config(member(server, operation="delete")))
        teller.prove("confirmed, it stays", lab.manager.recorded(server) is not None, "config show")
        client.commit()


def a_persistent_confirmed_commit_outlives_a_restart_and_another_does_not(lab, teller):
    server = spare(lab)
    with session(lab) as client:
        client.edit_config(target="candidate", config=config(member(server)))
        client.commit(confirmed=True, timeout="300", persist="night-work")
    lab.restart("manager")
    with session(lab) as client:
        error = refused(lambda: client.commit(persist_id="day-work"))
        teller.prove("another persist-id is refused", error is not None and error.tag == "invalid-value", str(error))
        client.commit(persist_id="night-work")
        teller.prove("it is confirmed after a restart", story.on_every_appliance(lab, server), "by their HAProxy")
        client.edit_config(target="candidate", config=config(member(server, operation="delete")))
        client.commit()
    # Its close finds nobody there any more.
    with contextlib.suppress(TransportError), session(lab) as client:
        client.edit_config(target="candidate", config=policy("upper", 790))
        client.commit(confirmed=True, timeout="300")
        teller.prove("without one it is made", policy_of(lab)["upper"] == 790, str(policy_of(lab)["upper"]))
        lab.restart("manager")
    wait_for("it to be taken back", lambda: policy_of(lab)["upper"] == 800, seconds=60)
    teller.prove("and a restart takes it back", True, "upper is 800")


def what_breaks_the_model_is_refused_by_the_rule_of_the_model(lab, teller):
    with session(lab) as client:
        client.edit_config(target="candidate", config=policy("lower", 950), test_option="set")
        error = refused(client.commit)
        client.discard_changes()
    teller.prove("the commit is refused", error is not None and "lower" in str(error), str(error))
    teller.prove("and nothing is half applied", policy_of(lab)["lower"] != 950, str(policy_of(lab)["lower"]))


def a_lock_keeps_the_command_line_out_and_ends_with_its_session(lab, teller):
    with session(lab) as client:
        client.lock("running")
        code, said = lab.manager.load(lab.manager.configuration())
        teller.prove("headgate config load is refused", code == 1 and "locked by NETCONF session" in said, said)
        code, said = lab.manager.do("hold", "web")
        teller.prove("so is headgate hold", code == 1 and "locked by NETCONF session" in said, said)
    wait_for("the lock to go", lambda: lab.manager.do("hold", "web")[0] == DONE)
    teller.prove("it ended with its session", True, "headgate hold works")


def a_change_by_headgate_goes_into_a_candidate_that_is_edited(lab, teller):
    server = spare(lab)
    with session(lab) as client:
        client.edit_config(target="candidate", config=policy("tolerance", 60))
        code, said = lab.manager.do("allocate", "web", server.name)
        teller.prove(f"{server.name} joins meanwhile", code == DONE, said)
        client.commit()
    teller.prove("the commit keeps the new member", lab.manager.recorded(server) is not None, server.name)
    teller.prove("and has what was edited", policy_of(lab)["tolerance"] == 60, str(policy_of(lab)["tolerance"]))
    code, said = lab.manager.do("release", "web", server.name)
    teller.prove(f"{server.name} leaves again", code == DONE, said)


def a_change_is_heard_of_by_whoever_has_subscribed(lab, teller):
    with session(lab) as listener, session(lab) as client:
        listener.create_subscription()
        client.edit_config(target="candidate", config=policy("maximum", 7))
        client.commit()
        text = ""
        while "netconf-config-change" not in text:
            told = listener.take_notification(timeout=30)
            if told is None:
                break
            text = told.notification_xml
        teller.prove("netconf-config-change says who, and what", "<username>operator</username>" in text and "maximum" in text,
                     text)


def a_door_is_opened_moved_and_closed_while_it_is_used(lab, teller):
    first = lab.manager.configuration()
    changed = json.loads(json.dumps(first))
    door = changed["headgate:headgate"]["netconf-server"]["ssh"]
    door.append({**door[0], "name": "second", "listen-port": 8831})
    with session(lab) as client:
        code, said = lab.manager.load(changed)
        teller.prove("a second port is opened", code == DONE, said)
        with session(lab, port=8831) as other:
            teller.prove("it answers", "<pool>" in other.get_config("running").data_xml, "get-config at port 8831")
            code, said = lab.manager.load(first)
            teller.prove("and is closed again", code == DONE, said)
            teller.prove("who was connected stays so", "<pool>" in other.get_config("running").data_xml, "at port 8831")
        teller.prove("the first port's session has not noticed", "<pool>" in client.get_config("running").data_xml, "get-config")
    try:
        with session(lab, port=8831):
            teller.prove("nobody else gets in there", False, "port 8831 answers")
    except (SSHError, OSError) as error:
        teller.prove("nobody else gets in there", True, str(error))


def a_port_that_cannot_be_had_refuses_the_configuration(lab, teller):
    changed = lab.manager.configuration()
    changed["headgate:headgate"]["netconf-server"]["ssh"][0]["listen-address"] = lab.servers[0].address
    changed["headgate:headgate"]["netconf-server"]["ssh"][0]["listen-port"] = 8080
    code, said = lab.manager.load(changed)
    teller.prove("it is refused", code == 1 and "cannot listen at" in said and "netconf-server" in said, said)
    with session(lab) as client:
        teller.prove("and the old port still serves", "<pool>" in client.get_config("running").data_xml, "get-config")


def keys_that_others_may_write_refuse_the_configuration(lab, teller):
    keys = lab.run_dir / "loose_keys"
    keys.write_text(lab.public_key.read_text())
    os.chmod(keys, 0o666)
    changed = lab.manager.configuration()
    changed["headgate:headgate"]["netconf-server"]["ssh"][0]["user"][0]["authorized-keys-file"] = str(keys)
    code, said = lab.manager.load(changed)
    teller.prove("it is refused, with what to do", code == 1 and "chmod go-w it" in said, said)


def one_goes_back_to_what_was_running_and_the_members_stay(lab, teller):
    server = spare(lab)
    number = lab.manager.ask("config", "history")["revision"][-1]["number"]
    with session(lab) as client:
        client.edit_config(target="candidate", config=policy("upper", 850))
        client.commit()
    code, said = lab.manager.do("allocate", "web", server.name)
    teller.prove(f"{server.name} joins", code == DONE, said)
    code, said = lab.manager.do("config", "diff", number)
    teller.prove("the difference is told", code == DONE and "policy/upper: 800 -> 850" in said and server.name in said, said)
    code, said = lab.manager.do("config", "rollback", number)
    teller.prove("headgate config rollback is done", code == DONE, said)
    teller.prove("the threshold is what it was", policy_of(lab)["upper"] == 800, str(policy_of(lab)["upper"]))
    teller.prove(f"{server.name} is a member still", lab.manager.recorded(server) is not None, "config show")
    last = lab.manager.ask("config", "history")["revision"][-1]["comment"]
    teller.prove("who did it is in the history", last == f"gone back to revision {number}", last)
    code, said = lab.manager.do("release", "web", server.name)
    teller.prove(f"{server.name} leaves again", code == DONE, said)


def shells_complete_verbs_pools_and_servers(lab, teller):
    headgate = lab.program("headgate")
    bash = ('source <(headgate completion bash); complete_() { COMP_WORDS=(headgate "$@"); COMP_CWORD=$#; _headgate; '
            'echo ${COMPREPLY[@]}; }; complete_ "$@"')
    zsh = ('compdef() {}; source <(headgate completion zsh); compadd() { print -r -- ${(P)2} }; complete_() { words=(headgate "$@"); '
           'CURRENT=$(($# + 1)); _headgate }; complete_ "$@"')
    env = {**os.environ, "PATH": f"{headgate.parent}:{os.environ['PATH']}", "HEADGATE_SOCKET": str(lab.manager.socket)}
    for shell in (["bash", "--norc", "-c", bash, "-"], ["zsh", "-f", "-c", zsh, "-"]):
        for typed, words in ((["", ], {"allocate", "config", "status"}), (["allocate", ""], {"web"}),
                             (["allocate", "web", ""], {s.name for s in lab.servers} - set(story.members(lab))),
                             (["release", "web", ""], set(story.members(lab))),
                             (["events", ""], {"web", lab.servers[0].name, lab.appliances[0].name}),
                             (["config", "diff", ""], {"1"}), (["pools", "--j"], {"--json"}),
                             (["config", ""], {"edit", "history", "rollback"}),
                             (["check", ""], {a.name for a in lab.appliances})):
            said = subprocess.run([*shell, *typed], capture_output=True, text=True, check=False, timeout=30, env=env)
            offered = set(said.stdout.split())
            teller.prove(f"{shell[0]}, after 'headgate {' '.join(typed)}'", words <= offered,
                         (said.stdout + said.stderr).strip())


def who_has_no_rule_reads_all_but_secrets_and_changes_nothing(lab, teller):
    def told(what, call):
        error = refused(call)
        teller.prove(f"{what} is denied", error is not None and error.tag == "access-denied", str(error))
        return error

    with session(lab, "guest") as guest:
        shown = guest.get_config("running").data_xml
        teller.prove("a guest sees the pools", "<pool>" in shown and "<member>" in shown, "get-config")
        teller.prove("and neither the rules nor where secrets are", "nacm" not in shown and "secret-file" not in shown, shown)
        error = told("an edit", lambda: guest.edit_config(target="candidate", config=policy("upper", 900)))
        teller.prove("the node is named", "/policy/" in error.path and error.path.endswith("upper"), error.path)
        told("a load", lambda: guest.dispatch(to_ele(f'<load xmlns="{MODEL}"><configuration>x</configuration></load>')))
        told("a former revision", lambda: guest.dispatch(to_ele(f'<get-revision xmlns="{MODEL}"><number>1</number>'
                                                                "</get-revision>")))
        told("ending another's session", lambda: guest.kill_session("1"))
    with session(lab) as client:
        counted = client.get(filter=("subtree", '<nacm xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm"/>')).data_xml
        teller.prove("what was denied is counted", "<denied-operations>3<" in counted and "<denied-data-writes>1<" in counted,
                     counted)


def a_rule_lets_somebody_see_to_one_pool_at_once(lab, teller):
    acm = "urn:ietf:params:xml:ns:yang:ietf-netconf-acm"
    rules = (f'<config xmlns="{NC}"><nacm xmlns="{acm}"><groups><group><name>web</name><user-name>guest</user-name></group></groups>'
             '<rule-list><name>web</name><group>web</group><rule><name>policy</name>'
             f'<path xmlns:hg="{MODEL}">/hg:headgate/hg:pool[hg:name="web"]/hg:policy</path>'
             "<access-operations>create update delete</access-operations><action>permit</action></rule>"
             f'<rule><name>grow</name><path xmlns:hg="{MODEL}">/hg:headgate/hg:pool/hg:allocate</path>'
             "<action>deny</action></rule></rule-list></nacm></config>")
    with session(lab, "guest") as guest, session(lab) as client:
        client.edit_config(target="candidate", config=rules)
        client.commit()
        guest.edit_config(target="candidate", config=policy("maximum", 6))
        guest.commit()
        teller.prove("the guest has changed the policy", policy_of(lab)["maximum"] == 6, str(policy_of(lab)["maximum"]))
        error = refused(lambda: guest.edit_config(target="candidate", config=config(
            "<application><name>other</name><process>p</process><port>1</port></application>")))
        teller.prove("and nothing else", error is not None and error.tag == "access-denied", str(error))
        error = refused(lambda: guest.dispatch(to_ele(
            f'<action xmlns="urn:ietf:params:xml:ns:yang:1"><headgate xmlns="{MODEL}"><pool><name>web</name><allocate/></pool>'
            "</headgate></action>")))
        teller.prove("nor may it let the pool grow", error is not None and error.tag == "access-denied", str(error))
    code, said = lab.manager.do("config", "history")
    teller.prove("the history names the guest", code == DONE and "guest" in said, said)
    code, said = lab.manager.do("config", "show")
    teller.prove("whoever runs headgated sees the rules", code == DONE and "ietf-netconf-acm:nacm" in said, "config show")


def what_a_power_cut_left_of_a_commit_is_taken_back(lab, teller):
    servers = spares(lab)
    told = len(lab.manager.ask("transactions"))

    is_cut = threading.Event()

    def cut():
        wait_for("the first to be done", lambda: any(t.get("outcome") == "committed"
                                                     for t in lab.manager.ask("transactions")[told:]))
        lab.kill("manager")
        is_cut.set()

    cutting = threading.Thread(target=cut)
    # A client whose server is gone may notice only when its close-session is not answered.
    with contextlib.suppress(NCClientError), session(lab) as client:
        for server in servers:
            client.edit_config(target="candidate", config=config(member(server)))
        cutting.start()
        with contextlib.suppress(TransportError, RPCError):
            client.commit()
        cutting.join()
    teller.prove("the power was cut when the first member had joined", is_cut.is_set(), "the commit was under way")
    lab.restart("manager")
    wait_for("what was done to be taken back", lambda: all(story.on_no_appliance(lab, s) for s in servers), seconds=90)
    wait_for("the record to follow", lambda: all(lab.manager.recorded(s) is None for s in servers), seconds=30)
    teller.prove("nothing is left of it", True, "neither on an appliance nor in the record")
    wait_for("loads to be taken again", lambda: lab.manager.load(lab.manager.configuration())[0] == DONE, seconds=30)


CASES = named([
    what_a_power_cut_left_of_a_commit_is_taken_back,
    who_has_no_rule_reads_all_but_secrets_and_changes_nothing,
    a_rule_lets_somebody_see_to_one_pool_at_once,
    who_has_no_key_of_a_user_is_not_let_in,
    a_threshold_is_committed_without_a_restart,
    a_committed_member_joins_on_every_appliance_and_a_deleted_one_leaves,
    a_commit_that_an_appliance_refuses_comes_back_in_its_words,
    what_contradicts_the_server_is_refused,
    two_members_and_a_policy_are_committed_together,
    when_the_second_member_is_refused_nothing_is_left_of_the_first,
    a_confirmed_commit_that_nobody_confirms_rolls_the_appliances_back,
    a_confirmed_commit_is_confirmed_cancelled_or_goes_with_its_session,
    a_persistent_confirmed_commit_outlives_a_restart_and_another_does_not,
    what_breaks_the_model_is_refused_by_the_rule_of_the_model,
    a_lock_keeps_the_command_line_out_and_ends_with_its_session,
    a_change_by_headgate_goes_into_a_candidate_that_is_edited,
    one_goes_back_to_what_was_running_and_the_members_stay,
    a_change_is_heard_of_by_whoever_has_subscribed,
    a_door_is_opened_moved_and_closed_while_it_is_used,
    shells_complete_verbs_pools_and_servers,
    a_port_that_cannot_be_had_refuses_the_configuration,
    keys_that_others_may_write_refuse_the_configuration])


def main():
    with lab_up(servers=3, f5=1, citrix=1) as lab:
        return tell_stories(lab, CASES, *sys.argv[1:2])


if __name__ == "__main__":
    sys.exit(main())
