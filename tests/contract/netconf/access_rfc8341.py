"""RFC 8341: who may do what. `guest` is in no group of the first configuration; the socket's user may do everything."""
from clauses import clause, refusal
from models import NACM, group, nacm, rules
from servers import fails, is_ok
from wire import EVENTS, Unheard, local

ACCESS = "ietf-netconf-acm"


def permit(*content):
    return "".join(content) + "<action>permit</action>"


def deny(*content):
    return "".join(content) + "<action>deny</action>"


def path(t, *steps):
    """A rule's path: steps of the model below its top."""
    return f'<path xmlns:p="{t.model.namespace}">/p:{t.model.top}' + "".join(f"/p:{step}" for step in steps) + "</path>"


def access(words):
    return f"<access-operations>{words}</access-operations>"


def module(name):
    return f"<module-name>{name}</module-name>"


def rule(t, *content):
    """From now on guest is in a group with these."""
    t.set(nacm(*content))
    t.commit()


def guest_with(t, *listed):
    rule(t, group("guests", "guest"), rules("guests", "guests", *listed))
    return t.as_user("guest")


def running(t, session):
    return t.read("running", session=session)


def edit(t, session, content):
    return t.edit(content, session)


def counter(t, name):
    data = t.s.rpc(f'<get><filter><nacm xmlns="{NACM}"><{name}/></nacm></filter></get>').data
    return int(data.findtext(f".//{{{NACM}}}{name}"))


@clause("8341 3.4.4", "Without a rule operations are permitted, reading is, and writing is not", needs=ACCESS)
def without_a_rule_one_reads_and_does_not_write(t):
    m = t.model
    guest = t.as_user("guest")
    assert set(m.notes(running(t, guest))) == {"one", "two"}
    assert set(m.notes(guest.rpc("<get/>").data)) == {"one", "two"}
    error = fails(edit(t, guest, m.config(m.a_note("mine"))), "access-denied")
    assert error.steps[:2] == [m.top, m.note] and "'mine'" in error.path, error
    fails(edit(t, guest, m.config(m.a_note("one", "other"))), "access-denied", [m.top, m.note, m.text])
    fails(edit(t, guest, m.config(m.a_note("one", op="delete"))), "access-denied", [m.top, m.note])
    assert t.notes() == {"one": "first", "two": "second"}


@clause("8341 3.2.8", "kill-session and delete-config are denied to whom no rule permits them", needs=ACCESS)
def dangerous_operations_are_denied_by_default(t):
    guest, victim = t.as_user("guest"), t.session()
    fails(guest.rpc(f"<kill-session><session-id>{victim.id}</session-id></kill-session>"), "access-denied", of=("protocol",))
    fails(guest.rpc("<delete-config><target><startup/></target></delete-config>"),
          ("access-denied", "operation-not-supported", "unknown-element"))
    assert victim.rpc("<get-config><source><running/></source></get-config>").data is not None


@clause("8341 3.3.5", "close-session is always permitted", needs=ACCESS)
def close_session_is_always_permitted(t):
    rule(t, "<exec-default>deny</exec-default>")
    guest = t.as_user("guest")
    fails(guest.rpc("<get/>"), "access-denied", of=("protocol",))
    is_ok(guest.rpc("<close-session/>"))
    assert guest.ends() == b""


@clause("8341 3.2.4", "What may not be read is left out without a word, whatever the filter and the datastore", needs=ACCESS)
def what_may_not_be_read_is_left_out(t):
    m = t.model
    guest = guest_with(t, deny(access("read"), path(t, m.note)))
    for data in (running(t, guest), guest.rpc("<get/>").data, t.read("candidate", session=guest)):
        assert m.notes(data) == {} and set(m.apps(data)) == {"web"}
    told = t.read("running", f"<filter>{m.config(m.a_note('one'))}</filter>", guest)
    assert len(told) == 0, "a filter tells of it"
    if t.offers("xpath"):
        selected = guest.rpc(f"<get-config><source><running/></source><filter xmlns:x=\"{m.namespace}\" type=\"xpath\" "
                             f"select=\"/x:{m.top}/x:{m.app}[/x:{m.top}/x:{m.note}]\"/></get-config>").data
        assert m.apps(selected) == {}, "an expression tells of it"


@clause("8341 3.4.5", "A rule's path may have keys, and is about what is below it too", needs=ACCESS)
def a_path_with_keys_is_about_one_entry(t):
    m = t.model
    guest = guest_with(t, deny(access("read"), path(t, f"{m.note}[p:name='one']")))
    assert m.notes(running(t, guest)) == {"two": "second"}


