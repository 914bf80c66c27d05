"""What must be true of our MIB modules. A check is a function of the Evidence that gives the list of what is wrong."""
import collections
import dataclasses
import pathlib
import re

import mib_model
import yang_model

MIB, SERVER = "HEADGATE-MIB", "HEADGATE-SERVER-MIB"
# What the MIB has to say where YANG leaves a leaf out.
ONLY_MIB = {"HgStrategy": ["unknown"], "HgOutcome": ["open"]}
# mib/server_mib.hpp's enumerations, and where the MIB has them: an object of its own, or a textual convention.
VALUES = {"Transport": "hgsAppTransport", "State": "hgsAppState", "DataSourceState": "hgsAppDataSourceState",
          "Protocol": "HgProtocol", "Level": "HgLevel", "Kind": "HgAuthenticationKind"}
# domain/'s and transaction/'s enumerations.
TEXTS = {"Level": "HgLevel", "Functional": "HgFunctional", "Strategy": "HgStrategy", "IntentKind": "HgIntent",
         "OutcomeKind": "HgOutcome", "EventSeverity": "HgSeverity", "AuthenticationKind": "HgAuthenticationKind",
         "Phase": "HgState"}
# mib/server_mib.hpp: each notification carries these columns in this order.
CARRIED = ["state", "stateReason", "utilisation", "upperLevel", "lowerLevel", "level", "binding", "connections",
           "settingsRevision"]
# mib/headgate_mib.hpp's enumerations: whose children they are, and what the MIB puts before their names.
MANAGER = {"Daemon": ("hgDaemon", "hgDaemon"), "Summary": ("hgSummary", "hg"), "Counter": ("hgCounters", "hg"),
           "Pool": ("hgPoolEntry", "hgPool"), "Member": ("hgMemberEntry", "hgMember"),
           "Appliance": ("hgApplianceEntry", "hgAppliance"), "Transaction": ("hgTransactionEntry", "hgTransaction"),
           "TransactionAppliance": ("hgTransactionApplianceEntry", "hgTransactionAppliance"),
           "Event": ("hgEvent", "hgEvent"), "Server": ("hgServerEntry", "hgServer"), "Alarm": ("hgAlarmEntry", "hgAlarm"),
           "Target": ("hgTargetEntry", "hgTarget")}
# Its words, and those of the code that are cast to numbers: their order is the MIB's.
ORDERED = {"states": "HgState", "protocols": "HgProtocol", "families": "HgFamily", "Level": "HgLevel",
           "Functional": "HgFunctional", "Strategy": "HgStrategy", "IntentKind": "HgIntent", "OutcomeKind": "HgOutcome",
           "EventSeverity": "HgSeverity", "AuthenticationKind": "HgAuthenticationKind"}
# HEADGATE-MIB: each notification carries what an event is, and these more.
MORE = {"hgTransactionOver": ["hgTransactionKind", "hgTransactionOutcome"], "hgNotTold": ["hgEventCount"]}
EVENT = ["hgEvent" + word for word in
         ("Time", "Severity", "Kind", "Pool", "Server", "Appliance", "Transaction", "Text")]


@dataclasses.dataclass
class Evidence:
    """The three sides: the MIB modules (as smidump has them), the YANG module, and the code by its own words."""
    mibs: pathlib.Path
    tools: mib_model.Tools
    yang: yang_model.Module
    oids: dict
    values: dict  # enumeration -> [(name, number)]
    texts: dict   # enumeration -> [text]
    sources: str  # all of src/, for the kinds of events
    families: list
    mib: mib_model.Module = None
    server: mib_model.Module = None

    def type(self, name):
        """A textual convention of ours, or the syntax of an object."""
        for module in (self.mib, self.server):
            if name in module.types:
                return module.types[name]
            if name in module.objects:
                return module.objects[name].type
        return mib_model.Type()

    def resolved(self, kind):
        """Enumeration and ranges of a syntax, its own or those of the convention of ours that it is of."""
        convention = self.type(kind.name)
        return kind.enumeration or convention.enumeration, kind.ranges or convention.ranges


def evidence(mibs, base_folders, yang, names, sources, families):
    oids, values, texts = {}, collections.defaultdict(list), collections.defaultdict(list)
    for line in names.splitlines():
        what, first, second, *rest = line.split()
        if what == "oid":
            oids[first] = second
        elif what == "value":
            values[first].append((second, int(rest[0])))
        else:
            texts[first].append(second)
    tools = mib_model.Tools([*base_folders, mibs])
    return Evidence(mibs, tools, yang_model.Module(yang), oids, dict(values), dict(texts), sources, families,
                    mib_model.read(tools, MIB), mib_model.read(tools, SERVER))


