"""RFC 5277 (subscriptions) and RFC 6470 (the base notifications)."""
from clauses import clause
from servers import fails, is_ok
from wire import EVENTS, PATIENCE, Unheard, local

BASE_EVENTS = "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications"
MANAGE = "urn:ietf:params:xml:ns:netmod:notification"
CONFIRMED = "confirmed-commit"
CHANGES = f'<filter><netconf-config-change xmlns="{BASE_EVENTS}"/></filter>'


def subscribe(session, content=""):
    return session.rpc(f'<create-subscription xmlns="{EVENTS}">{content}</create-subscription>')


def listener(t, content=""):
    session = t.session()
    is_ok(subscribe(session, content))
    return session


def change(t, name, session=None):
    t.set(t.model.config(t.model.a_note(name)), session=session)
    t.commit(session)


def hears_nothing(session, patience=0.3):
    try:
        assert not session.events, "it hears " + session.events[0].name
        data = session.message(patience)
    except Unheard:
        return
    raise AssertionError(f"it hears {data[:300]}")


def texts(event):
    return {local(e): e.text for e in event.iter() if isinstance(e.tag, str) and not len(e)}


@clause("5277 3.1", "notification:1.0 is advertised, and interleave:1.0: operations go on during a subscription")
def operations_go_on_during_a_subscription(t):
    assert t.offers("notification") and t.offers("interleave")
    session = listener(t)
    for _ in range(3):
        assert session.rpc("<get-config><source><running/></source></get-config>").data is not None
    change(t, "heard")
    session.event("netconf-config-change")
    assert "heard" in t.model.notes(t.read("running", session=session))


@clause("5277 2.1.1", "create-subscription without parameters is to the stream NETCONF")
def a_subscription_is_to_netconf(t):
    session = listener(t)
    change(t, "heard")
    session.event("netconf-config-change")
    named = listener(t, "<stream>NETCONF</stream>")
    change(t, "again")
    named.event("netconf-config-change")


@clause("5277 2.1.1", "Who has not subscribed hears nothing")
def who_has_not_subscribed_hears_nothing(t):
    session = t.session()
    change(t, "unheard")
    hears_nothing(session)


@clause("5277 2.1.1", "A stream that there is not is refused, and leaves no subscription behind")
def an_unknown_stream_is_refused(t):
    session = t.session()
    assert subscribe(session, "<stream>nobody</stream>").errors
    is_ok(subscribe(session))


@clause("5277 2.1.1", "A second subscription of a session is refused")
def a_second_subscription_is_refused(t):
    session = listener(t)
    fails(subscribe(session), ("in-use", "operation-failed", "resource-denied"))


@clause("5277 2.1.1", "stopTime without startTime is missing-element; a stopTime that is earlier is bad-element; so is a time to come")
def times_that_make_no_sense_are_refused(t):
    early, late, future = "2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z", "2999-01-01T00:00:00Z"
    session = t.session()
    for content in (f"<stopTime>{late}</stopTime>", f"<startTime>{late}</startTime><stopTime>{early}</stopTime>", f"<startTime>{future}</startTime>",
                    "<startTime>yesterday</startTime>"):
        assert subscribe(session, content).errors, content
    is_ok(subscribe(session))


@clause("5277 3.6", "A subtree filter lets through what it selects, and nothing else")
def a_subtree_filter_selects_events(t):
    wanted = listener(t, CHANGES)
    other = listener(t, f'<filter><nothing xmlns="{BASE_EVENTS}"/></filter>')
    by_content = listener(t, f'<filter><netconf-config-change xmlns="{BASE_EVENTS}"><datastore>running</datastore></netconf-config-change></filter>')
    elsewhere = listener(t, f'<filter><netconf-config-change xmlns="{BASE_EVENTS}"><datastore>startup</datastore></netconf-config-change></filter>')
    change(t, "heard")
    wanted.event("netconf-config-change")
    by_content.event("netconf-config-change")
    hears_nothing(other)
    hears_nothing(elsewhere)


@clause("5277 3.6", "An XPath filter lets through what it selects, by the client's own prefixes", needs="xpath")
def an_xpath_filter_selects_events(t):
    wanted = listener(t, f'<filter type="xpath" xmlns:b="{BASE_EVENTS}" select="/b:netconf-config-change[b:datastore=\'running\']"/>')
    other = listener(t, f'<filter type="xpath" xmlns:b="{BASE_EVENTS}" select="/b:netconf-config-change[b:datastore=\'startup\']"/>')
    change(t, "heard")
    wanted.event("netconf-config-change")
    hears_nothing(other)


@clause("5277 3.6", "A filter that is none is refused, and leaves no subscription behind")
def a_filter_that_is_none_is_refused(t):
    session = t.session()
    assert subscribe(session, '<filter type="xpath" select="/["/>').errors
    assert subscribe(session, '<filter type="xpath"/>').errors
    is_ok(subscribe(session))


@clause("5277 3.6", "An empty subtree filter lets nothing through")
def an_empty_filter_lets_nothing_through(t):
    session = listener(t, "<filter/>")
    change(t, "unheard")
    hears_nothing(session)


