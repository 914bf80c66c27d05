"""RFC 6241, section 6: subtree filtering, and section 8.9: XPath."""
from clauses import clause, refusal
from servers import fails
from wire import local

XPATH = "xpath"


def shown(t, data):
    """What is there, without state: names of notes and of apps."""
    return sorted(map(str, t.model.notes(data))), sorted(map(str, t.model.apps(data)))


@clause("6241 6.2.1", "Namespace selection: only elements of the filter's namespace")
def elements_of_the_filters_namespace_alone_are_selected(t):
    m = t.model
    assert m.found(t.subtree(f'<{m.top} xmlns="{m.namespace}"/>')) is not None
    assert len(t.subtree(f'<{m.top} xmlns="urn:other"/>')) == 0
    assert len(t.subtree(f'<{m.top} xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"/>')) == 0


@clause("6241 6.2.1", "A filter element without a namespace matches any")
def an_element_without_a_namespace_matches_any(t):
    m = t.model
    assert m.found(t.subtree(f'<{m.top} xmlns=""/>')) is not None
    one = t.subtree(f'<{m.top} xmlns=""><{m.note}><name>one</name></{m.note}></{m.top}>')
    assert list(m.notes(one)) == ["one"], m.notes(one)


@clause("6241 6.2.2", "Attribute match: an element whose attribute the data do not have selects nothing")
def an_attribute_that_the_data_do_not_have_matches_nothing(t):
    m = t.model
    got = t.subtree(f'<{m.top} xmlns="{m.namespace}"><{m.note} xmlns:x="urn:x" x:a="b"/></{m.top}>')
    assert shown(t, got) == ([], []), shown(t, got)


@clause("6241 6.2.3", "Containment: what a containment node holds is looked for in each instance")
def a_containment_node_is_looked_into(t):
    m = t.model
    got = t.subtree(m.config(f"<{m.note}><{m.text}/></{m.note}>"))
    assert sorted(m.notes(got).values()) == ["first", "second"] and m.apps(got) == {}, m.notes(got)


@clause("6241 6.2.3", "Without any of the wanted children there is no instance of a containment node either")
def a_containment_node_without_what_it_holds_is_left_out(t):
    m = t.model
    t.set(m.config(m.a_note("bare")))
    assert sorted(m.notes(t.subtree(m.config(f"<{m.note}><{m.text}/></{m.note}>"))).values()) == ["first", "second"]
    assert len(t.subtree(m.config(f"<{m.note}><name>nobody</name></{m.note}>"))) == 0


@clause("6241 6.2.4", "Selection: an empty leaf node of the filter selects whole subtrees; white space within counts as empty")
def a_selection_node_selects_whole_subtrees(t):
    m = t.model
    for node in (f"<{m.app}/>", f"<{m.app}></{m.app}>", f"<{m.app}>\n  </{m.app}>", f"<{m.app}><!-- c --></{m.app}>"):
        got = t.subtree(m.config(node))
        assert m.apps(got)["web"]["port"] == "80" and m.notes(got) == {}, node


@clause("6241 6.2.5", "Content match: siblings of an equal leaf are selected, with the whole entry when nothing else is asked for")
def a_content_match_selects_the_whole_entry(t):
    m = t.model
    got = m.apps(t.subtree(m.config(f"<{m.app}><port>80</port></{m.app}>")))
    assert got["web"]["process"] == "nginx" and got["web"]["name"] == "web", got
    assert m.apps(t.subtree(m.config(f"<{m.app}><port>81</port></{m.app}>"))) == {}


@clause("6241 6.2.5", "All content matches among siblings must hold")
def all_content_matches_must_hold(t):
    m = t.model
    t.set(m.config(m.an_app("other", port="80", process="else")))
    got = t.subtree(m.config(f"<{m.app}><port>80</port><process>else</process></{m.app}>"))
    assert list(m.apps(got)) == ["other"], m.apps(got)
    assert m.apps(t.subtree(m.config(f"<{m.app}><port>80</port><process>neither</process></{m.app}>"))) == {}


