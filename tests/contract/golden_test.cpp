// Each native edit against its golden file, and against the family's YANG: it applies, it is valid, it
// changes its own nodes and no other, and its inverse brings back what was there.

#include "families.hpp"
#include "model.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::contract;

namespace {

void check(const Family& family, const Case& each) {
    const Model model(family);
    const auto before = read(family, model.tree);
    const auto edit = family.adapter->edit(family.object, each.change);
    const auto inverse = domain::inverse(each.change, before);
    BOOST_REQUIRE(inverse.has_value());
    const auto back = family.adapter->edit(family.object, *inverse);
    checkGolden("golden/" + family.name + "/" + each.name + ".xml", edit);
    checkGolden("golden/" + family.name + "/" + each.name + ".inverse.xml", back);

    const auto changed = model.apply(model.tree, edit);
    const auto nodes = yang::differences(model.tree, changed);
    BOOST_TEST(nodes.size() == (family.name == "citrix" ? each.nodesOfCitrix : each.nodes));
    BOOST_TEST(!domain::differences(before, read(family, changed)).empty());

    const auto restored = model.apply(changed, back);
    const auto left = domain::differences(before, read(family, restored));
    BOOST_TEST(left.empty(), "left over: " << (left.empty() ? "" : left.front()));
    if (each.exact) BOOST_TEST(restored.print(yang::Format::xml) == model.tree.print(yang::Format::xml));
}

}

BOOST_AUTO_TEST_CASE(each_edit_is_the_golden_one_and_is_taken_back_by_its_inverse) {
    for (const auto& family : families())
        for (const auto& each : cases())
            BOOST_TEST_CONTEXT(family.name << " " << each.name) {
                check(family, each);
            }
}

BOOST_AUTO_TEST_CASE(an_edit_of_what_is_not_there_is_refused_and_makes_nothing) {
    for (const auto& family : families()) {
        const Model model(family);
        for (const auto operation : {domain::Operation::remove, domain::Operation::drain,
                                     domain::Operation::resume, domain::Operation::setWeight}) {
            BOOST_TEST_CONTEXT(family.name << " " << domain::toString(operation)) {
                const auto change = changeOf(operation, "real9", "192.0.2.19", 3);
                BOOST_CHECK_EXCEPTION(
                    model.apply(model.tree, family.adapter->edit(family.object, change)), yang::RpcErrors,
                    [](const yang::RpcErrors& errors) { return errors.first().tag == "data-missing"; });
            }
        }
        const auto there = changeOf(domain::Operation::add, "real1", "192.0.2.11");
        BOOST_CHECK_EXCEPTION(
            model.apply(model.tree, family.adapter->edit(family.object, there)), yang::RpcErrors,
            [](const yang::RpcErrors& errors) { return errors.first().tag == "data-exists"; });
        const auto adding = changeOf(domain::Operation::add, "real3", "192.0.2.13");
        BOOST_CHECK_EXCEPTION(
            model.apply(model.tree, family.adapter->edit("no-such-pool", adding)), yang::RpcErrors,
            [](const yang::RpcErrors& errors) { return errors.first().tag == "data-missing"; });
    }
}
