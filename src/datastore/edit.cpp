#include "datastore/edit.hpp"

#include "datastore/element.hpp"
#include "datastore/position.hpp"
#include "yang/capture.hpp"

#include <libyang/libyang.h>

#include <map>
#include <set>

namespace headgate::datastore {
namespace {

using yang::RpcErrors;

bool isRemoval(Operation operation) noexcept {
    return operation == Operation::destroy || operation == Operation::remove;
}

/// Default nodes, empty containers without presence among them, count as absent.
bool wasSet(const lyd_node* node) noexcept {
    return node && !(node->flags & LYD_DEFAULT);
}

/// An element with the operation that holds for it.
struct Task {
    Element element;
    Operation operation;
};

/// Calls `visit(choice, case)` for each choice that a node stands in, up to its data parent.
template <typename Visit>
void forEachCase(const lysc_node* schema, Visit visit) {
    for (const auto* node = schema; node->parent && (node->parent->nodetype & (LYS_CHOICE | LYS_CASE));
         node = node->parent)
        if (node->parent->nodetype == LYS_CASE) visit(node->parent->parent, node->parent);
}

/// One run of an edit over a copy of the datastore.
class Editor {
  public:
    Editor(const yang::Tree& base, const EditOptions& options)
        : m_context(base.context())
        , m_options(options) {
        auto copy = base.duplicate();
        // What nobody set must not count as existing, and must not stay when a choice's case changes.
        copy.removeDefaults();
        m_first = copy.release();
    }
    ~Editor() { lyd_free_all(m_first); }
    Editor(const Editor&) = delete;
    Editor& operator=(const Editor&) = delete;

    EditResult run(const lyd_node* content) {
        try {
            if (m_options.defaultOperation == Operation::replace)
                lyd_free_all(std::exchange(m_first, nullptr));
            applyAll(content, nullptr, nullptr, m_options.defaultOperation);
        } catch (const RpcErrors& refusal) {
            keep(refusal);
        }
        return {yang::Tree::adopt(m_context, std::exchange(m_first, nullptr)), std::move(m_errors)};
    }

  private:
    void keep(const RpcErrors& refusal) {
        m_errors.insert(m_errors.end(), refusal.errors().begin(), refusal.errors().end());
    }

    /// Under continue-on-error an error is noted and its siblings go on.
    template <typename Work>
    void guarded(Work work) {
        try {
            work();
        } catch (const RpcErrors& refusal) {
            if (m_options.errorOption != ErrorOption::proceed) throw;
            keep(refusal);
        }
    }

    void applyAll(const lyd_node* first, const Element* above, lyd_node* target, Operation inherited) {
        std::vector<Task> tasks;
        for (const auto* node = first; node; node = node->next)
            guarded([&] {
                auto element = resolve(m_context, node, above);
                const auto own = operationOf(element);
                if (above && above->schema->nodetype == LYS_LIST && element.isKey()) {
                    if (own && isRemoval(*own))
                        throw RpcErrors(
                            complain("bad-attribute", element, "a key cannot be removed from its entry"));
                    return;
                }
                tasks.push_back({std::move(element), own.value_or(inherited)});
            });
        checkCases(tasks);
        checkDuplicates(tasks);
        // An edit's elements have no order among themselves: removals first let a client replace one by
        // another.
        for (const bool removals : {true, false})
            for (const auto& task : tasks)
                if (isRemoval(task.operation) == removals)
                    guarded([&] { apply(task.element, target, task.operation); });
    }

    /// RFC 7950, section 8.3.1: data for more than one case of a choice.
    void checkCases(const std::vector<Task>& tasks) {
        std::map<const lysc_node*, const lysc_node*> chosen;
        for (const auto& task : tasks) {
            if (isRemoval(task.operation) || task.operation == Operation::none) continue;
            if (task.element.isPlainContainer() && !lyd_child(task.element.node)) continue;
            forEachCase(task.element.schema, [&](const lysc_node* choice, const lysc_node* branch) {
                const auto* const other = chosen.emplace(choice, branch).first->second;
                if (other == branch) return;
                guarded([&] {
                    throw RpcErrors(complain("bad-element", task.element,
                                             "data for the cases \"" + std::string(other->name) +
                                                 "\" and \"" + branch->name + "\" of choice \"" +
                                                 choice->name + "\""));
                });
            });
        }
    }

