"""For the clauses of RFC 8632: what raises one here is an appliance that is configured, and does not answer; what clears it, that it is
configured no more."""
import contextlib
import re
import time

from wire import PATIENCE, local

ALARMS = "ietf-alarms"
AL, TYPES = "urn:ietf:params:xml:ns:yang:ietf-alarms", "urn:headgate:yang:headgate-alarms"
ACTION = "urn:ietf:params:xml:ns:yang:1"
TOLD = f'<filter><alarm-notification xmlns="{AL}"/></filter>'


def al(name):
    return f"{{{AL}}}{name}"


def plain(text):
    """Without prefixes."""
    return re.sub(r"[\w-]+:", "", text)


class Alarm:
    """An entry of a list, or a notification."""

    def __init__(self, element):
        self.element = element
        self.of = plain(element.findtext(al("resource")))
        self.type = plain(element.findtext(al("alarm-type-id")))
        self.changes = [{local(leaf): leaf.text for leaf in change} for change in element.findall(al("status-change"))]
        self.operators = [{local(leaf): leaf.text for leaf in change} for change in element.findall(al("operator-state-change"))]

    def __getitem__(self, leaf):
        return self.element.findtext(al(leaf))


def state(t, part, session=None):
    data = (session or t.s).rpc(f'<get><filter><alarms xmlns="{AL}"><{part}/></alarms></filter></get>').data
    return data.find(f"{al('alarms')}/{al(part)}")


def listed(t, part="alarm-list", entry="alarm"):
    return {alarm.of: alarm for alarm in map(Alarm, state(t, part).findall(al(entry)))}


def shelved(t):
    return listed(t, "shelved-alarms", "shelved-alarm")


def resource(name):
    return f"/headgate/appliance[name='{name}']"


def key(t, name, prefix="x"):
    return f"/{prefix}:headgate/{prefix}:appliance[{prefix}:name='{name}']"


def appliance(t, name):
    return t.model.config(f"<appliance><name>{name}</name><family>f5</family><host>127.0.0.1</host><port>1</port><credential>ssh</credential>"
                          f"<known-hosts-file>{t.model.folder}/known_hosts</known-hosts-file></appliance>")


def wait(question, what):
    end = time.monotonic() + PATIENCE
    while not (answer := question()):
        assert time.monotonic() < end, f"not in {PATIENCE} s: {what}"
        time.sleep(0.01)
    return answer


def lose(t, name):
    """The alarm that it is not reached."""
    t.set(appliance(t, name))
    t.commit()

    def standing():
        alarm = {**listed(t), **shelved(t)}.get(resource(name))
        return alarm if alarm and alarm["is-cleared"] == "false" else None
    return wait(standing, f"an alarm of {name}")


def clear(t, name):
    """The same alarm, when it is over."""
    t.set(t.model.config(f'<appliance nc:operation="delete"><name>{name}</name></appliance>'))
    t.commit()

    def cleared():
        alarm = {**listed(t), **shelved(t)}.get(resource(name))
        return alarm if alarm and alarm["is-cleared"] == "true" else None
    return wait(cleared, f"the alarm of {name} to be cleared")


def control(t, content):
    t.set(f'<alarms xmlns="{AL}"><control>{content}</control></alarms>')
    t.commit()


def shelf(t, content, name="quiet"):
    control(t, f"<alarm-shelving><shelf><name>{name}</name>{content}</shelf></alarm-shelving>")


def act(t, content, session=None):
    return (session or t.s).rpc(f'<action xmlns="{ACTION}"><alarms xmlns="{AL}">{content}</alarms></action>')


def count(reply, leaf):
    assert not reply.errors, reply
    return int(reply.root.findtext(al(leaf)))


def purge(t, content, part="alarm-list", suffix="alarms"):
    return count(act(t, f"<{part}><purge-{suffix}>{content}</purge-{suffix}></{part}>"), "purged-alarms")


def status(word):
    return f"<alarm-clearance-status>{word}</alarm-clearance-status>"


def set_state(t, name, content, session=None):
    return act(t, f'<alarm-list><alarm><resource xmlns:x="{t.model.namespace}">{key(t, name)}</resource>'
                  f'<alarm-type-id xmlns:y="{TYPES}">y:appliance-lost</alarm-type-id><alarm-type-qualifier/>'
                  f"<set-operator-state>{content}</set-operator-state></alarm></alarm-list>", session)


@contextlib.contextmanager
def lost(t, *names):
    """Their alarms stand; afterwards there are none of them."""
    purge(t, status("cleared"))
    for name in names:
        lose(t, name)
    try:
        yield
    finally:
        known = {**listed(t), **shelved(t)}
        for name in names:
            if known.get(resource(name), {"is-cleared": "true"})["is-cleared"] == "false":
                clear(t, name)


def tally(element):
    return {local(leaf): int(leaf.text) for leaf in element if local(leaf) != "severity"}
