#include "datastore/content.hpp"
#include "datastore/edit.hpp"
#include "support.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>

// Each case is one <edit-config> as libyang parses it from the wire, applied to a datastore.

namespace headgate::datastore::test {
namespace {

/// The refusal that a case expects; empty fields are not looked at.
struct Refusal {
    std::string tag;
    std::string path = {};
    std::string appTag = {};
    std::string info = {}; ///< name=value
};

struct Case {
    const char* name;
    const char* base;
    const char* edit;
    const char* result; ///< Ignored when a refusal is expected.
    Operation defaultOperation = Operation::merge;
    Refusal refusal = {};
};

constexpr auto merge = Operation::merge;
constexpr auto replace = Operation::replace;
constexpr auto none = Operation::none;

bool hasInfo(const yang::RpcError& error, const std::string& wanted) {
    for (const auto& [name, value] : error.info)
        if (name + "=" + value == wanted) return true;
    return wanted.empty();
}

void check(std::initializer_list<Case> cases) {
    const auto context = makeContext();
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT(one.name) {
            const ParsedRpc rpc(context, "<edit-config><target><candidate/></target><config>" +
                                             content(one.edit) + "</config></edit-config>");
            lyd_node* config = nullptr;
            lyd_find_path(rpc.get(), "config", 0, &config);
            BOOST_REQUIRE(config);
            const AnyContent edit(config);
            const auto base = yang::Tree::parse(context, content(one.base), yang::Format::xml);
            const auto before = base.print(yang::Format::xml);
            const auto result = applyEdit(base, edit.first(), {one.defaultOperation, ErrorOption::stop});
            BOOST_TEST(base.print(yang::Format::xml) == before);
            if (one.refusal.tag.empty()) {
                for (const auto& error : result.errors)
                    BOOST_ERROR(yang::toString(error));
                BOOST_TEST(result.tree.print(yang::Format::xml) == canonical(context, one.result));
                continue;
            }
            BOOST_REQUIRE_EQUAL(result.errors.size(), 1U);
            const auto& error = result.errors.front();
            BOOST_TEST_INFO(yang::toString(error));
            BOOST_TEST(error.tag == one.refusal.tag);
            if (!one.refusal.path.empty()) BOOST_TEST(error.path == one.refusal.path);
            if (!one.refusal.appTag.empty()) BOOST_TEST(error.appTag == one.refusal.appTag);
            BOOST_TEST(hasInfo(error, one.refusal.info));
            BOOST_TEST(!error.message.empty());
        }
    }
}

}

BOOST_AUTO_TEST_SUITE(edit)

