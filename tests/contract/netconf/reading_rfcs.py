"""RFC 6243 (with-defaults), RFC 6022 (monitoring) and RFC 8525 (yang-library)."""
from clauses import clause
from servers import fails, is_ok
from wire import local

WD = "urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults"
TAG = "urn:ietf:params:xml:ns:netconf:default:1.0"
MONITORING = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"
LIBRARY = "urn:ietf:params:xml:ns:yang:ietf-yang-library"
YANG = "urn:ietf:params:xml:ns:yang:1"


def mode(word):
    return f'<with-defaults xmlns="{WD}">{word}</with-defaults>'


def protocols(t, word, of=None):
    """Each app's `protocol`, None where it is not shown, with its tag; of a read in a mode."""
    data = of if of is not None else t.read(more=mode(word) if word else "")
    found = {}
    for entry in t.model.entries(data, t.model.app):
        leaf = [e for e in entry if local(e) == "protocol"]
        found[entry[0].text] = (leaf[0].text, leaf[0].get(f"{{{TAG}}}default")) if leaf else None
    return found


def three(t):
    m = t.model
    t.set(m.config(m.an_app("default", protocol="http", port="1"), m.an_app("other", protocol="tcp", port="2")))


@clause("6243 4.3", "The capability names the basic mode, and what else is supported")
def with_defaults_is_advertised_once(t):
    told = [c for c in t.capabilities if ":with-defaults:" in c]
    assert len(told) == 1, told
    base, query = told[0].split("?")
    assert base == "urn:ietf:params:netconf:capability:with-defaults:1.0"
    fields = dict(f.split("=") for f in query.split("&"))
    assert fields["basic-mode"] == "explicit"
    assert set(fields["also-supported"].split(",")) == {"report-all", "report-all-tagged", "trim"}, fields


@clause("6243 2.3", "explicit, the basic mode: what a client has set, defaults among it")
def explicit_shows_what_was_set(t):
    three(t)
    expected = {"web": None, "default": ("http", None), "other": ("tcp", None)}
    assert protocols(t, None) == expected, protocols(t, None)
    assert protocols(t, "explicit") == expected


@clause("6243 3.1", "report-all: every value, set or not")
def report_all_shows_everything(t):
    three(t)
    assert protocols(t, "report-all") == {"web": ("http", None), "default": ("http", None), "other": ("tcp", None)}


@clause("6243 3.2", "trim: no value that equals its default")
def trim_leaves_defaults_out(t):
    three(t)
    assert protocols(t, "trim") == {"web": None, "default": None, "other": ("tcp", None)}, protocols(t, "trim")


@clause("6243 3.4", "report-all-tagged: every value, and wd:default=\"true\" on each that is the default")
def report_all_tagged_tags_defaults(t):
    three(t)
    got = protocols(t, "report-all-tagged")
    assert got["web"] == ("http", "true") and got["other"] == ("tcp", None), got
    # RFC 6243, 3.4: nodes "that would otherwise be considered default data": a basic mode of explicit does not call
    # default what a client has set.
    assert got["default"] in (("http", None), ("http", "true")), got


@clause("6243 4.5.1", "get and get-config take the mode, copy-config too; another word is refused")
def each_reading_operation_takes_the_mode(t):
    m = t.model
    got = t.s.rpc(f"<get><filter>{m.config()}</filter>{mode('report-all')}</get>").data
    assert protocols(t, None, got)["web"] == ("http", None)
    assert t.s.rpc(f"<get>{mode('everything')}</get>").errors
    fails(t.s.rpc(f"<get-config><source><running/></source>{mode('everything')}</get-config>"), ("invalid-value", "bad-element"))


@clause("6243 4.5.1", "The mode goes with a filter")
def the_mode_goes_with_a_filter(t):
    m = t.model
    content = m.config(f"<{m.app}><name>web</name><protocol/></{m.app}>")
    assert m.apps(t.read(more=f"<filter>{content}</filter>{mode('report-all')}")) == {"web": {"name": "web", "protocol": "http"}}


@clause("6243 4.5.2", "An edit's wd:default=\"true\" sets the leaf back to its default; with another value it is invalid-value")
def a_tagged_edit_sets_the_default(t):
    m = t.model
    three(t)
    leaf = '<{0}><name>{1}</name><protocol xmlns:wd="{2}" wd:default="true">{3}</protocol></{0}>'
    is_ok(t.edit(m.config(leaf.format(m.app, "other", TAG, "http"))))
    assert protocols(t, None)["other"] is None
    fails(t.edit(m.config(leaf.format(m.app, "default", TAG, "tcp"))), "invalid-value", [m.top, m.app, "protocol"])