def joined(word):
    """rolled-back -> rolledBack: SMIv2 allows no hyphens in the names of an enumeration (RFC 2578, section 7.1.1)."""
    head, *tail = word.split("-")
    return head + "".join(part.capitalize() for part in tail)


def hyphened(word):
    return re.sub(r"(?<=[a-z])([A-Z])", lambda m: "-" + m[1].lower(), word[0].lower() + word[1:])


def capital(word):
    return word[0].upper() + word[1:]


def unequal(what, one, other, names=("the MIB", "the code")):
    return [] if one == other else [f"{what}: {names[0]} has {one}, {names[1]} has {other}"]


def smilint(e):
    return [line for name in (MIB, SERVER) for line in e.tools.lint(e.mibs / f"{name}.txt")]


def net_snmp(e):
    """Its parser says nothing, and finds each object where smidump does."""
    known = {f"{m.name}::{o.name}": o.oid for m in (e.mib, e.server)
             for o in [*m.objects.values(), *m.notifications.values()]}
    found, complaints = e.tools.translate([MIB, SERVER], known)
    return complaints + unequal("numbers", [oid.lstrip(".") for oid in found], list(known.values()),
                                ("Net-SNMP", "smidump"))


def words(e):
    """What an operator reads: units of what is counted, and who may see what is secret."""
    wrong = []
    for module in (e.mib, e.server):
        for o in [o for o in module.objects.values() if o.kind in ("scalar", "column")]:
            if o.type.name in ("Gauge32", "Counter32", "Counter64", "HgPermille") and not o.units:
                wrong.append(f"{o.name}: has no UNITS")
            if o.type.name.startswith("Counter") and "hgCounterDiscontinuityTime" not in o.description:
                wrong.append(f"{o.name}: does not say where its discontinuities are told")
            if o.name.startswith("hgsAuth") and "authPriv" not in o.description:
                wrong.append(f"{o.name}: does not say that it is for authPriv only")
            if o.access == "readwrite" and (o.name != "hgsAppDataSourceWanted" or "authPriv" not in o.description):
                wrong.append(f"{o.name}: is writable")
        for n in module.notifications.values():
            wrong += [f"{n.name}: carries {o}" for o in n.objects if o.startswith("hgsAuth")]
    return wrong


def server_numbers(e):
    """mib/server_mib.hpp has every object and notification of HEADGATE-SERVER-MIB, by its number, and no other."""
    at = {o.name: o.oid for o in [*e.mib.objects.values(), *e.server.objects.values()]}
    places = {"headgate": "headgate", "module": "headgateServerMIB", "notifications": "hgsNotifications",
              "objects": "hgsObjects", "applicationEntry": "hgsAppEntry", "authenticationEntry": "hgsAuthEntry"}
    wrong = [line for word, name in places.items() for line in unequal(name, at.get(name), e.oids.get(word))]
    sides = (("Application", "hgsApp", e.server.children(at["hgsAppEntry"])),
             ("Authentication", "hgsAuth", e.server.children(at["hgsAuthEntry"])),
             ("Notification", "hgs", e.server.notifications.values()))
    for enum, prefix, there in sides:
        code = {prefix + capital(name): number for name, number in e.values.get(enum, [])}
        wrong += unequal(enum, {o.name: int(o.oid.rpartition(".")[2]) for o in there}, code)
    return wrong


def manager_numbers(e):
    """mib/headgate_mib.hpp has every object and notification of HEADGATE-MIB, by its number, and no other."""
    at = {o.name: o.oid for o in e.mib.objects.values()}
    places = {"module": "headgateMIB", "notifications": "hgNotifications", "objects": "hgObjects",
              **{enum: parent for enum, (parent, _) in MANAGER.items()}}
    wrong = [line for word, name in places.items()
             for line in unequal(name, at.get(name), e.oids.get("manager." + word))]
    sides = [(enum, prefix, e.mib.children(at[parent])) for enum, (parent, prefix) in MANAGER.items()]
    for enum, prefix, there in [*sides, ("Notification", "hg", e.mib.notifications.values())]:
        code = {prefix + capital(name): number for name, number in e.values.get("manager." + enum, [])}
        wrong += unequal(enum, {o.name: int(o.oid.rpartition(".")[2]) for o in there}, code)
    return wrong


