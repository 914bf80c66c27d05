#pragma once

#include "adapters/adapter.hpp"
#include "adapters/native_objects.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pugi {
class xml_node;
}

namespace headgate::adapters {

class XmlWriter;

/// What stands beside a pool's members on the F5-style family for their authentication: a monitor and a
/// server-ssl profile of each member's own, certificates and keys that several may have.
class F5Objects {
  public:
    explicit F5Objects(Seal seal)
        : m_seal(std::move(seal)) {}

    /// The kinds in an order in which none comes before what it refers to.
    static const std::vector<ObjectKind>& kinds();

    /// What a member needs, made of its settings.
    static NeededObjects needed(const std::string& pool, const domain::Member& member);

    /// Elements below ltm and below sys that select all this.
    static void filterLtm(XmlWriter& xml, const std::string& pool);
    static void filterSys(XmlWriter& xml, const std::string& pool);

    /// Takes in what is ours beside this pool, and every use of it.
    void readLtm(const std::string& pool, const pugi::xml_node& ltm, ObjectUses& uses) const;
    void readSys(const std::string& pool, const pugi::xml_node& sys, ObjectUses& uses) const;

  private:
    domain::NativeObject read(const ObjectKind& kind, const pugi::xml_node& node) const;

    Seal m_seal;
};

}
