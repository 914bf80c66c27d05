// The rows of an agent's tables, as telemetry reads them out of an answer's varbinds: a PDU.
#include "octets.hpp"
#include "snmp/endpoint.hpp"
#include "snmp/pdu.hpp"
#include "telemetry/agent_rows.hpp"
#include "telemetry/objects.hpp"
#include "telemetry/tcp_tables.hpp"

using namespace headgate;
using namespace headgate::fuzz;

namespace {

void readTcp(const std::vector<snmp::Varbind>& varbinds) {
    const auto listeners = telemetry::readListeners(varbinds);
    require(listeners.size() <= varbinds.size(), "there are no more listeners than rows");
    for (const auto& listener : listeners) {
        require(snmp::Endpoint::parse(listener.address).has_value(), "a listener's address is an IP literal");
        require(listener.serves(listener.address), "a listener serves its own address");
        const auto subtrees = telemetry::connectionSubtrees(listener.address, listener.port);
        require(!subtrees.empty(), "the connections to a listener can be asked for");
        for (const auto& subtree : subtrees)
            require(telemetry::objects::tcpConnectionState.isPrefixOf(subtree), "they are connections");
    }
    require(telemetry::countEstablished(varbinds) <= varbinds.size(),
            "there are no more connections than rows");
}

void readRows(const snmp::Oid& entry, const std::vector<snmp::Varbind>& varbinds) {
    auto rows = telemetry::readRows(entry, varbinds);
    for (auto& [name, row] : rows) {
        require(!row.empty(), "a row has cells");
        const auto cell = entry + 3U + name.index();
        const auto again = telemetry::readRows(entry, {{cell, snmp::Integer{1}}});
        require(again.size() == 1 && again.begin()->first == name,
                "a row's name makes its index, and the index its name");
        const auto* chosen = telemetry::rowOf({name.application}, rows);
        require(chosen && chosen->first.application == name.application, "an application with a row has one");
    }
    for (auto& [name, row] : rows) {
        row.wipe();
        require(row.empty(), "what is wiped is gone");
    }
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Guarded octets({data, size});
    snmp::BerReader in(octets.octets());
    const auto pdu = snmp::readPdu(in);
    if (!pdu) return 0;
    readTcp(pdu->varbinds);
    readRows(mib::server::applicationEntry, pdu->varbinds);
    readRows(mib::server::authenticationEntry, pdu->varbinds);
    return 0;
}
