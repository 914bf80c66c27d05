#pragma once

#include "adapters/adapter.hpp"

#include <memory>

namespace headgate::adapters {

/// The F5-style family: `ltm pool` and its `members`, after yang/appliances/adc-f5-ltm.yang. A member's key
/// is /Partition/<server name>:<port>, in the pool's partition; connections are those of `status`.
/// For a member's authentication it makes a monitor and a server-ssl profile of the member's own (on the box
/// such a profile is attached to a virtual server) and certificates and keys that the pool's members share.
std::unique_ptr<Adapter> makeF5(Seal seal);

}
