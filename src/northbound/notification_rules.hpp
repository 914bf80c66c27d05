#pragma once

#include "domain/notification_rule.hpp"
#include "yang/node.hpp"

#include <vector>

namespace headgate::northbound {

/// An entry of /headgate/notification-rule, with its default nodes.
domain::NotificationRule readNotificationRule(const yang::Node& node);

/// The rules that are shipped with Headgate: instance data of that list, beside its module in
/// notification-rules/*.json. Throws yang::Error, which names the file, when one cannot be read or is not
/// valid.
std::vector<domain::NotificationRule> shippedNotificationRules();

}
