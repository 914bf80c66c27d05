#include "northbound/rules.hpp"

#include "northbound/translate.hpp"
#include "yang/error.hpp"

#include <libyang/libyang.h>

#include <string_view>
#include <unordered_map>

namespace headgate::northbound {
namespace {

/// Calls `visit(server, member)` for each member of a pool.
template <typename Visit>
void forEachMember(const lyd_node* pool, Visit visit) {
    const lyd_node* node = nullptr;
    LY_LIST_FOR(lyd_child_no_keys(pool), node) {
        if (std::string_view(LYD_NAME(node)) == "member")
            visit(std::string_view(lyd_get_value(lyd_child(node))), node);
    }
}

[[noreturn]] void refuse(const lyd_node* member) {
    throw yang::Error("data are not valid", {{"A server is a member of one pool at most.",
                                              yang::Node(member).path(), "member-of-two-pools", 0}});
}

bool isPool(const lyd_node* node) {
    return std::string_view(LYD_NAME(node)) == "pool";
}

}

void ModelRules::check(const yang::Tree& tree) const {
    const auto top = tree.find(topPath);
    std::unordered_map<std::string_view, const lyd_node*> memberOf;
    const lyd_node* node = nullptr;
    LY_LIST_FOR(top ? lyd_child(top->raw()) : nullptr, node) {
        if (!isPool(node)) continue;
        forEachMember(node, [&](std::string_view server, const lyd_node* member) {
            const auto [known, first] = memberOf.emplace(server, member);
            if (!first) refuse(known->second);
        });
    }
}

/// No pool has a member that it did not have.
bool ModelRules::stillHold(const yang::Tree& before, const yang::Tree& after,
                           const yang::Entries& where) const {
    bool hold = true;
    for (const auto& path : where) {
        const auto pool = after.find(path);
        if (!pool || !isPool(pool->raw())) continue;
        const auto former = before.find(path);
        forEachMember(pool->raw(), [&](std::string_view, const lyd_node* member) {
            lyd_node* match = nullptr;
            if (former) lyd_find_sibling_first(lyd_child(former->raw()), member, &match);
            hold = hold && match;
        });
    }
    return hold;
}

}
