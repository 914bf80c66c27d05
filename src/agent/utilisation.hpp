#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::agent {

/// One figure as it was measured: in permille of what counts as full (more than 1000 is overload), or
/// unknown.
struct Reading {
    std::string_view figure;
    std::optional<int> permille;
    std::string because; ///< why it is unknown; empty also while it only needs a second look
};

/// How far the application is used, and which figure says so.
struct Utilisation {
    /// The greatest that was measured, 0..100000; a lower bound when not `known`, and 0 when nothing was.
    int permille = 0;
    /// False when a figure is missing and the others do not show that the application is full: what is not
    /// known must not make a server look idle.
    bool known = false;
    std::string binding; ///< the figure that is the greatest; empty when nothing was measured
    bool operator==(const Utilisation&) const = default;
};

/// The greatest of the readings; from `full` permille on the ones that are missing do not matter.
Utilisation combine(const std::vector<Reading>& readings, int full);

/// `value` of `whole` in permille, rounded, 0..100000; unknown without a whole.
std::optional<int> permilleOf(double value, double whole);

}
