#pragma once

#include "snmp/varbind.hpp"

#include <cstddef>
#include <vector>

struct snmp_pdu;
struct variable_list;

namespace headgate::agent {

/// Net-SNMP's own sub-identifiers are as wide as a long.
using LibraryOid = std::vector<unsigned long>;

LibraryOid toLibrary(const snmp::Oid& oid);
snmp::Oid fromLibrary(const unsigned long* parts, std::size_t size);

/// Gives a varbind of the library that value. Throws when the library has no memory for it.
void setValue(variable_list& varbind, const snmp::Value& value);

/// A varbind's value; null for a type that nobody of ours takes.
snmp::Value valueOf(const variable_list& varbind);

void addVarbind(snmp_pdu& pdu, const snmp::Varbind& varbind);

}
