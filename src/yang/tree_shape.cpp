#include "yang/xpath_cost.hpp"

#include <libyang/libyang.h>

#include <algorithm>
#include <cstring>

namespace headgate::yang {
namespace {

/// So many octets take as long to work on as it takes to visit a node.
constexpr double octetsOfANode = 16;

}

TreeShape::TreeShape(const Tree& tree) {
    const double weight = measure(tree.get(), 1);
    m_all.heaviest = std::max(m_all.heaviest, weight); // the root
    m_all.together += weight;
    m_all.children = std::max(m_all.children, m_all.siblings);
}

TreeShape TreeShape::ofNotifications() {
    TreeShape shape;
    shape.m_all = {5000, 100, 100, 100, 5000, 30000};
    shape.m_depth = 8;
    shape.m_assumed = Kind{200, 20, 20, 20, 50, 1000};
    return shape;
}

TreeShape::Kind TreeShape::named(const std::string& name) const {
    if (m_assumed) return *m_assumed;
    const auto found = m_kinds.find(name);
    return found == m_kinds.end() ? Kind{} : found->second;
}

/// The weight of these siblings together.
double TreeShape::measure(const lyd_node* first, double depth) {
    m_depth = std::max(m_depth, depth);
    double siblings = 0;
    double sum = 0;
    std::unordered_map<const char*, double> same; // the names are libyang's own: one pointer each
    for (const auto* node = first; node; node = node->next) {
        const char* value = lyd_get_value(node);
        const double own =
            1 + (2 * depth + (value ? static_cast<double>(std::strlen(value)) : 0)) / octetsOfANode;
        const double weight = own + measure(lyd_child(node), depth + 1);
        auto& kind = m_kinds[LYD_NAME(node)];
        double children = 0;
        for (const auto* child = lyd_child(node); child; child = child->next)
            ++children;
        kind.siblings = std::max(kind.siblings, ++same[LYD_NAME(node)]);
        for (auto* each : {&kind, &m_all}) {
            ++each->nodes;
            each->children = std::max(each->children, children);
            each->heaviest = std::max(each->heaviest, weight);
            each->together += weight;
        }
        sum += weight;
        ++siblings;
    }
    for (const auto& [name, times] : same) {
        auto& among = m_kinds[name].among;
        among = std::max(among, siblings);
    }
    m_all.siblings = std::max(m_all.siblings, siblings);
    m_all.among = m_all.siblings;
    return sum;
}

}