@clause("8341 3.4.5", "The first rule that matches decides, in the order of the lists and their rules", needs=ACCESS)
def the_first_rule_that_matches_decides(t):
    m = t.model
    guest = guest_with(t, permit(access("read"), path(t, f"{m.note}[p:name='one']")), deny(access("read"), path(t, m.note)), permit())
    data = running(t, guest)
    assert m.notes(data) == {"one": "first"} and set(m.apps(data)) == {"web"}
    rule(t, '<rule-list nc:operation="delete"><name>guests</name></rule-list>')
    rule(t, rules("a", "guests", permit()), rules("b", "guests", deny()))
    is_ok(edit(t, guest, m.config(m.a_note("mine"))))


@clause("8341 3.4.5", "create, update and delete are permitted each by itself", needs=ACCESS)
def each_kind_of_writing_is_permitted_by_itself(t):
    m = t.model
    guest = guest_with(t, permit(access("create"), path(t, m.note)))
    is_ok(edit(t, guest, m.config(m.a_note("mine", "x"))))
    fails(edit(t, guest, m.config(m.a_note("one", "other"))), "access-denied")
    fails(edit(t, guest, m.config(m.a_note("one", op="delete"))), "access-denied")
    is_ok(t.s.rpc("<discard-changes/>"))
    guest = guest_with(t, permit(access("update"), path(t, m.note)))
    is_ok(edit(t, guest, m.config(m.a_note("one", "other"))))
    fails(edit(t, guest, m.config(m.a_note("mine"))), "access-denied")
    is_ok(t.s.rpc("<discard-changes/>"))
    guest = guest_with(t, permit(access("delete"), path(t, m.note)))
    is_ok(edit(t, guest, m.config(m.a_note("one", op="delete"))))
    fails(edit(t, guest, m.config(m.a_note("two", "other"))), "access-denied")


@clause("8341 3.2.5", "replace and copy-config are judged by each node that they change", needs=ACCESS)
def replacing_is_judged_by_what_changes(t):
    m = t.model
    guest = guest_with(t, permit(access("create update"), path(t, m.note)))
    fails(edit(t, guest, m.config(m.a_note("only"), attributes='nc:operation="replace"')), "access-denied")
    copied = guest.rpc(f"<copy-config><target><{t.store}/></target><source><config>{m.config(m.a_note('only'))}</config></source></copy-config>")
    fails(copied, "access-denied")
    assert t.notes() == {"one": "first", "two": "second"}


@clause("8341 3.2.5", "A refused write leaves nothing of its edit behind", needs=ACCESS)
def a_denied_edit_leaves_nothing_behind(t):
    m = t.model
    guest = guest_with(t, permit(access("create"), path(t, m.note)))
    fails(edit(t, guest, m.config(m.a_note("mine"), m.an_app("theirs"))), "access-denied", [m.top, m.app])
    assert "mine" not in t.notes() and "theirs" not in t.apps()


@clause("8341 3.2.5", "What somebody else has put into candidate is not committed by who may not write it", needs=ACCESS)
def a_commit_is_judged_too(t):
    m = t.model
    guest = t.as_user("guest")
    t.set(m.config(m.a_note("theirs")))
    if t.store == "candidate":
        fails(guest.rpc("<commit/>"), "access-denied")
        assert "theirs" not in t.notes("running") and "theirs" in t.notes()


@clause("8341 3.4.4", "An operation is permitted or denied by its name and module", needs=ACCESS)
def an_operation_is_denied_by_its_name(t):
    guest = guest_with(t, deny(module("ietf-netconf"), "<rpc-name>lock</rpc-name>", access("exec")),
                       permit(module("*"), "<rpc-name>*</rpc-name>", access("exec")))
    fails(guest.rpc("<lock><target><running/></target></lock>"), "access-denied", of=("protocol",))
    victim = t.session()
    is_ok(guest.rpc(f"<kill-session><session-id>{victim.id}</session-id></kill-session>"))


@clause("8341 3.4.5", "An action is permitted or denied by the path of its node, and needs what is above it to be readable", needs=ACCESS)
def an_action_is_denied_by_its_path(t):
    ask = '<action xmlns="urn:ietf:params:xml:ns:yang:1">' + t.model.config("<pool><name>web</name><hold/></pool>") + "</action>"
    assert not t.as_user("guest").rpc(ask).errors
    fails(guest_with(t, deny(access("exec"), path(t, "pool", "hold"))).rpc(ask), "access-denied")
    fails(guest_with(t, deny(access("read"), path(t, "pool"))).rpc(ask), "access-denied")


