"""What the two servers' models have in common, by each one's own names: a list with a key and a text (`note`), a list with
mandatory leaves and a default (`app`), levels with a must (`policy`); and what only one of them has, None where it has not."""
from wire import local


NACM = "urn:ietf:params:xml:ns:yang:ietf-netconf-acm"


def nacm(*content):
    return f'<nacm xmlns="{NACM}" xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0">' + "".join(content) + "</nacm>"


def group(name, *users):
    return f"<groups><group><name>{name}</name>" + "".join(f"<user-name>{u}</user-name>" for u in users) + "</group></groups>"


def rules(name, of, *listed):
    """A rule-list of a group; each rule is its content, but for its name."""
    return f"<rule-list><name>{name}</name><group>{of}</group>" + "".join(
        f"<rule><name>{number}</name>{rule}</rule>" for number, rule in enumerate(listed)) + "</rule-list>"


NACM_OPERATOR = nacm(group("operators", "operator"), rules("operators", "operators", "<action>permit</action>"))


def texts(element):
    return {local(leaf): leaf.text or "" for leaf in element if isinstance(leaf.tag, str) and not len(leaf)}


class Model:
    note, text = "note", "text"
    app = "app"
    everything = True  # of YANG's statements: choices, user-ordered lists, anydata …

    def top_open(self, attributes=""):
        return f'<{self.top} xmlns="{self.namespace}" xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0" ' \
               f'xmlns:yang="urn:ietf:params:xml:ns:yang:1" {attributes}>'

    def config(self, *content, attributes=""):
        """What stands inside <config> or <filter>."""
        return self.top_open(attributes) + "".join(content) + f"</{self.top}>"

    @staticmethod
    def op(operation):
        return f' nc:operation="{operation}"' if operation else ""

    def a_note(self, name, text=None, op="", text_op=""):
        leaf = "" if text is None else f"<{self.text}{self.op(text_op)}>{text}</{self.text}>"
        return f"<{self.note}{self.op(op)}><name>{name}</name>{leaf}</{self.note}>"

    def an_app(self, name, process="nginx", port="80", protocol=None, op="", more=""):
        leaf = {"process": process, "port": port, "protocol": protocol}
        content = "".join(f"<{k}>{v}</{k}>" for k, v in leaf.items() if v is not None)
        return f"<{self.app}{self.op(op)}><name>{name}</name>{content}{more}</{self.app}>"

    def found(self, data):
        """The top container in <data>, None where it is not there."""
        return data.find(f"{{{self.namespace}}}{self.top}")

    def entries(self, data, name):
        top = self.found(data)
        return [] if top is None else [e for e in top if local(e) == name]

    def notes(self, data):
        """Text by name; None where there is no text."""
        return {texts(e).get("name"): texts(e).get(self.text) for e in self.entries(data, self.note)}

    def apps(self, data):
        return {texts(e).get("name"): texts(e) for e in self.entries(data, self.app)}


class Conformance(Model):
    """conformance.yang, on a virtual appliance without a data plane."""
    note_has_state = False
    module, namespace, top = "conformance", "urn:headgate:test:conformance", "things"
    revision = "2026-12-01"
    lacks = {"TLS": "SSH alone", "call home": "calls nobody"}

    def baseline(self):
        return self.config(self.a_note("one", "first"), self.a_note("two", "second"), self.an_app("web", port="80"))

    def policy(self, content):
        return self.config(f"<policy>{content}</policy>")

    policy_path = ["things", "policy"]

    def dangling(self):
        return self.config("<ref>nobody</ref>"), ["things", "ref"]

    def not_unique(self):
        return self.config(*(f"<door><name>{n}</name><address>127.0.0.1</address><port>1</port></door>" for n in "ab")), \
            ["things", "door"]

    def too_few(self):
        return self.config("<group><name>g</name></group>"), ["things", "group", "part"]

    def when_false(self):
        return self.config("<credential><name>k</name><kind>ssh</kind><auth-protocol>sha</auth-protocol></credential>"), \
            ["things", "credential", "auth-protocol"]

    def case(self, which):
        """What stands in these cases of a choice, `a` and `b`."""
        cases = {"a": "<l1>1</l1><l2>2</l2>", "b": "<r1>1</r1>"}
        return self.config("".join(cases[w] for w in which))

    def cases(self, data):
        return {w for w, name in (("a", "l1"), ("b", "r1")) if self.entries(data, name)}

    def no_case(self):
        return self.config("<strict/>"), ["things", "strict"], "one"

    def presence(self, content):
        return self.config(f"<present>{content}</present>")

    def has_presence(self, data):
        return bool(self.entries(data, "present"))

    def action(self):
        """An action that the server does not do."""
        return self.config("<note><name>one</name><erase/></note>")


