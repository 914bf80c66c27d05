"""RFC 8632: shelves; purge and compress."""
from alarms_parts import (ALARMS, AL, TOLD, TYPES, act, al, clear, control, count, key, listed, lose, lost, purge, resource, set_state,
                          shelf, shelved, state, status, tally, wait)
from clauses import clause, refusal
from events_rfcs import hears_nothing, listener
from servers import fails, is_ok
from wire import q


# -- 4.1.1, 4.5: shelving


@clause("8632 4.1.1", "An alarm that fits a shelf is on it and not in the list, with the state shelved, and nothing is told of it", needs=ALARMS)
def a_shelved_alarm_is_not_told(t):
    with lost(t):
        shelf(t, f'<resource xmlns:x="{t.model.namespace}">{key(t, "quiet")}</resource>')
        session = listener(t, TOLD)
        alarm = lose(t, "quiet")
        assert resource("quiet") in shelved(t) and resource("quiet") not in listed(t)
        assert alarm["shelf-name"] == "quiet" and alarm.operators[0]["state"] == "shelved"
        shelves = state(t, "shelved-alarms")
        assert int(shelves.findtext(al("number-of-shelved-alarms"))) == len(shelves.findall(al("shelved-alarm"))) == 1
        assert state(t, "summary").find(al("shelves-active")) is not None
        assert len(clear(t, "quiet").changes) == 2, "its changes are kept all the same"
        hears_nothing(session)
        purge(t, status("any"), "shelved-alarms", "shelved-alarms")


@clause("8632 4.1.1", "Taken off its shelf, an alarm is in the list again, un-shelved; the summary is of the list alone", needs=ALARMS)
def a_shelf_is_taken_away(t):
    with lost(t, "moved"):
        before = tally(next(e for e in state(t, "summary") if e.findtext(al("severity")) == "major"))["total"]
        shelf(t, f'<alarm-type><alarm-type-id xmlns:y="{TYPES}">y:headgate-alarm</alarm-type-id>'
                 "<alarm-type-qualifier-match>.*</alarm-type-qualifier-match></alarm-type>")
        wait(lambda: resource("moved") in shelved(t), "it to be shelved: its type is derived from the shelf's")
        after = tally(next(e for e in state(t, "summary") if e.findtext(al("severity")) == "major"))["total"]
        assert after < before and resource("moved") not in listed(t)
        assert set_state(t, "moved", "<state>ack</state>").errors, "no operator actions on shelved alarms"
        t.set(f'<alarms xmlns="{AL}"><control><alarm-shelving xmlns:nc="{q("")[1:-1]}" nc:operation="remove"/></control></alarms>')
        t.commit()
        alarm = wait(lambda: listed(t).get(resource("moved")), "it to be in the list")
        assert [c["state"] for c in alarm.operators] == ["un-shelved", "shelved"]
        assert state(t, "summary").find(al("shelves-active")) is None and not shelved(t)


@clause("8632 4.1.1", "A shelf's criteria must all fit; the first shelf that does has the alarm; one without criteria has all", needs=ALARMS)
def a_shelfs_criteria_are_anded(t):
    with lost(t, "here", "there"):
        mine = f'<resource xmlns:x="{t.model.namespace}">{key(t, "here")}</resource>'
        other = f'<alarm-type><alarm-type-id xmlns:y="{TYPES}">y:drift</alarm-type-id><alarm-type-qualifier-match/></alarm-type>'
        lost_type = other.replace("drift", "appliance-lost")
        control(t, "<alarm-shelving>" + "".join(f"<shelf><name>{name}</name>{content}</shelf>" for name, content in (
            ("a", mine + other), ("b", mine + lost_type), ("c", mine))) + "</alarm-shelving>")
        assert wait(lambda: shelved(t), "it to be shelved")[resource("here")]["shelf-name"] == "b"
        assert resource("there") in listed(t)
        shelf(t, "", "rest")
        assert wait(lambda: shelved(t).get(resource("there")), "all to be shelved")["shelf-name"] == "rest"


# -- 3.5.3: purge and compress


