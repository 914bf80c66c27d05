#pragma once

#include <optional>
#include <string>
#include <vector>

namespace headgate::yang {

/// A token of XPath 1.0 (section 3.7). A name has its prefix; `*`, where it stands for any name, is a name.
struct XPathToken {
    enum class Kind { name, literal, number, sign, operation, end };
    Kind kind;
    std::string text;
};

/// With an end; nothing when it is no expression.
std::optional<std::vector<XPathToken>> xpathTokens(const std::string& expression);

}
