// Each native edit against its golden file, and against the family's YANG: it applies, it is valid, it
// changes its own nodes and no other, and its inverse brings back what was there.

#include "datastore/edit.hpp"
#include "families.hpp"
#include "yang/context.hpp"
#include "yang/tree.hpp"

#include <boost/test/unit_test.hpp>
#include <places.hpp>

#include <cstdlib>
#include <fstream>

using namespace headgate;
using namespace headgate::contract;

namespace {

/// A family's model with the data of base/.
struct Model {
    explicit Model(const Family& family)
        : tree(context) {
        context.load(family.module);
        // An edit's nc:operation attributes need the module that is their namespace.
        context.load("ietf-netconf");
        tree = yang::Tree::parse(context, fileOf("base/" + family.name + ".xml"), yang::Format::xml);
        tree.validate();
        tree.removeDefaults();
    }

    /// What an edit makes of a tree, and everything that is wrong with it.
    yang::Tree apply(const yang::Tree& base, const std::string& edit) const {
        const auto content = yang::Tree::parse(context, edit, yang::Format::xml, yang::Unknown::keepOpaque);
        auto result = datastore::applyEdit(base, content.get(),
                                           {datastore::Operation::none, datastore::ErrorOption::rollback});
        if (!result.errors.empty()) throw yang::RpcErrors(result.errors);
        result.tree.validate();
        result.tree.removeDefaults();
        return std::move(result.tree);
    }

    yang::Context context;
    yang::Tree tree;
};

domain::PoolFacts read(const Family& family, const yang::Tree& tree) {
    return family.adapter->read(family.object, tree.print(yang::Format::xml));
}

void checkGolden(const std::string& path, const std::string& text) {
    if (std::getenv("HEADGATE_UPDATE_GOLDEN"))
        std::ofstream(std::string(HEADGATE_SOURCE_DIR) + "/tests/contract/" + path) << text;
    BOOST_TEST(text == fileOf(path), path << " differs from:\n" << text);
}

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
