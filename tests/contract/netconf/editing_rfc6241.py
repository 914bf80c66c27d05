"""RFC 6241, section 7.2, and the rules of RFC 7950 for edit-config: 7.5.8, 7.6.7, 7.7.9, 7.8.6, 7.9.3, 7.10.3."""
from clauses import clause
from servers import fails, is_ok
from wire import local

NONE = "<default-operation>none</default-operation>"
REPLACE = "<default-operation>replace</default-operation>"


def leafs(t, *names):
    """Texts of the top container's own leaves of these names, in order."""
    top = t.model.found(t.read())
    return [e.text or "" for e in top if local(e) in names]


def order(t, name, key=None):
    """A user-ordered list as it is: keys, or values of a leaf-list."""
    return [e.findtext(f"{{{t.model.namespace}}}{key}") if key else e.text for e in t.model.entries(t.read(), name)]


# -- operations


@clause("6241 7.2", "merge, the default, adds what is new and changes what is named, and leaves the rest")
def merge_adds_and_changes_and_leaves_the_rest(t):
    m = t.model
    is_ok(t.edit(m.config(m.a_note("one", "changed"), m.a_note("three", "third"))))
    assert t.notes() == {"one": "changed", "two": "second", "three": "third"}
    assert set(t.apps()) == {"web"}
    is_ok(t.edit(m.config(m.a_note("one", "again", op="merge"))))
    assert t.notes()["one"] == "again"


@clause("6241 7.2", "replace puts what is given in the place of what was there")
def replace_takes_the_place_of_what_was_there(t):
    m = t.model
    is_ok(t.edit(m.config(f'<{m.note} nc:operation="replace"><name>one</name></{m.note}>', m.a_note("new", "n", op="replace"))))
    assert t.notes() == {"one": None, "two": "second", "new": "n"}
    assert set(t.apps()) == {"web"}


@clause("6241 7.2", "create makes what is not there; what is there is data-exists, at its path")
def create_of_what_is_there_is_data_exists(t):
    m = t.model
    is_ok(t.edit(m.config(m.a_note("new", "n", op="create"))))
    error = fails(t.edit(m.config(m.a_note("one", "n", op="create"))), "data-exists", [m.top, m.note])
    assert "'one'" in error.path, error
    fails(t.edit(m.config(m.a_note("one", "n", text_op="create"))), "data-exists", [m.top, m.note, m.text])
    assert t.notes() == {"one": "first", "two": "second", "new": "n"}


@clause("6241 7.2", "delete takes away; what is not there is data-missing, at its path")
def delete_of_what_is_not_there_is_data_missing(t):
    m = t.model
    is_ok(t.edit(m.config(m.a_note("one", op="delete"))))
    error = fails(t.edit(m.config(m.a_note("one", op="delete"))), "data-missing", [m.top, m.note])
    assert "'one'" in error.path, error
    is_ok(t.edit(m.config(f'<{m.note}><name>two</name><{m.text} nc:operation="delete"/></{m.note}>')))
    fails(t.edit(m.config(f'<{m.note}><name>two</name><{m.text} nc:operation="delete"/></{m.note}>')), "data-missing",
          [m.top, m.note, m.text])
    assert t.notes() == {"two": None}


@clause("6241 7.2", "remove takes away, and is silent about what is not there")
def remove_of_what_is_not_there_is_silent(t):
    m = t.model
    for _ in range(2):
        is_ok(t.edit(m.config(m.a_note("one", op="remove"))))
    is_ok(t.edit(m.config(f'<{m.note}><name>nobody</name><{m.text} nc:operation="remove"/></{m.note}>')))
    assert t.notes()["two"] == "second" and "one" not in t.notes()


@clause("6241 7.2", "The operation attribute is NETCONF's own: another word is bad-attribute, another namespace no operation")
def an_operation_that_there_is_not_is_bad_attribute(t):
    m = t.model
    fails(t.edit(m.config(m.a_note("one", op="destroy"))), ("bad-attribute", "invalid-value"))
    fails(t.edit(m.config(m.a_note("one", op="none"))), ("bad-attribute", "invalid-value"))
    assert t.notes() == {"one": "first", "two": "second"}


