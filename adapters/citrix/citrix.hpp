#pragma once

#include "adapters/adapter.hpp"

#include <memory>

namespace headgate::adapters {

/// The Citrix-style family: `servicegroup` and its member bindings, after yang/appliances/adc-citrix-lb.yang.
/// A member's key is its address and port. It has no connection limit of its own (the group's maxclient is
/// one for all), so a change that asks for one is refused. For a member's authentication it makes a monitor
/// of the member's own, its sslservice, and certificate-key pairs that the group's members share.
std::unique_ptr<Adapter> makeCitrix(Seal seal);

}
