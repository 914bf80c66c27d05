#pragma once

#include "agent/material.hpp"
#include "agent/settings.hpp"

#include <cstdint>

namespace headgate::agent {

/// hgsAppSettingsRevision: the same for the same settings, over restarts and on every machine, and another
/// one when any setting that either table shows is another. A digest: it does not count up.
std::uint32_t settingsRevision(const Settings& settings, const Material& material);

}