@clause("6241 7.2", "An attribute `operation` that is not of NETCONF's namespace is none of its operations")
def an_attribute_of_another_namespace_is_no_operation(t):
    m = t.model
    for attribute in ('operation="delete"', 'xmlns:o="urn:other" o:operation="delete"', 'xmlns:o="urn:other" o:operation="nonsense"'):
        t.edit(m.config(f'<{m.note} {attribute}><name>one</name></{m.note}>'))
        assert t.notes()["one"] == "first", attribute


@clause("6241 7.2", "An inner operation holds for what is below it, until the next")
def an_operation_holds_for_what_is_below(t):
    m = t.model
    is_ok(t.edit(m.config(m.a_note("one", "kept"), m.a_note("two", op="remove"), m.a_note("new", op="create"))))
    assert t.notes() == {"one": "kept", "new": None}
    fails(t.edit(m.config(m.a_note("new", "n"), attributes='nc:operation="create"')), "data-exists", [m.top])


@clause("6241 7.2", "A replaced parent holds only what is given with it")
def a_replaced_top_holds_only_what_is_given(t):
    m = t.model
    is_ok(t.edit(m.config(m.a_note("only", "o"), attributes='nc:operation="replace"'),
                 before="<test-option>set</test-option>" if t.offers("validate") else ""))
    assert t.notes() == {"only": "o"} and t.apps() == {}


# -- parameters


@clause("6241 7.2", "default-operation replace: the datastore becomes what is given")
def default_operation_replace_replaces_everything(t):
    m = t.model
    is_ok(t.edit(m.config(m.a_note("only")), before=REPLACE + ("<test-option>set</test-option>" if t.offers("validate") else "")))
    assert t.notes() == {"only": None} and t.apps() == {}


@clause("6241 7.2", "default-operation none changes only what has an operation of its own")
def default_operation_none_changes_nothing_by_itself(t):
    m = t.model
    is_ok(t.edit(m.config(m.a_note("one", "unseen")), before=NONE))
    assert t.notes() == {"one": "first", "two": "second"}
    is_ok(t.edit(m.config(m.a_note("one", "seen", text_op="merge"), m.a_note("two", op="delete"), m.a_note("new", "n", op="create")), before=NONE))
    assert t.notes() == {"one": "seen", "new": "n"}


@clause("6241 7.2", "default-operation none: what leads to an operation and is not there is data-missing")
def default_operation_none_misses_what_is_not_there(t):
    m = t.model
    fails(t.edit(m.config(m.a_note("nobody", "x", text_op="merge")), before=NONE), "data-missing", [m.top, m.note])
    assert "nobody" not in t.notes()


@clause("6241 7.2", "default-operation merge may be said; another word is invalid-value, and delete is none of them")
def default_operation_takes_its_three_words(t):
    m = t.model
    is_ok(t.edit(m.config(m.a_note("one", "said")), before="<default-operation>merge</default-operation>"))
    for word in ("create", "delete", "remove", "else", ""):
        fails(t.edit(m.config(m.a_note("one", "x")), before=f"<default-operation>{word}</default-operation>"), ("invalid-value", "bad-element"))
    assert t.notes()["one"] == "said"


@clause("6241 7.2", "error-option stop-on-error, the default, may be said; another word is invalid-value")
def error_option_takes_its_words(t):
    m = t.model
    is_ok(t.edit(m.config(m.a_note("one", "said")), before="<error-option>stop-on-error</error-option>"))
    fails(t.edit(m.config(m.a_note("one", "x")), before="<error-option>ignore</error-option>"), ("invalid-value", "bad-element"))


@clause("6241 7.2", "error-option continue-on-error does the rest, and tells every error")
def continue_on_error_does_the_rest(t):
    m = t.model
    reply = t.edit(m.config(m.a_note("nobody", op="delete"), m.a_note("good", "g"), m.a_note("one", "n", op="create"), m.a_note("two", "2")),
                   before="<error-option>continue-on-error</error-option>")
    assert {e.tag for e in reply.errors} == {"data-missing", "data-exists"} and not reply.ok, reply
    assert t.notes() == {"one": "first", "two": "2", "good": "g"}, t.notes()


@clause("6241 7.2", "The config may be empty, and changes nothing then")
def an_empty_config_changes_nothing(t):
    is_ok(t.edit(""))
    is_ok(t.edit("\n <!-- nothing --> \n"))
    is_ok(t.edit(t.model.config()))
    assert t.notes() == {"one": "first", "two": "second"}