BOOST_AUTO_TEST_CASE(merge_adds_and_replaces_values_and_keeps_the_rest) {
    check({
        {"creates what is missing", "", "<name>a</name>", "<name>a</name>"},
        {"replaces a leaf's value", "<name>a</name>", "<name>b</name>", "<name>b</name>"},
        {"keeps what is not named", "<name>a</name><size>3</size>", "<size>4</size>",
         "<name>a</name><size>4</size>"},
        {"creates a list entry", "<pool><name>p</name></pool>", "<pool><name>q</name><port>1</port></pool>",
         "<pool><name>p</name></pool><pool><name>q</name><port>1</port></pool>"},
        {"changes inside a list entry", "<pool><name>p</name><port>1</port></pool>",
         "<pool><name>p</name><weight>2</weight></pool>",
         "<pool><name>p</name><port>1</port><weight>2</weight></pool>"},
        {"creates entries in entries", "<pool><name>p</name></pool>",
         "<pool><name>p</name><member><address>::1</address><port>1</port></member></pool>",
         "<pool><name>p</name><member><address>::1</address><port>1</port></member></pool>"},
        {"adds to a leaf-list", "<tag>a</tag>", "<tag>b</tag><tag>a</tag>", "<tag>a</tag><tag>b</tag>"},
        {"sets an empty leaf", "", "<flag/>", "<flag/>"},
        {"sets an empty leaf again", "<flag/>", "<flag/>", "<flag/>"},
        {"sets an identity by any prefix", "", "<kind xmlns:z=\"urn:test:store\">z:cat</kind>",
         "<kind>t:cat</kind>"},
        {"an empty container means nothing", "", "<plain/>", ""},
        {"an empty presence container is there", "", "<present/>", "<present/>"},
        {"sets an explicit value that equals the default", "", "<mode>auto</mode>", "<mode>auto</mode>"},
        {"sets a leaf of an augment", "<pool><name>p</name></pool>",
         "<pool><name>p</name><owner xmlns=\"urn:test:more\">me</owner></pool>",
         "<pool><name>p</name><owner xmlns=\"urn:test:more\">me</owner></pool>"},
        {"replaces anydata as a whole", "<blob><t:solo>a</t:solo></blob>", "<blob><t:solo>b</t:solo></blob>",
         "<blob><t:solo>b</t:solo></blob>"},
        {"changes two top-level nodes", "!<solo xmlns=\"urn:test:store\">a</solo>",
         "!<solo xmlns=\"urn:test:store\">b</solo><top xmlns=\"urn:test:store\"><name>n</name></top>",
         "!<solo xmlns=\"urn:test:store\">b</solo><top xmlns=\"urn:test:store\"><name>n</name></top>"},
        {"an empty edit changes nothing", "<name>a</name>", "", "<name>a</name>"},
        {"a key with an apostrophe", "<pool><name>it's</name></pool>",
         "<pool><name>it's</name><port>7</port></pool>", "<pool><name>it's</name><port>7</port></pool>"},
    });
}

BOOST_AUTO_TEST_CASE(replace_leaves_only_what_is_named) {
    check({
        {"a container", "<plain><a>1</a><b>2</b></plain><name>n</name>",
         "<plain nc:operation=\"replace\"><b>3</b></plain>", "<plain><b>3</b></plain><name>n</name>"},
        {"a list entry, not its neighbours",
         "<pool><name>p</name><port>1</port></pool><pool><name>q</name><port>2</port></pool>",
         "<pool nc:operation=\"replace\"><name>p</name><weight>9</weight></pool>",
         "<pool><name>p</name><weight>9</weight></pool><pool><name>q</name><port>2</port></pool>"},
        {"creates what is missing", "", "<present nc:operation=\"replace\"><a>x</a></present>",
         "<present><a>x</a></present>"},
        {"a leaf", "<size>1</size>", "<size nc:operation=\"replace\">2</size>", "<size>2</size>"},
        {"a container with nothing", "<plain><a>1</a></plain>", "<plain nc:operation=\"replace\"/>", ""},
        {"a presence container with nothing", "<present><a>1</a></present>",
         "<present nc:operation=\"replace\"/>", "<present/>"},
        {"the whole datastore", "<name>a</name><size>3</size>", "<size>4</size>", "<size>4</size>", replace},
        {"the whole datastore, also what another top-level node holds",
         "!<solo xmlns=\"urn:test:store\">s</solo>", "<size>4</size>", "<size>4</size>", replace},
        {"the whole datastore with nothing", "<name>a</name>", "", "", replace},
        {"keeps an entry's place", "<queue><id>1</id></queue><queue><id>2</id></queue>",
         "<queue nc:operation=\"replace\"><id>1</id><note>n</note></queue>",
         "<queue><id>1</id><note>n</note></queue><queue><id>2</id></queue>"},
    });
}