    /// The same node twice in one edit is not valid instance data; only a removal may stand beside it.
    void checkDuplicates(const std::vector<Task>& tasks) {
        std::set<std::string> seen;
        for (const auto& task : tasks) {
            if (isRemoval(task.operation) || task.element.opaque()) continue;
            if (seen.insert(task.element.path).second || task.operation == Operation::create) continue;
            guarded([&] {
                throw RpcErrors(complain("bad-element", task.element,
                                         "\"" + task.element.name() + "\" is there twice in one edit"));
            });
        }
    }

    lyd_node* childrenOf(lyd_node* parent) const noexcept { return parent ? lyd_child(parent) : m_first; }

    lyd_node* find(const Element& element, lyd_node* parent) const {
        auto* const among = childrenOf(parent);
        lyd_node* match = nullptr;
        if (!among) return nullptr;
        // lyd_find_sibling_first() compares the values of leaves too, and it is the name that makes them the
        // same.
        if (!element.isList())
            lyd_find_sibling_val(among, element.schema, nullptr, 0, &match);
        else
            lyd_find_sibling_first(among, element.node, &match);
        return match;
    }

    void free(lyd_node* node) noexcept {
        if (node == m_first) m_first = node->next;
        lyd_free_tree(node);
    }

    static void clear(lyd_node* node) noexcept {
        while (auto* const child = lyd_child_no_keys(node))
            lyd_free_tree(child);
    }

    void insert(lyd_node* parent, lyd_node* node, const Element& element) {
        const yang::Capture capture(m_context);
        const auto code =
            parent ? lyd_insert_child(parent, node) : lyd_insert_sibling(m_first, node, &m_first);
        if (code == LY_SUCCESS) return;
        lyd_free_tree(node);
        capture.fail("cannot insert " + element.path);
    }

    /// Before somebody is told what there is: RFC 8341, section 3.2.5, has access-denied for what may not be
    /// written, be it there or not.
    void requireWrite(const Element& element, const lyd_node* parent, Access access) const {
        if (m_options.requireWrite)
            m_options.requireWrite({element.schema, element.node, parent}, element.path, access);
    }

    [[noreturn]] void refuseExisting(const Element& element, const lyd_node* parent) const {
        requireWrite(element, parent, Access::create);
        throw RpcErrors(complain("data-exists", element, "\"" + element.name() + "\" exists already"));
    }

    void position(lyd_node* node, lyd_node* parent, const Element& element, Access access) {
        const auto where = insertOf(element);
        auto* first = childrenOf(parent);
        try {
            place(first, node, element, where);
        } catch (const RpcErrors&) {
            requireWrite(element, parent, access);
            throw;
        }
        if (!parent) m_first = first;
    }

    /// Other cases of the choices that the element stands in go away (RFC 7950, section 7.9).
    void leaveOtherCases(const Element& element, lyd_node* parent) {
        forEachCase(element.schema, [&](const lysc_node* choice, const lysc_node* branch) {
            for (auto* node = childrenOf(parent); node;) {
                auto* const next = node->next;
                bool other = false;
                forEachCase(node->schema, [&](const lysc_node* itsChoice, const lysc_node* itsBranch) {
                    other = other || (itsChoice == choice && itsBranch != branch);
                });
                if (other) free(node);
                node = next;
            }
        });
    }

    lyd_node* copyOf(const Element& element) {
        const yang::Capture capture(m_context);
        lyd_node* node = nullptr;
        const bool whole = element.isAny();
        const auto code = lyd_dup_single(
            element.node, nullptr,
            LYD_DUP_NO_META | (whole ? static_cast<std::uint32_t>(LYD_DUP_RECURSIVE) : 0U), &node);
        capture.check(code, "cannot copy " + element.path);
        // A container without presence is nothing until something is in it.
        if (element.isPlainContainer())
            node->flags |= LYD_DEFAULT;
        else
            node->flags &= ~static_cast<std::uint32_t>(LYD_DEFAULT);
        return node;
    }

