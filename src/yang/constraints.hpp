#pragma once

#include "yang/entries.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headgate::yang {

/// What the modules of a context demand of configuration, and how far each demand looks. Most look at one
/// entry alone; so a few changed entries of a large tree that was valid are judged with what they refer to,
/// and without the rest, wherever it is certain that the rest has nothing to say. Where that is not certain,
/// the whole has to be validated.
class Constraints {
  public:
    /// Of the modules as they are now. The context must outlive it.
    explicit Constraints(const ly_ctx* context);
    ~Constraints();
    Constraints(Constraints&&) noexcept;
    Constraints& operator=(Constraints&&) noexcept;

    /// `after` differs in the entries `where` alone from a valid tree, which `before` is, or a `cut` of it
    /// there. If it is certain that it is valid too: those entries as validation leaves them (with their
    /// default nodes). Nothing: it may be valid or not.
    std::optional<Tree> stillValid(const Tree& before, const Tree& after, const Entries& where) const;

    /// Every demand that looks beyond its own entry, as "PATH: EXPRESSION".
    std::vector<std::string> beyondTheirEntry() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}
