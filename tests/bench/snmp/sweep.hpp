#pragma once

#include "domain/configuration.hpp"

#include <cstdint>

namespace headgate::bench {

/// So many of the farm's servers, each asked for all figures once an `interval` (credential "bench").
/// Notifications are not heard.
domain::Configuration sweepOf(std::uint32_t servers, std::uint16_t port, domain::Duration interval);

}
