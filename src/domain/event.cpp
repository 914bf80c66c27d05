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

}