@clause("6243 4.5.2", "What report-all-tagged has given is taken back as it is")
def a_tagged_configuration_can_be_given_back(t):
    from lxml import etree
    data = t.read(more=mode("report-all-tagged"))
    before = etree.tostring(t.read())
    text = "".join(etree.tostring(top).decode() for top in data)
    is_ok(t.edit(text, before="<default-operation>replace</default-operation>"))
    assert etree.tostring(t.read()) == before, "it became another configuration"


# -- RFC 6022


def state(t, content=""):
    data = t.s.rpc(f'<get><filter><netconf-state xmlns="{MONITORING}">{content}</netconf-state></filter></get>').data
    return data.find(f"{{{MONITORING}}}netconf-state")


def of(element, name):
    return element.findtext(f"{{{MONITORING}}}{name}")


def schemas(t):
    return [(of(s, "identifier"), of(s, "version"), of(s, "format").split(":")[-1], of(s, "namespace"), of(s, "location"))
            for s in state(t, "<schemas/>").iter(f"{{{MONITORING}}}schema")]


@clause("6022 2.1.1", "netconf-state tells the capabilities of the hello")
def the_state_tells_the_capabilities(t):
    told = [e.text for e in state(t, "<capabilities/>").iter(f"{{{MONITORING}}}capability")]
    assert set(told) == set(t.capabilities), set(told) ^ set(t.capabilities)


@clause("6022 2.1.2", "netconf-state tells each datastore, and who has locked it since when")
def the_state_tells_the_datastores_and_their_locks(t):
    names = {"running"} | {n for n in ("candidate", "startup") if t.offers(n)}
    told = {of(d, "name"): d for d in state(t, "<datastores/>").iter(f"{{{MONITORING}}}datastore")}
    assert set(told) == names and all(d.find(f"{{{MONITORING}}}locks") is None for d in told.values())
    is_ok(t.s.rpc("<lock><target><running/></target></lock>"))
    lock = next(state(t, "<datastores/>").iter(f"{{{MONITORING}}}global-lock"))
    assert of(lock, "locked-by-session") == str(t.s.id) and of(lock, "locked-time"), lock


@clause("6022 2.1.3", "netconf-state tells every schema that there is")
def the_state_tells_the_schemas(t):
    told = schemas(t)
    assert (t.model.module, t.model.revision, "yang", t.model.namespace, "NETCONF") in told, told
    assert {"ietf-netconf", "ietf-netconf-monitoring", "ietf-yang-library"} <= {s[0] for s in told}
    assert len({s[:3] for s in told}) == len(told)


UNCOUNTED = "a virtual appliance keeps no statistics"


@clause("6022 2.1.4", "netconf-state tells every session: whose, from where, since when, and its counters")
def the_state_tells_the_sessions(t):
    other = t.session()
    other.rpc("<get-config><source><running/></source></get-config>")
    other.rpc("<nothing/>")
    told = {int(of(s, "session-id")): s for s in state(t, "<sessions/>").iter(f"{{{MONITORING}}}session")}
    assert {t.s.id, other.id} <= set(told), set(told)
    one = told[other.id]
    assert of(one, "username") and of(one, "login-time")
    # Section 2.1.5: a correct rpc that is refused counts as one of in-rpcs, one that is none as one of in-bad-rpcs.
    counters = [int(of(one, name)) for name in ("in-rpcs", "in-bad-rpcs", "out-rpc-errors", "out-notifications")]
    assert counters == [1, 1, 1, 0], counters


@clause("6022 2.1.5", "netconf-state tells what the server has counted since its start", deviations={s: UNCOUNTED for s in ("appliance", "plain")})
def the_state_tells_the_statistics(t):
    statistics = next(state(t, "<statistics/>").iter(f"{{{MONITORING}}}statistics"))
    names = {local(e) for e in statistics}
    assert names == {"netconf-start-time", "in-bad-hellos", "in-sessions", "dropped-sessions", "in-rpcs", "in-bad-rpcs", "out-rpc-errors",
                     "out-notifications"}, names


def get_schema(t, identifier, version=None, form=None):
    more = (f"<version>{version}</version>" if version is not None else "") + (f"<format>{form}</format>" if form else "")
    return t.s.rpc(f'<get-schema xmlns="{MONITORING}"><identifier>{identifier}</identifier>{more}</get-schema>')


