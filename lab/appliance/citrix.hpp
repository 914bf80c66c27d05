#pragma once

#include "appliance/family.hpp"

namespace headgate::appliance {

/// adc-citrix-lb: service groups, bindings, monitors, virtual servers after Citrix NetScaler.
class Citrix final : public Family {
  public:
    /// A member's svrstate.
    static const char* stateOf(const MemberStatus& status);

    const char* module() const noexcept override { return "adc-citrix-lb"; }
    Configuration read(const yang::Tree& tree) const override;
    void fill(yang::Tree& data, const Status& status) const override;
    void fill(yang::Tree& data, HaState state) const override;
};

}
