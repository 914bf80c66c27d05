"""RFC 5277: replay, and the ends of subscriptions."""
import datetime

from access_rfc8341 import deny, guest_with, module
from clauses import clause, refusal
from events_rfcs import BASE_EVENTS, CHANGES, MANAGE, change, listener, subscribe
from servers import fails, is_ok
from wire import EVENTS, local

REPLAY = "replay"
LONG_AGO = "2000-01-01T00:00:00Z"


def at(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def written(time):
    return time.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def start(time):
    return f"<startTime>{time}</startTime>"


def stop(time):
    return f"<stopTime>{time}</stopTime>"


def stream(t, leaf):
    data = t.s.rpc(f'<get><filter><netconf xmlns="{MANAGE}"><streams/></netconf></filter></get>').data
    for one in data.iter(f"{{{MANAGE}}}stream"):
        if one.findtext(f"{{{MANAGE}}}name") == "NETCONF":
            return one.findtext(f"{{{MANAGE}}}{leaf}")
    raise AssertionError("no stream NETCONF is told")


def changes(t, *names):
    """Each made and heard by somebody: their notifications, as they were told the first time."""
    live = listener(t, CHANGES)
    told = []
    for name in names:
        change(t, name)
        told.append(live.notification())
    live.close()
    return told


def same(one, other):
    return one.time == other.time and [(e.tag, e.text) for e in one.event.iter()] == [(e.tag, e.text) for e in other.event.iter()]


def replayed(session):
    """What is told up to replayComplete."""
    told = []
    while not told or told[-1].name != "replayComplete":
        told.append(session.notification())
    return told[:-1]


@clause("5277 3.2.5.1", "A stream that replays says so, and since when its log is", needs=REPLAY)
def the_log_has_a_time_of_creation(t):
    assert stream(t, "replaySupport") == "true"
    created = at(stream(t, "replayLogCreationTime"))
    assert created <= at(changes(t, "now")[0].time), created


@clause("5277 3.2.5.1", "The log's time of creation stays while the log does, over a restart too", needs=REPLAY)
def the_log_outlives_a_restart(t):
    created, told = stream(t, "replayLogCreationTime"), changes(t, "before")[0]
    t.finish()
    t.server.restart()
    assert stream(t, "replayLogCreationTime") == created
    session = listener(t, start(told.time) + CHANGES)
    assert same(replayed(session)[0], told), "what was told before the restart is not replayed as it was"


@clause("5277 2.1.1", "startTime: what has been told since is told again, with the times that it had", needs=REPLAY)
def a_replay_tells_again_what_was_told(t):
    first, second, third = changes(t, "a", "b", "c")
    again = replayed(listener(t, start(first.time) + CHANGES))
    assert len(again) == 3 and all(map(same, again, (first, second, third))), [n.time for n in again]
    again = replayed(listener(t, start(third.time) + CHANGES))
    assert len(again) == 1 and same(again[0], third), "what is older than startTime is told too"


@clause("5277 2.1.1", "A startTime before the log begins with the earliest that there is", needs=REPLAY)
def a_start_before_the_log_begins_with_its_first(t):
    changes(t, "late")
    since = replayed(listener(t, start(stream(t, "replayLogCreationTime"))))
    ever = replayed(listener(t, start(LONG_AGO)))
    assert ever and same(ever[0], since[0]) and at(ever[0].time) >= at(stream(t, "replayLogCreationTime"))


@clause("5277 3.3.1", "Replay is in the order of what happened, then replayComplete, then what is new: without a gap, nothing twice",
        needs=REPLAY)
def a_replay_is_in_order_and_goes_on_live(t):
    told = changes(t, *"abcdef")
    session = listener(t, start(told[0].time) + CHANGES)
    again = replayed(session)
    assert len(again) == len(told) and all(map(same, again, told))
    assert [at(n.time) for n in again] == sorted(at(n.time) for n in again)
    change(t, "new")
    live = session.notification()
    assert live.name == "netconf-config-change" and at(live.time) > at(told[-1].time)


@clause("5277 3.3.1", "Of many at once each is told once, also those that happen during the replay", needs=REPLAY)
def what_happens_during_a_replay_is_told_once(t):
    first = changes(t, "first")[0]
    writer, session = t.session(), t.session()
    names = [f"n{number}" for number in range(12)]
    for number, name in enumerate(names):
        if number == 6:
            session.number += 1
            session.say(f'<rpc message-id="{session.number}" xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">'
                        f'<create-subscription xmlns="{EVENTS}">{start(first.time)}{CHANGES}</create-subscription></rpc>')
        change(t, name, session=writer)
    is_ok(session.reply())
    heard = []
    while len(heard) < len(names) + 1:
        one = session.notification()
        if one.name == "netconf-config-change":
            heard.append("".join(e.text for e in one.event.iter(f"{{{BASE_EVENTS}}}target")))
    assert all(f"'{name}'" in target for name, target in zip(["first", *names], heard)), heard


@clause("5277 3.6", "A filter is of what is replayed too", needs=REPLAY)
def a_filter_is_of_the_replay_too(t):
    told = changes(t, "wanted")
    for wanted in (CHANGES, f'<filter type="xpath" xmlns:b="{BASE_EVENTS}" select="/b:netconf-config-change"/>'):
        heard = replayed(listener(t, start(LONG_AGO) + wanted))
        assert {n.name for n in heard} == {"netconf-config-change"} and same(heard[-1], told[0])
    nothing = f'<filter><netconf-config-change xmlns="{BASE_EVENTS}"><datastore>startup</datastore></netconf-config-change></filter>'
    assert replayed(listener(t, start(LONG_AGO) + nothing)) == []


@clause("5277 3.3.1", "No filter keeps replayComplete and notificationComplete back, and none of them is replayed", needs=REPLAY)
def the_ends_are_not_filtered_and_not_replayed(t):
    told = changes(t, "past")[0]
    for _ in range(2):
        session = listener(t, start(LONG_AGO) + stop(told.time) + '<filter type="xpath" select="/*[false()]"/>')
        assert [session.notification().name for _ in range(2)] == ["replayComplete", "notificationComplete"]
    assert "notificationComplete" not in {n.name for n in replayed(listener(t, start(LONG_AGO)))}


@clause("5277 2.1.1", "stopTime: what is newer is not told; then notificationComplete, and the session is like one without a subscription",
        needs=REPLAY)
def a_stop_time_ends_it(t):
    first, second, third = changes(t, "a", "b", "c")
    session = listener(t, start(first.time) + stop(second.time) + CHANGES)
    heard = [session.notification() for _ in range(4)]
    assert same(heard[0], first) and same(heard[1], second), "stopTime's own instant belongs to it"
    assert [n.name for n in heard[2:]] == ["replayComplete", "notificationComplete"]
    assert session.rpc("<get-config><source><running/></source></get-config>").data is not None
    is_ok(subscribe(session, start(third.time) + CHANGES))
    assert same(replayed(session)[0], third)


@clause("5277 2.1.1", "A stopTime that is to come is valid: replay, what is new until then, notificationComplete", needs=REPLAY)
def a_stop_time_to_come_ends_it_then(t):
    told = changes(t, "past")[0]
    until = at(told.time) + datetime.timedelta(seconds=2)
    session = listener(t, start(told.time) + stop(written(until)) + CHANGES)
    assert len(replayed(session)) == 1
    change(t, "new")
    assert session.notification().name == "netconf-config-change"
    end = session.notification()
    assert end.name == "notificationComplete" and at(end.time) >= until, end.time
    change(t, "later")
    is_ok(subscribe(session))


@clause("5277 2.1.1", "stopTime without startTime: missing-element startTime. A stopTime before it: bad-element. A startTime to come: bad-element",
        needs=REPLAY)
def times_are_refused_with_what_is_wrong_with_them(t):
    early, late, future = "2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z", "2999-01-01T00:00:00Z"
    session = t.session()
    fails(subscribe(session, stop(late)), "missing-element", of=("protocol",), bad_element="startTime")
    fails(subscribe(session, start(late) + stop(early)), "bad-element", of=("protocol",), bad_element="stopTime")
    fails(subscribe(session, start(future)), "bad-element", of=("protocol",), bad_element="startTime")
    is_ok(subscribe(session, start(late)))


@clause("5277 2.1.1", "Times are date-and-time: of any zone, with or without a fraction", needs=REPLAY)
def times_may_be_of_any_zone(t):
    told = changes(t, "here")[0]
    zone = datetime.timezone(datetime.timedelta(hours=-5, minutes=-30))
    elsewhere = at(told.time).astimezone(zone).isoformat(timespec="milliseconds")
    assert same(replayed(listener(t, start(elsewhere) + CHANGES))[0], told)
    whole = at(told.time).replace(microsecond=0).isoformat()
    assert any(same(n, told) for n in replayed(listener(t, start(whole) + CHANGES)))


@clause("5277 3.3", "A replay does not keep the session's operations, nor other sessions, from their answers", needs=REPLAY)
def operations_go_on_during_a_replay(t):
    changes(t, "past")
    session = listener(t, start(LONG_AGO))
    assert session.rpc("<get-config><source><running/></source></get-config>").data is not None
    fails(subscribe(session), ("in-use", "operation-failed", "resource-denied"))
    assert "replayComplete" in {n.name for n in session.events} or replayed(session) is not None


@clause("5277 5", "What a user may not hear is not replayed to that user either", needs=REPLAY)
def what_may_not_be_heard_is_not_replayed(t):
    told = changes(t, "secret")[0]
    guest = guest_with(t, deny(module("ietf-netconf-notifications"), "<notification-name>netconf-config-change</notification-name>"))
    is_ok(subscribe(guest, start(told.time)))
    assert "netconf-config-change" not in {local(n.event) for n in replayed(guest)}


@refusal(REPLAY)
def a_replay_is_refused(t):
    assert stream(t, "replaySupport") == "false" and stream(t, "replayLogCreationTime") is None
    session = t.session()
    assert subscribe(session, start(LONG_AGO)).errors
    is_ok(subscribe(session))
