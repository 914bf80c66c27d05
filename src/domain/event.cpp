#include "domain/event.hpp"

namespace headgate::domain {

std::string_view toString(EventSeverity severity) {
    switch (severity) {
    case EventSeverity::notice: return "notice";
    case EventSeverity::warning: return "warning";
    case EventSeverity::alarm: return "alarm";
    case EventSeverity::clear: return "clear";
    }
    return "?";
}

bool isOfServer(std::string_view kind) {
    return kind == "settings-refused" || kind == "data-source-left" || kind == "authentication-expires";
}

bool sameAlarm(const Event& a, const Event& b) {
    const bool servers = !a.pool || isOfServer(a.kind);
    return a.kind == b.kind && a.pool == b.pool && a.appliance == b.appliance &&
           (!servers || a.server == b.server);
}

}
