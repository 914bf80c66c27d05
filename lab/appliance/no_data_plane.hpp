#pragma once

#include "appliance/data_plane.hpp"

namespace headgate::appliance {

/// Takes everything and moves nothing: where a pool has a monitor, its members pass every check at once.
class NoDataPlane final : public DataPlane {
  public:
    void apply(const Configuration&, const Configuration& after) override { m_configuration = after; }

    Status status() override {
        Status out;
        for (const auto& pool : m_configuration.pools)
            for (const auto& member : pool.members) {
                auto& one = out[{pool.name, member.name}];
                one.health = pool.check.kind == Check::Kind::none ? MemberStatus::Health::unchecked
                                                                  : MemberStatus::Health::up;
                one.admin = member.admin;
            }
        return out;
    }

  private:
    Configuration m_configuration;
};

}
