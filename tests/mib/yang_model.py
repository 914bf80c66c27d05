"""What of a YANG module can be held against a MIB: its typedefs and leaves, as yanglint prints them (YIN)."""
import dataclasses
import subprocess
import xml.etree.ElementTree as ElementTree

YIN = "{urn:ietf:params:xml:ns:yang:yin:1}"
SEARCH = ("-p", "/usr/share/yuma/modules/ietf")  # of what a module of ours imports
NODES = ("container", "list", "leaf", "leaf-list")
WHOLE = {"uint8": 255, "uint16": 65535, "uint32": 4294967295, "uint64": 2**64 - 1}


@dataclasses.dataclass
class Leaf:
    base: str = ""  # the built-in type, or another module's
    typedef: str = ""  # the module's own that it is of
    enumeration: list = dataclasses.field(default_factory=list)
    range: tuple | None = None
    longest: int | None = None
    default: str | None = None
    units: str = ""


def _bounds(text, most):
    """(least, most) of a range or length such as "1..max" or "0..10 | 20"."""
    ends = [end.strip() for part in text.split("|") for end in part.split("..")]
    return tuple(0 if end == "min" else most if end == "max" else float(end) if "." in end else int(end)
                 for end in (ends[0], ends[-1]))


class Module:
    """The module in this file; raises ValueError when yanglint does not accept it."""

    def __init__(self, path):
        done = subprocess.run(["yanglint", *SEARCH, "-f", "yin", str(path)], capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise ValueError(f"yanglint does not accept {path}: {done.stderr}")
        self.top = ElementTree.fromstring(done.stdout)
        self.typedefs = {e.get("name"): e for e in self.top.findall(YIN + "typedef")}
        self.groupings = {e.get("name"): e for e in self.top.findall(YIN + "grouping")}

    def find(self, reference):
        """A typedef by its name, or a node by its path (/headgate/...), as a Leaf; empty when there is none."""
        if not reference.startswith("/"):
            element = self.typedefs.get(reference)
        else:
            element = self._walk(reference)
        return None if element is None else self._leaf(element)

    def _children(self, element):
        for child in element:
            if child.tag == YIN + "uses":
                yield from self._children(self.groupings[child.get("name")])
            elif child.tag.removeprefix(YIN) in NODES:
                yield child

    def _walk(self, path):
        here = self.top
        for step in path.strip("/").split("/"):
            here = next((c for c in self._children(here) if c.get("name") == step), None)
            if here is None:
                return None
        return here

    def _leaf(self, element):
        leaf = Leaf()
        kind = element.find(YIN + "type")
        if kind is not None:
            self._type(kind, leaf)
        for tag, attribute in (("default", "value"), ("units", "name")):
            found = element.find(YIN + tag)
            if found is not None:
                setattr(leaf, tag, found.get(attribute))
        return leaf

    def _type(self, kind, leaf):
        name = kind.get("name")
        if name in self.typedefs:
            inner = self._leaf(self.typedefs[name])
            leaf.__dict__.update(inner.__dict__)
            leaf.typedef = name
        elif name == "leafref":
            # A path of ours ends in the list and leaf that it means: ../../pool/name.
            path = kind.find(YIN + "path").get("value").replace("../", "")
            target = self._walk("/headgate/" + path)
            if target is not None:
                leaf.__dict__.update(self._leaf(target).__dict__)
        else:
            leaf.base = name
        leaf.enumeration = [e.get("name") for e in kind.findall(YIN + "enum")] or leaf.enumeration
        for tag, field in (("range", "range"), ("length", "longest")):
            found = kind.find(YIN + tag)
            if found is not None:
                bounds = _bounds(found.get("value"), WHOLE.get(leaf.base, 0))
                setattr(leaf, field, bounds if field == "range" else bounds[1])
        if leaf.range is None and leaf.base in WHOLE:
            leaf.range = (0, WHOLE[leaf.base])
