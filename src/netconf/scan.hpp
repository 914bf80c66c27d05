#pragma once

#include <string_view>

// What the text of a message shows without a parser: a parser costs more than all else that a short one does.

namespace headgate::netconf {

/// Is it one element, and nothing beside it, as far as tags, quotes and ampersands go? Names and namespaces
/// are not looked at.
bool isOneElement(std::string_view text);

/// Is it the bare good answer to the message `id`, written as most write it? An <ok/> with prefixes, or with
/// something beside it, is for a parser.
bool isPlainOk(std::string_view message, std::string_view id);

}
