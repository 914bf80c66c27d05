#include "snmp/agentx_answer.hpp"

#include <algorithm>

namespace headgate::snmp::agentx {

namespace {

/// snmpd cuts what is too much for its manager; more than a datagram holds is never of use.
constexpr std::size_t mostOctets = 65536;

Varbind next(View& view, const SearchRange& range) {
    auto found = view.next(range.start, range.inclusive);
    if (!found || (!range.end.empty() && found->name >= range.end)) return {range.start, EndOfMibView{}};
    return *std::move(found);
}

std::size_t roughSize(const Varbind& varbind) {
    const auto* octets = std::get_if<Octets>(&varbind.value);
    return 16 + 4 * varbind.name.size() + (octets ? octets->value.size() : 8);
}

/// RFC 2741 §7.2.3.3: round for round, each range from where it is.
void bulk(View& view, const Request& request, std::vector<Varbind>& out) {
    const auto& asked = request.ranges;
    const auto single = std::min<std::size_t>(request.nonRepeaters, asked.size());
    for (std::size_t i = 0; i < single; ++i)
        out.push_back(next(view, asked[i]));
    std::vector<SearchRange> at(asked.begin() + static_cast<std::ptrdiff_t>(single), asked.end());
    std::size_t size = 0;
    for (int round = 0; round < request.repetitions && !at.empty(); ++round) {
        bool more = false;
        for (auto& range : at) {
            out.push_back(next(view, range));
            size += roughSize(out.back());
            more = more || !std::holds_alternative<EndOfMibView>(out.back().value);
            range.start = out.back().name;
            range.inclusive = false;
        }
        if (!more || size > mostOctets) return;
    }
}

}

Response answer(View& view, Type type, const Request& request) {
    Response response;
    if (type == Type::getBulk)
        bulk(view, request, response.varbinds);
    else
        for (const auto& range : request.ranges)
            response.varbinds.push_back(type == Type::get ? Varbind{range.start, view.get(range.start)}
                                                          : next(view, range));
    return response;
}

}
