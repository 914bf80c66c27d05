#include "domain/state.hpp"

namespace headgate::domain {

std::string limitInWords(const ServerState& server, const DataSourceState* dataSource) {
    if (!dataSource || dataSource->level != Level::full) return resourceInWords(server.binding);
    const auto binding = resourceInWords(dataSource->binding);
    return "its data source " + dataSource->name + (binding.empty() ? "" : " (" + binding + ")");
}

std::string_view toString(Functional functional) {
    switch (functional) {
    case Functional::unknown: return "unknown";
    case Functional::functional: return "functional";
    case Functional::down: return "down";
    }
    return "?";
}

std::string_view toString(Trust trust) {
    switch (trust) {
    case Trust::trusted: return "trusted";
    case Trust::doubtful: return "doubtful";
    case Trust::stale: return "stale";
    case Trust::contradictory: return "contradictory";
    case Trust::silent: return "silent";
    }
    return "?";
}

std::string_view toString(Level level) {
    switch (level) {
    case Level::unknown: return "unknown";
    case Level::under: return "under-used";
    case Level::normal: return "normal";
    case Level::full: return "full";
    }
    return "?";
}

}
