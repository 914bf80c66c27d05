#pragma once

#include "datastore/ports.hpp"
#include "yang/constraints.hpp"
#include "yang/context.hpp"

#include <optional>

namespace headgate::datastore {

/// What is valid: by the modules of a context, and by its owner's rules.
class Validity {
  public:
    /// `rules` may be null. No module may be loaded any more once something was judged.
    Validity(const yang::Context& context, const Rules* rules);

    /// Adds the tree's default nodes. Throws yang::Error; some may have been added then, too.
    void check(yang::Tree& tree) const;
    /// The same, with its default nodes. Throws yang::Error.
    yang::Tree whole(yang::Tree tree) const;
    /// The entries `where` of `after`, as validation leaves them. `after` differs in these alone from a valid
    /// tree, which `before` is, or a `cut` of it there. Throws yang::Error.
    yang::Tree part(const yang::Tree& before, const yang::Tree& after, const yang::Entries& where) const;

  private:
    const yang::Context& m_context;
    const Rules* m_rules;
    mutable std::optional<yang::Constraints> m_constraints;
};

}