@clause("6022 3.1", "get-schema gives each schema that is told, by name, by version, and in YANG")
def get_schema_gives_every_schema(t):
    for identifier, version, _, namespace, _ in schemas(t):
        text = get_schema(t, identifier, version).data.text
        assert f"module {identifier}" in text and (namespace in text or "submodule" in text), f"{identifier}: {text[:100]}"
    assert get_schema(t, t.model.module).data.text == get_schema(t, t.model.module, t.model.revision, "yang").data.text


@clause("6022 3.1", "get-schema of what there is not is invalid-value; without a name missing-element")
def get_schema_of_what_there_is_not_is_invalid_value(t):
    m = t.model
    for reply in (get_schema(t, "nobody"), get_schema(t, m.module, "1999-01-01"), get_schema(t, m.module, form="rng")):
        fails(reply, "invalid-value")
    fails(t.s.rpc(f'<get-schema xmlns="{MONITORING}"/>'), "missing-element", bad_element="identifier")


@clause("6022 3.1", "A format goes by its identity, whatever the prefix")
def the_format_of_a_schema_goes_by_its_identity(t):
    reply = t.s.rpc(f'<get-schema xmlns="{MONITORING}" xmlns:n="{MONITORING}"><identifier>{t.model.module}</identifier>'
                    "<format>n:yang</format></get-schema>")
    assert f"module {t.model.module}" in reply.data.text


# -- RFC 8525


def library(t):
    data = t.s.rpc(f'<get><filter><yang-library xmlns="{LIBRARY}"/></filter></get>').data
    return data.find(f"{{{LIBRARY}}}yang-library")


def named(element, name):
    return element.findtext(f"{{{LIBRARY}}}{name}")


@clause("8525 3", "yang-library tells each module with name, revision, namespace and features, and our own among them")
def the_library_tells_the_modules(t):
    modules = {named(m, "name"): m for m in library(t).iter(f"{{{LIBRARY}}}module")}
    own = modules[t.model.module]
    assert named(own, "revision") == t.model.revision and named(own, "namespace") == t.model.namespace
    features = {f.text for f in modules["ietf-netconf"].findall(f"{{{LIBRARY}}}feature")}
    words = {w for w in ("candidate", "confirmed-commit", "rollback-on-error", "startup", "validate", "writable-running", "xpath", "url")
             if t.offers(w)}
    assert features == words, f"features {features}, capabilities {words}"


@clause("8525 2", "Each datastore that is offered has a schema in yang-library")
def the_library_tells_the_datastores(t):
    found = library(t)
    stores = {named(d, "name").split(":")[-1]: named(d, "schema") for d in found.findall(f"{{{LIBRARY}}}datastore")}
    names = {"running"} | {n for n in ("candidate", "startup") if t.offers(n)}
    assert names <= set(stores), f"{names} offered, {set(stores)} told"
    assert set(stores) - {"running", "candidate", "startup", "operational", "intended"} == set()
    assert not {"candidate", "startup"} & (set(stores) - names), f"{set(stores)} told, {names} offered"
    assert set(stores.values()) <= {named(s, "name") for s in found.findall(f"{{{LIBRARY}}}schema")}


@clause("8525 3", "The content-id is that of the hello's capability, and stays as long as the modules do")
def the_content_id_is_the_hellos(t):
    told = next(c for c in t.capabilities if ":yang-library:" in c).split("content-id=")[1].split("&")[0]
    assert named(library(t), "content-id") == told
    assert named(library(t), "content-id") == named(library(t), "content-id")


@clause("8525 4", "modules-state of the former revision tells the same modules, for older clients")
def the_former_library_tells_the_same_modules(t):
    data = t.s.rpc(f'<get><filter><modules-state xmlns="{LIBRARY}"/></filter></get>').data
    old = {named(m, "name") for m in data.iter(f"{{{LIBRARY}}}module")}
    assert {named(m, "name") for m in library(t).iter(f"{{{LIBRARY}}}module")} <= old


@clause("8525 3", "Every module that is implemented can be had by get-schema")
def every_module_of_the_library_can_be_had(t):
    for module in library(t).iter(f"{{{LIBRARY}}}module"):
        assert f"module {named(module, 'name')}" in get_schema(t, named(module, "name"), named(module, "revision") or "").data.text
