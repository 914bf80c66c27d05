// An answer to a Question, read where it stands, beside the same one read whole.
#include "octets.hpp"
#include "snmp/pdu.hpp"
#include "snmp/question.hpp"

#include <variant>

using namespace headgate;
using namespace headgate::fuzz;

namespace {

/// What the whole reading says of a cell.
void isAs(const snmp::Value& value, const snmp::Cell& cell) {
    require(snmp::isMissing(value) == cell.isMissing(), "what is missing is missing");
    require(snmp::countOf(value) == cell.count(), "a count is the same");
    if (const auto text = snmp::textOf(value); text && cell.type == snmp::tag::octets)
        require(*text == cell.octets, "a text is the same");
}

/// The question that this would be the answer to, if it is one: the first names of it.
std::optional<snmp::Question> questionFor(const snmp::Pdu& pdu) {
    std::vector<snmp::Oid> names;
    for (const auto& varbind : pdu.varbinds)
        names.push_back(varbind.name);
    if (names.empty() || names.size() > 64) return std::nullopt;
    return snmp::Question(std::move(names));
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const snmp::Question usual({{1, 3, 6, 1, 2, 1, 1, 3, 0}, {1, 3, 6, 1, 4, 1, 2021, 4, 5, 0}});
    const Guarded guarded({data, size});
    const auto octets = guarded.octets();
    std::vector<snmp::Cell> cells;
    (void)usual.read(octets, cells);
    for (const auto& cell : cells)
        require(cell.octets.empty() || isInside(octets, cell.octets), "what is read is in the datagram");

    snmp::BerReader in(octets);
    const auto whole = snmp::readPdu(in);
    if (!whole || whole->type != snmp::PduType::response || whole->errorStatus != 0) return 0;
    const auto question = questionFor(*whole);
    if (!question) return 0;
    const auto answer = question->read(octets, cells);
    require(answer.has_value(), "what can be read whole can be read where it stands");
    require(answer->requestId == whole->requestId, "with the same id");
    // Names that are not encoded in the one way of BER are others.
    if (answer->otherNames) return 0;
    require(cells.size() == whole->varbinds.size(), "each name has its cell");
    for (std::size_t i = 0; i < cells.size(); ++i)
        isAs(whole->varbinds[i].value, cells[i]);
    return 0;
}
