#include "datastore/validity.hpp"

#include <utility>

namespace headgate::datastore {

Validity::Validity(const yang::Context& context, const Rules* rules)
    : m_context(context)
    , m_rules(rules) {}

void Validity::check(yang::Tree& tree) const {
    tree.validate();
    if (m_rules) m_rules->check(tree);
}

yang::Tree Validity::whole(yang::Tree tree) const {
    check(tree);
    return tree;
}

yang::Tree Validity::part(const yang::Tree& before, const yang::Tree& after,
                          const yang::Entries& where) const {
    if (!m_constraints) m_constraints.emplace(m_context.raw());
    auto valid = m_constraints->stillValid(before, after, where);
    if (!valid) return yang::cut(whole(after.duplicate()), where);
    if (m_rules && !m_rules->stillHold(before, after, where)) m_rules->check(after);
    return std::move(*valid);
}

}
