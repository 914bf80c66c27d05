#include "cli/values.hpp"

#include <algorithm>
#include <cstdlib>
#include <regex>

namespace headgate::cli {

const Server* World::server(const std::string& name) const {
    const auto found =
        std::find_if(servers.begin(), servers.end(), [&](const Server& entry) { return entry.name == name; });
    return found == servers.end() ? nullptr : &*found;
}

std::optional<Time> timeOf(const std::string& text) {
    static const std::regex form(
        R"((\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d))");
    std::smatch part;
    if (!std::regex_match(text, part, form)) return std::nullopt;
    const auto number = [&](int i) { return std::atoi(part[i].str().c_str()); };
    const std::chrono::year_month_day date(std::chrono::year(number(1)), std::chrono::month(number(2)),
                                           std::chrono::day(number(3)));
    if (!date.ok()) return std::nullopt;
    Time time = std::chrono::sys_days(date);
    time += std::chrono::hours(number(4)) + std::chrono::minutes(number(5)) + std::chrono::seconds(number(6));
    if (part[7].matched) {
        const auto digits = (part[7].str().substr(1) + "00").substr(0, 3);
        time += std::chrono::milliseconds(std::atoi(digits.c_str()));
    }
    if (const auto zone = part[8].str(); zone.size() == 6) {
        const auto offset = std::chrono::hours(std::atoi(zone.substr(1, 2).c_str())) +
                            std::chrono::minutes(std::atoi(&zone[4]));
        time = zone[0] == '+' ? time - offset : time + offset;
    }
    return time;
}

}