@clause("6241 7.2", "Without config, or with text in its place, the edit is refused")
def an_edit_without_config_is_refused(t):
    fails(t.s.rpc(f"<edit-config><target><{t.store}/></target></edit-config>"), "missing-element")
    assert t.edit("text").errors
    assert t.edit(t.model.config() + "text").errors


@clause("6241 7.2", "An element that no module knows is unknown-namespace or unknown-element, and nothing is changed")
def what_no_module_knows_is_refused(t):
    m = t.model
    fails(t.edit(m.config(m.a_note("x")) + '<who xmlns="urn:nobody"/>'), "unknown-namespace", bad_element="who", bad_namespace="urn:nobody")
    fails(t.edit(m.config(m.a_note("x"), "<nothing/>")), "unknown-element", [m.top], bad_element="nothing")
    fails(t.edit(m.config(f"<{m.note}><name>x</name><nothing/></{m.note}>")), "unknown-element", [m.top, m.note], bad_element="nothing")
    assert "x" not in t.notes()


@clause("6241 7.2", "State cannot be edited")
def state_cannot_be_edited(t):
    m = t.model
    state = "<daemon><version>0</version></daemon>" if m.module == "headgate" else "<up>true</up>"
    fails(t.edit(m.config(state)), ("unknown-element", "bad-element", "invalid-value", "operation-not-supported"))


@clause("6241 7.2", "A refused edit leaves nothing of itself behind")
def a_refused_edit_leaves_nothing_behind(t):
    m = t.model
    fails(t.edit(m.config(m.a_note("new", "n"), m.a_note("two", op="delete"), m.an_app("bad", port="0"))), "invalid-value", [m.top, m.app, "port"])
    assert t.notes() == {"one": "first", "two": "second"}, t.notes()


@clause("6241 7.2", "The same node twice in one edit is refused")
def the_same_node_twice_is_refused(t):
    m = t.model
    fails(t.edit(m.config(m.a_note("new", "a"), m.a_note("new", "b"))), ("bad-element", "data-exists", "operation-failed"))
    fails(t.edit(m.config(f"<{m.note}><name>one</name><{m.text}>a</{m.text}><{m.text}>b</{m.text}></{m.note}>")),
          ("bad-element", "data-exists", "operation-failed"))
    assert t.notes() == {"one": "first", "two": "second"}


# -- RFC 7950


@clause("7950 7.5.8", "A container without presence goes with its last child, and is made by its first")
def a_plain_container_is_nothing_by_itself(t):
    m = t.model
    is_ok(t.edit(m.policy("<lower>200</lower>")))
    is_ok(t.edit(m.policy('<lower nc:operation="delete"/>')))
    assert not [e for e in m.found(t.read()).iter() if local(e) == "policy"], "an empty container is shown"
    is_ok(t.edit(m.policy("")))
    assert not [e for e in m.found(t.read()).iter() if local(e) == "policy"]


@clause("7950 7.5.8", "A container with presence is there when it was created, empty or not, and is created once")
def a_container_with_presence_is_data(t):
    m = t.model
    is_ok(t.edit(m.presence("")))
    assert m.has_presence(t.read())
    gone = m.presence("").replace("<present>", '<present nc:operation="delete">').replace("<snmp>", '<snmp nc:operation="delete">')
    is_ok(t.edit(gone))
    assert not m.has_presence(t.read())
    fails(t.edit(gone), "data-missing")


@clause("7950 7.6.7", "A leaf is replaced by a merge of another value, and created once")
def a_leaf_has_one_value(t):
    m = t.model
    is_ok(t.edit(m.config(m.a_note("one", "other"))))
    assert t.notes()["one"] == "other" and len(m.entries(t.read(), m.note)) == 2
    fails(t.edit(m.config(m.a_note("one", "third", text_op="create"))), "data-exists", [m.top, m.note, m.text])


@clause("7950 7.6.1", "A default in use may be created, and cannot be deleted before: it is not there")
def a_default_in_use_is_not_there(t):
    m = t.model
    app = '<{0}><name>web</name><protocol nc:operation="{1}">{2}</protocol></{0}>'
    fails(t.edit(m.config(app.format(m.app, "delete", ""))), "data-missing", [m.top, m.app, "protocol"])
    is_ok(t.edit(m.config(app.format(m.app, "create", "http"))))
    assert t.apps()["web"]["protocol"] == "http"
    fails(t.edit(m.config(app.format(m.app, "create", "tcp"))), "data-exists", [m.top, m.app, "protocol"])
    is_ok(t.edit(m.config(app.format(m.app, "delete", "").replace('"></protocol>', '"/>'))))
    assert "protocol" not in t.apps()["web"]


