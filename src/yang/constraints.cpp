// Why `stillValid` is sound. `before` is valid. Each demand is one of these:
//
// - one that looks at its own entry only: it holds where the entry is as it was, and is judged by libyang
//   where the entry is another;
// - a leafref to another entry: it can only cease to hold where something that it could have led to is gone,
//   and what it leads to in a part of the tree it leads to in the whole;
// - a must or when that finds other entries only by their key, which is a leafref's value: it is judged right
//   in a part of the tree that has what leafrefs lead to. Where it stands in an entry that is as it was, it
//   can only cease to hold when something is another in the entries of the lists that it looks at;
// - any other: it holds as before when nothing that it looks at is another, and it stands nowhere new.
//
// When none of these is in doubt, the changed entries are validated together with all that they refer to.

#include "yang/constraints.hpp"

#include "yang/capture.hpp"
#include "yang/counterpart.hpp"
#include "yang/demands.hpp"

#include <libyang/libyang.h>

#include <algorithm>

namespace headgate::yang {
namespace {

/// Schema nodes of which an instance was added, is another or is gone, with all that stands below these.
struct Touched {
    SchemaNodes any;
    SchemaNodes gone;   ///< or has another value
    bool moved = false; ///< an entry of an ordered-by user list
};

void note(SchemaNodes& nodes, const lyd_node* tree) {
    const lyd_node* node = nullptr;
    LYD_TREE_DFS_BEGIN(tree, node) {
        if (node->schema) nodes.insert(node->schema);
        LYD_TREE_DFS_END(tree, node);
    }
}

/// Default nodes count: an expression sees them.
void compare(const lyd_node* before, const lyd_node* after, Touched& touched) {
    std::vector<const lyd_node*> kept;
    for (const auto* node = before; node; node = node->next) {
        const auto* now = counterpart(node, after);
        if (!now) {
            note(touched.any, node);
            note(touched.gone, node);
        } else if (lysc_is_userordered(node->schema)) {
            kept.push_back(now);
        }
    }
    std::size_t place = 0;
    for (const auto* node = after; node; node = node->next) {
        const auto* old = counterpart(node, before);
        if (!old) {
            note(touched.any, node);
            continue;
        }
        if (lysc_is_userordered(node->schema) && kept[place++] != node) touched.moved = true;
        if (node->schema->nodetype & LYD_NODE_INNER) {
            compare(lyd_child(old), lyd_child(node), touched);
        } else if (lyd_compare_single(old, node, 0) != LY_SUCCESS) {
            touched.any.insert(node->schema);
            touched.gone.insert(node->schema);
        }
    }
}

bool meet(const SchemaNodes& some, const SchemaNodes& others) {
    return std::any_of(some.begin(), some.end(), [&](const auto* node) { return others.contains(node); });
}

const lyd_node* entryAt(const Tree& tree, const std::string& path) {
    const auto found = tree.find(path);
    return found ? found->raw() : nullptr;
}

}

struct Constraints::Impl {
    const ly_ctx* context;
    Demands demands;

    /// An entry of that kind comes, goes or changes without anybody counting it or missing it.
    bool isLoose(const lyd_node* entry) const {
        const auto* parent = lyd_parent(entry);
        return parent && !lyd_parent(parent) && !demands.counted.contains(entry->schema);
    }

    std::optional<Touched> touchedIn(const Tree& before, const Tree& after, const Entries& where) const {
        Touched touched;
        for (const auto& path : where) {
            const auto* was = entryAt(before, path);
            const auto* is = entryAt(after, path);
            if (!was && !is) continue;
            if (!isLoose(was ? was : is)) return std::nullopt;
            if (was && is) {
                compare(lyd_child(was), lyd_child(is), touched);
                continue;
            }
            note(touched.any, was ? was : is);
            if (was) note(touched.gone, was);
        }
        return touched;
    }

    static bool mayCease(const Demand& demand, const Touched& touched) {
        switch (demand.reach) {
        case Reach::entry: return false;
        case Reach::leafref: return meet(demand.looksAt, touched.gone);
        case Reach::keyed: return meet(demand.looksAtElsewhere, touched.any);
        case Reach::anywhere: return touched.any.contains(demand.at) || meet(demand.looksAt, touched.any);
        }
        return true;
    }

    /// The entries that those at `where` refer to, and so on.
    Entries withReferred(const Tree& tree, const Entries& where) const {
        Entries all = where;
        std::vector<std::string> open(where.begin(), where.end());
        while (!open.empty()) {
            const auto* entry = entryAt(tree, open.back());
            open.pop_back();
            const lyd_node* node = nullptr;
            if (!entry) continue;
            LYD_TREE_DFS_BEGIN(entry, node) {
                const auto [first, last] = demands.lists.equal_range(node->schema);
                for (auto list = first; list != last; ++list)
                    refer(list->second, lyd_get_value(node), all, open);
                LYD_TREE_DFS_END(entry, node);
            }
        }
        return all;
    }

    static void refer(const std::string& list, const std::string& key, Entries& all,
                      std::vector<std::string>& open) {
        if (key.find('\'') != std::string::npos) return;
        auto path = list + "'" + key + "']";
        if (all.insert(path).second) open.push_back(std::move(path));
    }
};

Constraints::Constraints(const ly_ctx* context)
    : m_impl(new Impl{context, demandsOf(context)}) {}
Constraints::~Constraints() = default;
Constraints::Constraints(Constraints&&) noexcept = default;
Constraints& Constraints::operator=(Constraints&&) noexcept = default;

std::optional<Tree> Constraints::stillValid(const Tree& before, const Tree& after,
                                            const Entries& where) const {
    if (m_impl->demands.unknown) return std::nullopt;
    const auto touched = m_impl->touchedIn(before, after, where);
    if (!touched || touched->moved) return std::nullopt;
    const auto& all = m_impl->demands.all;
    if (std::any_of(all.begin(), all.end(), [&](const Demand& one) { return Impl::mayCease(one, *touched); }))
        return std::nullopt;
    auto part = cut(after, m_impl->withReferred(after, where));
    try {
        part.validate();
    } catch (const Error&) {
        return std::nullopt;
    }
    return cut(part, where);
}

std::vector<std::string> Constraints::beyondTheirEntry() const {
    std::vector<std::string> found;
    for (const auto& demand : m_impl->demands.all)
        if (demand.reach != Reach::entry) found.push_back(toString(demand));
    return found;
}

}