    /// A node that was not there. `existing` is an empty container without presence, if there is one.
    void build(const Element& element, lyd_node* parent, lyd_node* existing, Operation operation) {
        if (!element.isPlainContainer()) leaveOtherCases(element, parent);
        auto* node = existing;
        if (!node) {
            node = copyOf(element);
            insert(parent, node, element);
        }
        try {
            if (element.isList()) position(node, parent, element, Access::create);
        } catch (...) {
            free(node);
            throw;
        }
        if (element.isInner()) applyAll(lyd_child(element.node), &element, node, operation);
        if (!element.isPlainContainer()) return;
        if (wasSet(node))
            leaveOtherCases(element, parent);
        else
            free(node);
    }

    void overwrite(lyd_node* node, lyd_node* parent, const Element& element) {
        if (element.isTerm() && lyd_compare_single(node, element.node, 0) == LY_SUCCESS) return;
        auto* const fresh = copyOf(element);
        free(node);
        insert(parent, fresh, element);
    }

    void change(const Element& element, lyd_node* parent, lyd_node* match, Operation operation) {
        if (element.isList()) position(match, parent, element, Access::update);
        if (element.isTerm() || element.isAny()) {
            overwrite(match, parent, element);
            return;
        }
        if (operation == Operation::replace) clear(match);
        applyAll(lyd_child(element.node), &element, match, operation);
        if (element.isPlainContainer() && !wasSet(match)) free(match);
    }

    /// RFC 6243, section 4.5.2: wd:default="true" asks for the default, so the value must be the default.
    void reset(const Element& element, const lyd_node* parent, lyd_node* match, Operation operation) {
        if (!lyd_is_default(element.node))
            throw RpcErrors(
                complain("invalid-value", element, "the value is tagged as default but is another"));
        if (operation == Operation::create && wasSet(match)) refuseExisting(element, parent);
        if (match) free(match);
    }

    /// Who may not write it gets one answer where the edit goes no further, be it there or not.
    void leadThrough(const Element& element, const lyd_node* parent, lyd_node* match) {
        const bool ends = !element.isInner() || !lyd_child_no_keys(element.node);
        if (ends || !wasSet(match)) requireWrite(element, parent, Access::update);
        if (!wasSet(match))
            throw RpcErrors(complain("data-missing", element, "\"" + element.name() + "\" does not exist"));
        if (element.isInner()) applyAll(lyd_child(element.node), &element, match, Operation::none);
    }

    void apply(const Element& element, lyd_node* parent, Operation operation) {
        // Removing a leaf needs no value; a leaf-list's or a list's entry cannot be found without.
        const bool nameSuffices = isRemoval(operation) && !element.isList();
        if (element.opaque() && !nameSuffices) refuseOpaque(m_context, element);
        auto* const match = find(element, parent);
        if (isRemoval(operation)) {
            if (operation == Operation::destroy && !wasSet(match)) {
                requireWrite(element, parent, Access::remove);
                throw RpcErrors(
                    complain("data-missing", element, "\"" + element.name() + "\" does not exist"));
            }
            if (match) free(match);
            return;
        }
        if (operation == Operation::none) return leadThrough(element, parent, match);
        insertOf(element); // Refuses an insert that has no place here.
        if (element.isTerm() && (element.node->flags & LYD_DEFAULT))
            return reset(element, parent, match, operation);
        if (operation == Operation::create && wasSet(match)) refuseExisting(element, parent);
        if (wasSet(match))
            change(element, parent, match, operation);
        else
            build(element, parent, match, operation);
    }

    const ly_ctx* m_context;
    EditOptions m_options;
    lyd_node* m_first = nullptr;
    std::vector<yang::RpcError> m_errors;
};

}

EditResult applyEdit(const yang::Tree& base, const lyd_node* content, const EditOptions& options) {
    Editor editor(base, options);
    return editor.run(content);
}

}
