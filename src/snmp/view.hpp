#pragma once

#include "snmp/varbind.hpp"

#include <optional>

namespace headgate::snmp {

/// What there is to see of one subtree, in the order of SNMP.
class View {
  public:
    virtual ~View() = default;
    /// The variable of that name; NoSuchObject or NoSuchInstance (RFC 3416 §4.2.1) where there is none.
    virtual Value get(const Oid& name) = 0;
    /// The first variable behind `name`, or at it when `inclusive`; empty behind the last one.
    virtual std::optional<Varbind> next(const Oid& name, bool inclusive) = 0;
};

}