BOOST_AUTO_TEST_CASE(create_refuses_what_exists) {
    check({
        {"a new leaf", "", "<size nc:operation=\"create\">2</size>", "<size>2</size>"},
        {"an existing leaf",
         "<size>1</size>",
         "<size nc:operation=\"create\">2</size>",
         "",
         merge,
         {"data-exists", "/test-store:top/size"}},
        {"an existing leaf of the same value",
         "<size>2</size>",
         "<size nc:operation=\"create\">2</size>",
         "",
         merge,
         {"data-exists"}},
        {"a leaf that is only a default", "", "<mode nc:operation=\"create\">auto</mode>",
         "<mode>auto</mode>"},
        {"a new list entry", "", "<pool nc:operation=\"create\"><name>p</name><port>1</port></pool>",
         "<pool><name>p</name><port>1</port></pool>"},
        {"an existing list entry",
         "<pool><name>p</name></pool>",
         "<pool nc:operation=\"create\"><name>p</name></pool>",
         "",
         merge,
         {"data-exists", "/test-store:top/pool[name='p']"}},
        {"an existing entry deep inside",
         "<pool><name>p</name><member><address>a</address><port>1</port></member></pool>",
         "<pool><name>p</name><member "
         "nc:operation=\"create\"><address>a</address><port>1</port></member></pool>",
         "",
         merge,
         {"data-exists", "/test-store:top/pool[name='p']/member[address='a'][port='1']"}},
        {"an existing leaf-list entry",
         "<tag>a</tag>",
         "<tag nc:operation=\"create\">a</tag>",
         "",
         merge,
         {"data-exists", "/test-store:top/tag[.='a']"}},
        {"a presence container that is there",
         "<present/>",
         "<present nc:operation=\"create\"/>",
         "",
         merge,
         {"data-exists", "/test-store:top/present"}},
        {"a container without presence that is empty", "", "<plain nc:operation=\"create\"><a>1</a></plain>",
         "<plain><a>1</a></plain>"},
        {"the same entry twice in one edit",
         "",
         "<pool nc:operation=\"create\"><name>p</name></pool><pool "
         "nc:operation=\"create\"><name>p</name></pool>",
         "",
         merge,
         {"data-exists", "/test-store:top/pool[name='p']"}},
        {"parents of a created leaf come along", "",
         "<plain><deeper><c nc:operation=\"create\">x</c></deeper></plain>",
         "<plain><deeper><c>x</c></deeper></plain>"},
    });
}

