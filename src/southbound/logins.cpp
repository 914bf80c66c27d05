#include "southbound/logins.hpp"

#include "netconf/error.hpp"
#include "netconf/xml.hpp"
#include "southbound/operations.hpp"

#include <cstdio>
#include <optional>

namespace headgate::southbound {
namespace {

using namespace std::chrono;

/// date-and-time of RFC 6991.
std::optional<system_clock::time_point> timeOf(const std::string& text) {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, used = 0;
    if (std::sscanf(text.c_str(), "%d-%d-%dT%d:%d:%d%n", &year, &month, &day, &hour, &minute, &second,
                    &used) != 6)
        return std::nullopt;
    const auto zone = text.find_first_of("Z+-", static_cast<std::size_t>(used));
    if (zone == std::string::npos) return std::nullopt;
    minutes offset(0);
    if (text[zone] != 'Z') {
        int hours = 0, rest = 0;
        if (std::sscanf(text.c_str() + zone + 1, "%d:%d", &hours, &rest) != 2) return std::nullopt;
        offset = minutes(hours * 60 + rest) * (text[zone] == '-' ? -1 : 1);
    }
    const year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                              std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return std::nullopt;
    return sys_days(date) + hours(hour) + minutes(minute) + seconds(second) - offset;
}

void collect(const netconf::Element& node, Logins& logins) {
    if (node.name() != "session") {
        for (const auto& child : node.children())
            collect(child, logins);
        return;
    }
    const auto id = node.child("session-id");
    const auto user = node.child("username");
    const auto login = node.child("login-time");
    if (!id || !user || !login) return;
    if (const auto time = timeOf(login->text())) logins[id->text()] = {user->text(), *time};
}

}

std::string loginsOf(std::string_view one, std::string_view other) {
    std::string sessions;
    for (const auto id : {one, other})
        sessions +=
            "<session><session-id>" + std::string(id) + "</session-id><username/><login-time/></session>";
    return readOf("<netconf-state xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring\"><sessions>" +
                      sessions + "</sessions></netconf-state>",
                  true);
}

Logins loginsIn(const std::string& answer) {
    Logins logins;
    try {
        if (!answer.empty()) collect(netconf::XmlParser().parse(answer).root(), logins);
    } catch (const netconf::Error&) {
        // No list that can be understood is no list.
    }
    return logins;
}

}