@clause("7950 7.8.6", "A list's entry without its key is missing-element, naming the key")
def an_entry_without_its_key_is_refused(t):
    m = t.model
    for op in ("merge", "create", "replace", "delete", "remove"):
        fails(t.edit(m.config(f'<{m.note} nc:operation="{op}"><{m.text}>x</{m.text}></{m.note}>')), "missing-element", [m.top, m.note],
              bad_element="name")
    assert t.notes() == {"one": "first", "two": "second"}


@clause("7950 7.8.6", "Keys may stand anywhere in an entry of an edit, and come first in what is read")
def keys_may_stand_anywhere_in_an_edit(t):
    m = t.model
    is_ok(t.edit(m.config(f"<{m.app}><process>p</process><port>9</port><name>late</name></{m.app}>")))
    assert t.apps()["late"]["process"] == "p"
    assert all(local(e[0]) == "name" for e in m.entries(t.read(), m.app))


@clause("7950 7.7.9", "Entries of a leaf-list are created, told apart and deleted by value", lacks="leaf-list")
def entries_of_a_leaf_list_are_known_by_value(t):
    m = t.model
    is_ok(t.edit(m.config("<tag>a</tag><tag>b</tag>")))
    is_ok(t.edit(m.config("<tag>b</tag><tag>c</tag>")))
    assert sorted(leafs(t, "tag")) == ["a", "b", "c"]
    fails(t.edit(m.config('<tag nc:operation="create">a</tag>')), "data-exists", ["things", "tag"])
    is_ok(t.edit(m.config('<tag nc:operation="delete">a</tag><tag nc:operation="remove">z</tag>')))
    fails(t.edit(m.config('<tag nc:operation="delete">a</tag>')), "data-missing", ["things", "tag"])
    assert sorted(leafs(t, "tag")) == ["b", "c"]


@clause("7950 7.7.9", "insert puts a user-ordered leaf-list's entry first, last, before or after another", lacks="user-ordered")
def insert_places_entries_of_a_leaf_list(t):
    m = t.model
    is_ok(t.edit(m.config("<order>b</order><order>d</order>")))
    is_ok(t.edit(m.config('<order yang:insert="first">a</order>', '<order yang:insert="last">e</order>',
                          '<order yang:insert="before" yang:value="d">c</order>')))
    assert order(t, "order") == list("abcde")
    is_ok(t.edit(m.config('<order yang:insert="after" yang:value="d">a</order>')))
    assert order(t, "order") == list("bcdae")
    is_ok(t.edit(m.config("<order>b</order>")))
    assert order(t, "order") == list("bcdae"), "a merge moved it"
    is_ok(t.edit(m.config("<order>new</order>")))
    assert order(t, "order")[-1] == "new", "the default is last"


@clause("7950 7.8.6", "insert puts a user-ordered list's entry first, last, before or after another, which key names", lacks="user-ordered")
def insert_places_entries_of_a_list(t):
    m = t.model
    is_ok(t.edit(m.config("<queue><id>b</id></queue><queue><id>d</id></queue>")))
    is_ok(t.edit(m.config('<queue yang:insert="first"><id>a</id></queue>',
                          f'<queue xmlns:k="{m.namespace}" yang:insert="before" yang:key="[k:id=\'d\']"><id>c</id></queue>')))
    assert order(t, "queue", "id") == list("abcd")
    is_ok(t.edit(m.config(f'<queue xmlns:k="{m.namespace}" yang:insert="after" yang:key=\'[k:id="d"]\'><id>a</id><note>n</note></queue>')))
    assert order(t, "queue", "id") == list("bcda")
    is_ok(t.edit(m.config('<queue yang:insert="last" nc:operation="replace"><id>b</id></queue>')))
    assert order(t, "queue", "id") == list("cdab")


