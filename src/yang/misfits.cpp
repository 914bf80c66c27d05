#include "yang/misfits.hpp"

#include "yang/capture.hpp"

#include <libyang/libyang.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace headgate::yang {
namespace {

const lyd_node_opaq* opaque(const lyd_node* node) {
    return reinterpret_cast<const lyd_node_opaq*>(node);
}

std::string joined(const std::string& list, std::string_view word) {
    return (list.empty() ? "" : list + ", ") + std::string(word);
}

/// The whole numbers that a built-in type can hold; decimals and 64 bits are not worth a sentence.
std::string naturalRange(LY_DATA_TYPE type) {
    switch (type) {
    case LY_TYPE_UINT8: return "0..255";
    case LY_TYPE_UINT16: return "0..65535";
    case LY_TYPE_UINT32: return "0..4294967295";
    case LY_TYPE_INT8: return "-128..127";
    case LY_TYPE_INT16: return "-32768..32767";
    case LY_TYPE_INT32: return "-2147483648..2147483647";
    default: return {};
    }
}

/// `digits` behind the point.
std::string decimal(std::int64_t number, unsigned digits) {
    std::string text = std::to_string(number < 0 ? -number : number);
    if (text.size() <= digits) text.insert(0, digits + 1 - text.size(), '0');
    text.insert(text.size() - digits, ".");
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return (number < 0 ? "-" : "") + text;
}

template <typename Text>
std::string partsOf(const lysc_range* range, Text text) {
    std::string all;
    for (LY_ARRAY_COUNT_TYPE i = 0; i < LY_ARRAY_COUNT(range->parts); ++i) {
        const auto [low, high] = text(range->parts[i]);
        all = joined(all, low == high ? low : low + ".." + high);
    }
    return all;
}

std::string rangeOf(const lysc_type* type) {
    using Part = decltype(*lysc_range{}.parts);
    if (type->basetype == LY_TYPE_DEC64) {
        const auto* of = reinterpret_cast<const lysc_type_dec*>(type);
        if (!of->range) return {};
        return partsOf(of->range, [&](Part part) {
            return std::pair(decimal(part.min_64, of->fraction_digits),
                             decimal(part.max_64, of->fraction_digits));
        });
    }
    const auto* of = reinterpret_cast<const lysc_type_num*>(type);
    if (!of->range) return naturalRange(type->basetype);
    const bool isSigned = type->basetype > LY_TYPE_DEC64;
    return partsOf(of->range, [&](Part part) {
        return isSigned ? std::pair(std::to_string(part.min_64), std::to_string(part.max_64))
                        : std::pair(std::to_string(part.min_u64), std::to_string(part.max_u64));
    });
}

std::string allowed(const lysc_type* type) {
    switch (type->basetype) {
    case LY_TYPE_UINT8:
    case LY_TYPE_UINT16:
    case LY_TYPE_UINT32:
    case LY_TYPE_UINT64:
    case LY_TYPE_INT8:
    case LY_TYPE_INT16:
    case LY_TYPE_INT32:
    case LY_TYPE_INT64:
    case LY_TYPE_DEC64: {
        const auto range = rangeOf(type);
        return range.empty() ? "It takes a number." : "It takes " + range + ".";
    }
    case LY_TYPE_BOOL: return "It is true or false.";
    case LY_TYPE_ENUM: {
        const auto* of = reinterpret_cast<const lysc_type_enum*>(type);
        std::string names;
        for (LY_ARRAY_COUNT_TYPE i = 0; i < LY_ARRAY_COUNT(of->enums); ++i)
            names = joined(names, of->enums[i].name);
        return "It is one of " + names + ".";
    }
    default: return {};
    }
}

std::string allowed(const lysc_node* schema) {
    return allowed(schema->nodetype == LYS_LEAF ? reinterpret_cast<const lysc_node_leaf*>(schema)->type
                                                : reinterpret_cast<const lysc_node_leaflist*>(schema)->type);
}

/// What may be configured below it.
std::string childrenOf(const lysc_node* parent) {
    std::string names;
    const lysc_node* child = nullptr;
    while ((child = lys_getnext(child, parent, nullptr, 0)))
        if (child->flags & LYS_CONFIG_W && child->nodetype != LYS_ACTION) names = joined(names, child->name);
    return names;
}

/// Of the leaf's type about that value; empty when the type takes it.
std::string complaint(const lysc_node* leaf, const std::string& value) {
    const auto* const context = leaf->module->ctx;
    const Capture capture(context);
    if (lyd_value_validate(context, leaf, value.c_str(), value.size(), nullptr, nullptr, nullptr) ==
        LY_SUCCESS)
        return {};
    const auto problems = capture.problems();
    return problems.empty() ? "It does not fit." : inPlainWords(problems.front().message);
}

/// What is wanted of a node that does not fit although its name does.
std::string ruleOf(const lysc_node* schema, const std::string& value) {
    if (schema->nodetype & (LYS_LEAF | LYS_LEAFLIST)) {
        if (auto may = allowed(schema); !may.empty()) return may;
        if (auto said = complaint(schema, value); !said.empty()) return said;
        return "It is not written as its type is in JSON (RFC 7951): text in quotes, numbers of up to 32 "
               "bits without.";
    }
    if (schema->nodetype != LYS_LIST) return "It is an object: { and what is in it }.";
    std::string keys;
    for (const auto* key = lysc_node_child(schema); key && lysc_is_key(key); key = key->next)
        keys = joined(keys, key->name);
    return "It is a list, of which each entry needs its " + keys + ".";
}

/// What an entry without keys is found by.
std::string tellingApart(const lyd_node* node) {
    std::string predicates;
    const std::string value = opaque(node)->value ? opaque(node)->value : "";
    if (!opaque(node)->child && value.find('\'') == std::string::npos) return "[.='" + value + "']";
    for (const auto* child = opaque(node)->child; child; child = child->next) {
        if (child->schema || opaque(child)->child) continue;
        const std::string text = opaque(child)->value ? opaque(child)->value : "";
        if (text.find('\'') == std::string::npos)
            predicates += std::string("[") + opaque(child)->name.name + "='" + text + "']";
    }
    return predicates;
}

Misfit misfit(const lyd_node* node) {
    const auto* const parent = lyd_parent(node);
    const std::string name = opaque(node)->name.name;
    const auto* const schema =
        parent ? lys_find_child(parent->schema, parent->schema->module, name.c_str(), 0, 0, 0) : nullptr;
    Misfit made;
    made.fault.path = (parent ? Node(parent).path() : "") + "/" + name;
    made.where = made.fault.path + tellingApart(node);
    if (!opaque(node)->child && opaque(node)->value) made.fault.value = opaque(node)->value;
    if (schema)
        made.fault.rule = ruleOf(schema, made.fault.value);
    else if (parent)
        made.fault.rule = std::string(parent->schema->name) + " has no " + name + ". It has " +
                          childrenOf(parent->schema) + ".";
    else
        made.fault.rule =
            "No module that is known has it: a top-level name is MODULE:NAME, or has the module's namespace.";
    return made;
}

void take(lyd_node*& first, std::vector<Misfit>& found) {
    for (auto* node = first; node;) {
        auto* const next = node->next;
        if (!node->schema) {
            found.push_back(misfit(node));
            if (node == first) first = next;
            lyd_free_tree(node);
        } else if (node->schema->nodetype & LYD_NODE_INNER) {
            auto* child = lyd_child(node);
            take(child, found);
        }
        node = next;
    }
}

}

std::vector<Misfit> takeMisfits(Tree& tree) {
    std::vector<Misfit> found;
    const auto* const context = tree.context();
    auto* first = tree.release();
    take(first, found);
    tree = Tree::adopt(context, first);
    return found;
}

}
