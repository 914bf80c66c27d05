"""RFC 7950, section 8 (what is checked when), and section 15: each rule's own error-app-tag."""
from clauses import clause
from servers import fails, is_ok


def judged(t, content):
    """What a server says of a configuration that breaks a rule, where it says it: at the commit, or at the edit."""
    if t.store == "candidate":
        t.set(content)
        reply = t.s.rpc("<commit/>")
        is_ok(t.s.rpc("<discard-changes/>"))
        return reply
    return t.edit(content)


@clause("7950 8.2", "A running configuration is always valid: what breaks a rule is refused at the latest by the commit")
def running_is_always_valid(t):
    m = t.model
    before = t.notes("running")
    assert judged(t, m.policy("<lower>900</lower>")).errors
    assert t.notes("running") == before


@clause("7950 15.1", "unique: operation-failed, data-not-unique")
def what_is_not_unique_is_data_not_unique(t):
    content, path = t.model.not_unique()
    error = fails(judged(t, content), "operation-failed", app_tag="data-not-unique")
    assert "non-unique" in error.info, f"15.1: no non-unique in error-info: {error}"


@clause("7950 15.2", "max-elements: operation-failed, too-many-elements, at the list", lacks="max-elements")
def too_many_entries_are_too_many_elements(t):
    m = t.model
    parts = "".join(f"<part><name>{n}</name></part>" for n in "abc")
    error = fails(judged(t, m.config(f"<group><name>g</name>{parts}</group>")), "operation-failed", app_tag="too-many-elements")
    assert error.steps == ["things", "group", "part"] and "[name='g']" in error.path, error


@clause("7950 15.3", "min-elements: operation-failed, too-few-elements, at the list")
def too_few_entries_are_too_few_elements(t):
    content, path = t.model.too_few()
    error = fails(judged(t, content), "operation-failed", path, "too-few-elements")
    assert "[name=" in error.path, f"of which entry is not told: {error}"


@clause("7950 15.4", "must without an error-app-tag of its own: operation-failed, must-violation, at the node", lacks="plain must")
def a_broken_must_is_must_violation(t):
    fails(judged(t, t.model.config("<plain-must>2</plain-must>")), "operation-failed", ["things", "plain-must"], "must-violation")


@clause("7950 7.5.4", "must with an error-message and an error-app-tag of its own: those are told")
def a_musts_own_words_are_told(t):
    error = fails(judged(t, t.model.policy("<lower>900</lower>")), "operation-failed", t.model.policy_path, "levels-crossed")
    assert error.message == "The lower level must be less than the upper level.", error


@clause("7950 15.5", "A leafref to what is not there: data-missing, instance-required, at the leaf")
def a_reference_to_nothing_is_instance_required(t):
    content, path = t.model.dangling()
    fails(judged(t, content), "data-missing", path, "instance-required")


@clause("7950 9.13", "An instance-identifier of what is not there: data-missing, instance-required", lacks="instance-identifier")
def an_instance_identifier_of_nothing_is_instance_required(t):
    m = t.model
    there = f"<where xmlns:w=\"{m.namespace}\">/w:things/w:note[w:name='{{}}']</where>"
    t.set(m.config(there.format("one")))
    fails(judged(t, m.config(there.format("nobody"))), "data-missing", ["things", "where"], "instance-required")


@clause("7950 15.6", "A mandatory choice that nothing was chosen of: data-missing, missing-choice, naming it")
def a_mandatory_choice_is_missing_choice(t):
    content, path, choice = t.model.no_case()
    error = fails(judged(t, content), "data-missing", path, "missing-choice")
    assert error.info.get("missing-choice") == choice, error


@clause("7950 7.6.5", "A mandatory leaf that is not there: data-missing, at the leaf")
def a_mandatory_leaf_is_data_missing(t):
    m = t.model
    error = fails(judged(t, m.config(m.an_app("a", process=None))), "data-missing", [m.top, m.app, "process"])
    assert "[name='a']" in error.path, f"of which entry is not told: {error}"
    fails(judged(t, m.config(f"<{m.app}><name>web</name><process nc:operation=\"delete\"/></{m.app}>")), "data-missing",
          [m.top, m.app, "process"])


