"""RFC 8632: the inventory, the list and its summary, operators, notifications."""
import re

from alarms_parts import (ALARMS, AL, Alarm, TOLD, al, clear, control, listed, lose, lost, plain, resource, set_state, state,
                          tally, wait)
from clauses import clause
from events_rfcs import listener
from servers import fails, is_ok
from wire import local, q


# -- 4.2, 4.4: the inventory, the list


@clause("8632 4.2", "The inventory has every concrete type, whether it clears, its severities, and a description", needs=ALARMS)
def the_inventory_has_each_type(t):
    text = t.s.rpc('<get-schema xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"><identifier>headgate-alarms</identifier></get-schema>')
    known = set(re.findall(r"identity ([\w-]+) \{", "".join(text.data.itertext()))) - {"headgate-alarm"}
    types = state(t, "alarm-inventory").findall(al("alarm-type"))
    assert known == {plain(e.findtext(al("alarm-type-id"))) for e in types}, known
    for entry in types:
        assert entry.findtext(al("will-clear")) in ("true", "false") and entry.findtext(al("description"))
        assert entry.findall(al("severity-level")) and entry.find(al("alarm-type-qualifier")) is not None


@clause("8632 4.4", "An alarm appears when it is raised first: resource, type, severity, text, times, and one status change", needs=ALARMS)
def a_raised_alarm_appears(t):
    with lost(t, "new"):
        alarm = listed(t)[resource("new")]
        assert alarm.type == "appliance-lost" and alarm["is-cleared"] == "false" and "new" in alarm["alarm-text"]
        assert alarm["time-created"] == alarm["last-raised"] == alarm["last-changed"] == alarm.changes[0]["time"]
        assert [(c["perceived-severity"], c["alarm-text"]) for c in alarm.changes] == [(alarm["perceived-severity"], alarm["alarm-text"])]
        inventory = {plain(e.findtext(al("alarm-type-id"))): [s.text for s in e.findall(al("severity-level"))]
                     for e in state(t, "alarm-inventory").findall(al("alarm-type"))}
        assert alarm["perceived-severity"] in inventory[alarm.type]
        alarms = state(t, "alarm-list")
        assert int(alarms.findtext(al("number-of-alarms"))) == len(alarms.findall(al("alarm")))
        assert alarms.findtext(al("last-changed")) >= alarm["last-changed"]


@clause("8632 3.5.1", "A cleared alarm stays in the list, with the severity that it had; its latest change says that it is cleared", needs=ALARMS)
def a_cleared_alarm_stays(t):
    with lost(t, "gone"):
        before, after = listed(t)[resource("gone")], clear(t, "gone")
        assert after["perceived-severity"] == before["perceived-severity"] and after["last-raised"] == before["last-raised"]
        assert after["time-created"] == before["time-created"] and after["last-changed"] > before["last-changed"]
        assert [c["perceived-severity"] for c in after.changes] == ["cleared", before["perceived-severity"]]
        assert after["alarm-text"] == after.changes[0]["alarm-text"] and after["last-changed"] == after.changes[0]["time"]


@clause("8632 3.4", "An alarm that is raised again is the same one: resource, type and qualifier are its key", needs=ALARMS)
def an_alarm_that_is_raised_again_is_the_same(t):
    with lost(t, "again"):
        created = listed(t)[resource("again")]["time-created"]
        clear(t, "again")
        alarm = lose(t, "again")
        assert alarm["time-created"] == created and alarm["last-raised"] > created and alarm["last-raised"] == alarm["last-changed"]
        assert [c["perceived-severity"] for c in alarm.changes] == [alarm["perceived-severity"], "cleared", alarm["perceived-severity"]]
        times = [c["time"] for c in alarm.changes]
        assert times == sorted(times, reverse=True) and len(set(times)) == 3, "latest first"


@clause("8632 4.1", "max-alarm-status-changes: the oldest changes go when there are more", needs=ALARMS)
def status_changes_are_kept_up_to_a_number(t):
    with lost(t, "often"):
        clear(t, "often")
        assert len(lose(t, "often").changes) == 3
        control(t, "<max-alarm-status-changes>2</max-alarm-status-changes>")
        alarm = wait(lambda: (a := listed(t)[resource("often")]) if len(listed(t)[resource("often")].changes) == 2 else None, "two changes")
        assert [c["perceived-severity"] for c in alarm.changes] == [alarm["perceived-severity"], "cleared"]
        assert [c["perceived-severity"] for c in clear(t, "often").changes] == ["cleared", alarm["perceived-severity"]]


# -- 4.3: the summary


