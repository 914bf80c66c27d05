#!/usr/bin/python3 -B
"""What Headgate tells by NETCONF, and to whom it tells it again: notifications with replay (RFC 5277), sessions (RFC 6470),
alarms (RFC 8632) and monitoring (RFC 6022), heard by ncclient over SSH.

  lab_notifications_test.py [PART OF A CASE'S NAME]
"""
import contextlib
import datetime
import sys
import time

from lab_house import DONE, ROLLED_BACK, lab_up, named, spare, tell_stories
from lab_northbound_test import NC, refused, session
from lxml import etree
from ncclient.xml_ import to_ele

from lab.parts.process import wait_for

AL = "urn:ietf:params:xml:ns:yang:ietf-alarms"
HGA = "urn:headgate:yang:headgate-alarms"
MONITORING = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"
NOTIFICATION = "urn:ietf:params:xml:ns:netconf:notification:1.0"
EVENT = '<event xmlns="urn:headgate:yang:headgate"/>'


def stamp(seconds=0):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def subscribe(client, content, times=""):
    """With a filter: ncclient's own puts that into the namespace of NETCONF's base, where RFC 5277 has none."""
    client.dispatch(to_ele(f'<create-subscription xmlns="{NOTIFICATION}"><filter type="subtree">{content}</filter>{times}'
                           "</create-subscription>"))


def heard(client, until, patience=30):
    """Every notification up to one that `until` says yes to, which comes last; or all there were."""
    told, end = [], time.monotonic() + patience
    while time.monotonic() < end:
        notification = client.take_notification(timeout=1)
        if notification is None:
            continue
        told.append(notification.notification_xml)
        if until(told[-1]):
            break
    return told


def has(*words):
    return lambda text: all(word in text for word in words)


def alarms(client, content="<alarm-list/>"):
    return client.get(filter=("subtree", f'<alarms xmlns="{AL}">{content}</alarms>')).data_xml


def al(tag):
    return f"{{{AL}}}{tag}"


def entry(client, kind, place="alarm-list/alarm"):
    """The alarm of that kind, as leaves; None when there is none."""
    data = etree.fromstring(alarms(client, f"<{place.split('/')[0]}/>").encode())
    for alarm in data.iter(al(place.split("/")[1])):
        if alarm.findtext(al("alarm-type-id")).endswith(f":{kind}"):
            return {etree.QName(leaf).localname: leaf.text for leaf in alarm}
    return None


def control(content):
    return f'<config xmlns="{NC}" xmlns:nc="{NC}"><alarms xmlns="{AL}"><control>{content}</control></alarms></config>'


def commit(client, content):
    client.edit_config(target="candidate", config=control(content))
    client.commit()


SHELF = f"""<alarm-shelving><shelf><name>replaced</name><alarm-type>
    <alarm-type-id xmlns:hga="{HGA}">hga:appliance-refused</alarm-type-id>
    <alarm-type-qualifier-match></alarm-type-qualifier-match></alarm-type></shelf></alarm-shelving>"""


@contextlib.contextmanager
def refusing(lab):
    """An appliance that refuses what it is asked for next: the pool waits, and that is an alarm."""
    lab.appliances[-1].inject("validate", "refuse", "the licence has expired")
    try:
        yield lab.appliances[-1]
    finally:
        lab.appliances[-1].clear_faults()
        lab.manager.do("resume", "web")
        lab.manager.do("hold", "web")


def fail(lab, teller):
    with refusing(lab) as appliance:
        code, said = lab.manager.do("allocate", "web", spare(lab).name)
        teller.prove("an allocation is rolled back", code == ROLLED_BACK, said)
        yield appliance
    yield None


# -- the cases


