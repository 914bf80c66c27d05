#pragma once

#include "yang/entries.hpp"

#include <optional>

namespace headgate::datastore {

/// The candidate's tree, and in which entries it is another than running: what is done with it costs what
/// these cost, until they are many.
class Candidate {
  public:
    explicit Candidate(const yang::Context& context);

    const yang::Tree& tree() const noexcept { return m_tree; }
    bool modified() const noexcept { return !m_touched || !m_touched->empty(); }
    /// Nothing when it may be another anywhere.
    const std::optional<yang::Entries>& touched() const noexcept { return m_touched; }

    /// It is running again; `running` is another than it was last.
    void copy(const yang::Tree& running);
    /// It is running again, which is as it was.
    void discard(const yang::Tree& running);
    void replace(yang::Tree after, const yang::Tree& running);
    /// Those entries are what they are in `part`.
    void change(const yang::Tree& part, const yang::Entries& where);
    /// Running has become another in those entries: which ones differ now?
    void recount(const yang::Tree& running, const yang::Entries& where = {});
    /// Running has become another anywhere.
    void recountAll(const yang::Tree& running);

  private:
    yang::Tree m_tree;
    std::optional<yang::Entries> m_touched = yang::Entries{};
};

}