@clause("8632 4.3", "The summary counts the alarms of the list, by severity: cleared, not cleared, closed", needs=ALARMS)
def the_summary_counts_the_list(t):
    with lost(t, "one", "two", "three"):
        clear(t, "two")
        is_ok(set_state(t, "two", "<state>closed</state>"))
        is_ok(set_state(t, "three", "<state>closed</state>"))
        alarms = list(listed(t).values())
        for entry in state(t, "summary").findall(al("alarm-summary")):
            of = [a for a in alarms if a["perceived-severity"] == entry.findtext(al("severity"))]
            cleared = [a for a in of if a["is-cleared"] == "true"]
            closed = [a for a in of if a.operators and a.operators[0]["state"] == "closed"]
            both = [a for a in cleared if a in closed]
            assert tally(entry) == {
                "total": len(of), "cleared": len(cleared), "not-cleared": len(of) - len(cleared), "cleared-closed": len(both),
                "cleared-not-closed": len(cleared) - len(both), "not-cleared-closed": len(closed) - len(both),
                "not-cleared-not-closed": len(of) - len(cleared) - len(closed) + len(both)}, entry.findtext(al("severity"))
        assert {a["perceived-severity"] for a in alarms} <= {e.text for e in state(t, "summary").iter(al("severity"))}


# -- 3.5.2: operators


@clause("8632 3.5.2", "set-operator-state: who, when, which state, and a text; latest first; the alarm itself stays as it is", needs=ALARMS)
def an_operator_acknowledges(t):
    with lost(t, "seen"):
        operator, before = t.as_user("operator"), listed(t)[resource("seen")]
        is_ok(set_state(t, "seen", "<state>ack</state><text>I look after it</text>", operator))
        is_ok(set_state(t, "seen", "<state>closed</state>"))
        alarm = listed(t)[resource("seen")]
        latest, first = alarm.operators
        assert (first["operator"], first["state"], first["text"]) == ("operator", "ack", "I look after it"), first
        assert latest["state"] == "closed" and latest["operator"] != "operator" and latest["time"] > first["time"]
        assert alarm["last-changed"] == latest["time"] and alarm["is-cleared"] == "false" and len(alarm.changes) == len(before.changes)


@clause("8632 3.5.2", "Operators set none, ack and closed; shelved and un-shelved are not theirs to set; an alarm that there is not is refused",
        needs=ALARMS)
def operators_set_what_is_theirs(t):
    with lost(t, "mine"):
        for bad in ("<state>shelved</state>", "<state>un-shelved</state>", "<state>fixed</state>", ""):
            assert set_state(t, "mine", bad).errors, bad
        assert set_state(t, "nobody", "<state>ack</state>").errors
        assert listed(t)[resource("mine")].operators == []
        is_ok(set_state(t, "mine", "<state>none</state>"))


@clause("8632 6", "operator-action is told of the alarm that an operator acted upon", needs=ALARMS)
def an_operators_action_is_told(t):
    with lost(t, "told"):
        session = listener(t, f'<filter><alarms xmlns="{AL}"/></filter>')
        is_ok(set_state(t, "told", "<state>ack</state><text>mine</text>", t.as_user("operator")))
        event = session.event("alarms")
        said = {local(e): e.text for e in event.iter(al("operator-action")) for e in e}
        assert plain(event.findtext(f".//{al('resource')}")) == resource("told")
        assert said.pop("time") == listed(t)[resource("told")].operators[0]["time"]
        assert said == {"operator": "operator", "state": "ack", "text": "mine"}, said


# -- 4.7: notifications


@clause("8632 4.7", "alarm-notification is told when an alarm is raised and when it is cleared, as the list has it", needs=ALARMS)
def raising_and_clearing_are_told(t):
    with lost(t):
        session = listener(t, TOLD)
        for change in (lose, clear):
            alarm, told = change(t, "heard"), Alarm(session.event("alarm-notification"))
            assert told.of == alarm.of and told.type == alarm.type and told["alarm-type-qualifier"] == alarm["alarm-type-qualifier"]
            assert {leaf: told[leaf] for leaf in ("time", "perceived-severity", "alarm-text")} == alarm.changes[0]


@clause("8632 4.1", "notify-status-changes severity-level: what is below is not told, clearing always is", needs=ALARMS)
def below_a_severity_only_clearing_is_told(t):
    with lost(t):
        control(t, "<notify-status-changes>severity-level</notify-status-changes><notify-severity-level>critical</notify-severity-level>")
        session = listener(t, TOLD)
        lose(t, "minor")
        clear(t, "minor")
        assert Alarm(session.event("alarm-notification"))["perceived-severity"] == "cleared"
        control(t, "<notify-severity-level>major</notify-severity-level>")
        lose(t, "minor")
        assert Alarm(session.event("alarm-notification"))["perceived-severity"] == "major"
        clear(t, "minor")
    fails(t.edit(f'<alarms xmlns="{AL}"><control><notify-severity-level nc:operation="remove" xmlns:nc="{q("")[1:-1]}"/></control></alarms>',
                 before="<test-option>test-then-set</test-option>"), "operation-failed", ["alarms", "control", "notify-status-changes"])


@clause("8632 4.1", "notify-status-changes raise-and-clear: raising, clearing, and raising again are told", needs=ALARMS)
def raise_and_clear_are_told(t):
    with lost(t):
        control(t, "<notify-status-changes>raise-and-clear</notify-status-changes>")
        session = listener(t, TOLD)
        for change in (lose, clear, lose, clear):
            change(t, "each")
        told = [Alarm(session.event("alarm-notification"))["perceived-severity"] for _ in range(4)]
        assert told == ["major", "cleared"] * 2, told
