#pragma once

#include "families.hpp"
#include "yang/context.hpp"
#include "yang/tree.hpp"

#include <string>

namespace headgate::contract {

/// A family's model with the data of base/.
struct Model {
    explicit Model(const Family& family);

    /// What an edit makes of a tree. Throws everything that is wrong with it.
    yang::Tree apply(const yang::Tree& base, const std::string& edit) const;

    yang::Context context;
    yang::Tree tree;
};

domain::PoolFacts read(const Family& family, const yang::Tree& tree);

/// Holds `text` against the golden file, or makes it that.
void checkGolden(const std::string& path, const std::string& text);

}
