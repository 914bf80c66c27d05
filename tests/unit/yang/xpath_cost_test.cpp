#include "yang/rpc_error.hpp"
#include "yang/xpath_cost.hpp"

#include <boost/test/unit_test.hpp>
#include <places.hpp>

#include <cmath>

using namespace headgate::yang;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(xpath_cost)

namespace {

/// Entries of two leaves each.
Tree entries(const Context& context, int count) {
    std::string xml = "<box xmlns=\"urn:test:tree\">";
    for (int i = 0; i < count; ++i)
        xml += "<item><name>e" + std::to_string(i) + "</name><size>1</size></item>";
    return Tree::parse(context, xml + "</box>", Format::xml);
}

std::string repeated(const std::string& text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

}

struct Fixture {
    Fixture()
        : context({HEADGATE_SOURCE_DIR "/tests/unit/yang"}) {
        context.load("test-tree");
        tree = entries(context, 2000);
        shape = TreeShape(tree);
    }
    Context context;
    Tree tree{context};
    TreeShape shape{tree};

    bool affordable(const std::string& expression) const {
        const auto cost = xpathCost(expression, shape);
        BOOST_TEST_REQUIRE(cost.has_value(), expression << " is an expression");
        return *cost <= affordableCost;
    }
};

BOOST_FIXTURE_TEST_CASE(what_operators_ask_is_affordable, Fixture) {
    for (const auto& expression : std::vector<std::string>{
             "/",
             "//*",
             "/test-tree:box",
             "/test-tree:box/item[name='e7']/size",
             "/test-tree:box/item[name = 'e7' or name = \"e8\"]",
             "//item[size]",
             "//*[. = 'v']",
             "//item[position() = last()]",
             "/test-tree:box/*/name | /test-tree:box/item/size",
             "//item[starts-with(name, 'e1')]",
             "//item[re-match(name, 'e1|e2')]",
             "//item[name | size]",
             "//item[re-match(name, 'e[0-9]+')]",
             "//item[//item]", // half a second
             "//item[count(*) * 2 > 3 and not(size != 'v')]/..",
             "/descendant-or-self::node()/child::name",
             "/test-tree:box/item[5]/following-sibling::item[1]",
             "-1 - -2 div 3 mod 4",
         }) {
        BOOST_TEST(affordable(expression), expression);
        if (expression.front() == '/') BOOST_CHECK_NO_THROW(tree.select(expression)); // libyang takes it too
    }
}

BOOST_FIXTURE_TEST_CASE(what_would_take_minutes_is_not, Fixture) {
    for (const auto& expression : std::vector<std::string>{
             "//*[//*]"s,
             "//*[count(//*) > 0][count(//*) > 0]"s,
             "/test-tree:box/item[/test-tree:box/item[/test-tree:box/item]]"s,
             "//*[*/../../*/../../*]"s,
             "//* = //*/.."s,
             "//*/preceding::*"s,
             "//*[contains(string(/), .)]"s,
             "translate(/, /, /)"s,
             "//item[re-match(name, '(e|e)*x')]"s,
             "//item[re-match(name, '" + repeated("(e|e)", 16) + "[bd]')]",
             "//item[re-match(name, '" + repeated("e?", 20) + "')]",
             "//*" + repeated("['a']", 3000),
             "//*" + repeated("[not('')]", 1500),
             "//item[re-match(name, /test-tree:box)]"s,
             "//item[deref(name)]/*[deref(.)]"s,
             "(" + repeated("//*", 40) + ")[1]",
             "//item" + repeated("[//*]", 1000),
             repeated("//*[", 30) + "1" + repeated("]", 30),
             repeated("(", 1000) + "1" + repeated(")", 1000),
             "'" + repeated("a", 20000) + "'",
         })
        BOOST_TEST(!affordable(expression), expression.substr(0, 60));
}

BOOST_FIXTURE_TEST_CASE(a_large_tree_may_be_asked_what_goes_up_to_its_parents, Fixture) {
    tree = entries(context, 8000);
    shape = TreeShape(tree);
    for (const auto* expression : {"/test-tree:box/item/name[../size='1']", "//size[parent::item/name='e7']",
                                   "//name/ancestor::box", "//name[ancestor::item/size]"})
        BOOST_TEST(affordable(expression), expression);
    // libyang goes through the tree once for each operand that it sorts.
    for (const auto* expression :
         {"//item[name | size]", "//item[../item]", "//item[../../box/item]", "//name[following::*]"})
        BOOST_TEST(!affordable(expression), expression);
}

BOOST_FIXTURE_TEST_CASE(what_libyang_does_not_take_is_no_expression_either, Fixture) {
    for (const auto& expression :
         std::vector<std::string>{"", "//", "/test-tree:box[", "/test-tree:box]", "a b", "'open", "count(1",
                                  "#", "/test-tree:box/", "a::"})
        BOOST_TEST(!xpathCost(expression, shape).has_value(), expression);
    BOOST_CHECK_EXCEPTION(requireAffordable("/test-tree:box[", shape), RpcErrors,
                          [](const auto& e) { return e.first().tag == "bad-attribute"; });
    BOOST_CHECK_EXCEPTION(requireAffordable("//*[//*]", shape), RpcErrors,
                          [](const auto& e) { return e.first().tag == "resource-denied"; });
}

BOOST_FIXTURE_TEST_CASE(a_small_tree_may_be_asked_more, Fixture) {
    const auto small = Tree::parse(context, "<box xmlns=\"urn:test:tree\"/>", Format::xml);
    BOOST_TEST(*xpathCost("//*[//*[//*]]", TreeShape(small)) < affordableCost);
    BOOST_TEST(!std::isfinite(*xpathCost(repeated("(", 1000) + "1" + repeated(")", 1000), TreeShape(small))));
}

BOOST_AUTO_TEST_SUITE_END()
