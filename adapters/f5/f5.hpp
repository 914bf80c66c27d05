#pragma once

#include "adapters/adapter.hpp"

#include <memory>

namespace headgate::adapters {

/// The F5-style family: `ltm pool` and its `members`, after yang/appliances/adc-f5-ltm.yang. A member's key
/// is /Partition/<server name>:<port>, in the pool's partition; connections are those of `status`.
std::unique_ptr<Adapter> makeF5();

}