BOOST_AUTO_TEST_CASE(delete_refuses_what_is_missing_and_remove_does_not) {
    check({
        {"a leaf by its name alone", "<size>1</size><name>n</name>", "<size nc:operation=\"delete\"/>",
         "<name>n</name>"},
        {"a leaf with another value", "<size>1</size>", "<size nc:operation=\"delete\">2</size>", ""},
        {"a leaf with a value out of its range", "<size>1</size>", "<size nc:operation=\"remove\">200</size>",
         ""},
        {"an enumeration by its name alone", "<mode>manual</mode>", "<mode nc:operation=\"delete\"/>", ""},
        {"a missing leaf",
         "",
         "<size nc:operation=\"delete\"/>",
         "",
         merge,
         {"data-missing", "/test-store:top/size"}},
        {"a leaf that is only a default",
         "<name>n</name>",
         "<mode nc:operation=\"delete\"/>",
         "",
         merge,
         {"data-missing", "/test-store:top/mode"}},
        {"a missing leaf, removed", "<name>n</name>", "<size nc:operation=\"remove\"/>", "<name>n</name>"},
        {"a container with all in it", "<plain><a>1</a></plain><name>n</name>",
         "<plain nc:operation=\"delete\"/>", "<name>n</name>"},
        {"an empty container without presence",
         "<name>n</name>",
         "<plain nc:operation=\"delete\"/>",
         "",
         merge,
         {"data-missing", "/test-store:top/plain"}},
        {"a list entry", "<pool><name>p</name></pool><pool><name>q</name></pool>",
         "<pool nc:operation=\"delete\"><name>p</name></pool>", "<pool><name>q</name></pool>"},
        {"a missing list entry",
         "<pool><name>p</name></pool>",
         "<pool nc:operation=\"delete\"><name>q</name></pool>",
         "",
         merge,
         {"data-missing", "/test-store:top/pool[name='q']"}},
        {"a missing list entry, removed", "<pool><name>p</name></pool>",
         "<pool nc:operation=\"remove\"><name>q</name></pool>", "<pool><name>p</name></pool>"},
        {"a list entry without its key",
         "<pool><name>p</name></pool>",
         "<pool nc:operation=\"delete\"/>",
         "",
         merge,
         {"missing-element", "/test-store:top/pool", "", "bad-element=name"}},
        {"a list entry without its key, removed",
         "<pool><name>p</name></pool>",
         "<pool nc:operation=\"remove\"/>",
         "",
         merge,
         {"missing-element", "/test-store:top/pool", "", "bad-element=name"}},
        {"a list entry without its second key",
         "<pool><name>p</name></pool>",
         "<pool><name>p</name><member nc:operation=\"delete\"><address>a</address></member></pool>",
         "",
         merge,
         {"missing-element", "/test-store:top/pool[name='p']/member", "", "bad-element=port"}},
        {"a leaf-list entry", "<tag>a</tag><tag>b</tag>", "<tag nc:operation=\"delete\">a</tag>",
         "<tag>b</tag>"},
        {"a missing leaf-list entry",
         "<tag>a</tag>",
         "<tag nc:operation=\"delete\">b</tag>",
         "",
         merge,
         {"data-missing", "/test-store:top/tag[.='b']"}},
        {"the last node of a container leaves nothing", "<plain><a>1</a></plain>",
         "<plain><a nc:operation=\"delete\"/></plain>", ""},
        {"the first top-level node",
         "!<solo xmlns=\"urn:test:store\">s</solo><top xmlns=\"urn:test:store\"><name>n</name></top>",
         "!<solo xmlns=\"urn:test:store\" xmlns:nc=\"urn:ietf:params:xml:ns:netconf:base:1.0\" "
         "nc:operation=\"delete\"/>",
         "<name>n</name>"},
        {"an entry and its replacement in one edit", "<pool><name>p</name><port>1</port></pool>",
         "<pool nc:operation=\"create\"><name>p</name><weight>3</weight></pool>"
         "<pool nc:operation=\"delete\"><name>p</name></pool>",
         "<pool><name>p</name><weight>3</weight></pool>"},
        {"a key out of its entry",
         "<pool><name>p</name></pool>",
         "<pool><name nc:operation=\"delete\">p</name></pool>",
         "",
         merge,
         {"bad-attribute", "/test-store:top/pool[name='p']/name"}},
    });
}

BOOST_AUTO_TEST_CASE(default_operation_none_changes_only_what_says_so) {
    check({
        {"a leaf is not touched", "<size>1</size>", "<size>2</size>", "<size>1</size>", none},
        {"a leaf that is missing",
         "<name>n</name>",
         "<size>2</size>",
         "",
         none,
         {"data-missing", "/test-store:top/size"}},
        {"a container that is missing",
         "<name>n</name>",
         "<plain><a nc:operation=\"create\">1</a></plain>",
         "",
         none,
         {"data-missing", "/test-store:top/plain"}},
        {"a presence container that is missing",
         "<name>n</name>",
         "<present><a nc:operation=\"merge\">1</a></present>",
         "",
         none,
         {"data-missing", "/test-store:top/present"}},
        {"an entry that is missing",
         "<name>n</name>",
         "<pool><name>p</name><port nc:operation=\"merge\">1</port></pool>",
         "",
         none,
         {"data-missing", "/test-store:top/pool[name='p']"}},
        {"a delete inside", "<pool><name>p</name><port>1</port></pool>",
         "<pool><name>p</name><port nc:operation=\"delete\"/></pool>", "<pool><name>p</name></pool>", none},
        {"a merge inside", "<pool><name>p</name></pool>",
         "<pool><name>p</name><port nc:operation=\"merge\">1</port></pool>",
         "<pool><name>p</name><port>1</port></pool>", none},
        {"an existing entry named only", "<pool><name>p</name></pool>", "<pool><name>p</name></pool>",
         "<pool><name>p</name></pool>", none},
    });
}