@clause("6241 6.2.5", "A content match beside a selection: the matching leaf and the selected ones")
def a_content_match_narrows_a_selection(t):
    m = t.model
    got = m.apps(t.subtree(m.config(f"<{m.app}><port>80</port><process/></{m.app}>")))
    assert got == {"web": {"name": "web", "port": "80", "process": "nginx"}} or \
        {k: set(v) for k, v in got.items()} == {"web": {"name", "port", "process"}}, got


@clause("6241 6.2.5", "White space around a content match is ignored")
def white_space_around_a_content_match_is_ignored(t):
    m = t.model
    for written in ("\n 80 \t", "<![CDATA[80]]>", "8<!-- -->0"):
        assert list(m.apps(t.subtree(m.config(f"<{m.app}><port>{written}</port></{m.app}>")))) == ["web"], written


@clause("6241 6.2.5", "A content match that no value of the type could equal selects nothing, and is no error")
def a_content_match_of_no_value_selects_nothing(t):
    m = t.model
    assert m.apps(t.subtree(m.config(f"<{m.app}><port>none</port></{m.app}>"))) == {}
    assert m.apps(t.subtree(m.config(f"<{m.app}><port>99999</port></{m.app}>"))) == {}


@clause("6241 6.3", "What several parts of a filter select adds up, without duplicates")
def selections_add_up(t):
    m = t.model
    got = t.subtree(m.config(f"<{m.note}><name>one</name></{m.note}><{m.note}><name>one</name><{m.text}/></{m.note}>"
                             f"<{m.note}><name>two</name></{m.note}>"))
    assert len(m.entries(got, m.note)) == 2 and set(m.notes(got)) == {"one", "two"}, m.notes(got)
    for entry in m.entries(got, m.note):
        assert len([leaf for leaf in entry if local(leaf) == "name"]) == 1


@clause("6241 6.3", "Names that no module knows select nothing, and are no error")
def unknown_names_select_nothing(t):
    m = t.model
    assert len(t.subtree('<who xmlns="urn:nobody"><are>you</are></who>')) == 0
    assert shown(t, t.subtree(m.config("<nothing/>"))) == ([], [])
    assert list(m.notes(t.subtree(m.config(f"<nothing/><{m.note}><name>one</name></{m.note}>")))) == ["one"]


@clause("6241 6.3", "The keys of a list's entry come with whatever is selected of it")
def keys_come_with_what_is_selected(t):
    m = t.model
    got = m.apps(t.subtree(m.config(f"<{m.app}><process/></{m.app}>")))
    assert got == {"web": {"name": "web", "process": "nginx"}}, got


@clause("6241 6.4.1", "No filter: everything")
def without_a_filter_everything_is_selected(t):
    names = shown(t, t.read())
    assert names == (["one", "two"], ["web"]), names


@clause("6241 6.4.2", "An empty filter: nothing")
def an_empty_filter_selects_nothing(t):
    for empty in ('<filter type="subtree"/>', "<filter/>", '<filter type="subtree"> \n </filter>', "<filter><!-- c --></filter>"):
        assert len(t.read(more=empty)) == 0, empty


@clause("6241 6.4.3", "The entire subtree of a container")
def the_whole_top_container_is_selected(t):
    assert shown(t, t.subtree(t.model.config())) == (["one", "two"], ["web"])


@clause("6241 6.4.4", "All elements of one name in a list")
def all_leaves_of_one_name_are_selected(t):
    m = t.model
    got = t.subtree(m.config(f"<{m.note}><name/></{m.note}>"))
    assert m.notes(got) == {"one": None, "two": None}, m.notes(got)


@clause("6241 6.4.5", "One specific entry")
def one_entry_is_selected(t):
    m = t.model
    got = t.subtree(m.config(f"<{m.note}><name>two</name></{m.note}>"))
    assert m.notes(got) == {"two": "second"} and m.apps(got) == {}, m.notes(got)


@clause("6241 6.4.6", "Specific elements of a specific entry")
def some_leaves_of_one_entry_are_selected(t):
    m = t.model
    got = m.apps(t.subtree(m.config(f"<{m.app}><name>web</name><port/></{m.app}>")))
    assert got == {"web": {"name": "web", "port": "80"}}, got