def ordered_words(e):
    """What the code casts, or looks up in a list, has the MIB's numbers: counted from 1."""
    wrong = []
    for enum, name in ORDERED.items():
        there = [(n, number) for n, number in e.type(name).enumeration if n not in ONLY_MIB.get(name, [])]
        wrong += unequal(name + " in order", there,
                         [(joined(text), i + 1) for i, text in enumerate(e.texts.get(enum, []))])
    return wrong


def server_values(e):
    return [line for enum, name in VALUES.items()
            for line in unequal(name, e.resolved(e.type(name))[0], e.values.get(enum))]


def code_texts(e):
    """The code's words are the MIB's, in whatever order: a number there is the code's own business."""
    wrong = []
    for enum, name in TEXTS.items():
        there = [n for n, _ in e.type(name).enumeration if n not in ONLY_MIB.get(name, [])]
        wrong += unequal(name, sorted(there), sorted(joined(text) for text in e.texts.get(enum, [])))
    return wrong + unequal("HgFamily", [n for n, _ in e.type("HgFamily").enumeration], e.families,
                           ("the MIB", "adapters/"))


def notifications(e):
    """What each carries, and that HEADGATE-MIB's are events of the code."""
    wrong = [line for n in e.server.notifications.values()
             for line in unequal(n.name, n.objects, ["hgsApp" + capital(c) for c in CARRIED])]
    kinds = set(re.findall(r'"([a-z]+(?:-[a-z]+)*)"', e.sources))
    kinds |= {f"{subject}-{level}" for subject in re.findall(r'kindOf\("(\w+)", after\.level\)', e.sources)
              for level in e.texts.get("Level", [])}
    for n in e.mib.notifications.values():
        wrong += unequal(n.name, n.objects, EVENT + MORE.get(n.name, []), ("it", "the code"))
        kind = hyphened(n.name.removeprefix("hg"))
        # An alarm and its clear are of the alarm's own kind.
        if not n.name.startswith("hgAlarm") and kind not in kinds:
            wrong.append(f"{n.name}: nothing in src/ tells an event of kind {kind}")
    return wrong


def yang(e):
    """Each REFERENCE to the YANG module names something there that says the same."""
    wrong = []
    for module in (e.mib, e.server):
        for name, reference in module.references.items():
            wrong += against_yang(e, name, reference, mib_model.Object(name, "", "type", type=module.types[name]))
        for o in module.objects.values():
            wrong += against_yang(e, o.name, o.reference, o)
    return wrong


def against_yang(e, name, reference, here):
    if not reference.startswith("YANG module headgate: "):
        return []
    there = e.yang.find(reference.split(": ")[1].replace(" ", ""))
    sides = ("the MIB", "YANG")
    if there is None:
        return [f"{name}: the YANG module has no {reference.split(': ')[1]}"]
    wrong = []
    enumeration, ranges = e.resolved(here.type)
    own = ONLY_MIB.get(here.name if here.kind == "type" else here.type.name, [])
    listed = [n for n, _ in enumeration if n not in own]
    if here.type.name != "InetAddressType":
        wrong += unequal(f"{name}: names", listed, [joined(n) for n in there.enumeration], sides)
    if here.kind != "type" and (there.default is not None or here.default not in (None, "", "''H", '""')):
        theirs = None if there.default is None else joined(there.default)
        wrong += unequal(f"{name}: default", (here.default or "").strip('"') or None, theirs, sides)
    # A row's index has 32 bits, whatever YANG has.
    if there.range and there.base != "uint64" and ranges and here.type.base in ("Unsigned32", "Integer32"):
        wrong += unequal(f"{name}: range", (ranges[0][0], ranges[-1][1]), there.range, sides)
    if there.longest and there.longest <= 255 and here.type.name == "SnmpAdminString":
        wrong += unequal(f"{name}: length", ranges[-1][1] if ranges else 255, there.longest, sides)
    if there.units == "permille" or (there.units and here.units):
        if here.kind != "type":
            wrong += unequal(f"{name}: units", here.units, there.units, sides)
    return wrong


ALL = [smilint, net_snmp, words, server_numbers, manager_numbers, server_values, code_texts, ordered_words, notifications, yang]
