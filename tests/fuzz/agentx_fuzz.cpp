// What a master sends its subagent (RFC 2741): a header and its payload.
#include "octets.hpp"
#include "snmp/agentx.hpp"
#include "snmp/agentx_answer.hpp"

#include <map>

using namespace headgate;
using namespace headgate::fuzz;
namespace agentx = headgate::snmp::agentx;

namespace {

/// Two small columns, and a text.
class Table final : public snmp::View {
  public:
    snmp::Value get(const snmp::Oid& name) override {
        const auto found = m_cells.find(name);
        return found == m_cells.end() ? snmp::Value(snmp::NoSuchInstance{}) : found->second;
    }
    std::optional<snmp::Varbind> next(const snmp::Oid& name, bool inclusive) override {
        const auto found = inclusive ? m_cells.lower_bound(name) : m_cells.upper_bound(name);
        if (found == m_cells.end()) return std::nullopt;
        return snmp::Varbind{found->first, found->second};
    }

  private:
    static std::map<snmp::Oid, snmp::Value> cells() {
        std::map<snmp::Oid, snmp::Value> made;
        const snmp::Oid entry{1, 3, 6, 1, 4, 1, 32473, 7, 1, 1, 1};
        for (std::uint32_t row = 1; row <= 20; ++row) {
            made[entry + 1U + row] = snmp::Integer{static_cast<std::int32_t>(row)};
            made[entry + 2U + row] = snmp::Octets{std::string(row * 10, 'x')};
        }
        return made;
    }
    const std::map<snmp::Oid, snmp::Value> m_cells = cells();
};

bool isQuestion(agentx::Type type) {
    return type == agentx::Type::get || type == agentx::Type::getNext || type == agentx::Type::getBulk;
}

/// The header of what we have written ourselves, and its payload.
std::pair<agentx::Header, std::string_view> split(std::string_view pdu) {
    const auto header = agentx::readHeader(pdu);
    require(header && pdu.size() == agentx::headerSize + header->length,
            "what is written has a header that fits");
    return {*header, pdu.substr(agentx::headerSize)};
}

void isAnswered(const agentx::Header& header, const agentx::Request& request) {
    static Table table;
    const auto response = agentx::answer(table, header.type, request);
    const auto ranges = request.ranges.size();
    require(header.type == agentx::Type::getBulk || response.varbinds.size() == ranges,
            "an answer has a varbind for each range");
    require(response.varbinds.size() <= ranges * (1U + request.repetitions),
            "a GETBULK gives no more than asked for");
    const auto octets = agentx::writeResponse(header, response);
    require(octets.size() < 65536 + (ranges + 1) * 1024, "an answer stays within what a manager takes");
    const auto [head, payload] = split(octets);
    require(agentx::readResponse(head, payload) == response,
            "an answer that is written and read is the same");
}

void readQuestion(const agentx::Header& header, std::string_view payload) {
    const auto request = agentx::readRequest(header, payload);
    if (!request) return;
    auto plain = header;
    plain.otherContext = false;
    const auto octets = agentx::writeRequest(plain, *request);
    const auto [head, again] = split(octets);
    require(agentx::readRequest(head, again) == *request, "a question that is written and read is the same");
    if (isQuestion(header.type)) isAnswered(header, *request);
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Guarded input({data, size});
    const auto header = agentx::readHeader(input.text());
    if (!header) return 0;
    const auto payload = input.text().substr(agentx::headerSize);
    readQuestion(*header, payload);
    if (const auto response = agentx::readResponse(*header, payload)) {
        const auto octets = agentx::writeResponse(*header, *response);
        const auto [head, again] = split(octets);
        require(agentx::readResponse(head, again) == *response,
                "an answer that is written and read is the same");
    }
    return 0;
}
