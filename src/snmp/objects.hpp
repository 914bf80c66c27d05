#pragma once

#include "snmp/pdu.hpp"

#include <map>
#include <set>

namespace headgate::snmp {

/// What an agent has to show: every variable by its name.
struct Objects {
    std::map<Oid, Value> values;
    /// The object types (scalars and columns, none of them below another). A name below one of them that has
    /// no value is noSuchInstance, any other is noSuchObject.
    std::set<Oid> types;

    /// A scalar: `type`.0.
    void set(const Oid& type, Value value);
    /// A cell of a table: `column`.`index`.
    void set(const Oid& column, const Oid& index, Value value);
};

/// Answers GET, GETNEXT and GETBULK (RFC 3416 §4.2.1 to §4.2.3); nothing can be SET. Empty for a PDU that is
/// no question. A GETBULK's answer stays below the size that every network carries in one piece.
std::optional<Pdu> answer(const Objects& objects, const Pdu& question);

/// A text as part of an index (RFC 2578 §7.7): its length, then its octets.
Oid indexOf(std::string_view text);

}
