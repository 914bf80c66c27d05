"""RFC 8526: get-data and edit-data, on the datastores of RFC 8342."""
from clauses import clause, refusal
from servers import fails, is_ok
from wire import local

NMDA = "ietf-netconf-nmda"
SPACE = "urn:ietf:params:xml:ns:yang:ietf-netconf-nmda"
STORES = "urn:ietf:params:xml:ns:yang:ietf-datastores"
ORIGIN = "urn:ietf:params:xml:ns:yang:ietf-origin"
LIBRARY = "urn:ietf:params:xml:ns:yang:ietf-yang-library"


def asked(datastore, more=""):
    return f'<get-data xmlns="{SPACE}" xmlns:ds="{STORES}" xmlns:or="{ORIGIN}"><datastore>ds:{datastore}</datastore>{more}</get-data>'


def got(t, datastore, more="", session=None):
    data = (session or t.s).rpc(asked(datastore, more)).data
    assert data.tag == f"{{{SPACE}}}data", data.tag
    return data


def edited(t, content, datastore=None, more="", config=True):
    body = f"<config>{content}</config>" if config else ""
    return t.s.rpc(f'<edit-data xmlns="{SPACE}" xmlns:ds="{STORES}"><datastore>ds:{datastore or t.store}</datastore>{more}{body}</edit-data>')


def names(element):
    return {local(e) for e in element.iter() if isinstance(e.tag, str)}


@clause("8526 3.1.1", "get-data of a conventional datastore gives its configuration, and no state", needs=NMDA)
def get_data_gives_a_datastores_configuration(t):
    m = t.model
    t.set(m.config(m.a_note("new")))
    assert set(m.notes(got(t, "running"))) == {"one", "two"}
    if t.store == "candidate":
        assert set(m.notes(got(t, "candidate"))) == {"one", "two", "new"}
    assert not {"daemon", "level"} & names(got(t, "running"))


@clause("8526 3.1.1", "get-data of operational gives what is in use: state, and defaults that nobody set", needs=NMDA)
def get_data_of_operational_gives_state(t):
    m = t.model
    data = got(t, "operational")
    assert {"daemon", "level"} <= names(data) and set(m.notes(data)) == {"one", "two"}
    assert m.apps(data)["web"]["protocol"] == "http"


@clause("8526 3.1.1", "A datastore that there is not is invalid-value; none is missing-element", needs=NMDA)
def get_data_of_an_unknown_datastore_is_refused(t):
    for name in ["intended", "nothing"] + [n for n in ("candidate", "startup") if not t.offers(n)]:
        fails(t.s.rpc(asked(name)), "invalid-value")
    fails(t.s.rpc(f'<get-data xmlns="{SPACE}"/>'), "missing-element", bad_element="datastore")


@clause("8526 3.1.1", "subtree-filter and xpath-filter select as those of get do", needs=NMDA)
def get_data_takes_filters(t):
    m = t.model
    data = got(t, "running", f"<subtree-filter>{m.config(m.a_note('one'))}</subtree-filter>")
    assert m.notes(data) == {"one": "first"} and m.apps(data) == {}
    assert len(got(t, "running", "<subtree-filter/>")) == 0
    if t.offers("xpath"):
        data = got(t, "running", f"<xpath-filter xmlns:x=\"{m.namespace}\">/x:{m.top}/x:{m.note}[x:name='two']</xpath-filter>")
        assert m.notes(data) == {"two": "second"}
        assert t.s.rpc(asked("running", "<xpath-filter>/[</xpath-filter>")).errors


@clause("8526 3.1.1", "config-filter gives configuration alone, or state alone with what it is in", needs=NMDA)
def get_data_divides_configuration_and_state(t):
    m = t.model
    state = got(t, "operational", "<config-filter>false</config-filter>")
    # Of an entry that has state nothing else but its keys is there.
    assert "level" in names(state) and set(m.notes(state).values()) <= {None} and (m.note_has_state or not m.notes(state))
    configured = got(t, "operational", "<config-filter>true</config-filter>")
    assert "level" not in names(configured) and set(m.notes(configured)) == {"one", "two"}


@clause("8526 3.1.1", "max-depth cuts off what is deeper; it is 1..65535 or unbounded", needs=NMDA)
def get_data_takes_a_depth(t):
    m = t.model
    assert [len(e) for e in got(t, "running", "<max-depth>1</max-depth>")][:1] == [0]
    second = got(t, "running", "<max-depth>2</max-depth>")
    assert m.entries(second, m.note) and not any(m.notes(second).values())
    assert m.notes(got(t, "running", "<max-depth>3</max-depth>")) == {"one": "first", "two": "second"}
    assert m.notes(got(t, "running", "<max-depth>unbounded</max-depth>")) == {"one": "first", "two": "second"}
    for bad in ("0", "65536", "x"):
        assert t.s.rpc(asked("running", f"<max-depth>{bad}</max-depth>")).errors, bad


