#include "southbound/answers.hpp"

#include <algorithm>

namespace headgate::southbound {

using namespace transaction;

Result resultOf(const Answer& answer) {
    if (const auto* rejected = std::get_if<Rejected>(&answer)) return refusalOf(rejected->errors);
    if (const auto* silence = std::get_if<Silence>(&answer)) return NoAnswer{silence->reason};
    return Done{};
}

Refused refusalOf(const std::vector<yang::RpcError>& errors) {
    const auto& error = worst(errors);
    Refused refused{error.tag, wordsOf(error)};
    refused.lockHeldByOther = error.tag == "lock-denied" || error.tag == "in-use";
    return refused;
}

const yang::RpcError& worst(const std::vector<yang::RpcError>& errors) {
    const auto found = std::find_if(errors.begin(), errors.end(),
                                    [](const yang::RpcError& error) { return error.severity != "warning"; });
    return found == errors.end() ? errors.front() : *found;
}

std::string infoOf(const yang::RpcError& error, std::string_view name) {
    for (const auto& [key, value] : error.info)
        if (key == name) return value;
    return {};
}

std::string wordsOf(const yang::RpcError& error) {
    return error.message.empty() ? error.tag : error.message;
}

bool mayPass(std::string_view tag) {
    return tag == "lock-denied" || tag == "in-use" || tag == "resource-denied";
}

}
