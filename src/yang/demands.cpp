#include "yang/demands.hpp"

#include "yang/capture.hpp"

#include <libyang/libyang.h>

#include <algorithm>
#include <regex>

namespace headgate::yang {
namespace {

const lysc_node* dataParent(const lysc_node* node) {
    return lysc_data_parent(node);
}

/// The kind of entry that a node is in, or is: right below a top-level container.
const lysc_node* entryKind(const lysc_node* node) {
    const lysc_node* above = nullptr;
    for (; dataParent(node); node = dataParent(node))
        above = node;
    return node->nodetype == LYS_CONTAINER ? above : nullptr;
}

std::size_t depthBelow(const lysc_node* node, const lysc_node* entry) {
    std::size_t depth = 0;
    for (; node && node != entry; node = dataParent(node))
        ++depth;
    return depth;
}

bool isIn(const lysc_node* node, const lysc_node* subtree) {
    for (; node; node = dataParent(node))
        if (node == subtree) return true;
    return false;
}

bool isConfiguration(const lysc_node* node) {
    for (const auto* above = node; above; above = above->parent)
        if (above->nodetype & (LYS_RPC | LYS_ACTION | LYS_NOTIF | LYS_INPUT | LYS_OUTPUT)) return false;
    return (node->flags & LYS_CONFIG_W) != 0;
}

std::size_t countSteps(const std::string& path) {
    std::size_t count = 0;
    for (auto at = path.find(".."); at != std::string::npos; at = path.find("..", at + 2))
        ++count;
    return count;
}

/// At most so many in one path. A path that goes on behind a predicate or a bracket cannot be told from
/// another: then every step of the expression counts.
std::size_t stepsUp(const std::string& expression) {
    static const std::regex path(R"re([\w.:/-]+)re");
    if (expression.find('[') != std::string::npos || expression.find(")/") != std::string::npos)
        return countSteps(expression);
    std::size_t most = 0;
    for (std::sregex_iterator found(expression.begin(), expression.end(), path), end; found != end; ++found)
        most = std::max(most, countSteps(found->str()));
    return most;
}

/// It climbs no higher than its entry, and begins nowhere else. Every step up counts, wherever it stands.
bool staysInside(const std::string& expression, std::size_t depth) {
    static const std::regex elsewhere(
        R"re((^|[\s(\[,=<>|+*!-])/|//|ancestor|preceding|following|parent\s*::|deref|\bid\s*\()re");
    return stepsUp(expression) <= depth && !std::regex_search(expression, elsewhere);
}

std::string pathOf(const lysc_node* node) {
    char buffer[1024];
    return lysc_path(node, LYSC_PATH_DATA, buffer, sizeof buffer) ? buffer : "";
}

class Reader {
  public:
    explicit Reader(Demands& demands)
        : m_demands(demands) {}

    void readLeafrefs(const lysc_node* node) {
        if (isConfiguration(node) && (node->nodetype & (LYS_LEAF | LYS_LEAFLIST)))
            readType(node, reinterpret_cast<const lysc_node_leaf*>(node)->type);
    }

    void readOthers(const lysc_node* node) {
        if (!isConfiguration(node)) return;
        const auto* when = lysc_node_when(node);
        LY_ARRAY_COUNT_TYPE i = 0;
        LY_ARRAY_FOR(when, i) {
            if (!when[i]->context)
                m_demands.unknown = true;
            else
                add(node, when[i]->context, when[i]->cond, when[i]->prefixes);
        }
        const auto* must = lysc_node_musts(node);
        LY_ARRAY_FOR(must, i) {
            add(node, node, must[i].cond, must[i].prefixes);
        }
        if (isCounted(node)) m_demands.counted.insert(node);
    }

  private:
    /// Of nodes right below a top-level container.
    static bool isCounted(const lysc_node* node) {
        const auto* above = dataParent(node);
        if (!above || dataParent(above) || (node->nodetype & (LYS_CHOICE | LYS_CASE))) return false;
        if (node->parent != above) return true;
        if (node->nodetype == LYS_CONTAINER) return !lysc_is_np_cont(node);
        if (node->nodetype != LYS_LIST) return true;
        const auto* list = reinterpret_cast<const lysc_node_list*>(node);
        return list->min > 0 || (list->max != 0 && list->max != UINT32_MAX) || list->uniques ||
               lysc_is_userordered(node);
    }

    void readType(const lysc_node* node, const lysc_type* type) {
        if (type->basetype == LY_TYPE_LEAFREF) {
            const auto* leafref = reinterpret_cast<const lysc_type_leafref*>(type);
            if (leafref->require_instance) addLeafref(node, *leafref);
        } else if (type->basetype == LY_TYPE_UNION) {
            const auto* all = reinterpret_cast<const lysc_type_union*>(type)->types;
            LY_ARRAY_COUNT_TYPE i = 0;
            LY_ARRAY_FOR(all, i) {
                readType(node, all[i]);
            }
        } else if (type->basetype == LY_TYPE_INST) {
            if (reinterpret_cast<const lysc_type_instanceid*>(type)->require_instance)
                m_demands.unknown = true;
        }
    }

