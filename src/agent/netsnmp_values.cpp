#include "agent/netsnmp_values.hpp"

#include <net-snmp/net-snmp-config.h>
// The library's headers in its own order.
#include <net-snmp/net-snmp-includes.h>

#include <new>
#include <type_traits>

namespace headgate::agent {

static_assert(std::is_same_v<oid, LibraryOid::value_type>);

LibraryOid toLibrary(const snmp::Oid& oid) {
    return {oid.parts().begin(), oid.parts().end()};
}

snmp::Oid fromLibrary(const unsigned long* parts, std::size_t size) {
    std::vector<std::uint32_t> out;
    out.reserve(size);
    for (std::size_t i = 0; i < size; ++i)
        out.push_back(static_cast<std::uint32_t>(parts[i]));
    return snmp::Oid(std::move(out));
}

namespace {

/// Gives a varbind a type and the octets that the library keeps for it.
struct Setter {
    variable_list& varbind;

    void set(u_char type, const void* octets, std::size_t size) const {
        if (snmp_set_var_typed_value(&varbind, type, octets, size)) throw std::bad_alloc();
    }
    void number(u_char type, long value) const { set(type, &value, sizeof value); }

    void operator()(const snmp::Null&) const { set(ASN_NULL, nullptr, 0); }
    void operator()(const snmp::Integer& v) const { number(ASN_INTEGER, v.value); }
    void operator()(const snmp::Gauge& v) const { number(ASN_GAUGE, static_cast<long>(v.value)); }
    void operator()(const snmp::Counter32& v) const { number(ASN_COUNTER, static_cast<long>(v.value)); }
    void operator()(const snmp::Counter64& v) const {
        const counter64 both{static_cast<u_long>(v.value >> 32), static_cast<u_long>(v.value & 0xffffffffU)};
        set(ASN_COUNTER64, &both, sizeof both);
    }
    void operator()(const snmp::TimeTicks& v) const { number(ASN_TIMETICKS, static_cast<long>(v.value)); }
    void operator()(const snmp::Octets& v) const { set(ASN_OCTET_STR, v.value.data(), v.value.size()); }
    void operator()(const snmp::Opaque& v) const { set(ASN_OPAQUE, v.value.data(), v.value.size()); }
    void operator()(const snmp::Oid& v) const {
        const auto parts = toLibrary(v);
        set(ASN_OBJECT_ID, parts.data(), parts.size() * sizeof(oid));
    }
    void operator()(const snmp::IpAddress& v) const { set(ASN_IPADDRESS, v.value.data(), v.value.size()); }
    void operator()(const snmp::NoSuchObject&) const { set(SNMP_NOSUCHOBJECT, nullptr, 0); }
    void operator()(const snmp::NoSuchInstance&) const { set(SNMP_NOSUCHINSTANCE, nullptr, 0); }
    void operator()(const snmp::EndOfMibView&) const { set(SNMP_ENDOFMIBVIEW, nullptr, 0); }
};

}

void setValue(variable_list& varbind, const snmp::Value& value) {
    std::visit(Setter{varbind}, value);
}

snmp::Value valueOf(const variable_list& varbind) {
    switch (varbind.type) {
    case ASN_INTEGER: return snmp::Integer{static_cast<std::int32_t>(*varbind.val.integer)};
    case ASN_OCTET_STR:
        return snmp::Octets{
            varbind.val_len ? std::string(reinterpret_cast<const char*>(varbind.val.string), varbind.val_len)
                            : std::string()};
    default: return snmp::Null{};
    }
}

void addVarbind(snmp_pdu& pdu, const snmp::Varbind& varbind) {
    const auto name = toLibrary(varbind.name);
    auto* added = snmp_pdu_add_variable(&pdu, name.data(), name.size(), ASN_NULL, nullptr, 0);
    if (!added) throw std::bad_alloc();
    setValue(*added, varbind.value);
}

}
