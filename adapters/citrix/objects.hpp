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

/// What stands beside a service group's members on the Citrix-style family for their authentication: a
/// monitor of each member's own, its sslservice (which is the member itself by another name, and so goes
/// with it whoever made it), and certificate-key pairs that several may have.
class CitrixObjects {
  public:
    explicit CitrixObjects(Seal seal)
        : m_seal(std::move(seal)) {}

    /// The kinds in an order in which none comes before what it refers to.
    static const std::vector<ObjectKind>& kinds();

    /// What a member needs, made of its settings; and the leaves by which it refers to them.
    static Needed needed(const std::string& group, const domain::Member& member);

    /// Elements below lb and below ssl that select all this.
    static void filterLb(XmlWriter& xml, const std::string& group);
    static void filterSsl(XmlWriter& xml, const std::string& group);

    /// Takes in what is ours beside this group, and every use of it. A member's name as a user is
    /// serviceName's.
    void readLb(const std::string& group, const pugi::xml_node& lb, ObjectUses& uses) const;
    void readSsl(const std::string& group, const pugi::xml_node& ssl, ObjectUses& uses) const;

    /// web?192.0.2.1?8080
    static std::string serviceName(const std::string& group, const std::string& address, unsigned port);

    /// Is it a member's sslservice that shows and verifies nothing of ours?
    static bool isForeignService(const domain::NativeObject& object);

  private:
    domain::NativeObject read(const ObjectKind& kind, const pugi::xml_node& node) const;

    Seal m_seal;
};

}
