#include "yang/entries.hpp"

#include <boost/test/unit_test.hpp>
#include <places.hpp>

namespace headgate::yang::test {
namespace {

constexpr auto a = "/test-tree:box/item[name='a']";
constexpr auto b = "/test-tree:box/item[name='b']";
constexpr auto odd = "/test-tree:box/must-be-odd";

struct Boxes {
    Boxes()
        : context({HEADGATE_SOURCE_DIR "/tests/unit/yang"}) {
        context.load("test-tree");
    }
    Tree parse(const std::string& inner) const {
        auto tree = Tree::parse(context, "<box xmlns=\"urn:test:tree\">" + inner + "</box>", Format::xml);
        tree.addDefaults();
        return tree;
    }
    Context context;
};

const std::string itemA = "<item><name>a</name><size>1</size><tag>x</tag><tag>y</tag></item>";
const std::string itemB = "<item><name>b</name><size>2</size></item>";

}

BOOST_AUTO_TEST_SUITE(entries)

BOOST_FIXTURE_TEST_CASE(a_cut_has_those_entries_and_no_other, Boxes) {
    const auto tree = parse(itemA + itemB + "<must-be-odd>3</must-be-odd>");
    BOOST_TEST(cut(tree, {b, odd, "/test-tree:box/item[name='z']"}).print(Format::json) ==
               R"({"test-tree:box":{"item":[{"name":"b","size":2}],"must-be-odd":3}})");
    BOOST_TEST(cut(tree, {b}).value(b + std::string("/colour")).value() == "grey");
    BOOST_TEST(cut(Tree(context), {b}).empty());
}

BOOST_FIXTURE_TEST_CASE(a_graft_makes_of_one_tree_the_other_where_they_differ, Boxes) {
    const auto other = parse("<item><name>a</name><size>9</size></item>" + itemB);
    auto tree = parse(itemA + "<must-be-odd>3</must-be-odd>");
    const Entries where{a, b, odd};
    graft(tree, cut(other, where), where);
    BOOST_TEST(equal(tree, other));
    BOOST_TEST(tree.value(a + std::string("/colour")).value() == "grey");
    BOOST_TEST(tree.value(b + std::string("/size")).value() == "2");
}

BOOST_FIXTURE_TEST_CASE(an_entry_that_changes_keeps_its_place, Boxes) {
    auto tree = parse(itemA + itemB);
    const auto other = parse("<item><name>a</name><size>9</size></item>");
    graft(tree, other, {a});
    BOOST_TEST(tree.print(Format::json) ==
               R"({"test-tree:box":{"item":[{"name":"a","size":9},{"name":"b","size":2}]}})");
}

BOOST_FIXTURE_TEST_CASE(an_entry_is_put_into_an_empty_tree, Boxes) {
    Tree tree(context);
    graft(tree, parse(itemB), {b});
    BOOST_TEST(equal(tree, parse(itemB)));
}

BOOST_FIXTURE_TEST_CASE(a_container_from_which_everything_goes_is_as_one_that_nobody_set, Boxes) {
    auto tree = parse(itemA);
    graft(tree, Tree(context), {a});
    Tree none(context);
    none.addDefaults();
    BOOST_TEST(equal(tree, none));
    graft(tree, parse(itemA), {a});
    BOOST_TEST(equal(tree, parse(itemA)));
    BOOST_TEST(!equal(tree, none));
}

BOOST_FIXTURE_TEST_CASE(differences_are_found_in_the_entries_that_are_looked_at, Boxes) {
    const auto before = parse(itemA + itemB);
    const auto after = parse("<item><name>a</name><size>9</size></item>");
    BOOST_TEST((differing(before, after, {a, b, odd}) == Entries{a, b}));
    BOOST_TEST(differences(before, after, {b}).size() == 1U);
    BOOST_TEST((differing(before, after) == Entries{a, b}));
}

BOOST_FIXTURE_TEST_CASE(the_entry_of_a_node_is_found_behind_keys_of_any_spelling, Boxes) {
    Tree tree(context);
    for (const char* name : {"plain", "it's", "say \"so\"", "a/b[c]", "x]y"}) {
        const auto path = "/test-tree:box/item[name=" + quoted(name) + "]";
        tree.set(path + "/size", "7");
        BOOST_TEST(entryOf(*tree.find(path + "/size")).value() == path);
        BOOST_TEST(entryOf(*tree.find(path)).value() == path);
        BOOST_TEST(cut(tree, {path}).value(path + "/size").value() == "7");
    }
    BOOST_TEST(!entryOf(*tree.find("/test-tree:box")));
}

BOOST_FIXTURE_TEST_CASE(the_order_of_entries_is_in_no_entry, Boxes) {
    const auto word = [](const std::string& text) { return "<word>" + text + "</word>"; };
    const auto before = parse(word("a") + word("b") + word("c"));
    BOOST_TEST(!differing(before, parse(word("b") + word("a") + word("c"))));
    BOOST_TEST(!differing(before, parse(word("a") + word("x") + word("b") + word("c"))));
    BOOST_TEST(!differing(before, parse(word("a") + word("c"))));
}

BOOST_FIXTURE_TEST_CASE(a_patch_is_the_same_as_a_text, Boxes) {
    const auto other = parse("<item><name>a</name><size>9</size></item>");
    const Entries where{a, b, odd};
    const auto text = Patch{where, cut(other, where)}.text();
    BOOST_TEST(!Patch::isWhole(text));
    auto tree = parse(itemA + itemB + "<must-be-odd>3</must-be-odd>");
    Patch::parse(context.raw(), text).apply(tree);
    BOOST_TEST(equal(tree, other));
    BOOST_TEST(tree.value(a + std::string("/colour")).value() == "grey");
}

BOOST_FIXTURE_TEST_CASE(a_patch_may_be_the_whole, Boxes) {
    const auto other = parse(itemB);
    const auto text = Patch{std::nullopt, other.duplicate()}.text();
    BOOST_TEST(Patch::isWhole(text));
    auto tree = parse(itemA);
    Patch::parse(context.raw(), text).apply(tree);
    BOOST_TEST(equal(tree, other));
}

BOOST_FIXTURE_TEST_CASE(what_is_no_patch_is_refused, Boxes) {
    for (const char* text : {"", "/test-tree:box/item[name='a']\n", "\n{", "\n{\"nonsense\":1}"})
        BOOST_CHECK_THROW(Patch::parse(context.raw(), text), Error);
}

BOOST_AUTO_TEST_SUITE_END()

}
