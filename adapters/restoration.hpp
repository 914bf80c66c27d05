#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::adapters {

class XmlWriter;

/// Writes a list entry again from its leaves, as leavesOf (qualified) gave them: `operation` on the entry,
/// its keys first, then every leaf, also those in containers, lists and leaf-lists. Throws Error, which
/// `where` begins, when a key is not among them or a path is not one of leavesOf's.
void writeEntry(XmlWriter& xml, std::string_view name, std::string_view operation,
                const std::vector<std::string>& keys, const std::map<std::string, std::string>& leaves,
                const std::string& where);

}
