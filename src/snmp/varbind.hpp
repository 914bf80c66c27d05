#pragma once

#include "snmp/value.hpp"

#include <vector>

namespace headgate::snmp {

/// A name and its value (RFC 3416 §3).
struct Varbind {
    Oid name;
    Value value;
    bool operator==(const Varbind&) const = default;
};

/// The value of exactly that name, or nullptr.
inline const Value* find(const std::vector<Varbind>& varbinds, const Oid& name) {
    for (const auto& varbind : varbinds)
        if (varbind.name == name) return &varbind.value;
    return nullptr;
}

}