def what_was_told_is_told_again_and_then_what_is_new(lab, teller):
    start = stamp()
    # First what ends the hold for a moment: a pool of one member does not shrink in it.
    story_of_failure = fail(lab, teller)
    next(story_of_failure), next(story_of_failure)
    server = spare(lab)
    code, said = lab.manager.do("allocate", "web", server.name)
    teller.prove(f"{server.name} joins", code == DONE, said)
    with session(lab) as client:
        client.create_subscription(start_time=start)
        told = heard(client, has("replayComplete"))
        text = "".join(told)
        teller.prove("the replay ends with replayComplete", "replayComplete" in told[-1], told[-1])
        for word in ("pool-grown", "rolled-back", "netconf-config-change", "netconf-session-start", "netconf-session-end"):
            teller.prove(f"it had {word}", word in text, f"{len(told)} notifications")
        order = [text.index("rolled-back"), text.index("pool-grown")]
        teller.prove("in their order", order == sorted(order), str(order))
        code, said = lab.manager.do("release", "web", server.name)
        teller.prove(f"{server.name} leaves again", code == DONE, said)
        told = heard(client, has("pool-shrunk"))
        teller.prove("what is new goes on behind it", "pool-shrunk" in told[-1], told[-1])
        teller.prove("and nothing twice", not any("pool-grown" in one for one in told), f"{len(told)} notifications")


def a_filter_and_a_stop_time_hold_for_a_replay(lab, teller):
    with session(lab) as client:
        subscribe(client, EVENT, f"<startTime>{stamp(-3600)}</startTime><stopTime>{stamp(-0.001)}</stopTime>")
        told = heard(client, has("notificationComplete"))
        teller.prove("it ends with notificationComplete", "notificationComplete" in told[-1], told[-1])
        teller.prove("behind replayComplete", "replayComplete" in told[-2], told[-2])
        teller.prove("events alone pass", all("urn:headgate:yang:headgate" in one for one in told[:-2]), f"{len(told)} told")
        client.create_subscription()
        teller.prove("the session may subscribe again", True, "create-subscription")
    with session(lab) as client:
        for what, words in (("a start to come", {"start_time": stamp(3600)}),
                            ("a stop before the start", {"start_time": stamp(-5), "stop_time": stamp(-9)})):
            error = refused(lambda words=words: client.create_subscription(**words))
            teller.prove(f"{what} is refused", error is not None and error.tag == "bad-element", str(error))
        error = refused(lambda: subscribe(client, EVENT, f"<stopTime>{stamp()}</stopTime>"))
        teller.prove("so is a stop without a start", error is not None and error.tag == "missing-element", str(error))


def an_alarm_is_told_listed_and_cleared(lab, teller):
    with session(lab) as listener, session(lab) as client:
        subscribe(listener, f'<alarm-notification xmlns="{AL}"/>')
        failure = fail(lab, teller)
        appliance = next(failure)
        told = heard(listener, has("appliance-refused"))
        teller.prove("alarm-notification says it in the appliance's words", "the licence has expired" in told[-1], told[-1])
        alarm = entry(client, "appliance-refused") or {}
        teller.prove("it is in the alarm list", alarm.get("is-cleared") == "false" and
                     f"name='{appliance.name}'" in alarm.get("resource", ""), str(alarm))
        next(failure)
        told = heard(listener, has("appliance-refused", ">cleared<"))
        teller.prove("resume clears it", ">cleared<" in told[-1], told[-1])
        alarm = entry(client, "appliance-refused") or {}
        teller.prove("the list says so", alarm.get("is-cleared") == "true", str(alarm))
        purge = f'<action xmlns="urn:ietf:params:xml:ns:yang:1"><alarms xmlns="{AL}"><alarm-list><purge-alarms>' \
                "<alarm-clearance-status>cleared</alarm-clearance-status></purge-alarms></alarm-list></alarms></action>"
        said = client.dispatch(to_ele(purge)).xml
        teller.prove("and it can be purged", "purged-alarms>0<" not in said and entry(client, "appliance-refused") is None, said)


