#include "transaction/command.hpp"

#include <array>

namespace headgate::transaction {

std::string_view toString(const Request& request) {
    static constexpr std::array<std::string_view, 14> names{
        "lock",       "read",  "edit",    "validate", "rehearse", "commit",  "extend",
        "commit-now", "apply", "confirm", "save",     "cancel",   "discard", "unlock"};
    static_assert(names.size() == std::variant_size_v<Request>);
    return names[request.index()];
}

}