@clause("7950 15.7", "insert before or after what is not there is bad-attribute, missing-instance", lacks="user-ordered")
def insert_at_what_is_not_there_is_missing_instance(t):
    m = t.model
    fails(t.edit(m.config('<order yang:insert="before" yang:value="nobody">a</order>')), "bad-attribute", ["things", "order"],
          "missing-instance")
    fails(t.edit(m.config(f'<queue xmlns:k="{m.namespace}" yang:insert="after" yang:key="[k:id=\'x\']"><id>a</id></queue>')), "bad-attribute",
          ["things", "queue"], "missing-instance")
    assert order(t, "order") == [] and order(t, "queue", "id") == []


@clause("7950 7.7.9", "insert without what it needs, with another word, or where order is the system's is refused", lacks="user-ordered")
def insert_that_makes_no_sense_is_refused(t):
    m = t.model
    fails(t.edit(m.config('<order yang:insert="before">a</order>')), "missing-attribute", bad_attribute="value")
    fails(t.edit(m.config('<queue yang:insert="after"><id>a</id></queue>')), "missing-attribute", bad_attribute="key")
    fails(t.edit(m.config('<order yang:insert="middle">a</order>')), ("bad-attribute", "invalid-value"))
    fails(t.edit(m.config('<tag yang:insert="first">a</tag>')), ("unknown-attribute", "bad-attribute"))


@clause("7950 7.9.3", "A node of one case takes the other cases' nodes away")
def one_case_takes_the_others_away(t):
    m = t.model
    for which in "abab":
        t.set(m.case(which))
        assert m.cases(t.read()) == {which}, m.cases(t.read())
    if m.module == "conformance":
        t.set(m.config("<l2>d</l2>"))
        assert leafs(t, "l1", "l2", "r1", "r2") == ["d"], "of both leaves of a case one was set"


@clause("7950 8.3.1", "Data of two cases of a choice in one edit is bad-element")
def two_cases_in_one_edit_are_refused(t):
    m = t.model
    fails(t.edit(m.case("ab")), "bad-element")
    assert m.cases(t.read()) == set()


@clause("7950 7.10.3", "anydata is replaced as a whole, and comes back as it went", lacks="anydata")
def anydata_is_one_value(t):
    m = t.model
    is_ok(t.edit(m.config('<blob><a xmlns="urn:a" b="c"><d>e</d></a></blob>')))
    is_ok(t.edit(m.config('<blob><f xmlns="urn:f"/></blob>')))
    blob = m.entries(t.read(), "blob")[0]
    assert [e.tag for e in blob] == ["{urn:f}f"], [e.tag for e in blob]
    is_ok(t.edit(m.config('<blob nc:operation="delete"/>')))
    assert m.entries(t.read(), "blob") == []


@clause("7950 9.10", "An identityref's value goes by the prefix that is bound where it stands", lacks="identity")
def an_identity_goes_by_the_clients_prefix(t):
    m = t.model
    is_ok(t.edit(m.config(f'<kind xmlns:my="{m.namespace}">my:cat</kind>')))
    kind = m.entries(t.read(), "kind")[0]
    prefix, name = kind.text.split(":") if ":" in kind.text else (None, kind.text)
    assert name == "cat" and kind.nsmap[prefix] == m.namespace, kind.text
    got = t.subtree(m.config(f'<kind xmlns:other="{m.namespace}">other:cat</kind>'))
    assert len(m.entries(got, "kind")) == 1
    fails(t.edit(m.config("<kind>unbound:cat</kind>")), "invalid-value", ["things", "kind"])
    fails(t.edit(m.config(f'<kind xmlns:my="{m.namespace}">my:bird</kind>')), "invalid-value", ["things", "kind"])


@clause("7950 9.11", "A leaf of type empty has no value", lacks="empty")
def an_empty_leaf_has_no_value(t):
    m = t.model
    is_ok(t.edit(m.config("<flag/>")))
    assert [e.text for e in m.entries(t.read(), "flag")] == [None]
    fails(t.edit(m.config("<flag>x</flag>")), "invalid-value", ["things", "flag"])


@clause("7950 9.1", "Values are kept in their canonical form, and compared so")
def values_are_canonical(t):
    m = t.model
    decimal = "<ratio>1.50</ratio>" if m.module == "conformance" else ""
    is_ok(t.edit(m.config(decimal, m.an_app("hex", port="+80"))))
    assert leafs(t, "ratio") == (["1.5"] if decimal else []), leafs(t, "ratio")
    assert t.apps()["hex"]["port"] == "80"
    assert set(m.apps(t.subtree(m.config(f"<{m.app}><port>+80</port></{m.app}>")))) == {"web", "hex"}
