#include "snmp/objects.hpp"

#include <algorithm>
#include <utility>

namespace headgate::snmp {

namespace {

constexpr std::int32_t notWritable = 17;

/// What a GETBULK's varbinds may take of an Ethernet frame beside the headers of IPv6, UDP and SNMPv3.
constexpr std::size_t bulkSize = 1200;

Varbind exact(const Objects& objects, const Oid& name) {
    if (const auto found = objects.values.find(name); found != objects.values.end())
        return {name, found->second};
    const auto behind = objects.types.upper_bound(name);
    if (behind != objects.types.begin() && std::prev(behind)->isPrefixOf(name))
        return {name, NoSuchInstance{}};
    return {name, NoSuchObject{}};
}

Varbind next(const Objects& objects, const Oid& name) {
    const auto found = objects.values.upper_bound(name);
    if (found == objects.values.end()) return {name, EndOfMibView{}};
    return {found->first, found->second};
}

std::size_t sizeOf(BerWriter& scratch, const Varbind& varbind) {
    scratch.clear();
    scratch.value(varbind.value);
    scratch.oid(varbind.name);
    scratch.wrap(tag::sequence, 0);
    return scratch.bytes().size();
}

std::vector<Varbind> bulk(const Objects& objects, const Pdu& question) {
    const auto& asked = question.varbinds;
    const auto single = std::min(static_cast<std::size_t>(std::max(question.errorStatus, 0)), asked.size());
    std::vector<Varbind> out;
    for (std::size_t i = 0; i < single; ++i)
        out.push_back(next(objects, asked[i].name));
    BerWriter scratch;
    std::size_t size = 0;
    for (const auto& varbind : out)
        size += sizeOf(scratch, varbind);
    std::vector<Oid> at;
    for (std::size_t i = single; i < asked.size(); ++i)
        at.push_back(asked[i].name);
    for (std::int32_t round = 0; round < question.errorIndex && !at.empty(); ++round) {
        bool more = false;
        for (auto& name : at) {
            auto found = next(objects, name);
            size += sizeOf(scratch, found);
            if (size > bulkSize && !out.empty()) return out;
            more = more || !std::holds_alternative<EndOfMibView>(found.value);
            name = found.name;
            out.push_back(std::move(found));
        }
        if (!more) break;
    }
    return out;
}

}

void Objects::set(const Oid& type, Value value) {
    set(type, Oid{0}, std::move(value));
}

void Objects::set(const Oid& column, const Oid& index, Value value) {
    types.insert(column);
    values.insert_or_assign(column + index, std::move(value));
}

std::optional<Pdu> answer(const Objects& objects, const Pdu& question) {
    Pdu out{PduType::response, question.requestId, 0, 0, {}};
    switch (question.type) {
    case PduType::get:
        for (const auto& varbind : question.varbinds)
            out.varbinds.push_back(exact(objects, varbind.name));
        return out;
    case PduType::getNext:
        for (const auto& varbind : question.varbinds)
            out.varbinds.push_back(next(objects, varbind.name));
        return out;
    case PduType::getBulk: out.varbinds = bulk(objects, question); return out;
    case PduType::set:
        out.varbinds = question.varbinds;
        if (!out.varbinds.empty()) out.errorStatus = notWritable, out.errorIndex = 1;
        return out;
    default: return std::nullopt;
    }
}

Oid indexOf(std::string_view text) {
    std::vector<std::uint32_t> parts{static_cast<std::uint32_t>(text.size())};
    for (const char octet : text)
        parts.push_back(static_cast<unsigned char>(octet));
    return Oid(std::move(parts));
}

}
