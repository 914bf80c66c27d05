// A segment of a flight record, as somebody sends one: cut, damaged, or made to look like one.
#include "flight/decoder.hpp"
#include "flight/format.hpp"
#include "octets.hpp"

using namespace headgate;
using namespace headgate::fuzz;

namespace {

/// Reads it; what can be read is read again the same, so that nothing of it hangs on what was before.
std::size_t turnsIn(std::string_view segment) {
    std::size_t turns = 0;
    auto last = domain::Instant::min();
    try {
        flight::Decoder::read(segment, [&](flight::Turn&& turn) {
            require(turn.at >= last, "time never runs backwards");
            last = turn.at;
            ++turns;
        });
    } catch (const flight::BadRecord& bad) {
        require(std::string_view(bad.what()).size() > 10, "a refusal says why");
    }
    return turns;
}

/// The checksum would keep every mutation out: it is put right here.
std::string framed(std::string_view magic, std::string_view entries) {
    std::string segment(magic);
    const auto size = static_cast<std::uint32_t>(entries.size());
    for (const auto number : {size, flight::checksum(entries)})
        for (unsigned shift = 0; shift < 32; shift += 8)
            segment += static_cast<char>(number >> shift);
    return segment.append(entries);
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Guarded input({data, size});
    (void)turnsIn(input.text());
    for (const auto magic : {flight::magic, flight::magic1}) {
        const auto segment = framed(magic, input.text());
        require(turnsIn(segment) == turnsIn(segment), "the same octets are the same turns");
    }
    return 0;
}
