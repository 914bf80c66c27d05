#!/usr/bin/python3
"""What the vendors' own device groups do, emulated beside the appliances: the standby of a pair gets the pools and the
monitors of the active one, in running when that changes (with a confirmed commit's too, and with its revert), in startup
when the active one has saved. Headgate knows nothing of it. Where both or neither say that they are active, it waits.

  sync.py FAMILY USER KEY HOST:PORT HOST:PORT
"""
import concurrent.futures
import sys
import threading
import xml.etree.ElementTree as ET

from ncclient import manager
from ncclient.operations.errors import OperationError
from ncclient.operations.rpc import RPCError
from ncclient.transport.errors import TransportError

NC = "urn:ietf:params:xml:ns:netconf:base:1.0"
EVERY = 1.0  # seconds, for what no notification tells: a failover, an appliance that is back


class Family:
    """Where its part in a pair is told, and what of its configuration is the pair's: these lists, with their keys. A
    virtual server is each appliance's own here, where in the field its address moves with a failover."""

    def __init__(self, namespace, role, active, top, lists):
        self.namespace, self.role, self.active, self.top, self.lists = namespace, role, active, top, lists

    def tag(self, name):
        return f"{{{self.namespace}}}{name}"


FAMILIES = {
    "f5": Family("urn:headgate:yang:adc-f5-ltm", ("cm", "failover-status", "status"), "ACTIVE", "ltm",
                 {"monitor": "name", "pool": "name"}),
    "citrix": Family("urn:headgate:yang:adc-citrix-lb", ("ha", "hanode", "state"), "Primary", "lb",
                     {"lbmonitor": "monitorname", "servicegroup": "servicegroupname"})}


def content(element):
    """Equal for equal data, however it is indented and ordered."""
    return element.tag, (element.text or "").strip(), tuple(sorted(content(child) for child in element))


class Node:
    """One appliance of the pair, connected when somebody asks."""

    def __init__(self, family, where, user, key, wake):
        self.family, self.name, self.user, self.key, self.wake = family, where, user, key, wake
        self.host, _, self.port = where.rpartition(":")
        self.session = None

    def connect(self):
        if self.session and self.session.connected:
            return self.session
        # The lab made these keys a moment ago on this machine.
        self.session = manager.connect_ssh(host=self.host, port=int(self.port), username=self.user, key_filename=self.key,
                                           hostkey_verify=False, allow_agent=False, look_for_keys=False, timeout=10)
        self.session.create_subscription()
        threading.Thread(target=self.listen, args=(self.session,), daemon=True).start()
        return self.session

    def listen(self, session):
        while session.connected:
            if session.take_notification(timeout=EVERY):
                self.wake.set()

    def is_active(self):
        top, inner, leaf = self.family.role
        got = self.connect().get(("subtree", f'<{top} xmlns="{self.family.namespace}"><{inner}/></{top}>'))
        return [e.text for e in ET.fromstring(got.data_xml).iter(self.family.tag(leaf))] == [self.family.active]

    def shared(self, datastore):
        """List and key → entry."""
        lists = "".join(f"<{name}/>" for name in self.family.lists)
        top = f'<{self.family.top} xmlns="{self.family.namespace}">{lists}</{self.family.top}>'
        data = ET.fromstring(self.connect().get_config(datastore, ("subtree", top)).data_xml)
        return {(name, entry.findtext(self.family.tag(key))): entry
                for name, key in self.family.lists.items() for entry in data.iter(self.family.tag(name))}

    def look(self):
        return {"active": self.is_active(), "running": self.shared("running"), "startup": self.shared("startup")}

    def change(self, edit):
        session = self.connect()
        with session.locked("candidate"), session.locked("running"):
            try:
                session.edit_config(edit, target="candidate")
                session.commit()
            except RPCError:
                session.discard_changes()
                raise

    def save(self):
        self.connect().copy_config("running", "startup")


def unlike(here, there):
    """What `there` has to be given, and what it has too much."""
    return ([key for key, entry in here.items() if key not in there or content(entry) != content(there[key])],
            [key for key in there if key not in here])


def edit(family, here, given, surplus):
    config = ET.Element(f"{{{NC}}}config")
    top = ET.SubElement(config, family.tag(family.top))
    for key in given:
        entry = ET.fromstring(ET.tostring(here[key]))
        entry.set(f"{{{NC}}}operation", "replace")
        top.append(entry)
    for name, key in surplus:
        entry = ET.SubElement(top, family.tag(name), {f"{{{NC}}}operation": "delete"})
        ET.SubElement(entry, family.tag(family.lists[name])).text = key
    return ET.tostring(config, encoding="unicode")


def follow(family, nodes):
    """One look at both, and what it asks for; in words, or nothing."""
    with concurrent.futures.ThreadPoolExecutor(2) as both:
        seen = list(both.map(Node.look, nodes))
    if seen[0]["active"] == seen[1]["active"]:
        return f"{'both' if seen[0]['active'] else 'neither'} of them is active: nothing is copied"
    (here, _), (there, standby) = sorted(zip(seen, nodes), key=lambda pair: not pair[0]["active"])
    given, surplus = unlike(here["running"], there["running"])
    if given or surplus:
        standby.change(edit(family, here["running"], given, surplus))
        return f"{standby.name} was given {[key for _, key in given]}, and lost {[key for _, key in surplus]}"
    if any(unlike(there["running"], there["startup"])) and not any(unlike(here["startup"], there["running"])):
        standby.save()
        return f"{standby.name} saved it"
    return ""


def main(word, user, key, *where):
    family, wake = FAMILIES[word], threading.Event()
    nodes = [Node(family, one, user, key, wake) for one in where]
    print("ready", flush=True)
    said = ""
    while True:
        wake.clear()
        try:
            now = follow(family, nodes)
        except (RPCError, OperationError, TransportError, OSError) as error:
            now = f"{type(error).__name__}: {error}"
        if now and now != said:
            print(now, flush=True)
        said = now
        wake.wait(EVERY)


if __name__ == "__main__":
    if len(sys.argv) != 6 or sys.argv[1] not in FAMILIES:
        sys.exit(__doc__)
    main(*sys.argv[1:])
