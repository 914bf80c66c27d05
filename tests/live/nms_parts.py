"""What the live test of Headgate's SNMP face stands on: its tables as an SNMP manager reads them, and who hears what it
tells unasked."""
import re

from snmp_parts import AUTH, COMMUNITY, PRIV, USER, Traps

MODULE = ".1.3.6.1.4.1.32473.7.1"
OBJECTS = f"{MODULE}.1"
POOLS, MEMBERS, APPLIANCES, TRANSACTIONS = (f"{OBJECTS}.{n}.1" for n in (4, 5, 6, 7))
SERVERS, ALARMS, TARGETS = (f"{OBJECTS}.{n}.1" for n in (10, 11, 12))
FULL, GROWN, SHRUNK, ENDED, RAISED, CLEARED, NOT_TOLD = (f"{MODULE}.0.{n}" for n in range(1, 8))
EVENT = f"{OBJECTS}.9"  # time, severity, kind, pool, server, appliance, transaction, text, count


class Nms:
    """Net-SNMP's tools, with the settings that lab/up leaves for them."""

    def __init__(self, lab):
        self.lab = lab
        self.place = lab.manager.describe()["snmp"]

    def run(self, tool, *words, patient=True):
        done = self.lab.run("manager", [tool, "-t", "2" if patient else "0.5", "-r", "3" if patient else "0", *words],
                            env={"SNMPCONFPATH": str(self.lab.manager.dir / "snmp"),
                                 "SNMP_PERSISTENT_DIR": str(self.lab.manager.dir / "snmp")}, timeout=60)
        return done.stdout + done.stderr

    def walk(self, start=MODULE, tool="snmpwalk", patient=True):
        """[(name, "TYPE: VALUE")], in the order told; a value may have several lines."""
        # -Cc: whether the order is right is the test's to say.
        text = self.run(tool, "-On", "-Oe", "-Ox", "-Cc", self.place, start, patient=patient)
        found = re.split(r"(?m)^(?=\.1\.[0-9.]+ = )", text)
        return [tuple(part.rstrip("\n").split(" = ", 1)) for part in found if " = " in part and " = No " not in part]

    def rows(self, entry):
        """{index: {column: value}}: an index of one name as that name, any other as numbers; a text as it is."""
        rows = {}
        for name, value in self.walk(entry):
            column, _, index = name.removeprefix(entry + ".").partition(".")
            rows.setdefault(_index(index), {})[int(column)] = _value(value)
        return rows

    def get(self, name):
        return _value(self.run("snmpget", "-On", "-Oe", "-Ox", self.place, name).partition(" = ")[2].strip())


def _index(text):
    length, *octets = map(int, text.split("."))
    return "".join(map(chr, octets)) if octets and length == len(octets) else text


def _value(said):
    kind, _, value = said.partition(": ")
    if kind == "Hex-STRING":
        octets = bytes.fromhex(value.replace("\n", " "))
        return octets.decode() if all(32 <= octet < 127 for octet in octets) else octets
    if kind in ("STRING", '""') or said == '""':
        return value.strip('"')
    number = re.search(r"-?\d+", value)
    return int(number[0]) if number else said


def numbers(name):
    return tuple(map(int, name.strip(".").split(".")))


class Hearer(Traps):
    """A snmptrapd that hears one kind of notifications; with `engine`, of v3 traps sent in its name."""

    def __init__(self, name, kind, version, engine=""):
        self.engine = engine
        super().__init__()
        self.name, self.kind, self.version = name, kind, version

    def configuration(self):
        engine = f"-e {self.engine} " if self.engine else ""
        return super().configuration() + f"createUser {engine}{USER}-nms SHA-256 {AUTH} AES {PRIV}\nauthUser log {USER}-nms priv\n"

    def entry(self, **more):
        """Of Headgate's configuration."""
        address, port = self.address.split(":")
        return {"name": self.name, "address": address, "port": int(port), "credential": f"nms-{self.version}", "type": self.kind,
                **more}

    def told(self, trap, *words):
        """Those that say all of these words."""
        return [line for line in self.heard(trap) if all(word in line for word in words)]


def credentials(folder):
    """Of the configuration: what these hearers believe."""
    for name, text in (("nms-v2c", COMMUNITY + "\n"), ("nms-v3", f"auth={AUTH}\npriv={PRIV}\n")):
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(text)
    return [{"name": "nms-v2c", "kind": "snmp-v2c", "secret-file": str(folder / "nms-v2c")},
            {"name": "nms-v3", "kind": "snmp-v3", "user": f"{USER}-nms", "secret-file": str(folder / "nms-v3")}]