BOOST_AUTO_TEST_CASE(a_choice_holds_one_case) {
    check({
        {"another case takes the first away", "<l1>a</l1><l2>b</l2><name>n</name>", "<r1>c</r1>",
         "<name>n</name><r1>c</r1>"},
        {"the same case stays", "<l1>a</l1>", "<l2>b</l2>", "<l1>a</l1><l2>b</l2>"},
        {"a container of the case goes too", "<lc><x>1</x></lc>", "<r1>c</r1>", "<r1>c</r1>"},
        {"a filled container takes the other case away", "<l1>a</l1>", "<whole><w>1</w></whole>",
         "<whole><w>1</w></whole>"},
        {"an empty container does not", "<l1>a</l1>", "<whole/>", "<l1>a</l1>"},
        {"an inner choice's case takes its sibling away", "<i1>a</i1><r1>x</r1>", "<i2>b</i2>",
         "<r1>x</r1><i2>b</i2>"},
        {"an inner choice's node takes the outer case away", "<l1>a</l1>", "<i2>b</i2>", "<i2>b</i2>"},
        {"two cases in one edit",
         "",
         "<l1>a</l1><r1>b</r1>",
         "",
         merge,
         {"bad-element", "/test-store:top/r1"}},
        {"one case deleted, another created", "<l1>a</l1>", "<l1 nc:operation=\"delete\"/><r1>b</r1>",
         "<r1>b</r1>"},
    });
}

