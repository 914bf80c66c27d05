#include "northbound/mib_values.hpp"

#include "domain/text.hpp"
#include "snmp/endpoint.hpp"

#include <algorithm>
#include <limits>

namespace headgate::northbound {
namespace {

constexpr std::size_t longest = 255; // SnmpAdminString, RFC 3411 §5

template <typename Number>
std::uint32_t inBounds(Number value) {
    constexpr auto most = std::numeric_limits<std::uint32_t>::max();
    return value < Number(0) ? 0U : static_cast<std::uint32_t>(std::min<std::uint64_t>(value, most));
}

}

snmp::Value mibText(std::string_view text) {
    std::string kept;
    while (!text.empty()) {
        const auto length = std::max<std::size_t>(domain::characterLength(text), 1);
        if (kept.size() + length > longest) break;
        kept += text.substr(0, length);
        text.remove_prefix(length);
    }
    return snmp::Octets{std::move(kept)};
}

snmp::Value mibTime(const std::optional<domain::Instant>& at) {
    if (!at) return snmp::Octets{std::string(8, '\0')};
    using namespace std::chrono;
    const auto day = floor<days>(*at);
    const year_month_day date(day);
    const hh_mm_ss time(*at - day);
    const auto year = static_cast<int>(date.year());
    const auto tenths = duration_cast<milliseconds>(time.subseconds()).count() / 100;
    std::string octets;
    for (const auto part : {year >> 8, year & 0xff, static_cast<int>(static_cast<unsigned>(date.month())),
                            static_cast<int>(static_cast<unsigned>(date.day())),
                            static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                            static_cast<int>(time.seconds().count()), static_cast<int>(tenths)})
        octets += static_cast<char>(part);
    octets += "+";
    octets.append(2, '\0');
    return snmp::Octets{std::move(octets)};
}

snmp::Value mibWord(std::span<const std::string_view> words, std::string_view word, std::int32_t otherwise) {
    const auto found = std::find(words.begin(), words.end(), word);
    return snmp::Integer{found == words.end() ? otherwise
                                              : static_cast<std::int32_t>(found - words.begin()) + 1};
}

snmp::Value mibPermille(const std::optional<int>& value) {
    constexpr int most = 100000;
    return snmp::Gauge{static_cast<std::uint32_t>(std::clamp(value.value_or(0), 0, most))};
}

snmp::Value mibCount(std::size_t count) {
    return snmp::Gauge{inBounds(count)};
}

snmp::Value mibTransaction(const std::optional<domain::TransactionId>& id) {
    constexpr auto most = std::numeric_limits<std::uint32_t>::max();
    return snmp::Gauge{id && id->value <= most ? static_cast<std::uint32_t>(id->value) : 0U};
}

snmp::Value mibAddressType(std::string_view address) {
    const auto endpoint = snmp::Endpoint::parse(address, 0);
    return snmp::Integer{endpoint && endpoint->family == snmp::Endpoint::Family::v6 ? 2 : 1};
}

snmp::Value mibAddress(std::string_view address) {
    const auto endpoint = snmp::Endpoint::parse(address, 0);
    const std::size_t size = !endpoint ? 0 : endpoint->family == snmp::Endpoint::Family::v6 ? 16 : 4;
    std::string octets;
    for (std::size_t i = 0; i < size; ++i)
        octets += static_cast<char>(endpoint->address[i]);
    return snmp::Octets{std::move(octets)};
}

}
