#include "datastore/filter.hpp"

#include "datastore/element.hpp"
#include "yang/capture.hpp"
#include "yang/xpath_cost.hpp"

#include <libyang/libyang.h>

#include <cstring>
#include <unordered_map>
#include <utility>

namespace headgate::datastore {
namespace {

enum class Part { lead, whole };
/// What is selected: nodes that lead to something, and whole subtrees. Several filters over one node add up.
using Selection = std::unordered_map<const lyd_node*, Part>;

void choose(Selection& selection, const lyd_node* node, Part part) {
    auto& entry = selection.emplace(node, part).first->second;
    if (part == Part::whole) entry = part;
    for (const auto* above = lyd_parent(node); above; above = lyd_parent(above))
        if (!selection.emplace(above, Part::lead).second) break;
}

/// RFC 6241, section 6.2: the kinds of nodes in a filter.
enum class Kind { selection, containment, contentMatch };

std::string textOf(const lyd_node* filter) {
    const char* value =
        filter->schema && !(filter->schema->nodetype & LYD_NODE_TERM) ? "" : lyd_get_value(filter);
    const std::string text = value ? value : "";
    const auto from = text.find_first_not_of(" \t\r\n");
    if (from == std::string::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

Kind kindOf(const lyd_node* filter) {
    if (lyd_child(filter)) return Kind::containment;
    return textOf(filter).empty() ? Kind::selection : Kind::contentMatch;
}

bool sameName(const lyd_node* filter, const lyd_node* data) {
    if (std::strcmp(LYD_NAME(filter), LYD_NAME(data)) != 0) return false;
    if (filter->schema) return !data->schema || filter->schema->module == data->schema->module;
    const auto* opaque = reinterpret_cast<const lyd_node_opaq*>(filter);
    // xmlns="" asks for any namespace (RFC 6241, section 6.2.1).
    if (!opaque->name.module_ns || !*opaque->name.module_ns || !data->schema) return true;
    const auto* module = data->schema->module;
    return !std::strcmp(opaque->name.module_ns, opaque->format == LY_VALUE_JSON ? module->name : module->ns);
}

/// Attributes of the filter must be those of the data (section 6.2.2), and data in YANG have none.
bool hasAttributes(const lyd_node* filter) {
    if (filter->schema) return filter->meta != nullptr;
    return reinterpret_cast<const lyd_node_opaq*>(filter)->attr != nullptr;
}

bool sameValue(const lyd_node* filter, const lyd_node* data) {
    if (!data->schema || !(data->schema->nodetype & LYD_NODE_TERM)) return false;
    const auto text = textOf(filter);
    if (text == lyd_get_value(data)) return true;
    const auto* term = reinterpret_cast<const lyd_node_term*>(data);
    const yang::Capture capture(LYD_CTX(data));
    if (lyd_value_compare(term, text.c_str(), text.size()) == LY_SUCCESS) return true;
    if (term->value.realtype->basetype != LY_TYPE_IDENT) return false;
    // A prefix is the client's own choice; without its declaration at hand the local name decides.
    const auto local = [](const std::string& name) { return name.substr(name.find(':') + 1); };
    return local(text) == local(lyd_get_value(data));
}

bool matches(const lyd_node* filter, const lyd_node* data) {
    return sameName(filter, data) && !hasAttributes(filter);
}

/// All content match nodes among the filter's siblings hold for these data siblings.
bool contentHolds(const lyd_node* filters, const lyd_node* data) {
    for (const auto* filter = filters; filter; filter = filter->next) {
        if (kindOf(filter) != Kind::contentMatch) continue;
        bool found = false;
        for (const auto* node = data; node && !found; node = node->next)
            found = matches(filter, node) && sameValue(filter, node);
        if (!found) return false;
    }
    return true;
}

bool onlyContentMatches(const lyd_node* filters) {
    for (const auto* filter = filters; filter; filter = filter->next)
        if (kindOf(filter) != Kind::contentMatch) return false;
    return true;
}

/// One sibling set of the filter over one of the data; true when something was selected.
bool selectAmong(const lyd_node* filters, const lyd_node* data, Selection& selection) {
    if (!contentHolds(filters, data)) return false;
    bool any = false;
    for (const auto* filter = filters; filter; filter = filter->next) {
        const auto kind = kindOf(filter);
        for (const auto* node = data; node; node = node->next) {
            if (!matches(filter, node)) continue;
            if (kind == Kind::containment) {
                if (!lyd_child(node)) continue;
                if (onlyContentMatches(lyd_child(filter))) {
                    if (!contentHolds(lyd_child(filter), lyd_child(node))) continue;
                    choose(selection, node, Part::whole);
                } else if (!selectAmong(lyd_child(filter), lyd_child(node), selection)) {
                    continue;
                }
            } else {
                if (kind == Kind::contentMatch && !sameValue(filter, node)) continue;
                choose(selection, node, Part::whole);
            }
            any = true;
        }
    }
    return any;
}

/// One copy of a part of the data.
class Copy {
  public:
    Copy(const Selection& selection, std::uint32_t depth)
        : m_selection(selection)
        , m_depth(depth) {}
    ~Copy() { lyd_free_all(m_roots); }
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;

    yang::Tree take(const yang::Tree& data) {
        copySelected(data.get(), nullptr);
        return yang::Tree::adopt(data.context(), std::exchange(m_roots, nullptr));
    }

  private:
    void copySelected(const lyd_node* first, lyd_node* parent) {
        for (const auto* node = first; node; node = node->next) {
            const auto entry = m_selection.find(node);
            if (entry == m_selection.end()) continue;
            // A list entry's keys come along with lyd_dup_single.
            if (parent && node->schema && lysc_is_key(node->schema)) continue;
            if (entry->second == Part::whole)
                copyWhole(node, parent, m_depth);
            else
                copySelected(lyd_child(node), copyOne(node, parent, 0));
        }
    }

    void copyWhole(const lyd_node* node, lyd_node* parent, std::uint32_t depth) {
        auto* const copy = copyOne(node, parent, depth == unlimited ? LYD_DUP_RECURSIVE : 0);
        if (depth == unlimited || depth < 2) return;
        for (const auto* child = lyd_child_no_keys(node); child; child = child->next)
            copyWhole(child, copy, depth - 1);
    }

    lyd_node* copyOne(const lyd_node* node, lyd_node* parent, std::uint32_t options) {
        const yang::Capture capture(LYD_CTX(node));
        lyd_node* copy = nullptr;
        capture.check(lyd_dup_single(node, reinterpret_cast<lyd_node_inner*>(parent),
                                     LYD_DUP_WITH_FLAGS | options, &copy),
                      "cannot copy what a filter selects");
        if (!parent)
            capture.check(lyd_insert_sibling(m_roots, copy, &m_roots), "cannot copy what a filter selects");
        return copy;
    }

    const Selection& m_selection;
    const std::uint32_t m_depth;
    lyd_node* m_roots = nullptr;
};

}

yang::Tree subtreeFilter(const yang::Tree& data, const lyd_node* filter, std::uint32_t depth) {
    Selection selection;
    selectAmong(filter, data.get(), selection);
    return Copy(selection, depth).take(data);
}

yang::Tree xpathFilter(const yang::Tree& data, const std::string& expression, std::uint32_t depth) {
    Selection selection;
    yang::requireAffordable(expression, yang::TreeShape(data));
    try {
        for (const auto& node : data.select(expression))
            choose(selection, node.raw(), Part::whole);
    } catch (const yang::Error& error) {
        yang::RpcError refusal;
        refusal.type = yang::RpcError::Type::protocol;
        refusal.tag = "bad-attribute";
        refusal.message = error.problems().empty() ? error.what() : error.problems().front().message;
        refusal.info = {{"bad-attribute", "select"}, {"bad-element", "filter"}};
        throw yang::RpcErrors(std::move(refusal));
    }
    return Copy(selection, depth).take(data);
}

yang::Tree limited(const yang::Tree& data, std::uint32_t depth) {
    Selection selection;
    for (const auto* node = data.get(); node; node = node->next)
        choose(selection, node, Part::whole);
    return Copy(selection, depth).take(data);
}

}
