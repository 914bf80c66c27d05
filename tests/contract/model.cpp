#include "model.hpp"

#include "datastore/edit.hpp"

#include <boost/test/unit_test.hpp>
#include <places.hpp>

#include <cstdlib>
#include <fstream>

namespace headgate::contract {

Model::Model(const Family& family)
    : tree(context) {
    context.load(family.module);
    // An edit's nc:operation attributes need the module that is their namespace.
    context.load("ietf-netconf");
    tree = yang::Tree::parse(context, fileOf("base/" + family.name + ".xml"), yang::Format::xml);
    tree.validate();
    tree.removeDefaults();
}

yang::Tree Model::apply(const yang::Tree& base, const std::string& edit) const {
    const auto content = yang::Tree::parse(context, edit, yang::Format::xml, yang::Unknown::keepOpaque);
    auto result = datastore::applyEdit(base, content.get(),
                                       {datastore::Operation::none, datastore::ErrorOption::rollback});
    if (!result.errors.empty()) throw yang::RpcErrors(result.errors);
    result.tree.validate();
    result.tree.removeDefaults();
    return std::move(result.tree);
}

domain::PoolFacts read(const Family& family, const yang::Tree& tree) {
    return family.adapter->read(family.object, tree.print(yang::Format::xml));
}

void checkGolden(const std::string& path, const std::string& text) {
    if (std::getenv("HEADGATE_UPDATE_GOLDEN"))
        std::ofstream(std::string(HEADGATE_SOURCE_DIR) + "/tests/contract/" + path) << text;
    BOOST_TEST(text == fileOf(path), path << " differs from:\n" << text);
}

}
