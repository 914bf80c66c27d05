#include "yang/entries.hpp"

#include "yang/capture.hpp"

#include <libyang/libyang.h>

namespace headgate::yang {
namespace {

lyd_node* at(const Tree& tree, const std::string& path) {
    const auto found = tree.find(path);
    return found ? const_cast<lyd_node*>(found->raw()) : nullptr;
}

/// "/m:top" of "/m:top/list[name='a/b']".
std::string above(const std::string& entry) {
    return entry.substr(0, entry.find('/', 1));
}

lyd_node* copyInto(lyd_node* parent, const lyd_node* node) {
    const Capture capture(LYD_CTX(node));
    lyd_node* copy = nullptr;
    capture.check(lyd_dup_single(node, reinterpret_cast<lyd_node_inner*>(parent),
                                 LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS, &copy),
                  "cannot copy data");
    return copy;
}

/// Its children are those of the other one, which is of the same name and key. It keeps its place.
void become(lyd_node* node, const lyd_node* wanted) {
    while (auto* const child = lyd_child_no_keys(node))
        lyd_free_tree(child);
    for (const auto* child = lyd_child_no_keys(wanted); child; child = child->next)
        copyInto(node, child);
    node->flags = wanted->flags;
}

/// A container without presence is a default node when nothing else is in it.
void markDefault(lyd_node* top) {
    if (!top || !lysc_is_np_cont(top->schema)) return;
    const lyd_node* child = lyd_child(top);
    while (child && (child->flags & LYD_DEFAULT))
        child = child->next;
    top->flags = child ? top->flags & ~std::uint32_t{LYD_DEFAULT} : top->flags | LYD_DEFAULT;
}

lyd_node* containerFor(Tree& tree, const std::string& entry) {
    if (!at(tree, above(entry))) tree.set(above(entry));
    return at(tree, above(entry));
}

}

std::optional<std::string> entryOf(const Node& node) {
    const auto* entry = node.raw();
    if (!lyd_parent(entry)) return std::nullopt;
    while (lyd_parent(lyd_parent(entry)))
        entry = lyd_parent(entry);
    if (!lyd_parent(entry)->schema || lyd_parent(entry)->schema->nodetype != LYS_CONTAINER)
        return std::nullopt;
    return Node(entry).path();
}

Tree cut(const Tree& tree, const Entries& where) {
    Tree part(tree.context());
    for (const auto& path : where) {
        const auto* node = at(tree, path);
        const auto* top = node ? lyd_parent(node) : at(tree, above(path));
        if (!top) continue;
        auto* into = at(part, above(path));
        if (!into) {
            const Capture capture(tree.context());
            auto* first = part.release();
            const auto copied = lyd_dup_single(top, nullptr, LYD_DUP_WITH_FLAGS, &into);
            if (copied == LY_SUCCESS) lyd_insert_sibling(first, into, &first);
            part = Tree::adopt(tree.context(), first);
            capture.check(copied, "cannot copy data");
        }
        if (node) copyInto(into, node);
    }
    return part;
}

void graft(Tree& tree, const Tree& part, const Entries& where) {
    for (const auto& path : where) {
        const auto* wanted = at(part, path);
        auto* node = at(tree, path);
        if (node && wanted && (node->schema->nodetype & (LYS_LIST | LYS_CONTAINER))) {
            become(node, wanted);
            continue;
        }
        if (node) lyd_free_tree(node);
        if (wanted) copyInto(containerFor(tree, path), wanted);
    }
    std::string last;
    for (const auto& path : where) {
        if (above(path) == last) continue;
        last = above(path);
        markDefault(at(tree, last));
    }
}

std::vector<Difference> differences(const Tree& before, const Tree& after, const Entries& where) {
    return differences(cut(before, where), cut(after, where));
}

Entries differing(const Tree& before, const Tree& after, const Entries& where) {
    Entries found;
    for (const auto& path : where)
        if (!differences(before, after, Entries{path}).empty()) found.insert(path);
    return found;
}

std::optional<Entries> differing(const Tree& before, const Tree& after) {
    Entries found;
    for (const auto& changed : changedNodes(before, after)) {
        const auto entry = entryOf(changed.node);
        if (!entry) return std::nullopt;
        // Where it stands among others is no part of an entry.
        const auto* node = changed.node.raw();
        if (!lyd_parent(lyd_parent(node)) && lysc_is_userordered(node->schema)) return std::nullopt;
        found.insert(*entry);
    }
    return found;
}

std::string Patch::text() const {
    std::string text;
    if (where) {
        for (const auto& path : *where) {
            if (path.find('\n') != std::string::npos) throw Error("a key with a line's end in it", {});
            text += path + "\n";
        }
        text += "\n";
    }
    return text + part.print(Format::json);
}

Patch Patch::parse(const ly_ctx* context, const std::string& text) {
    Patch patch{std::nullopt, Tree(context)};
    std::size_t from = 0;
    if (!isWhole(text)) {
        patch.where.emplace();
        for (auto end = text.find('\n');; end = text.find('\n', from)) {
            if (end == std::string::npos) throw Error("cannot read a change: it has no empty line", {});
            const auto path = text.substr(from, end - from);
            from = end + 1;
            if (path.empty()) break;
            patch.where->insert(path);
        }
    }
    patch.part = Tree::parse(context, from == 0 ? text : text.substr(from), Format::json);
    patch.part.addDefaults();
    return patch;
}

void Patch::apply(Tree& tree) const {
    if (where)
        graft(tree, part, *where);
    else
        tree = part.duplicate();
}

}