BOOST_AUTO_TEST_CASE(insert_places_entries_of_user_ordered_lists) {
    const char* queue = "<queue><id>1</id></queue><queue><id>2</id></queue>";
    const char* order = "<order>a</order><order>b</order>";
    check({
        {"new entries go last", queue, "<queue><id>3</id></queue>",
         "<queue><id>1</id></queue><queue><id>2</id></queue><queue><id>3</id></queue>"},
        {"first", queue, "<queue y:insert=\"first\"><id>3</id></queue>",
         "<queue><id>3</id></queue><queue><id>1</id></queue><queue><id>2</id></queue>"},
        {"last moves an entry", queue, "<queue y:insert=\"last\"><id>1</id></queue>",
         "<queue><id>2</id></queue><queue><id>1</id></queue>"},
        {"before", queue, "<queue y:insert=\"before\" y:key=\"[t:id='2']\"><id>3</id></queue>",
         "<queue><id>1</id></queue><queue><id>3</id></queue><queue><id>2</id></queue>"},
        {"after", queue, "<queue y:insert=\"after\" y:key='[t:id=\"1\"]'><id>3</id></queue>",
         "<queue><id>1</id></queue><queue><id>3</id></queue><queue><id>2</id></queue>"},
        {"a move keeps the content", "<queue><id>1</id><note>n</note></queue><queue><id>2</id></queue>",
         "<queue y:insert=\"after\" y:key=\"[t:id='2']\"><id>1</id></queue>",
         "<queue><id>2</id></queue><queue><id>1</id><note>n</note></queue>"},
        {"without insert an entry stays", queue, "<queue><id>1</id><note>n</note></queue>",
         "<queue><id>1</id><note>n</note></queue><queue><id>2</id></queue>"},
        {"create with insert", queue, "<queue nc:operation=\"create\" y:insert=\"first\"><id>0</id></queue>",
         "<queue><id>0</id></queue><queue><id>1</id></queue><queue><id>2</id></queue>"},
        {"a leaf-list first", order, "<order y:insert=\"first\">c</order>",
         "<order>c</order><order>a</order><order>b</order>"},
        {"a leaf-list before a value", order, "<order y:insert=\"before\" y:value=\"b\">c</order>",
         "<order>a</order><order>c</order><order>b</order>"},
        {"a leaf-list entry moved last", order, "<order y:insert=\"last\">a</order>",
         "<order>b</order><order>a</order>"},
        {"first in an empty list", "", "<queue y:insert=\"first\"><id>3</id></queue>",
         "<queue><id>3</id></queue>"},
        {"before what does not exist",
         queue,
         "<queue y:insert=\"before\" y:key=\"[t:id='9']\"><id>3</id></queue>",
         "",
         merge,
         {"bad-attribute", "/test-store:top/queue[id='3']", "missing-instance", "bad-attribute=key"}},
        {"a leaf-list after what does not exist",
         order,
         "<order y:insert=\"after\" y:value=\"z\">c</order>",
         "",
         merge,
         {"bad-attribute", "/test-store:top/order[.='c']", "missing-instance", "bad-attribute=value"}},
        {"before without saying what",
         queue,
         "<queue y:insert=\"before\"><id>3</id></queue>",
         "",
         merge,
         {"missing-attribute", "/test-store:top/queue[id='3']", "", "bad-attribute=key"}},
        {"a key of another name",
         queue,
         "<queue y:insert=\"before\" y:key=\"[t:note='2']\"><id>3</id></queue>",
         "",
         merge,
         {"bad-attribute", "", "missing-instance", "bad-attribute=key"}},
        {"on a container",
         "",
         "<plain y:insert=\"first\"><a>1</a></plain>",
         "",
         merge,
         {"unknown-attribute", "/test-store:top/plain", "", "bad-attribute=insert"}},
        {"on a leaf",
         "",
         "<name y:insert=\"last\">n</name>",
         "",
         merge,
         {"unknown-attribute", "/test-store:top/name"}},
        {"at itself",
         queue,
         "<queue y:insert=\"after\" y:key=\"[t:id='1']\"><id>1</id></queue>",
         "",
         merge,
         {"bad-attribute", "/test-store:top/queue[id='1']"}},
        {"in a list that the system orders",
         "<pool><name>p</name></pool>",
         "<pool y:insert=\"first\"><name>q</name></pool>",
         "",
         merge,
         {"unknown-attribute", "/test-store:top/pool[name='q']", "", "bad-attribute=insert"}},
    });
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused_with_the_rfcs_own_tag) {
    check({
        {"a value of the wrong type",
         "",
         "<size>big</size>",
         "",
         merge,
         {"invalid-value", "/test-store:top/size"}},
        {"a value out of its range",
         "",
         "<size>101</size>",
         "",
         merge,
         {"invalid-value", "/test-store:top/size", "size-range"}},
        {"a value that no pattern fits",
         "",
         "<code>x</code>",
         "",
         merge,
         {"invalid-value", "/test-store:top/code", "code-form"}},
        {"a value too long, in an augment",
         "",
         "<pool><name>p</name><m:owner>123456789</m:owner></pool>",
         "",
         merge,
         {"invalid-value", "/test-store:top/pool[name='p']/test-more:owner"}},
        {"an unknown enum", "", "<mode>other</mode>", "", merge, {"invalid-value", "/test-store:top/mode"}},
        {"an empty number", "", "<size/>", "", merge, {"invalid-value", "/test-store:top/size"}},
        {"a key of the wrong type",
         "",
         "<pool><name>p</name><member><address>a</address><port>x</port></member></pool>",
         "",
         merge,
         {"invalid-value", "/test-store:top/pool[name='p']/member/port"}},
        {"a leaf-list entry of no value to delete",
         "!<top xmlns=\"urn:test:store\"><size>1</size></top>",
         "<limited nc:operation=\"delete\"><nokey/></limited>",
         "",
         merge,
         {"missing-element", "", "", "bad-element=k"}},
        {"a missing key",
         "",
         "<pool><port>1</port></pool>",
         "",
         merge,
         {"missing-element", "/test-store:top/pool", "", "bad-element=name"}},
        {"an unknown element",
         "",
         "<nonsense>1</nonsense>",
         "",
         merge,
         {"unknown-element", "/test-store:top", "", "bad-element=nonsense"}},
        {"an unknown element with one of ours inside",
         "",
         "<nonsense><top/></nonsense>",
         "",
         merge,
         {"unknown-element", "/test-store:top", "", "bad-element=nonsense"}},
        {"an element of a feature that is off",
         "",
         "<gated>1</gated>",
         "",
         merge,
         {"unknown-element", "/test-store:top", "", "bad-element=gated"}},
        {"an unknown namespace",
         "",
         "<size xmlns=\"urn:nobody\">1</size>",
         "",
         merge,
         {"unknown-namespace", "/test-store:top", "", "bad-namespace=urn:nobody"}},
        {"an unknown namespace at the top",
         "",
         "!<thing xmlns=\"urn:nobody\"/>",
         "",
         merge,
         {"unknown-namespace", "/", "", "bad-element=thing"}},
        {"no namespace of its own at the top",
         "",
         "!<top><size>1</size></top>",
         "",
         merge,
         {"unknown-element", "/", "", "bad-element=top"}},
        {"state",
         "",
         "<stats><hits>1</hits></stats>",
         "",
         merge,
         {"unknown-element", "/test-store:top/stats", "", "bad-element=stats"}},
        {"text in a container",
         "",
         "<plain>text</plain>",
         "",
         merge,
         {"bad-element", "/test-store:top/plain"}},
        {"an rpc as data", "", "!<ping xmlns=\"urn:test:store\"/>", "", merge, {"unknown-element"}},
        {"an entry twice in one edit",
         "",
         "<pool><name>p</name><port>1</port></pool><pool><name>p</name><port>2</port></pool>",
         "",
         merge,
         {"bad-element", "/test-store:top/pool[name='p']"}},
        {"a leaf twice in one edit",
         "",
         "<size>1</size><size>2</size>",
         "",
         merge,
         {"bad-element", "/test-store:top/size"}},
        {"a value tagged default that is another",
         "",
         "<mode wd:default=\"true\">manual</mode>",
         "",
         merge,
         {"invalid-value", "/test-store:top/mode"}},
    });
}

