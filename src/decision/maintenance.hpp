#pragma once

#include "domain/plan.hpp"
#include "domain/policy.hpp"

#include <optional>
#include <string>
#include <vector>

namespace headgate::decision {

/// A maintenance window that is open.
struct OpenWindow {
    std::string name;
    domain::Instant end{};
    bool operator==(const OpenWindow&) const = default;
};

/// Until when the window is open that began last; empty: it is not open at `now`. It is from its beginning
/// on, and at its end not any more.
std::optional<domain::Instant> endOf(const domain::MaintenanceWindow& window, domain::Instant now);

/// Of those that forbid such a change at `now`, the one that ends last. `release` is forbidden by each open
/// one, any other kind by those that forbid all.
std::optional<OpenWindow> forbiddenBy(const std::vector<domain::MaintenanceWindow>& windows,
                                      domain::Instant now, domain::IntentKind kind);

}