@clause("8526 3.1.1", "with-origin tells of operational where a value comes from; of another datastore it is refused", needs=NMDA)
def get_data_tells_origins(t):
    m = t.model
    data = got(t, "operational", "<with-origin/>")
    top = m.found(data)
    origin = f"{{{ORIGIN}}}origin"
    assert top.get(origin, "").endswith("intended"), dict(top.attrib)
    told = {e.get(origin).split(":")[-1] for e in data.iter() if isinstance(e.tag, str) and e.get(origin)}
    assert "default" in told, told
    assert t.s.rpc(asked("running", "<with-origin/>")).errors


@clause("8526 3.1.1", "origin-filter and negated-origin-filter select by it", needs=NMDA)
def get_data_selects_by_origin(t):
    m = t.model
    defaults = got(t, "operational", "<origin-filter>or:default</origin-filter>")
    assert m.apps(defaults)["web"] == {"name": "web", "protocol": "http"}, m.apps(defaults)
    rest = got(t, "operational", "<negated-origin-filter>or:default</negated-origin-filter>")
    assert "protocol" not in m.apps(rest)["web"] and m.apps(rest)["web"]["port"] == "80"


@clause("8526 3.1.1", "with-defaults goes with get-data", needs=NMDA)
def get_data_takes_with_defaults(t):
    m = t.model
    space = "urn:ietf:params:xml:ns:yang:ietf-netconf-nmda"
    assert "protocol" not in m.apps(got(t, "running"))["web"]
    every = got(t, "running", f'<with-defaults xmlns="{space}">report-all</with-defaults>')
    assert m.apps(every)["web"]["protocol"] == "http"


@clause("8525 2", "yang-library is in operational", needs=NMDA)
def the_library_is_in_operational(t):
    data = got(t, "operational", f'<subtree-filter><yang-library xmlns="{LIBRARY}"/></subtree-filter>')
    stores = {e.text.split(":")[-1] for d in data.iter(f"{{{LIBRARY}}}datastore") for e in d if local(e) == "name"}
    assert {"running", "operational"} <= stores, stores


@clause("8526 3.1.2", "edit-data edits as edit-config does, with operations and default-operation", needs=NMDA)
def edit_data_edits(t):
    m = t.model
    is_ok(edited(t, m.config(m.a_note("new", "n", op="create"), m.a_note("one", op="delete"))))
    assert t.notes() == {"two": "second", "new": "n"}
    is_ok(edited(t, m.config(m.a_note("two", "unseen")), more="<default-operation>none</default-operation>"))
    assert t.notes() == {"two": "second", "new": "n"}
    fails(edited(t, m.config(m.a_note("two", op="create"))), "data-exists", [m.top, m.note])


@clause("8526 3.1.2", "edit-data does all of an edit or nothing", needs=NMDA)
def edit_data_does_all_or_nothing(t):
    m = t.model
    fails(edited(t, m.config(m.a_note("good"), m.a_note("nobody", op="delete"))), "data-missing", [m.top, m.note])
    assert t.notes() == {"one": "first", "two": "second"}


@clause("8526 3.1.2", "edit-data of what is not edited is invalid-value: operational, an unknown datastore; without config missing-element",
        needs=NMDA)
def edit_data_of_what_is_not_edited_is_refused(t):
    m = t.model
    for name in ["operational", "intended"] + ([] if t.offers("writable-running") else ["running"]):
        fails(edited(t, m.config(m.a_note("new")), name), "invalid-value")
    fails(edited(t, "", config=False), "missing-element")
    assert t.notes() == {"one": "first", "two": "second"}


@clause("8526 3.2", "lock and unlock take a datastore by its identity", needs=NMDA)
def lock_takes_a_datastore_by_its_identity(t):
    target = f'<target><datastore xmlns="{SPACE}" xmlns:ds="{STORES}">ds:running</datastore></target>'
    is_ok(t.s.rpc(f"<lock>{target}</lock>"))
    fails(t.session().rpc("<lock><target><running/></target></lock>"), "lock-denied", session_id=str(t.s.id))
    is_ok(t.s.rpc(f"<unlock>{target}</unlock>"))
    operational = target.replace("running", "operational")
    assert t.s.rpc(f"<lock>{operational}</lock>").errors


@clause("8526 3.2", "validate takes a datastore by its identity", needs=NMDA)
def validate_takes_a_datastore_by_its_identity(t):
    source = f'<source><datastore xmlns="{SPACE}" xmlns:ds="{STORES}">ds:{t.store}</datastore></source>'
    is_ok(t.s.rpc(f"<validate>{source}</validate>"))
    t.set(t.model.policy("<lower>900</lower>"))
    fails(t.s.rpc(f"<validate>{source}</validate>"), "operation-failed", t.model.policy_path, "levels-crossed")


@refusal(NMDA)
def nmda_is_refused(t):
    fails(t.s.rpc(asked("running")), ("operation-not-supported", "unknown-namespace", "unknown-element"))
    fails(edited(t, t.model.config()), ("operation-not-supported", "unknown-namespace", "unknown-element"))
