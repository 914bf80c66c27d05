#pragma once

#include "domain/change.hpp"

#include <functional>
#include <initializer_list>
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

/// What becomes of an object.
struct ObjectChange {
    domain::NativeObject object;
    ObjectEdit edit = ObjectEdit::make;
};

/// What an object kind's family makes of a member's settings, and the leaves by which the member refers to
/// it.
struct Needed {
    std::vector<domain::NativeObject> objects;
    std::vector<std::pair<std::string, std::string>> references;
};

/// What stands beside a member and is made, taken away or brought back by a change; and the references of an
/// added or updated member, with those that go by an update. `needed`: what the family makes of settings.
struct Beside {
    std::vector<ObjectChange> objects;
    std::vector<std::pair<std::string, std::string>> references;
    std::vector<std::pair<std::string, std::string>> gone;
};
Beside besideOf(const domain::Change& change, const std::function<Needed(const domain::Member&)>& needed);

/// Writes those of `changes` that are below `top`, into the open element `top`. Throws Error, which `where`
/// begins, for one that is of no kind or has not its key among its leaves.
void writeObjects(XmlWriter& xml, const std::vector<ObjectKind>& kinds, std::string_view top,
                  const std::vector<ObjectChange>& changes, const std::string& where);

/// Writes into the open element of a member which objects it refers to from now on.
void writeReferences(XmlWriter& xml, const Beside& beside, const domain::Change& change);

bool hasAnyBelow(std::string_view top, const std::vector<ObjectChange>& changes);

/// Which of a member's leaves of these names refer to an operator's objects, in words: monitor '/Common/tcp'
std::vector<std::string> foreignReferences(const std::map<std::string, std::string>& leaves,
                                           std::initializer_list<std::string_view> names);

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
