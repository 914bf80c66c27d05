#pragma once

#include "domain/event.hpp"

namespace headgate::daemon {

/// An event about nothing in particular; who knows more sets it.
domain::Event eventOf(domain::Instant at, domain::EventSeverity severity, std::string kind, std::string text);

/// An event as a line of the log.
void log(const domain::Event& event);

}
