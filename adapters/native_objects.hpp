#pragma once

#include "domain/change.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headgate::adapters {

class XmlWriter;

/// A list of a family's model that has entries of Headgate's beside the members.
struct ObjectKind {
    std::string_view top;       ///< The outermost element: ltm.
    std::string_view container; ///< Below it: profile; empty where the list is right there.
    std::string_view list;
    std::string_view key;
    /// Of several members of a pool: made where it is not yet; else whatever stands there is replaced.
    bool shared = false;
};

/// ltm/profile/server-ssl[name='/Common/a']
std::string pathOf(const ObjectKind& kind, std::string_view name);

enum class ObjectEdit { make, remove };

/// What a member needs beside it, and the leaves by which it refers to that.
struct NeededObjects {
    std::vector<domain::NativeObject> objects;
    std::vector<std::pair<std::string, std::string>> references;
};

/// What comes or goes with a change of a member.
struct ObjectChange {
    NeededObjects needed;
    ObjectEdit edit = ObjectEdit::make;
};

/// `needed`: what the family makes of a member's settings.
ObjectChange objectChange(const std::string& pool, const domain::Change& change,
                          NeededObjects (*needed)(const std::string& pool, const domain::Member& member));

/// Writes those of `objects` that are below `top`, into the open element `top`. Throws Error, which `where`
/// begins, for one that is of no kind or has not its key among its leaves.
void writeObjects(XmlWriter& xml, const std::vector<ObjectKind>& kinds, std::string_view top,
                  const std::vector<domain::NativeObject>& objects, ObjectEdit edit,
                  const std::string& where);

bool hasAnyBelow(std::string_view top, const std::vector<domain::NativeObject>& objects);

/// The objects of ours beside a pool's members, and who uses them: other objects, members, the pool.
class ObjectUses {
  public:
    void add(domain::NativeObject ours);
    /// `used` need not be ours, nor be there.
    void use(const std::string& user, const std::string& used);

    /// What nobody would use any more without `user`.
    std::vector<domain::NativeObject> servingAlone(const std::string& user) const;

    /// Every leaf, object's path / leaf's path.
    std::map<std::string, std::string> leaves() const;

  private:
    std::map<std::string, domain::NativeObject> m_ours;
    std::map<std::string, std::set<std::string>> m_users;
};

}