@clause("7950 8.3.1", "A value of no type's: invalid-value, at the leaf, at once")
def a_value_that_does_not_fit_is_invalid_value(t):
    m = t.model
    for port in ("0", "65536", "-1", "x", "", "80.0", "٨"):
        fails(t.edit(m.config(m.an_app("a", port=port))), "invalid-value", [m.top, m.app, "port"])
    fails(t.edit(m.config(m.an_app("a", protocol="gopher"))), "invalid-value", [m.top, m.app, "protocol"])
    assert "a" not in t.apps()


@clause("7950 9.4.5", "A pattern's error-message and error-app-tag of its own are told")
def a_patterns_own_words_are_told(t):
    m = t.model
    error = fails(t.edit(m.config(m.a_note("-"))), "invalid-value", app_tag="bad-name")
    assert error.message and error.message.startswith("A name is made of letters"), error


@clause("7950 7.21.5", "A node whose when is false: unknown-element, at the node")
def a_node_whose_when_is_false_is_unknown_element(t):
    content, path = t.model.when_false()
    if t.store == "candidate":
        # 8.2.1: it may be refused by the edit already, or taken away silently when it became false by the same edit.
        reply = t.edit(content, before="<test-option>set</test-option>" if t.offers("validate") else "")
        if reply.ok:
            reply = t.s.rpc("<commit/>")
    else:
        reply = t.edit(content)
    fails(reply, "unknown-element", path)


@clause("7950 8.3.3", "Rules hold for the whole of an edit, in whatever order its parts stand")
def the_order_within_an_edit_does_not_matter(t):
    m = t.model
    t.set(m.policy("<lower>900</lower><upper>950</upper>"))
    t.commit()
    t.set(m.policy("<upper>250</upper><lower>200</lower>"))
    t.commit()


@clause("7950 7.15.2", "An action is asked for by <action> with the path of its node; of a node that is not there it is refused")
def an_action_is_asked_for_by_its_path(t):
    m = t.model
    if m.module == "headgate":
        ask = '<action xmlns="urn:ietf:params:xml:ns:yang:1">{}</action>'
        done = t.s.rpc(ask.format(m.config("<pool><name>web</name><hold/></pool>")))
        assert not done.errors and b"done" in done.bytes, done
        reply = t.s.rpc(ask.format(m.config("<pool><name>nobody</name><hold/></pool>")))
        assert reply.errors or b"refused" in reply.bytes, reply
    else:
        fails(t.s.rpc(f'<action xmlns="urn:ietf:params:xml:ns:yang:1">{m.action()}</action>'), "operation-not-supported")


@clause("7950 7.15.2", "An <action> without an action, or with two, is refused")
def an_action_is_one(t):
    m = t.model
    word = "hold" if m.module == "headgate" else "erase"
    entry = "<pool><name>web</name>{}</pool>" if m.module == "headgate" else "<note><name>one</name>{}</note>"
    ask = '<action xmlns="urn:ietf:params:xml:ns:yang:1">{}</action>'
    assert t.s.rpc(ask.format("")).errors
    assert t.s.rpc(ask.format(m.config(entry.format("")))).errors
    assert t.s.rpc(ask.format(m.config(entry.format(f"<{word}/><{word}/>")))).errors
    assert t.s.rpc(ask.format(m.config(entry.replace("<name>web</name>", "").replace("<name>one</name>", "").format(f"<{word}/>")))).errors


@clause("7950 5.6.4", "YANG 1.1 modules are told by yang-library, and not in the hello")
def yang_1_1_modules_are_not_in_the_hello(t):
    assert not [c for c in t.capabilities if c.startswith(t.model.namespace)], t.capabilities
    assert any(c.startswith("urn:ietf:params:netconf:capability:yang-library:1.1?revision=2019-01-04&content-id=") for c in t.capabilities), \
        t.capabilities
