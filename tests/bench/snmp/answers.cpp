#include "bench/snmp/answers.hpp"

#include "snmp/pdu.hpp"

#include <array>
#include <utility>

namespace headgate::bench {

namespace {

constexpr std::size_t mostKnown = 4096;

std::string_view text(std::span<const std::uint8_t> octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// Where a PDU's request id is, and how many octets it has.
std::optional<std::pair<std::size_t, std::size_t>> requestId(std::span<const std::uint8_t> pdu) {
    if (pdu.size() < 8) return std::nullopt;
    const std::size_t begin = pdu[1] < 0x80 ? 2 : 2 + (pdu[1] & 0x7fU);
    if (begin > 4 || begin + 2 > pdu.size() || pdu[begin] != snmp::tag::integer) return std::nullopt;
    const std::size_t size = pdu[begin + 1];
    if (size < 1 || size > 4 || begin + 2 + size > pdu.size()) return std::nullopt;
    return std::pair{begin + 2, size};
}

}

struct Answers::Rule {
    snmp::Oid subtree;
    Kind kind;
};

std::optional<Answers::Kind> Answers::kindOf(const snmp::Oid& name) {
    static const std::array<Rule, 14> rules{{
        {{1, 3, 6, 1, 2, 1, 1, 3}, Kind::timeTicks},            // sysUpTime
        {{1, 3, 6, 1, 6, 3, 10, 2, 1, 2}, Kind::engineBoots},   // snmpEngineBoots
        {{1, 3, 6, 1, 6, 3, 10, 2, 1, 3}, Kind::engineTime},    // snmpEngineTime
        {{1, 3, 6, 1, 4, 1, 2021, 11}, Kind::counter32},        // ssCpuRaw…
        {{1, 3, 6, 1, 4, 1, 2021, 4}, Kind::integer},           // mem…
        {{1, 3, 6, 1, 4, 1, 2021, 10, 1, 5}, Kind::integer},    // laLoadInt
        {{1, 3, 6, 1, 2, 1, 6, 5}, Kind::counter32},            // tcpActiveOpens
        {{1, 3, 6, 1, 2, 1, 6, 6}, Kind::counter32},            // tcpPassiveOpens
        {{1, 3, 6, 1, 2, 1, 6, 9}, Kind::gauge},                // tcpCurrEstab
        {{1, 3, 6, 1, 2, 1, 25, 1, 5}, Kind::gauge},            // hrSystemNumUsers
        {{1, 3, 6, 1, 2, 1, 25, 1, 6}, Kind::gauge},            // hrSystemProcesses
        {{1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6}, Kind::counter64},  // ifHCInOctets
        {{1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 10}, Kind::counter64}, // ifHCOutOctets
        {{1, 3, 6, 1, 2, 1, 25, 3, 3, 1, 2}, Kind::integer},    // hrProcessorLoad
    }};
    for (const auto& rule : rules)
        if (rule.subtree.isPrefixOf(name)) return rule.kind;
    return std::nullopt;
}

std::uint64_t Answers::figure(Kind kind) const {
    const auto grown = static_cast<std::uint64_t>(m_age.since.count());
    // Each from a value on with which it takes as many octets for as long as any benchmark.
    switch (kind) {
    case Kind::timeTicks: return m_age.upTime();
    case Kind::engineBoots: return m_age.boots();
    case Kind::engineTime: return m_age.engineTime();
    case Kind::gauge: return 0x1000 + grown / 100 % 0x1000;
    case Kind::integer: return 0x1000 + grown / 70 % 0x1000;
    case Kind::counter32: return 0x10000000 + grown * 3;
    case Kind::counter64: return 0x10000000000 + grown * 1000;
    }
    return 0;
}

snmp::Value Answers::valueOf(Kind kind) const {
    const auto value = figure(kind);
    switch (kind) {
    case Kind::timeTicks: return snmp::TimeTicks{static_cast<std::uint32_t>(value)};
    case Kind::gauge: return snmp::Gauge{static_cast<std::uint32_t>(value)};
    case Kind::counter32: return snmp::Counter32{static_cast<std::uint32_t>(value)};
    case Kind::counter64: return snmp::Counter64{value};
    default: return snmp::Integer{static_cast<std::int32_t>(value)};
    }
}

std::unique_ptr<Answers::Known> Answers::make(std::span<const std::uint8_t> pdu, std::size_t id,
                                              std::size_t size) const {
    snmp::BerReader in(pdu);
    auto read = snmp::readPdu(in);
    if (!read) return nullptr;
    const bool walks = read->type == snmp::PduType::getNext || read->type == snmp::PduType::getBulk;
    if (!walks && read->type != snmp::PduType::get) return nullptr;
    std::vector<std::optional<Kind>> kinds;
    for (auto& [name, value] : read->varbinds) {
        kinds.push_back(walks ? std::nullopt : kindOf(name));
        value = walks          ? snmp::Value(snmp::EndOfMibView{})
                : kinds.back() ? valueOf(*kinds.back())
                               : snmp::Value(snmp::NoSuchObject{});
    }
    read->type = snmp::PduType::response;
    read->errorStatus = read->errorIndex = 0;
    snmp::BerWriter out;
    snmp::write(out, *read);
    const auto octets = out.bytes();
    auto known = std::make_unique<Known>();
    known->head = text(pdu.first(id));
    known->tail = text(pdu.subspan(id + size));
    known->answer.assign(octets.begin(), octets.end());
    const auto own = *requestId(known->answer);
    if (own.second != size) return nullptr; // a question whose id has more octets than it needs
    known->id = own.first;
    // Where each figure is: the last octets of its varbind.
    auto inside = *snmp::BerReader(known->answer).enter(static_cast<std::uint8_t>(snmp::PduType::response));
    for (int i = 0; i < 3; ++i)
        inside.integer();
    auto list = *inside.enter(snmp::tag::sequence);
    for (const auto& kind : kinds) {
        auto entry = *list.enter(snmp::tag::sequence);
        entry.oid();
        const auto value = entry.left();
        if (!kind) continue;
        const auto place = static_cast<std::size_t>(value.data() - known->answer.data()) + 2;
        known->patches.push_back({place, value[1], *kind});
    }
    return known;
}

void Answers::refresh(Known& known) const {
    if (known.of == m_age.since) return;
    known.of = m_age.since;
    for (const auto& patch : known.patches) {
        auto value = figure(patch.kind);
        for (auto i = patch.octets; i-- > 0; value >>= 8)
            known.answer[patch.place + i] = static_cast<std::uint8_t>(value);
    }
}

bool Answers::write(Back& out, std::span<const std::uint8_t> pdu) {
    const auto found = requestId(pdu);
    if (!found) return false;
    const auto [id, size] = *found;
    const auto head = text(pdu.first(id));
    const auto tail = text(pdu.subspan(id + size));
    if (!m_last || m_last->tail != tail || m_last->head != head) {
        if (m_known.size() > mostKnown) m_known.clear(), m_last = nullptr;
        auto& known = m_known[std::string(head).append(tail)];
        if (!known) known = make(pdu, id, size);
        m_last = known.get();
        if (!m_last) return false;
    }
    refresh(*m_last);
    out.raw(m_last->answer);
    std::memcpy(out.at() + m_last->id, pdu.data() + id, size);
    return true;
}

}
