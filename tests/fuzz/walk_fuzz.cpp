// A walk of a subtree with an agent that answers anything. An input: the repetitions, then for each answer
// its error-status, its length in two octets, and its PDU.
#include "octets.hpp"
#include "snmp/walk.hpp"

#include <deque>

using namespace headgate;
using namespace headgate::fuzz;

namespace {

const snmp::Oid subtree{1, 3, 6, 1, 2, 1, 6, 20, 1, 4};
constexpr std::size_t mostRows = 50;

void isAWalk(const snmp::Reply& reply) {
    require(reply.varbinds.size() <= mostRows, "a walk has no more rows than its limit");
    for (std::size_t i = 0; i < reply.varbinds.size(); ++i) {
        require(subtree.isPrefixOf(reply.varbinds[i].name), "a walk stays in its subtree");
        require(i == 0 || reply.varbinds[i - 1].name < reply.varbinds[i].name, "a walk goes forward");
    }
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input({data, size});
    const auto repetitions = static_cast<std::uint16_t>(input.octet());
    std::deque<std::pair<snmp::Pdu, snmp::OnReply>> asked;
    int ends = 0;
    snmp::Walk::start(
        [&](snmp::Pdu pdu, snmp::OnReply done) { asked.emplace_back(std::move(pdu), std::move(done)); },
        [] { return base::Instant{}; }, subtree, {mostRows, base::Duration(1), repetitions},
        [&](const snmp::Reply& reply) {
            isAWalk(reply);
            ++ends;
        });
    while (!asked.empty()) {
        const auto [question, answered] = std::move(asked.front());
        asked.pop_front();
        require(repetitions == 0 ? question.type == snmp::PduType::getNext && question.errorIndex == 0
                                 : question.type == snmp::PduType::getBulk && question.errorIndex >= 1,
                "a walk asks by GETBULK, or by GETNEXT when there are to be no repetitions");
        snmp::Reply reply;
        if (input.atEnd()) {
            reply.failure = snmp::Failure{};
        } else {
            const int status = input.octet();
            const Guarded octets(input.part());
            snmp::BerReader in(octets.octets());
            if (auto pdu = snmp::readPdu(in)) reply.varbinds = std::move(pdu->varbinds);
            if (status != 0) reply.failure = snmp::Failure{snmp::Failure::Kind::refused, "", status, 0};
        }
        answered(std::move(reply));
    }
    require(ends == 1, "a walk ends, once");
    return 0;
}