    /// What `expression` looks at; nothing is known of it when libyang cannot tell.
    SchemaNodes atoms(const lysc_node* from, const lyxp_expr* expression, const lysc_prefix* prefixes) {
        const Capture capture(from->module->ctx);
        ly_set* set = nullptr;
        if (lys_find_expr_atoms(from, from->module, expression, prefixes, 0, &set) != LY_SUCCESS)
            m_demands.unknown = true;
        SchemaNodes found;
        for (std::uint32_t i = 0; set && i < set->count; ++i)
            found.insert(set->snodes[i]);
        ly_set_free(set, nullptr);
        return found;
    }

    void add(const lysc_node* at, const lysc_node* from, const lyxp_expr* expression,
             const lysc_prefix* prefixes) {
        Demand demand{at, Reach::anywhere, lyxp_get_expr(expression), atoms(from, expression, prefixes), {}};
        const auto* entry = entryKind(from);
        if (entry && staysInside(demand.expression, depthBelow(from, entry)))
            demand.reach = Reach::entry;
        else if (entry && isKeyed(demand, from, entry))
            demand.reach = Reach::keyed;
        std::copy_if(demand.looksAt.begin(), demand.looksAt.end(),
                     std::inserter(demand.looksAtElsewhere, demand.looksAtElsewhere.end()),
                     [&](const auto* node) { return !isIn(node, entry) && dataParent(node); });
        m_demands.all.push_back(std::move(demand));
    }

    void addLeafref(const lysc_node* node, const lysc_type_leafref& type) {
        Demand demand{
            node, Reach::anywhere, lyxp_get_expr(type.path), atoms(node, type.path, type.prefixes), {}};
        const auto* entry = entryKind(node);
        if (entry && staysInside(demand.expression, depthBelow(node, entry))) {
            demand.reach = Reach::entry;
        } else if (demand.expression.find_first_of("[(") == std::string::npos) {
            demand.reach = Reach::leafref;
            std::erase_if(demand.looksAt, [&](const auto* seen) { return isIn(node, seen); });
            if (const auto* target = targetOf(node, demand)) {
                m_demands.lists.emplace(node, pathOf(dataParent(target)) + "[" + target->name + "=");
                m_targets.emplace(node, dataParent(target));
            }
        }
        m_demands.all.push_back(std::move(demand));
    }

    /// The one key of a list that is an entry's kind.
    static const lysc_node* targetOf(const lysc_node* node, const Demand& demand) {
        const auto name = demand.expression.substr(demand.expression.rfind('/') + 1);
        for (const auto* seen : demand.looksAt) {
            const auto* list = dataParent(seen);
            if (seen == node || !lysc_is_key(seen) || list != entryKind(seen)) continue;
            const auto* second = seen->next;
            if (name.substr(name.find(':') + 1) == seen->name && seen == lysc_node_child(list) &&
                !(second && lysc_is_key(second)))
                return seen;
        }
        return nullptr;
    }

    /// It leaves its entry only by LIST[KEY = current()] or LIST[KEY = current()/LEAF], where that leaf is a
    /// leafref to the key of that list, which is another than its own.
    bool isKeyed(const Demand& demand, const lysc_node* from, const lysc_node* entry) const {
        static const std::regex exit(
            R"re((?:\.\./)+([A-Za-z][\w.-]*)\[\s*([A-Za-z][\w.-]*)\s*=\s*current\(\)(?:/([A-Za-z][\w.-]*))?\s*\])re");
        for (std::sregex_iterator found(demand.expression.begin(), demand.expression.end(), exit), end;
             found != end; ++found) {
            const auto& match = *found;
            const auto* leaf = from;
            if (match[3].matched) leaf = lys_find_child(from, from->module, match.str(3).c_str(), 0, 0, 0);
            const auto target = m_targets.find(leaf);
            if (!leaf || target == m_targets.end() || target->second == entry || goesOn(match.suffix()) ||
                match.str(1) != target->second->name || match.str(2) != lysc_node_child(target->second)->name)
                return false;
        }
        return staysInside(std::regex_replace(demand.expression, exit, "self"), depthBelow(from, entry));
    }

    /// From the other entry to somewhere else.
    static bool goesOn(const std::string& rest) {
        static const std::regex away(R"re(^[\w.:/-]*(\.\.|\[))re");
        return std::regex_search(rest, away);
    }

    Demands& m_demands;
    std::map<const lysc_node*, const lysc_node*> m_targets; ///< a leafref's leaf → the list that it leads to
};

template <typename Visit>
void forEachNode(const ly_ctx* context, Visit visit) {
    std::uint32_t index = 0;
    while (const auto* module = ly_ctx_get_module_iter(context, &index)) {
        if (!module->implemented) continue;
        lysc_module_dfs_full(
            module,
            [](lysc_node* node, void* data, ly_bool*) -> LY_ERR {
                (*static_cast<Visit*>(data))(node);
                return LY_SUCCESS;
            },
            &visit);
    }
}

}

std::string toString(const Demand& demand) {
    const char* kind = demand.reach == Reach::leafref ? " (leafref): "
                       : demand.reach == Reach::keyed ? " (keyed): "
                                                      : ": ";
    return pathOf(demand.at) + kind + demand.expression;
}

Demands demandsOf(const ly_ctx* context) {
    Demands demands;
    Reader reader(demands);
    // A must is judged by the leafrefs that there are.
    forEachNode(context, [&](const lysc_node* node) { reader.readLeafrefs(node); });
    forEachNode(context, [&](const lysc_node* node) { reader.readOthers(node); });
    return demands;
}

}