@clause("8632 3.5.3", "purge-alarms deletes what fits all its criteria, says how many, and wants to know of cleared ones or not", needs=ALARMS)
def purge_deletes_what_fits(t):
    with lost(t, "a", "b", "c"):
        clear(t, "a")
        clear(t, "b")
        is_ok(set_state(t, "b", "<state>closed</state>", t.as_user("operator")))
        fails(act(t, "<alarm-list><purge-alarms/></alarm-list>"), ("missing-element", "data-missing"))
        for nothing in ("<older-than><hours>1</hours></older-than>", "<severity><above>critical</above></severity>",
                        "<operator-state-filter><state>ack</state></operator-state-filter>",
                        "<operator-state-filter><state>closed</state><user>nobody</user></operator-state-filter>"):
            assert purge(t, status("any") + nothing) == 0, nothing
        closed = "<operator-state-filter><state>closed</state><user>operator</user></operator-state-filter>"
        assert purge(t, status("not-cleared") + closed) == 0
        assert purge(t, status("cleared") + "<severity><is>major</is></severity>" + closed) == 1 and resource("b") not in listed(t)
        assert purge(t, status("cleared") + "<older-than><seconds>0</seconds></older-than>") == 1
        assert {resource("a"), resource("c")} & set(listed(t)) == {resource("c")}
        assert purge(t, status("any")) >= 1 and listed(t) == {}
        t.set(t.model.config('<appliance nc:operation="remove"><name>c</name></appliance>'))


@clause("8632 4.4", "A purged alarm is in the list again, as a new one, when it is raised again", needs=ALARMS)
def a_purged_alarm_comes_back(t):
    with lost(t, "back"):
        clear(t, "back")
        first = listed(t)[resource("back")]["time-created"]
        assert purge(t, status("cleared")) == 1
        alarm = lose(t, "back")
        assert alarm["time-created"] > first and len(alarm.changes) == 1


@clause("8632 3.5.3", "compress-alarms leaves of each that fits the latest change alone, and says how many", needs=ALARMS)
def compress_leaves_the_latest_change(t):
    def compress(content):
        return count(act(t, f"<alarm-list><compress-alarms>{content}</compress-alarms></alarm-list>"), "compressed-alarms")
    with lost(t, "long", "longer"):
        for name in ("long", "longer"):
            clear(t, name)
            assert len(lose(t, name).changes) == 3
        latest = listed(t)[resource("long")].changes[0]
        assert compress(f'<alarm-type-id xmlns:y="{TYPES}">y:drift</alarm-type-id>') == 0
        assert compress(f'<resource xmlns:x="{t.model.namespace}">{key(t, "long")}</resource>') == 1
        assert listed(t)[resource("long")].changes == [latest] and len(listed(t)[resource("longer")].changes) == 3
        compress("")
        assert all(len(alarm.changes) == 1 for alarm in listed(t).values())


@clause("8632 4.5", "Shelved alarms are purged and compressed by themselves", needs=ALARMS)
def shelved_alarms_are_purged_by_themselves(t):
    with lost(t, "low", "high"):
        shelf(t, f'<resource xmlns:x="{t.model.namespace}">{key(t, "low")}</resource>')
        wait(lambda: resource("low") in shelved(t), "it to be shelved")
        clear(t, "low")
        lose(t, "low")
        reply = act(t, "<shelved-alarms><compress-shelved-alarms/></shelved-alarms>")
        assert count(reply, "compressed-alarms") == 1 and len(shelved(t)[resource("low")].changes) == 1
        assert purge(t, status("cleared"), "shelved-alarms", "shelved-alarms") == 0
        assert purge(t, status("any"), "shelved-alarms", "shelved-alarms") == 1 and not shelved(t)
        assert resource("high") in listed(t)
        t.set(t.model.config('<appliance nc:operation="remove"><name>low</name></appliance>'))


@refusal(ALARMS)
def there_are_no_alarms(t):
    assert len(t.s.rpc(f'<get><filter><alarms xmlns="{AL}"/></filter></get>').data) == 0
    assert act(t, f"<alarm-list><purge-alarms>{status('any')}</purge-alarms></alarm-list>").errors
