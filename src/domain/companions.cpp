#include "domain/companions.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace headgate::domain {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> words{
    {{"cpu", "CPU"},
     {"memory", "memory"},
     {"disk", "disk space"},
     {"load", "processes that wait (load)"},
     {"connections", "connections"},
     {"octets-in", "network (in)"},
     {"octets-out", "network (out)"},
     {"utilisation", "what its headgate-agent measures"}}};

}

const Companionship* Diagnosis::of(const ServerName& server) const {
    const auto found =
        std::lower_bound(members.begin(), members.end(), server,
                         [](const Companionship& one, const ServerName& name) { return one.server < name; });
    return found == members.end() || found->server != server ? nullptr : &*found;
}

std::string resourceInWords(const std::string& metric) {
    for (const auto& [name, word] : words)
        if (name == metric) return std::string(word);
    return metric;
}

}