@clause("6241 6.4.7", "Multiple subtrees")
def several_subtrees_are_selected(t):
    m = t.model
    got = t.subtree(m.config(f"<{m.note}><name>one</name></{m.note}><{m.app}><name>web</name><process/></{m.app}>"))
    assert m.notes(got) == {"one": "first"} and m.apps(got) == {"web": {"name": "web", "process": "nginx"}}
    two = t.subtree(m.config(f"<{m.note}><name>one</name></{m.note}>") + '<other xmlns="urn:other"/>')
    assert m.notes(two) == {"one": "first"}


@clause("6241 7.1", "A filter's type is subtree where none is said; another one is bad-attribute")
def the_type_of_a_filter_is_subtree(t):
    m = t.model
    got = t.read(more=f"<filter>{m.config(m.a_note('one'))}</filter>")
    assert list(m.notes(got)) == ["one"]
    fails(t.s.rpc(f'<get-config><source><running/></source><filter type="regexp">{m.config()}</filter></get-config>'),
          ("bad-attribute", "invalid-value"))


def xpath(t, select, source=None, declared=""):
    m = t.model
    return t.s.rpc(f"<get-config><source><{source or t.store}/></source><filter xmlns:x=\"{m.namespace}\" {declared} type=\"xpath\" "
                   f"select=\"{select}\"/></get-config>")


@clause("6241 8.9", "An XPath filter selects by the prefixes that are bound where it stands", needs=XPATH)
def an_xpath_filter_selects_by_the_clients_prefixes(t):
    m = t.model
    got = xpath(t, f"/x:{m.top}/x:{m.note}[x:name='two']").data
    assert m.notes(got) == {"two": "second"} and m.apps(got) == {}, m.notes(got)
    other = t.s.rpc(f"<get-config xmlns:deep=\"{m.namespace}\"><source><{t.store}/></source><filter type=\"xpath\" "
                    f"select=\"/deep:{m.top}/deep:{m.app}/deep:port\"/></get-config>").data
    assert m.apps(other) == {"web": {"name": "web", "port": "80"}}, m.apps(other)


@clause("6241 8.9", "An XPath filter may be a union of paths", needs=XPATH)
def an_xpath_of_several_paths_adds_up(t):
    m = t.model
    got = xpath(t, f"/x:{m.top}/x:{m.note}[x:name='one'] | /x:{m.top}/x:{m.app}").data
    assert list(m.notes(got)) == ["one"] and list(m.apps(got)) == ["web"]


@clause("6241 8.9", "get takes XPath filters too, of state as well", needs=XPATH)
def an_xpath_filter_selects_state(t):
    space = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"
    got = t.s.rpc(f'<get><filter xmlns:m="{space}" type="xpath" select="/m:netconf-state/m:datastores/m:datastore[m:name=\'running\']/m:name"/>'
                  "</get>").data
    assert [e.text for e in got.iter(f"{{{space}}}name")] == ["running"] and len(got) == 1


@clause("6241 8.9", "An XPath that selects nothing is answered with empty data", needs=XPATH)
def an_xpath_that_selects_nothing_is_no_error(t):
    m = t.model
    assert len(xpath(t, f"/x:{m.top}/x:{m.note}[x:name='nobody']").data) == 0


@clause("6241 8.9", "What is no XPath, has an unbound prefix, or gives no node set is refused", needs=XPATH)
def a_bad_xpath_is_refused(t):
    m = t.model
    for bad in ("/x:[", "///", f"/y:{m.top}", "count(/*)", "1 + 1", "'a'", ""):
        reply = xpath(t, bad)
        fails(reply, ("bad-attribute", "invalid-value", "missing-attribute", "operation-failed"))


@clause("6241 8.9", "An XPath filter without select is missing-attribute", needs=XPATH)
def an_xpath_filter_needs_select(t):
    fails(t.s.rpc('<get-config><source><running/></source><filter type="xpath"/></get-config>'), "missing-attribute",
          bad_attribute="select", bad_element="filter")


@refusal(XPATH)
def xpath_is_refused(t):
    fails(t.s.rpc('<get-config><source><running/></source><filter type="xpath" select="/"/></get-config>'), "bad-attribute")
