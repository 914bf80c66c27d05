#pragma once

#include "yang/tree.hpp"

#include <string>
#include <vector>

namespace headgate::yang {

/// One thing that is wrong with a text of instance data, for whoever wrote it.
struct Fault {
    std::string path{};  ///< of the data node, e.g. /headgate:headgate/pool[name='web']/policy; may be empty
    std::string value{}; ///< that is written there; empty: of no leaf, or nobody is to see it
    std::string rule{};  ///< what is wrong and what is wanted
    unsigned line = 0;   ///< of the text; 0: not known
    bool operator==(const Fault&) const = default;
};

/// "FILE:LINE: PATH = 'VALUE': RULE" with what is known of it.
std::string toString(const Fault& fault, const std::string& file = {});

/// What is wrong with a configuration as a whole, in the order of its lines; empty when it is valid. What
/// follows from something else that is wrong is not told, and no more than `mostFaults` are. It validates the
/// text once for each: nothing for a thread that others wait for.
std::vector<Fault> faultsIn(const Context& context, const std::string& text, Format format);
inline constexpr std::size_t mostFaults = 20;

/// A sentence of libyang's that speaks of YANG, in the words of whoever writes a configuration.
std::string inPlainWords(const std::string& said);

/// A value as it may be shown: what is long is cut, and what is secret (a leaf called so, a private key
/// wherever it is) is not shown at all.
std::string shownValue(const std::string& path, const std::string& value);

/// By the name's ending, or else by the first character of the text.
Format formatOf(const std::string& text, const std::string& file = {});

}
