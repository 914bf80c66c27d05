#pragma once

#include "appliance/family.hpp"

namespace headgate::appliance {

/// adc-f5-ltm: pools, members, monitors, virtual servers after F5 BIG-IP LTM.
class F5 final : public Family {
  public:
    /// What it says of a member.
    struct Words {
        const char* availability;
        std::string reason;
        const char* monitor;
    };
    static Words describe(const MemberStatus& status);

    const char* module() const noexcept override { return "adc-f5-ltm"; }
    Configuration read(const yang::Tree& tree) const override;
    void fill(yang::Tree& data, const Status& status) const override;
    void fill(yang::Tree& data, HaState state) const override;
};

}