class Headgate(Model):
    """headgate.yang, in headgated."""
    module, namespace, top = "headgate", "urn:headgate:yang:headgate", "headgate"
    revision = "2026-12-01"
    note, text, app = "data-source", "description", "application"
    note_has_state = True
    lacks = {"user-ordered": "no ordered-by user in its model",
             "anydata": "no anydata in its model", "max-elements": "no max-elements in its model",
             "plain must": "every must of its model has an error-app-tag", "identity": "no identityref in its model",
             "instance-identifier": "no instance-identifier in its model", "empty": "no type empty in its model",
             "leaf-list": "no leaf-list without references in its model",
             "idle action": "every action of its model is done"}

    def __init__(self, folder):
        self.folder = folder

    def baseline(self):
        """All of it; no appliance answers, and none is needed: nothing here changes a member."""
        return self.config(
            "<notifications><enabled>false</enabled></notifications>", self.doors(),
            f"<credential><name>v2</name><kind>snmp-v2c</kind><secret-file>{self.folder}/community</secret-file></credential>"
            f"<credential><name>ssh</name><kind>ssh</kind><user>u</user><secret-file>{self.folder}/user</secret-file></credential>",
            "<profile><name>p</name><metric><name>cpu</name></metric></profile>",
            "<appliance><name>f5</name><family>f5</family><host>127.0.0.1</host><port>1</port><credential>ssh</credential>"
            f"<known-hosts-file>{self.folder}/known_hosts</known-hosts-file></appliance>",
            "<pool><name>web</name><application>web</application><held>true</held>"
            "<appliance><name>f5</name><object>/Common/web</object></appliance></pool>",
            self.a_note("one", "first"), self.a_note("two", "second"), self.an_app("web", port="80")) + NACM_OPERATOR

    def doors(self):
        users = "".join(f"<user><name>{name}</name><authorized-keys-file>{self.folder}/user.pub</authorized-keys-file></user>"
                        for name in ("operator", "guest"))
        return f"<netconf-server><ssh><name>a</name><listen-address>127.0.0.1</listen-address><listen-port>{self.port}</listen-port>" \
               f"<host-key-file>{self.folder}/host</host-key-file>{users}</ssh>" \
               f"<tls>{self.tls('<cert-to-name><id>1</id><map-type>common-name</map-type></cert-to-name>')}</tls></netconf-server>"

    def tls(self, names):
        """What stands in <tls>, with these cert-to-name."""
        return f"<name>t</name><listen-address>127.0.0.1</listen-address><listen-port>{self.tls_port}</listen-port>{self.tls_access(names)}"

    def tls_access(self, names):
        return f"<certificate-file>{self.folder}/server.pem</certificate-file><key-file>{self.folder}/server.key</key-file>" \
               f"<client-ca-file>{self.folder}/authority.pem</client-ca-file>{names}"

    def policy(self, content):
        return self.config(f"<pool><name>web</name><policy>{content}</policy></pool>")

    policy_path = ["headgate", "pool", "policy"]

    def dangling(self):
        return self.config("<pool><name>web</name><application>nobody</application></pool>"), ["headgate", "pool", "application"]

    def not_unique(self):
        return self.config(self.doors().replace("<name>a</name>", "<name>b</name>")), ["headgate", "netconf-server", "ssh"]

    def too_few(self):
        return self.config("<profile><name>q</name></profile>"), ["headgate", "profile", "metric"]

    def when_false(self):
        return self.config("<credential><name>ssh</name><auth-protocol>sha</auth-protocol></credential>"), \
            ["headgate", "credential", "auth-protocol"]

    def case(self, which):
        """What stands in these cases of a choice, `a` and `b`."""
        cases = {"a": "<ssh/>", "b": "<tls/>"}
        return self.config("<netconf-server><call-home><name>c</name><address>127.0.0.1</address>" + "".join(cases[w] for w in which)
                           + "</call-home></netconf-server>")

    def cases(self, data):
        words = {"ssh": "a", "tls": "b"}
        return {words[local(e)] for called in data.iter(f"{{{self.namespace}}}call-home") for e in called if local(e) in words}

    def no_case(self):
        return self.case(""), ["headgate", "netconf-server", "call-home"], "transport"

    def presence(self, content):
        inner = f"<address>127.0.0.1</address><credential>v2</credential>{content}" if content is not None else ""
        return self.config(f"<appliance><name>f5</name><snmp>{inner}</snmp></appliance>")

    def has_presence(self, data):
        return any(local(e) == "snmp" for a in self.entries(data, "appliance") for e in a)
