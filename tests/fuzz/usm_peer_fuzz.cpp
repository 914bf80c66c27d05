// What an agent, or somebody who can write in its name, answers to a client that speaks SNMPv3: a sequence of
// datagrams, of which some are signed with the user's key. An input: the user's level, then for each datagram
// the seconds before it, whether it is signed, its length in two octets, and its octets.
#include "agent.hpp"
#include "snmp/usm_peer.hpp"

using namespace headgate;
using namespace headgate::fuzz;
using snmp::SecurityLevel;

namespace {

void isBelieved(const snmp::UsmPeer& peer, const snmp::V3Message& message,
                const snmp::UsmPeer::Answer& answer) {
    using Kind = snmp::UsmPeer::Answer::Kind;
    if (answer.kind != Kind::response) return;
    require(message.level == peer.user().level, "an answer has the security that was asked for");
    require(message.user == peer.user().user, "an answer is to the user that asked");
    require(message.engineId == peer.engineId(), "an answer is from the engine that was asked");
}

/// Within six polls, a second apart: the peer doubts an engine that has not answered three of them.
bool reaches(snmp::UsmPeer& peer, Agent& agent, base::Instant now) {
    static snmp::BerWriter out;
    for (int poll = 1; poll <= 6; ++poll) {
        now += std::chrono::seconds(1);
        ask(peer, out, poll, now);
        const auto answer = agent.answer(out.bytes(), now);
        if (answer.empty()) continue;
        const auto message = snmp::readV3Message(answer);
        require(message.has_value(), "our own agent's answers can be read");
        if (peer.judge(*message, now).kind == snmp::UsmPeer::Answer::Kind::response) return true;
    }
    return false;
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input({data, size});
    const auto level = static_cast<SecurityLevel>(input.octet() % 3);
    snmp::UsmPeer peer(user(level));
    const auto keys = snmp::localize(user(level)->keys(), engineId());
    auto now = booted;
    while (!input.atEnd()) {
        now += std::chrono::seconds(input.octet() * 4);
        const bool isSigned = (input.octet() & 1) != 0;
        const auto part = input.part();
        std::vector<std::uint8_t> octets(part.begin(), part.end());
        if (isSigned) sign(octets, keys);
        const Guarded datagram(octets);
        const auto message = snmp::readV3Message(datagram.octets());
        if (!message) continue;
        isBelieved(peer, *message, peer.judge(*message, now));
    }
    Agent agent(user(level));
    require(reaches(peer, agent, now), "whatever was heard, the agent itself is reached again");
    return 0;
}
