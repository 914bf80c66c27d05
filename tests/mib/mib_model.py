"""A MIB module as smidump understands it, as values."""
import dataclasses
import os
import pathlib
import re
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree


@dataclasses.dataclass
class Type:
    """A syntax or a textual convention: what it is called, and what it allows."""
    name: str = ""
    base: str = ""
    enumeration: list = dataclasses.field(default_factory=list)  # of (name, number)
    ranges: list = dataclasses.field(default_factory=list)       # of (least, most): of a number, or of a length


@dataclasses.dataclass
class Object:
    name: str
    oid: str
    kind: str  # scalar, column, row, table, node
    access: str = ""
    type: Type = dataclasses.field(default_factory=Type)
    default: str | None = None
    units: str = ""
    description: str = ""
    reference: str = ""


@dataclasses.dataclass
class Notification:
    name: str
    oid: str
    objects: list
    description: str = ""


@dataclasses.dataclass
class Module:
    name: str
    types: dict
    references: dict  # of a textual convention
    objects: dict
    notifications: dict

    def children(self, oid):
        return [o for o in self.objects.values() if o.oid.rpartition(".")[0] == oid]


class Tools:
    """smilint, smidump and Net-SNMP's parser, with these folders of modules and no settings of the machine's."""

    def __init__(self, folders):
        self.folders = [str(folder) for folder in folders]
        # Net-SNMP's tools make, and tell of, folders where they keep things.
        self.kept = tempfile.TemporaryDirectory(prefix="headgate-mib-")
        pathlib.Path(self.kept.name, "cert_indexes").mkdir()
        self.environment = {**os.environ, "SMIPATH": ":".join(self.folders), "MIBS": "", "MIBDIRS": "",
                            "SNMPCONFPATH": "/nonexistent", "SNMP_PERSISTENT_DIR": self.kept.name, "LC_ALL": "C"}

    def run(self, *words):
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, env=self.environment)
        return done.returncode, done.stdout, done.stderr

    def lint(self, path):
        _, said, complained = self.run("smilint", "-c", "/dev/null", "-s", "-m", "-l", "6", str(path))
        return [line for line in (said + complained).splitlines() if line.strip()]

    def dump(self, name):
        code, said, complained = self.run("smidump", "-c", "/dev/null", "-q", "-f", "xml", name)
        if code != 0 or f'<module name="{name}"' not in said:
            raise ValueError(f"smidump makes nothing of {name}: {complained or said}")
        return ElementTree.fromstring(said)

    def translate(self, modules, names):
        """(lines, complaints) of Net-SNMP's parser; it always says that it skipped the base modules' macros."""
        _, said, complained = self.run("snmptranslate", "-Pw", "-M", ":".join(self.folders), "-m", ":".join(modules),
                                       "-On", *names)
        skipped = re.compile(r"^[A-Z-]+ MACRO \(lines \d+\.\.\d+ parsed and ignored\)\.$")
        return said.split(), [line for line in complained.splitlines() if line and not skipped.match(line)]


def _text(element, tag):
    found = element.find(tag)
    return " ".join(found.text.split()) if found is not None and found.text else ""


def _type(element):
    parent = element.find("parent")
    return Type(element.get("name") or (parent.get("name") if parent is not None else ""), element.get("basetype"),
                [(e.get("name"), int(e.get("number"))) for e in element.findall("namednumber")],
                [(int(e.get("min")), int(e.get("max"))) for e in element.findall("range")])


def _syntax(element):
    syntax = element.find("syntax")
    if syntax is None:
        return Type()
    typedef = syntax.find("typedef")
    return _type(typedef) if typedef is not None else Type(syntax.find("type").get("name"))


def _object(element):
    default = element.find("default")
    return Object(element.get("name"), element.get("oid"), element.tag, _text(element, "access"), _syntax(element),
                  None if default is None else (default.text or "").strip(), _text(element, "units"),
                  _text(element, "description"), _text(element, "reference"))


def _notification(element):
    return Notification(element.get("name"), element.get("oid"),
                        [e.get("name") for e in element.iter("object")], _text(element, "description"))


def read(tools, name):
    tree = tools.dump(name)
    typedefs = tree.findall("typedefs/typedef")
    nodes = [e for e in tree.find("nodes").iter() if e.tag in ("node", "scalar", "table", "row", "column")
             and e.get("oid")]
    return Module(name, {e.get("name"): _type(e) for e in typedefs},
                  {e.get("name"): _text(e, "reference") for e in typedefs},
                  {e.get("name"): _object(e) for e in nodes},
                  {e.get("name"): _notification(e) for e in tree.iter("notification")})
