#include "yang/positions.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace headgate::yang {
namespace {

/// A name without its module, and the keys in its predicates.
struct Step {
    std::string name;
    std::vector<std::pair<std::string, std::string>> keys{}; ///< "." is the value of a leaf-list's entry
};

std::string localName(std::string name) {
    return name.substr(name.find(':') + 1); // npos + 1 is 0
}

/// [name='value'] or [name="value"], from `at` on; gives where it ends.
std::size_t readKey(const std::string& path, std::size_t at, Step& step) {
    const auto equals = path.find('=', at);
    if (equals == std::string::npos || equals + 1 >= path.size()) return path.size();
    const auto close = path.find(path[equals + 1], equals + 2);
    if (close == std::string::npos) return path.size();
    step.keys.emplace_back(localName(path.substr(at + 1, equals - at - 1)),
                           path.substr(equals + 2, close - equals - 2));
    return std::min(path.size(), close + 2);
}

std::vector<Step> stepsOf(const std::string& path) {
    std::vector<Step> steps;
    for (std::size_t at = 0; at < path.size();) {
        if (path[at] == '[' && !steps.empty()) {
            at = readKey(path, at, steps.back());
            continue;
        }
        const auto begin = path[at] == '/' ? at + 1 : at;
        at = std::min(path.size(), path.find_first_of("/[", begin));
        if (at > begin) steps.push_back({localName(path.substr(begin, at - begin))});
    }
    return steps;
}

bool hasKey(const std::vector<Written>& nodes, std::size_t node, const std::string& name,
            const std::string& value) {
    if (name == ".") return nodes[node].value == value;
    for (auto child = node + 1; child < nodes[node].end; child = nodes[child].end)
        if (nodes[child].name == name) return nodes[child].value == value;
    return false;
}

/// Below `node`; `node` itself where there is none.
std::size_t follow(const std::vector<Written>& nodes, std::size_t node, const Step& step, bool last) {
    auto found = node;
    for (auto child = node + 1; child < nodes[node].end; child = nodes[child].end) {
        const bool is = nodes[child].name == step.name &&
                        std::all_of(step.keys.begin(), step.keys.end(), [&](const auto& key) {
                            return hasKey(nodes, child, key.first, key.second);
                        });
        if (is) found = child;
        if (is && !last) break;
    }
    return found;
}

}

Position Positions::at(const std::string& path, bool last) const {
    const auto steps = stepsOf(path);
    std::size_t node = 0;
    for (const auto& step : steps) {
        const auto next = follow(m_nodes, node, step, last && &step == &steps.back());
        if (next == node) return {node == 0 ? 0 : m_nodes[node].line, {}};
        node = next;
    }
    if (steps.empty()) return {};
    const bool isLeaf = m_nodes[node].end == node + 1;
    return {m_nodes[node].line, isLeaf ? m_nodes[node].value : std::string()};
}

}
