#pragma once

#include <optional>
#include <string_view>

namespace headgate::appliance {

/// Of an appliance that has a peer: the active one serves, the standby waits.
enum class HaState { active, standby };

/// active | standby, the words of --ha-state and lab-fault.yang; nothing for another one.
inline std::optional<HaState> haStateOf(std::string_view word) {
    if (word == "active") return HaState::active;
    if (word == "standby") return HaState::standby;
    return std::nullopt;
}

}
