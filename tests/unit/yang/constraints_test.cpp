#include "yang/constraints.hpp"

#include <boost/test/unit_test.hpp>
#include <places.hpp>

#include <random>

namespace headgate::yang::test {
namespace {

const std::string red = "<kind><name>red</name><colour>red</colour><price>3</price></kind>";
const std::string blue = "<kind><name>blue</name><colour>blue</colour></kind>";

std::string item(const std::string& name, const std::string& rest) {
    return "<item><name>" + name + "</name>" + rest + "</item>";
}

struct Shop {
    Shop()
        : context(loaded())
        , constraints(context.raw()) {}
    static Context loaded() {
        Context context({HEADGATE_SOURCE_DIR "/tests/unit/yang"});
        context.load("test-demands");
        return context;
    }
    Tree parse(const std::string& inner) const {
        auto tree =
            Tree::parse(context, "<shop xmlns=\"urn:test:demands\">" + inner + "</shop>", Format::xml);
        tree.addDefaults();
        return tree;
    }
    static bool isValid(const Tree& tree) {
        try {
            tree.duplicate().validate();
            return true;
        } catch (const Error&) {
            return false;
        }
    }
    /// "valid", or "not known".
    std::string judged(const std::string& before, const std::string& after) const {
        const auto was = parse(before);
        const auto is = parse(after);
        BOOST_REQUIRE(isValid(was));
        const auto valid = constraints.stillValid(was, is, *differing(was, is));
        BOOST_TEST((!valid || isValid(is)), "taken, and not valid: " << after);
        return valid ? "valid" : "not known";
    }
    Context context;
    Constraints constraints;
};

}

BOOST_AUTO_TEST_SUITE(constraints)

BOOST_FIXTURE_TEST_CASE(demands_are_told_by_how_far_they_look, Shop) {
    const std::vector<std::string> expected{
        "/test-demands:shop/item/kind (leafref): ../../kind/name",
        "/test-demands:shop/item/twisted (leafref): ../../kind/name",
        "/test-demands:shop/rest/kind (leafref): /shop/kind/name",
        "/test-demands:shop/item/kind (keyed): ../../kind[name = current()]/colour = 'red'",
        "/test-demands:shop/item/alike: count(../../item[alike = current()]) <= 2",
        "/test-demands:shop/item/twisted: ../../kind[name = current()]/../item"};
    BOOST_TEST(constraints.beyondTheirEntry() == expected, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_leaf_of_one_entry_is_judged_alone, Shop) {
    const auto others = red + blue + item("x", "<kind>red</kind>");
    BOOST_TEST(judged(others + item("a", "<low>1</low>"), others + item("a", "<low>2</low>")) == "valid");
    BOOST_TEST(judged(others + item("a", "<low>1</low><high>2</high>"),
                      others + item("a", "<low>3</low><high>2</high>")) == "not known");
    BOOST_TEST(judged(others + item("a", "<low>11</low><extra>e</extra>"),
                      others + item("a", "<low>1</low><extra>e</extra>")) == "not known");
    BOOST_TEST(judged(others, others + item("a", "<part><name>p</name><number>1</number></part>"
                                                 "<part><name>q</name><number>1</number></part>")) ==
               "not known");
}

BOOST_FIXTURE_TEST_CASE(what_an_entry_refers_to_is_looked_at, Shop) {
    const auto others = red + blue;
    const auto before = others + item("a", "<low>1</low>");
    BOOST_TEST(judged(before, others + item("a", "<kind>red</kind>")) == "valid");
    BOOST_TEST(judged(before, others + item("a", "<kind>blue</kind>")) == "not known");
    BOOST_TEST(judged(before, others + item("a", "<kind>green</kind>")) == "not known");
    BOOST_TEST(judged(red, red + "<rest><kind>red</kind></rest>") == "valid");
}

BOOST_FIXTURE_TEST_CASE(what_others_may_refer_to_is_not_judged_alone, Shop) {
    const auto others = blue + item("a", "<kind>red</kind>");
    BOOST_TEST(judged(red + others, red + others.substr(blue.size())) == "not known");
    BOOST_TEST(judged(red + others, "<kind><name>red</name><colour>green</colour></kind>" + others) ==
               "not known");
    // Nobody looks at that.
    BOOST_TEST(judged(red + others, "<kind><name>red</name><colour>red</colour><price>4</price></kind>" +
                                        others) == "valid");
    BOOST_TEST(judged(red + others, red + others + "<kind><name>green</name></kind>") == "not known");
}

BOOST_FIXTURE_TEST_CASE(what_looks_at_all_entries_is_not_judged_alone, Shop) {
    const auto two = item("a", "<alike>x</alike>") + item("b", "<alike>x</alike>");
    BOOST_TEST(judged(two, two + item("c", "<alike>x</alike>")) == "not known");
    BOOST_TEST(judged(two, two + item("c", "<low>1</low>")) == "not known"); // the list itself is looked at
    BOOST_TEST(judged(red, red + item("a", "<twisted>red</twisted>")) == "not known");
}

BOOST_FIXTURE_TEST_CASE(entries_that_are_counted_are_not_judged_alone, Shop) {
    const std::string two = "<few><name>a</name></few><few><name>b</name></few>";
    BOOST_TEST(judged(two, two + "<few><name>c</name></few>") == "not known");
}

BOOST_FIXTURE_TEST_CASE(order_is_not_judged_alone, Shop) {
    BOOST_TEST(judged(item("a", "<part><name>p</name></part><part><name>q</name></part>"),
                      item("a", "<part><name>q</name></part><part><name>p</name></part>")) == "not known");
}

BOOST_FIXTURE_TEST_CASE(the_entries_come_back_as_validation_leaves_them, Shop) {
    const auto before = parse(red + item("a", ""));
    const auto after = parse(red + item("a", "<kind>red</kind>"));
    const auto valid = constraints.stillValid(before, after, {"/test-demands:shop/item[name='a']"});
    BOOST_REQUIRE(valid.has_value());
    BOOST_TEST(valid->print(Format::json) == R"({"test-demands:shop":{"item":[{"name":"a","kind":"red"}]}})");
}

/// Whatever is changed of a valid shop: what is taken is valid.
BOOST_FIXTURE_TEST_CASE(nothing_is_taken_that_is_not_valid, Shop) {
    std::mt19937 random(20261201);
    const auto one = [&](std::initializer_list<const char*> words) {
        return std::string(words.begin()[random() % words.size()]);
    };
    const auto anItem = [&](const std::string& name) {
        return item(name, one({"", "<kind>red</kind>", "<kind>blue</kind>", "<kind>green</kind>"}) +
                              one({"", "<low>1</low>", "<low>12</low>"}) + one({"", "", "<high>5</high>"}) +
                              one({"", "", "<extra>e</extra>"}) + one({"", "<alike>x</alike>"}) +
                              one({"", "", "", "<twisted>red</twisted>"}));
    };
    const auto aShop = [&] {
        std::vector<std::string> entries{
            one({"", "<kind><name>red</name><colour>red</colour></kind>", "<kind><name>red</name></kind>"}),
            one({"", "<kind><name>blue</name><colour>red</colour></kind>"}),
            anItem("a"),
            anItem("b"),
            anItem("c"),
            one({"", "<few><name>a</name></few>", "<few><name>a</name><note>n</note></few>"}),
            one({"", "<rest><kind>red</kind></rest>"})};
        return entries;
    };
    const auto joined = [](const std::vector<std::string>& entries) {
        std::string all;
        for (const auto& entry : entries)
            all += entry;
        return all;
    };
    unsigned tried = 0, taken = 0;
    while (tried < 3000) {
        const auto before = aShop();
        if (!isValid(parse(joined(before)))) continue;
        auto after = before;
        const auto other = aShop();
        for (unsigned changes = 1 + random() % 2; changes > 0; --changes) {
            const auto at = random() % after.size();
            after[at] = other[at];
        }
        ++tried;
        if (judged(joined(before), joined(after)) == "valid") ++taken;
    }
    BOOST_TEST(taken > 300U);
}

BOOST_AUTO_TEST_SUITE_END()

}