@clause("5277 2.2.1", "A notification has an eventTime, and its one event; messages of a subscription are framed like others")
def a_notification_has_its_time_and_its_event(t):
    old = t.session(base="1.0")
    is_ok(subscribe(old))
    change(t, "heard")
    assert local(old.event("netconf-config-change")) == "netconf-config-change"


@clause("5277 3.2.5.1", "The streams are told, NETCONF among them")
def the_streams_are_told(t):
    data = t.s.rpc(f'<get><filter><netconf xmlns="{MANAGE}"><streams/></netconf></filter></get>').data
    assert "NETCONF" in [e.text for e in data.iter(f"{{{MANAGE}}}name")], "no stream is told"


@clause("6470 2.1", "netconf-config-change: who, which datastore, and what was done where")
def a_change_is_told_with_who_and_what(t):
    m = t.model
    session = listener(t)
    t.set(m.config(m.a_note("one", "other"), m.a_note("two", op="delete"), m.a_note("new")))
    t.commit()
    event = session.event("netconf-config-change")
    told = texts(event)
    assert told["session-id"] == str(t.s.id) and told["username"], told
    assert told.get("datastore", "running") == "running"
    edits = {e.findtext(f"{{{BASE_EVENTS}}}target"): e.findtext(f"{{{BASE_EVENTS}}}operation")
             for e in event.findall(f"{{{BASE_EVENTS}}}edit")}
    by_name = {name: operation for target, operation in edits.items() for name in ("one", "two", "new") if f"'{name}'" in target or f'"{name}"' in target}
    assert by_name["two"] == "delete" and by_name["new"] == "create" and by_name["one"] in ("replace", "merge"), edits


@clause("6470 2.1", "The target's prefixes are bound where it stands")
def the_targets_prefixes_are_bound(t):
    import re
    session = listener(t)
    change(t, "new")
    for target in session.event("netconf-config-change").iter(f"{{{BASE_EVENTS}}}target"):
        for prefix in re.findall(r"[/\[]([\w.-]+):", target.text):
            assert target.nsmap.get(prefix) == t.model.namespace, f"{target.text} {target.nsmap}"


@clause("6470 2.1", "A change that was refused, and an edit of the candidate, are no changes")
def what_was_not_done_is_not_told(t):
    m = t.model
    session = listener(t, CHANGES)
    t.edit(m.policy("<lower>900</lower>"), before="<test-option>test-only</test-option>" if t.offers("validate") else "")
    if t.store == "candidate":
        t.set(m.config(m.a_note("unheard")))
        is_ok(t.s.rpc("<discard-changes/>"))
    hears_nothing(session)


@clause("6470 2.3", "netconf-session-start: user, session, and from where")
def a_sessions_start_is_told(t):
    session = listener(t)
    new = t.session()
    told = texts(session.event_of(new, "netconf-session-start"))
    assert told["session-id"] == str(new.id) and told["username"], told


@clause("6470 2.4", "netconf-session-end: closed, killed by whom, or dropped")
def a_sessions_end_is_told_with_why(t):
    session = listener(t)

    def why(ended):
        told = texts(session.event_of(ended, "netconf-session-end"))
        return {name: told[name] for name in ("termination-reason", "killed-by") if name in told}

    one, two, three = t.session(), t.session(), t.session()
    is_ok(one.rpc("<close-session/>"))
    assert why(one) == {"termination-reason": "closed"}
    is_ok(t.s.rpc(f"<kill-session><session-id>{two.id}</session-id></kill-session>"))
    assert why(two) == {"termination-reason": "killed", "killed-by": str(t.s.id)}
    three.close()
    assert why(three) == {"termination-reason": "dropped"}


@clause("6470 2.5", "netconf-confirmed-commit: start, extend, complete, cancel, timeout", needs=CONFIRMED)
def each_step_of_a_confirmed_commit_is_told(t):
    from capabilities_rfc6241 import cancelling, confirmed
    session = listener(t)
    steps = []

    def step(content):
        is_ok(t.s.rpc(content))
        steps.append(texts(session.event("netconf-confirmed-commit")))
        return steps[-1]
    t.set(t.model.config(t.model.a_note("tried")))
    told = step(confirmed(600))
    assert told["confirm-event"] == "start" and told["timeout"] == "600" and told["session-id"] == str(t.s.id), told
    assert step(confirmed(60))["confirm-event"] == "extend"
    assert step("<commit/>")["confirm-event"] == "complete"
    t.set(t.model.config(t.model.a_note("again")))
    step(confirmed(600))
    assert step(cancelling())["confirm-event"] == "cancel"
    t.set(t.model.config(t.model.a_note("again")))
    step(confirmed(1))
    last = texts(session.event("netconf-confirmed-commit", PATIENCE))
    assert last["confirm-event"] == "timeout" and "username" not in last, last


@clause("6470 2", "The module of the base notifications is told like any other")
def the_module_of_the_base_notifications_is_told(t):
    assert any(c.startswith(BASE_EVENTS + "?module=ietf-netconf-notifications") for c in t.capabilities)
