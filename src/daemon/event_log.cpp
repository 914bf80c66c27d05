#include "daemon/event_log.hpp"

#include "base/log.hpp"

namespace headgate::daemon {

domain::Event eventOf(domain::Instant at, domain::EventSeverity severity, std::string kind,
                      std::string text) {
    domain::Event event;
    event.at = at;
    event.severity = severity;
    event.kind = std::move(kind);
    event.text = std::move(text);
    return event;
}

void log(const domain::Event& event) {
    static constexpr base::Log logger{"daemon"};
    const auto name = [](const auto& subject) { return subject ? subject->value : std::string("-"); };
    const auto say = event.severity == domain::EventSeverity::alarm     ? &base::Log::error
                     : event.severity == domain::EventSeverity::warning ? &base::Log::warning
                                                                        : &base::Log::info;
    (logger.*say)(event.text,
                  {{"event", event.kind},
                   {"pool", name(event.pool)},
                   {"server", name(event.server)},
                   {"appliance", name(event.appliance)},
                   {"transaction", event.transaction ? std::to_string(event.transaction->value) : "-"}});
}

}