def a_shelved_alarm_is_not_told(lab, teller):
    with session(lab) as listener, session(lab) as client:
        commit(client, SHELF)
        listener.create_subscription()
        failure = fail(lab, teller)
        next(failure)
        shelved = entry(client, "appliance-refused", "shelved-alarms/shelved-alarm") or {}
        teller.prove("it is on the shelf", shelved.get("shelf-name") == "replaced", str(shelved))
        teller.prove("and not in the list", entry(client, "appliance-refused") is None, "alarm-list")
        next(failure)
        told = heard(listener, has("appliance-refused", "clear"))
        teller.prove("its event is told", "appliance-refused" in told[-1], told[-1])
        teller.prove("the alarm is not", not any("alarm-notification" in one for one in told), f"{len(told)} notifications")
        kept = lab.manager.configuration()
        teller.prove("headgate config show has the shelf", "ietf-alarms:alarms" in kept, ", ".join(kept))
    lab.restart("manager")
    with session(lab) as client:
        teller.prove("a restart keeps it", "<name>replaced</name>" in client.get_config("running").data_xml, "get-config")
        commit(client, '<alarm-shelving nc:operation="delete"/>')
        teller.prove("and it can be taken away", "replaced" not in client.get_config("running").data_xml, "get-config")


def a_restart_forgets_neither_what_was_told_nor_what_stands(lab, teller):
    start = stamp()
    failure = fail(lab, teller)
    next(failure), next(failure)
    lost = lab.appliances[-1]
    lab.kill(lost.name)
    with session(lab) as client:
        wait_for("the alarm to be listed", lambda: (entry(client, "appliance-lost") or {}).get("is-cleared") == "false", 40)
        created = entry(client, "appliance-lost")["time-created"]
    lab.manager.stop()
    lab.manager.start()
    wait_for("headgated to answer", lambda: lab.manager.do("status")[0] == DONE, 30)
    with session(lab) as client:
        alarm = entry(client, "appliance-lost") or {}
        teller.prove("the alarm stands as it did", alarm.get("is-cleared") == "false" and alarm.get("time-created") == created,
                     str(alarm))
        client.create_subscription(start_time=start)
        text = "".join(heard(client, has("replayComplete")))
        for word in ("rolled-back", "alarm-notification", "netconf-session-end"):
            teller.prove(f"the replay has {word} from before", word in text, f"{len(text)} characters")
    lost.start()
    lab.manager.wait()
    with session(lab) as client:
        wait_for("the alarm to be cleared", lambda: entry(client, "appliance-lost")["is-cleared"] == "true", 30)
        teller.prove("it is cleared when the appliance is back", True, lost.name)


def monitoring_shows_sessions_and_counts(lab, teller):
    with session(lab) as client:
        told = client.get(filter=("subtree", f'<netconf-state xmlns="{MONITORING}"><sessions/><statistics/></netconf-state>'))
        teller.prove("this session is there", f"<session-id>{client.session_id}</session-id>" in told.data_xml and
                     "netconf-ssh</transport>" in told.data_xml and "<username>operator</username>" in told.data_xml, told.data_xml)
        teller.prove("and the statistics", "<in-sessions>" in told.data_xml and "<netconf-start-time>" in told.data_xml, "statistics")
        streams = client.get(filter=("subtree", '<netconf xmlns="urn:ietf:params:xml:ns:netmod:notification"/>')).data_xml
        teller.prove("the stream NETCONF has replay", "<replaySupport>true</replaySupport>" in streams and
                     "<replayLogCreationTime>" in streams, streams)


CASES = named([
    what_was_told_is_told_again_and_then_what_is_new,
    a_filter_and_a_stop_time_hold_for_a_replay,
    an_alarm_is_told_listed_and_cleared,
    a_shelved_alarm_is_not_told,
    a_restart_forgets_neither_what_was_told_nor_what_stands,
    monitoring_shows_sessions_and_counts])


def main():
    with lab_up(servers=3, f5=1, citrix=1) as lab:
        return tell_stories(lab, CASES, *sys.argv[1:2])


if __name__ == "__main__":
    sys.exit(main())
