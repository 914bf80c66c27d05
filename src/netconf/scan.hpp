#pragma once

#include "netconf/client.hpp"

#include <optional>
#include <string>
#include <string_view>

// What the text of a message shows without a parser: a parser costs more than all else that a short one does.

namespace headgate::netconf {

/// Is it one element, and nothing beside it, as far as tags, quotes and ampersands go? Names and namespaces
/// are not looked at.
bool isOneElement(std::string_view text);

/// The content of the good answer to the message `id`, empty for <ok/>, else <data> as XML that stands alone;
/// when it is written as most write it. One with prefixes around it, or with anything beside it, is for a
/// parser.
std::optional<std::string> plainAnswer(std::string_view message, std::string_view id);

/// A notification (RFC 5277, section 4) whose event, its one element beside eventTime, declares its own
/// namespace and so stands alone: as most write it. Every other is for a parser.
std::optional<Notification> plainNotification(std::string_view message);

}
