#include "yang/tree.hpp"

#include <boost/test/unit_test.hpp>
#include <places.hpp>

namespace headgate::yang::test {
namespace {

struct Box {
    Box()
        : context({HEADGATE_SOURCE_DIR "/tests/unit/yang"}) {
        context.load("test-tree");
    }
    Tree parse(const std::string& inner) const {
        return Tree::parse(context, "<box xmlns=\"urn:test:tree\">" + inner + "</box>", Format::xml);
    }
    Context context;
};

}

BOOST_AUTO_TEST_SUITE(tree)

BOOST_FIXTURE_TEST_CASE(a_tree_is_built_by_paths_with_keys_of_any_spelling, Box) {
    Tree tree(context);
    for (const char* name : {"plain", "it's", "say \"so\"", "a/b[c]", "x]y", "ünï"}) {
        tree.set("/test-tree:box/item[name=" + quoted(name) + "]/size", "7");
        BOOST_TEST(tree.value("/test-tree:box/item[name=" + quoted(name) + "]/size").value() == "7");
    }
    BOOST_TEST(tree.select("/test-tree:box/item").size() == 6U);
    BOOST_CHECK_THROW(quoted("both ' and \""), Error);
}

BOOST_FIXTURE_TEST_CASE(setting_again_changes_the_value, Box) {
    Tree tree(context);
    tree.set("/test-tree:box/item[name='a']/size", "1");
    tree.set("/test-tree:box/item[name='a']/size", "2");
    BOOST_TEST(tree.print(Format::json) == R"({"test-tree:box":{"item":[{"name":"a","size":2}]}})");
}

BOOST_FIXTURE_TEST_CASE(what_libyang_refuses_is_told_with_place_and_line, Box) {
    Tree tree(context);
    try {
        tree.set("/test-tree:box/item[name='a']/size", "999");
        BOOST_ERROR("999 was taken for a uint8");
    } catch (const Error& error) {
        BOOST_REQUIRE(!error.problems().empty());
        BOOST_TEST(error.problems().front().message.find("999") != std::string::npos);
    }
    try {
        parse("<item><name>a</name>\n<size>x</size></item>");
        BOOST_ERROR("x was taken for a uint8");
    } catch (const Error& error) {
        BOOST_REQUIRE_EQUAL(error.problems().size(), 1U);
        BOOST_TEST(error.problems().front().line == 2U);
        BOOST_TEST(error.problems().front().path == "/test-tree:box/item[name='a']/size");
        BOOST_TEST(toRpcErrors(error).first().tag == "invalid-value");
    }
    BOOST_CHECK_THROW(parse("<nonsense/>"), Error);
    BOOST_CHECK_THROW(Tree::parse(context, "<box", Format::xml), Error);
    BOOST_CHECK_THROW(Tree::parse(context, "<!DOCTYPE x><box xmlns=\"urn:test:tree\"/>", Format::xml), Error);
    for (const char* text : {"{\"a\":", "{", "{\"test-tree:box\":{", "{\"test-tree:box\":{}} more",
                             "{\"test-tree:box\":{}}{}", "words"})
        BOOST_CHECK_THROW(Tree::parse(context, text, Format::json), Error);
    BOOST_CHECK_NO_THROW(Tree::parse(context, "{\"test-tree:box\":{}}\n", Format::json));
    BOOST_CHECK_THROW(tree.set("/nobody:x", "1"), Error);
}

BOOST_FIXTURE_TEST_CASE(a_change_is_followed_as_a_whole_or_not_at_all, Box) {
    const auto before = parse("<item><name>a</name><size>1</size></item><item><name>b</name></item>");
    const auto after = parse("<item><name>a</name><size>2</size></item><item><name>c</name></item>");
    auto mine = parse("<item><name>a</name><size>1</size></item><item><name>b</name></item>"
                      "<item><name>mine</name></item>");
    mine.rebase(before, after);
    BOOST_TEST(equal(mine, parse("<item><name>a</name><size>2</size></item><item><name>c</name></item>"
                                 "<item><name>mine</name></item>")));
    // Here is no b to take away.
    auto other = parse("<item><name>a</name><size>1</size></item>");
    BOOST_CHECK_THROW(other.rebase(before, after), Error);
    BOOST_TEST(equal(other, parse("<item><name>a</name><size>1</size></item>")));
}

BOOST_FIXTURE_TEST_CASE(validation_adds_defaults_and_names_what_is_wrong, Box) {
    auto good = parse("<item><name>a</name></item>");
    good.validate();
    BOOST_TEST(good.value("/test-tree:box/item[name='a']/colour").value() == "grey");
    BOOST_TEST(good.find("/test-tree:box/item[name='a']/colour")->isDefault());
    BOOST_TEST(good.print(Format::xml).find("grey") == std::string::npos);
    BOOST_TEST(good.print(Format::xml, Defaults::all).find("grey") != std::string::npos);
    good.removeDefaults();
    BOOST_TEST(!good.value("/test-tree:box/item[name='a']/colour"));

    auto bad = parse("<must-be-odd>2</must-be-odd>");
    try {
        bad.validate();
        BOOST_ERROR("2 was taken for odd");
    } catch (const Error& error) {
        const auto first = toRpcErrors(error).first();
        BOOST_TEST(first.tag == "operation-failed");
        BOOST_TEST(first.appTag == "must-violation");
        BOOST_TEST(first.path == "/test-tree:box/must-be-odd");
    }
}

BOOST_FIXTURE_TEST_CASE(nodes_are_read_without_libyang, Box) {
    auto tree =
        parse("<item><name>a</name><size>1</size><tag>x</tag><tag>y</tag></item><item><name>b</name></item>");
    tree.validate();
    const auto box = tree.roots().front();
    BOOST_TEST(box.name() == "box");
    BOOST_TEST(box.module() == "test-tree");
    const auto items = box.children("item");
    BOOST_REQUIRE_EQUAL(items.size(), 2U);
    BOOST_TEST(items[0].isList());
    BOOST_TEST(items[0].path() == "/test-tree:box/item[name='a']");
    BOOST_TEST(items[0].leaf("size").value() == "1");
    BOOST_TEST(items[0].leaf("test-tree:size").value() == "1");
    BOOST_TEST(items[0].leafList("tag") == (std::vector<std::string>{"x", "y"}),
               boost::test_tools::per_element());
    BOOST_TEST(items[1].leafOr("size", "none") == "none");
    BOOST_TEST(items[1].leafOr("colour", "none") == "grey");
    BOOST_TEST(items[1].parent()->name() == "box");
    BOOST_TEST(!box.child("nothing"));
}

BOOST_FIXTURE_TEST_CASE(trees_are_copied_moved_removed_from_and_merged, Box) {
    auto tree = parse("<item><name>a</name></item><item><name>b</name></item>");
    auto copy = tree.duplicate();
    BOOST_TEST(copy.remove("/test-tree:box/item[name='a']"));
    BOOST_TEST(!copy.remove("/test-tree:box/item[name='a']"));
    BOOST_TEST(tree.select("/test-tree:box/item").size() == 2U);
    BOOST_TEST(copy.select("/test-tree:box/item").size() == 1U);
    copy.merge(parse("<item><name>c</name></item>"));
    BOOST_TEST(copy.select("/test-tree:box/item").size() == 2U);
    BOOST_TEST(copy.remove("/test-tree:box"));
    BOOST_TEST(copy.empty());
    const Tree moved = std::move(tree);
    BOOST_TEST(moved.select("//*").size() == 5U);
    BOOST_TEST(Tree(context).print(Format::xml).empty());
}

BOOST_FIXTURE_TEST_CASE(differences_name_the_topmost_node_that_changed, Box) {
    const auto before =
        parse("<item><name>a</name><size>1</size><tag>x</tag><tag>y</tag></item><item><name>b</name></item>");
    const auto after =
        parse("<item><name>a</name><size>2</size><tag>y</tag><tag>x</tag></item><item><name>c</name></item>");
    const auto found = differences(before, after);
    std::string text;
    for (const auto& one : found)
        text += std::string(toString(one.kind)) + " " + one.path + "\n";
    BOOST_TEST(text == "delete /test-tree:box/item[name='b']\n"
                       "replace /test-tree:box/item[name='a']/size\n"
                       "merge /test-tree:box/item[name='a']/tag[.='y']\n"
                       "merge /test-tree:box/item[name='a']/tag[.='x']\n"
                       "create /test-tree:box/item[name='c']\n");
    BOOST_TEST(!equal(before, after));
    auto withDefaults = before.duplicate();
    withDefaults.validate();
    BOOST_TEST(equal(before, withDefaults));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(context)

BOOST_FIXTURE_TEST_CASE(modules_are_listed_and_printed, Box) {
    bool found = false;
    for (const auto& module : context.modules()) {
        if (module.name != "test-tree") continue;
        found = true;
        BOOST_TEST(module.revision == "2026-02-02");
        BOOST_TEST(module.nameSpace == "urn:test:tree");
        BOOST_TEST(module.implemented);
        BOOST_TEST(module.features == std::vector<std::string>{"extra"}, boost::test_tools::per_element());
    }
    BOOST_TEST(found);
    BOOST_TEST(context.print("test-tree", std::nullopt).value().find("module test-tree {") == 0U);
    BOOST_TEST(context.print("test-tree", "2026-02-02").has_value());
    BOOST_TEST(!context.print("test-tree", "1999-01-01"));
    BOOST_TEST(!context.print("nobody", std::nullopt));
    BOOST_TEST(context.implements("test-tree"));
}

BOOST_AUTO_TEST_CASE(a_module_that_is_missing_or_wrong_is_named) {
    Context context(standardDirs());
    BOOST_CHECK_EXCEPTION(context.load("no-such-module"), Error, [](const Error& error) {
        return std::string(error.what()).find("no-such-module") != std::string::npos;
    });
    BOOST_CHECK_THROW(context.loadText("module x { nonsense; }"), Error);
    BOOST_TEST(context.loadText("module x { namespace \"urn:x\"; prefix x; leaf l { type string; } }") ==
               "x");
    BOOST_TEST(context.loadFile(HEADGATE_SOURCE_DIR "/tests/unit/yang/test-tree.yang", {}) == "test-tree");
    BOOST_CHECK_THROW(context.loadFile("/nowhere/x.yang"), Error);
}

BOOST_AUTO_TEST_CASE(the_standard_modules_are_found) {
    Context context;
    for (const char* name : {"ietf-netconf", "ietf-netconf-monitoring", "ietf-netconf-notifications",
                             "ietf-yang-library", "ietf-netconf-acm", "notifications"})
        BOOST_CHECK_NO_THROW(context.load(name));
}

BOOST_AUTO_TEST_SUITE_END()

}