@clause("8341 3.4.6", "A notification that may not be heard is dropped without a word", needs=ACCESS)
def a_denied_notification_is_dropped(t):
    m = t.model
    guest = guest_with(t, deny(module("ietf-netconf-notifications"), "<notification-name>netconf-config-change</notification-name>",
                               access("read")))
    other = t.session()
    for session in (guest, other):
        is_ok(session.rpc(f'<create-subscription xmlns="{EVENTS}"/>'))
    t.set(m.config(m.a_note("heard")))
    t.commit()
    other.event("netconf-config-change")
    try:
        while guest.event("netconf-config-change", 0.3) is None:
            pass
        raise AssertionError("it is heard")
    except Unheard:
        pass


@clause("8341 3.4.3", "enable-nacm false permits everything", needs=ACCESS)
def without_nacm_everything_is_permitted(t):
    m = t.model
    rule(t, "<enable-nacm>false</enable-nacm>")
    guest = t.as_user("guest")
    is_ok(edit(t, guest, m.config(m.a_note("mine"))))


@clause("8341 3.2.4", "What is below a node that may not be read may not be read either", needs=ACCESS)
def what_is_below_what_may_not_be_read_is_left_out_too(t):
    m = t.model
    guest = guest_with(t, permit(access("read"), path(t, m.note, m.text)), deny(access("read"), path(t, m.note)))
    assert m.notes(running(t, guest)) == {}


@clause("8341 3.4.5", "The defaults may be turned: read-default deny, write-default permit", needs=ACCESS)
def the_defaults_may_be_turned(t):
    m = t.model
    guest = t.as_user("guest")
    rule(t, "<read-default>deny</read-default><write-default>permit</write-default>")
    assert len(running(t, guest)) == 0
    is_ok(edit(t, guest, m.config(m.a_note("mine"))))


@clause("8341 3.2.2", "Groups are of users; * is every one of any", needs=ACCESS)
def a_rule_for_any_group_is_for_who_is_in_one(t):
    m = t.model
    rule(t, group("guests", "guest"), rules("all", "*", deny(access("read"), path(t, m.note)), permit()))
    assert m.notes(running(t, t.as_user("guest"))) == {}
    assert set(m.notes(running(t, t.as_user("operator")))) == {"one", "two"}, "an earlier list has decided"


@clause("8341 3.4", "A change of the rules holds at once, for sessions that there are too", needs=ACCESS)
def a_change_of_the_rules_holds_at_once(t):
    m = t.model
    guest = t.as_user("guest")
    fails(edit(t, guest, m.config(m.a_note("mine"))), "access-denied")
    rule(t, group("guests", "guest"), rules("guests", "guests", permit()))
    is_ok(edit(t, guest, m.config(m.a_note("mine"))))


@clause("8341 3.2.8", "default-deny-all hides what is so marked from whom no rule shows it: the rules themselves, and secrets", needs=ACCESS)
def what_is_marked_deny_all_is_hidden(t):
    guest = t.as_user("guest")
    data = running(t, guest)
    assert data.find(f"{{{NACM}}}nacm") is None, "the rules are shown"
    assert not [e for e in data.iter() if isinstance(e.tag, str) and local(e) == "secret-file"], "where secrets are is shown"
    assert [e for e in running(t, t.as_user("operator")).iter() if isinstance(e.tag, str) and local(e) == "secret-file"]


@clause("8341 3.5.2", "What was denied is counted: operations, writes, notifications", needs=ACCESS)
def what_was_denied_is_counted(t):
    m = t.model
    before = [counter(t, name) for name in ("denied-operations", "denied-data-writes")]
    guest = t.as_user("guest")
    fails(guest.rpc(f"<kill-session><session-id>{t.s.id}</session-id></kill-session>"), "access-denied")
    fails(edit(t, guest, m.config(m.a_note("mine"))), "access-denied")
    assert [counter(t, name) for name in ("denied-operations", "denied-data-writes")] == [n + 1 for n in before]
    counter(t, "denied-notifications")


@clause("8341 3.1.2", "There is a recovery session, which no rule binds: root on the UNIX socket", needs=ACCESS)
def the_recovery_session_is_bound_by_no_rule(t):
    m = t.model
    rule(t, "<read-default>deny</read-default><write-default>deny</write-default><exec-default>deny</exec-default>",
         rules("nobody", "*", deny()))
    assert set(t.notes("running")) == {"one", "two"}
    is_ok(t.edit(m.config(m.a_note("mine"))))


@refusal(ACCESS)
def there_are_no_rules(t):
    assert len(t.s.rpc(f'<get><filter><nacm xmlns="{NACM}"/></filter></get>').data) == 0
    fails(t.edit(nacm("<enable-nacm>false</enable-nacm>")), "unknown-namespace")
