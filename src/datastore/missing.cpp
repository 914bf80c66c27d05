#include "datastore/missing.hpp"

#include <libyang/libyang.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

namespace headgate::datastore {
namespace {

struct Free {
    void operator()(char* text) const noexcept { std::free(text); }
};

/// Of a path of the schema with all its choices and cases, where libyang's own search takes none.
const lysc_node* schemaAt(const ly_ctx* context, const std::string& path) {
    const lys_module* module = nullptr;
    const lysc_node* node = nullptr;
    for (std::size_t at = 1; at < path.size();) {
        const auto end = std::min(path.find('/', at), path.size());
        auto step = path.substr(at, end - at);
        at = end + 1;
        if (const auto colon = step.find(':'); colon != std::string::npos) {
            module = ly_ctx_get_module_implemented(context, step.substr(0, colon).c_str());
            step.erase(0, colon + 1);
        }
        if (!module) return nullptr;
        const auto* const parent = node;
        const auto next = [&](const lysc_node* last) {
            return lys_getnext(last, parent, module->compiled, LYS_GETNEXT_WITHCHOICE | LYS_GETNEXT_WITHCASE);
        };
        for (node = next(nullptr); node && (step != node->name || node->module != module);)
            node = next(node);
        if (!node) return nullptr;
    }
    return node;
}

std::vector<const lysc_node*> lineOf(const lysc_node* node) {
    std::vector<const lysc_node*> line;
    for (; node; node = lysc_data_parent(node))
        line.insert(line.begin(), node);
    return line;
}

/// Is this the parent whose children break what the schema says of `wanted`?
bool breaks(const lyd_node* parent, const lysc_node* wanted) {
    std::uint32_t count = 0;
    for (const auto* child = lyd_child(parent); child; child = child->next)
        count += child->schema == wanted ? 1 : 0;
    if (wanted->nodetype == LYS_LIST) {
        const auto* list = reinterpret_cast<const lysc_node_list*>(wanted);
        return count < list->min || count > list->max;
    }
    if (wanted->nodetype == LYS_LEAFLIST) {
        const auto* list = reinterpret_cast<const lysc_node_leaflist*>(wanted);
        return count < list->min || count > list->max;
    }
    return count == 0;
}

/// The first such parent below `first` and its siblings, which are of line[depth].
const lyd_node* parentAmong(const lyd_node* first, const std::vector<const lysc_node*>& line,
                            std::size_t depth) {
    for (const auto* node = first; node; node = node->next) {
        if (node->schema != line[depth]) continue;
        if (depth + 2 == line.size()) {
            if (breaks(node, line.back())) return node;
        } else if (const auto* found = parentAmong(lyd_child(node), line, depth + 1)) {
            return found;
        }
    }
    return nullptr;
}

bool isOfTheSchema(const yang::RpcError& error) {
    const bool missing = error.tag == "data-missing" && error.appTag.empty();
    const bool counted = error.appTag == "too-few-elements" || error.appTag == "too-many-elements";
    return (missing || counted) && error.path.find('[') == std::string::npos;
}

}

void locate(yang::RpcError& error, const yang::Tree& tree) {
    if (!isOfTheSchema(error) || tree.empty()) return;
    const auto* wanted = schemaAt(tree.context(), error.path);
    if (!wanted || lysc_node_when(wanted)) return; // where it may not be, it is not missing
    const auto line = lineOf(wanted);
    if (line.size() < 2) return;
    const auto* parent = parentAmong(tree.get(), line, 0);
    if (!parent) return;
    const std::unique_ptr<char, Free> path(lyd_path(parent, LYD_PATH_STD, nullptr, 0));
    if (!path) return;
    error.path = std::string(path.get()) + "/";
    if (wanted->module != parent->schema->module) error.path.append(wanted->module->name).append(":");
    error.path += wanted->name;
}

}
