#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::appliance {

/// What a call shows in place of, or beside, what it does (lab-fault.yang).
struct Fault {
    enum class Effect { refuse, hang, dropSession, dropAfterApply, slow };
    std::string operation; ///< As lab-fault.yang names it.
    Effect effect = Effect::refuse;
    std::uint32_t count = 1;
    std::string message;
    base::Duration delay{1000};

    bool operator==(const Fault&) const = default;
};

std::optional<Fault::Effect> effectOf(std::string_view word);

/// The faults that wait for their operation.
class Faults {
  public:
    void inject(Fault fault);

    /// The oldest one that waits for one of these names of the operation; it is used up by one.
    std::optional<Fault> take(const std::vector<std::string>& names);

    /// How many calls would still have shown one.
    std::uint32_t clear();

  private:
    std::list<Fault> m_waiting;
};

}
