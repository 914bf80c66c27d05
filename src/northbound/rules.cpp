#include "northbound/rules.hpp"

#include "northbound/policy_rules.hpp"
#include "northbound/translate.hpp"
#include "yang/error.hpp"
#include "yang/faults.hpp"
#include "yang/xpath_cost.hpp"

#include <libyang/libyang.h>

#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

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

[[noreturn]] void refuse(const lyd_node* node, std::string rule, const char* tag) {
    throw yang::Error("data are not valid", {{std::move(rule), yang::Node(node).path(), tag, 0}});
}

bool isPool(const lyd_node* node) {
    return std::string_view(LYD_NAME(node)) == "pool";
}

bool isServer(const lyd_node* node) {
    return std::string_view(LYD_NAME(node)) == "server";
}

bool isDataSource(const lyd_node* node) {
    return std::string_view(LYD_NAME(node)) == "data-source";
}

bool isProfile(const lyd_node* node) {
    return std::string_view(LYD_NAME(node)) == "profile";
}

/// The value of a leaf of an entry; empty where it has none.
std::string_view leafOf(const lyd_node* entry, std::string_view leaf) {
    const lyd_node* node = nullptr;
    LY_LIST_FOR(lyd_child(entry), node) {
        if (LYD_NAME(node) == leaf) return lyd_get_value(node);
    }
    return {};
}

template <typename Visit>
void forEachShare(const lyd_node* server, Visit visit) {
    const lyd_node* node = nullptr;
    LY_LIST_FOR(lyd_child_no_keys(server), node) {
        if (std::string_view(LYD_NAME(node)) == "share") visit(node);
    }
}

bool hasShares(const lyd_node* server) {
    bool found = false;
    forEachShare(server, [&](const lyd_node*) { found = true; });
    return found;
}

/// The pools that each server which has shares has them for.
using Shares = std::unordered_map<std::string_view, std::unordered_set<std::string_view>>;

Shares sharesOf(const lyd_node* first) {
    Shares shares;
    const lyd_node* node = nullptr;
    LY_LIST_FOR(first, node) {
        if (!isServer(node)) continue;
        unsigned sum = 0;
        forEachShare(node, [&](const lyd_node* share) {
            sum += static_cast<unsigned>(std::stoul(std::string(leafOf(share, "permille"))));
            shares[leafOf(node, "name")].insert(leafOf(share, "pool"));
        });
        if (sum > 1000)
            refuse(node, "Its shares are " + std::to_string(sum) + " permille together; all of it is 1000.",
                   "shares-beyond-whole");
    }
    return shares;
}

constexpr const char* profileEntries = "/headgate:headgate/profile[";
constexpr const char* dataSourceEntries = "/headgate:headgate/data-source[";
constexpr const char* alarmControl = "/ietf-alarms:alarms/control"; ///< an entry: see yang/entries.hpp
constexpr const char* shelving = "/ietf-alarms:alarms/control/alarm-shelving";

/// Nothing is another about the shelves, whatever else is.
bool sameShelves(const yang::Tree& before, const yang::Tree& after) {
    const auto then = after.find(shelving);
    if (!then) return true;
    const auto former = before.find(shelving);
    return former && lyd_compare_single(former->raw(), then->raw(), LYD_COMPARE_FULL_RECURSION) == LY_SUCCESS;
}

}

void checkShelves(const yang::Tree& tree) {
    const auto shelves = tree.find(shelving);
    if (!shelves) return;
    std::optional<yang::TreeShape> shape; // of the whole: only where there is a shelf to judge
    for (const auto& shelf : shelves->children("shelf"))
        for (const auto& resource : shelf.leafList("resource")) {
            if (!shape) shape.emplace(tree);
            const auto cost = yang::xpathCost(resource, *shape);
            if (!cost || *cost <= yang::affordableCost) continue;
            throw yang::Error(
                "data are not valid",
                {{"The resource " + yang::shownValue({}, resource) +
                      " would keep Headgate busy for too long with each alarm, and so would select "
                      "nothing: say by names where resources are.",
                  shelf.path(), "shelf-too-costly", 0}});
        }
}

