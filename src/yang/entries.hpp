#pragma once

#include "yang/tree.hpp"

#include <set>
#include <string>
#include <vector>

namespace headgate::yang {

/// Paths of entries. An entry is what stands right below a top-level container: one of a list's, a leaf, a
/// container. A change of a few of them costs what these cost, however large the tree is.
using Entries = std::set<std::string>;

/// The entry that a node stands in, or is; nothing for what stands in none.
std::optional<std::string> entryOf(const Node& node);

/// Copies of those entries that there are, and of the containers above them; with their default nodes.
Tree cut(const Tree& tree, const Entries& where);

/// Makes of each of those entries what it is in `part`: changed where it stands, added, or taken away.
void graft(Tree& tree, const Tree& part, const Entries& where);

/// `differences` in those entries.
std::vector<Difference> differences(const Tree& before, const Tree& after, const Entries& where);

/// Those of them in which the trees differ.
Entries differing(const Tree& before, const Tree& after, const Entries& where);

/// All entries in which the trees differ; nothing when they differ elsewhere, or in the order of entries.
std::optional<Entries> differing(const Tree& before, const Tree& after);

/// What makes another tree of one: some of its entries, as they are afterwards (or are not any more); or all
/// of it.
struct Patch {
    std::optional<Entries> where; ///< nothing: `part` is the whole
    Tree part;                    ///< `cut` of the other one

    /// JSON instance data; where it is not the whole, behind a line for each of `where` and an empty one.
    /// Throws Error when a path cannot be written so.
    std::string text() const;
    /// The same, of a text of either kind. With default nodes; nothing is validated. Throws Error.
    static Patch parse(const ly_ctx* context, const std::string& text);
    static bool isWhole(const std::string& text) noexcept { return text.starts_with('{'); }

    void apply(Tree& tree) const;
};

}