BOOST_AUTO_TEST_CASE(a_value_tagged_as_default_takes_the_explicit_one_away) {
    check({
        {"merged", "<mode>manual</mode><name>n</name>", "<mode wd:default=\"true\">auto</mode>",
         "<name>n</name>"},
        {"created where nothing was set", "<name>n</name>",
         "<mode nc:operation=\"create\" wd:default=\"true\">auto</mode>", "<name>n</name>"},
        {"created where something was set",
         "<mode>auto</mode>",
         "<mode nc:operation=\"create\" wd:default=\"true\">auto</mode>",
         "",
         merge,
         {"data-exists"}},
    });
}

BOOST_AUTO_TEST_CASE(continue_on_error_keeps_what_was_right_and_tells_all_that_was_wrong) {
    const auto context = makeContext();
    const ParsedRpc rpc(context, "<edit-config><target><candidate/></target><config>" +
                                     top("<size>999</size><name>n</name><nonsense/><plain><a>1</a>"
                                         "<deeper nc:operation=\"delete\"/></plain>") +
                                     "</config></edit-config>");
    lyd_node* config = nullptr;
    lyd_find_path(rpc.get(), "config", 0, &config);
    const AnyContent edit(config);
    const auto result =
        applyEdit(yang::Tree(context), edit.first(), {Operation::merge, ErrorOption::proceed});
    BOOST_REQUIRE_EQUAL(result.errors.size(), 3U);
    BOOST_TEST(result.errors[0].tag == "unknown-element");
    BOOST_TEST(result.tree.print(yang::Format::xml) ==
               canonical(context, "<name>n</name><plain><a>1</a></plain>"));
}

BOOST_AUTO_TEST_SUITE_END()

}