/// Of a server whose profile is neither configured nor shipped.
void ModelRules::refuseProfile(const lyd_node* server) const {
    std::string known;
    for (const auto& shipped : m_shipped)
        known += (known.empty() ? "" : ", ") + shipped;
    throw yang::Error("data are not valid",
                      {{"There is no profile " + std::string(leafOf(server, "profile")) +
                            ": configure it, or take one that Headgate brings along (" + known + ").",
                        yang::Node(server).path() + "/profile", "no-such-profile", 0}});
}

void ModelRules::checkProfiles(const lyd_node* first) const {
    std::unordered_set<std::string_view> profiles(m_shipped.begin(), m_shipped.end());
    const lyd_node* node = nullptr;
    LY_LIST_FOR(first, node) {
        if (isProfile(node)) profiles.insert(leafOf(node, "name"));
    }
    LY_LIST_FOR(first, node) {
        if (isServer(node) && !profiles.contains(leafOf(node, "profile"))) refuseProfile(node);
    }
}

void ModelRules::checkApplications(const lyd_node* first) {
    std::unordered_set<std::string_view> measured;
    const lyd_node* node = nullptr;
    LY_LIST_FOR(first, node) {
        if (isDataSource(node)) measured.insert(leafOf(node, "server"));
    }
    LY_LIST_FOR(first, node) {
        if (!isServer(node) || !leafOf(node, "application").empty() ||
            measured.contains(leafOf(node, "name")))
            continue;
        throw yang::Error("data are not valid",
                          {{"Name its application; only the server of a data source needs none.",
                            yang::Node(node).path(), "server-without-application", 0}});
    }
}

bool ModelRules::hasProfile(const yang::Tree& tree, const lyd_node* server) const {
    const std::string name(leafOf(server, "profile"));
    return m_shipped.contains(name) || tree.find(profileEntries + ("name=" + yang::quoted(name) + "]"));
}

void ModelRules::check(const yang::Tree& tree) const {
    const auto top = tree.find(topPath);
    if (top) checkProfiles(lyd_child(top->raw()));
    if (top) checkApplications(lyd_child(top->raw()));
    checkPolicies(tree);
    if (top) checkMembers(lyd_child(top->raw()));
    if (m_shelves == Shelves::judged) checkShelves(tree);
}

void ModelRules::checkMembers(const lyd_node* first) {
    const auto shares = sharesOf(first);
    std::unordered_map<std::string_view, const lyd_node*> memberOf;
    const lyd_node* node = nullptr;
    LY_LIST_FOR(first, node) {
        if (!isPool(node)) continue;
        const auto pool = leafOf(node, "name");
        forEachMember(node, [&](std::string_view server, const lyd_node* member) {
            if (const auto own = shares.find(server); own != shares.end()) {
                if (own->second.contains(pool)) return;
                refuse(member, "The server shares itself among other pools: give it a share for this one.",
                       "member-without-share");
            }
            const auto [known, alone] = memberOf.emplace(server, member);
            if (!alone)
                refuse(known->second, "A server is a member of one pool at most.", "member-of-two-pools");
        });
    }
}

/// No pool has a member that it did not have, no server has shares, no profile has gone, no data source is
/// another, and the shelves are what they were.
bool ModelRules::stillHold(const yang::Tree& before, const yang::Tree& after,
                           const yang::Entries& where) const {
    bool hold =
        m_shelves == Shelves::asTheyAre || !where.contains(alarmControl) || sameShelves(before, after);
    for (const auto& path : where) {
        const auto pool = after.find(path);
        hold = hold && (pool || !path.starts_with(profileEntries)) && !path.starts_with(dataSourceEntries) &&
               !path.starts_with(templateEntries);
        if (pool && isServer(pool->raw()))
            hold = hold && hasProfile(after, pool->raw()) && !leafOf(pool->raw(), "application").empty() &&
                   !hasShares(pool->raw());
        if (const auto former = before.find(path); former && isServer(former->raw()))
            hold = hold && !hasShares(former->raw());
        if (!pool || !isPool(pool->raw())) continue;
        hold = hold && keepsPolicyRules(after, *pool);
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
