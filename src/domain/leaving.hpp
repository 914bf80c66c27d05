#pragma once

#include "domain/configuration.hpp"

namespace headgate::domain {

/// It is a member no more. Who stood in for it takes over its place: that of whom it stood in for itself, if
/// any. Nothing happens when it is none.
void leave(Pool& pool, const ServerName& server);

}
