#include "snmp/question.hpp"

#include "snmp/pdu.hpp"

#include <algorithm>

namespace headgate::snmp {

namespace {

std::optional<Cell> readCell(BerReader& in) {
    Cell cell;
    cell.type = in.peek();
    switch (cell.type) {
    case tag::integer: {
        const auto value = in.integer();
        if (!value) return std::nullopt;
        cell.bits = static_cast<std::uint64_t>(std::int64_t{*value});
        return cell;
    }
    case tag::counter32:
    case tag::gauge:
    case tag::timeTicks: {
        const auto value = in.unsignedInteger(cell.type);
        if (!value) return std::nullopt;
        cell.bits = *value;
        return cell;
    }
    case tag::counter64: {
        const auto value = in.counter64();
        if (!value) return std::nullopt;
        cell.bits = *value;
        return cell;
    }
    case tag::opaque:
        // The library looks into these: what it takes off is not to be mistaken for the length.
        if (!in.value()) return std::nullopt;
        return cell;
    default: {
        const auto octets = in.octets(cell.type);
        if (!octets) return std::nullopt;
        cell.octets = *octets;
        return cell;
    }
    }
}

}

std::optional<std::uint64_t> Cell::count() const {
    switch (type) {
    case tag::integer:
        if (static_cast<std::int64_t>(bits) < 0) return std::nullopt;
        return bits;
    case tag::counter32:
    case tag::gauge:
    case tag::timeTicks:
    case tag::counter64: return bits;
    default: return std::nullopt;
    }
}

Question::Question(std::vector<Oid> names)
    : m_names(std::move(names)) {
    BerWriter out;
    for (const auto& name : m_names) {
        out.clear();
        out.oid(name);
        m_nameOffsets.push_back(static_cast<std::uint32_t>(m_nameOctets.size()));
        m_nameOctets.append(out.bytes().begin(), out.bytes().end());
    }
    m_nameOffsets.push_back(static_cast<std::uint32_t>(m_nameOctets.size()));

    Pdu pdu;
    pdu.requestId = smallestId;
    for (const auto& name : m_names)
        pdu.varbinds.push_back({name, Null{}});
    out.clear();
    write(out, pdu);
    m_pdu.assign(out.bytes().begin(), out.bytes().end());
    auto inside = *BerReader(m_pdu).enter(static_cast<std::uint8_t>(PduType::get));
    m_idOffset = static_cast<std::size_t>(inside.left().data() - m_pdu.data()) + 2;
}

void Question::putId(std::span<std::uint8_t> pdu, std::size_t offset, std::int32_t id) {
    const auto bits = static_cast<std::uint32_t>(id);
    for (unsigned i = 0; i < 4; ++i)
        pdu[offset + i] = static_cast<std::uint8_t>(bits >> (24 - 8 * i));
}

std::string_view Question::nameOctets(std::size_t index) const {
    return std::string_view(m_nameOctets)
        .substr(m_nameOffsets[index], m_nameOffsets[index + 1] - m_nameOffsets[index]);
}

std::optional<Question::Answer> Question::read(Bytes pdu, std::vector<Cell>& cells) const {
    auto in = BerReader(pdu).enter(static_cast<std::uint8_t>(PduType::response));
    if (!in) return std::nullopt;
    const auto id = in->integer();
    const auto status = in->integer();
    const auto index = in->integer();
    auto list = in->enter(tag::sequence);
    if (!id || !status || !index || !list) return std::nullopt;
    Answer answer{*id, *status, *index};
    cells.clear();
    if (answer.errorStatus == 0) answer.otherNames = !readCells(*list, cells);
    return answer;
}

bool Question::takeName(BerReader& varbind, std::size_t index) const {
    const auto name = nameOctets(index);
    if (varbind.take(name)) return true;
    // Its length may be written in more octets than it needs.
    const auto told = varbind.octets(tag::oid);
    auto wanted = BerReader(Bytes(reinterpret_cast<const std::uint8_t*>(name.data()), name.size()));
    return told && *told == wanted.octets(tag::oid);
}

bool Question::readCells(BerReader& list, std::vector<Cell>& cells) const {
    for (std::size_t i = 0; i < m_names.size(); ++i) {
        auto varbind = list.enter(tag::sequence);
        if (!varbind) return false;
        if (!takeName(*varbind, i)) return false;
        const auto cell = readCell(*varbind);
        if (!cell) return false;
        cells.push_back(*cell);
    }
    return list.atEnd();
}

}
