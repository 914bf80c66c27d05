#pragma once

#include "yang/tree.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace headgate::datastore {

/// What is done to a node, or with an operation (RFC 8341, section 3.2).
enum class Access : std::uint8_t { create = 1, read = 2, update = 4, remove = 8, exec = 16 };

/// One rule of /nacm/rule-list.
struct AccessRule {
    enum class Kind { any, operation, notification, node };
    Kind kind = Kind::any;
    std::string module = "*";
    std::string name;            ///< Of the operation or notification; "*" is any.
    std::string path;            ///< Of the node, as it was written.
    std::uint8_t operations = 0; ///< A bit for each Access.
    bool permit = false;
    bool operator==(const AccessRule&) const = default;

    bool matches(const char* ofModule, Access access) const;
};

/// What stands in /nacm (ietf-netconf-acm, RFC 8341), as a value.
struct AccessRules {
    struct List {
        std::vector<std::string> groups; ///< "*" is any.
        std::vector<AccessRule> rules;
        bool operator==(const List&) const = default;
    };
    bool enabled = true;
    bool readDefault = true; ///< True: permit.
    bool writeDefault = false;
    bool execDefault = true;
    std::map<std::string, std::vector<std::string>> groupsOf; ///< A user's.
    std::vector<List> lists;
    bool operator==(const AccessRules&) const = default;

    /// Without /nacm in it these are RFC 8341's defaults.
    static AccessRules read(const yang::Tree& running);

    /// Those that count for a user, in their order; none for one who is in no group (section 3.4.4, step 5).
    std::vector<AccessRule> of(const std::string& user) const;
};

}
