#pragma once

#include "datastore/access_rules.hpp"
#include "datastore/node_path.hpp"

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

struct lyd_node;
struct lysc_node;

namespace headgate::datastore {

/// What one user may do, by the rules of one moment (RFC 8341, sections 3.4.4 to 3.4.6). It remembers what it
/// has found out of the schema: use it from one thread.
class UserAccess {
  public:
    UserAccess(const AccessRules& rules, const std::string& user);

    /// An <rpc> or an action, as parsed; of an action what leads to it too.
    bool mayDo(const lyd_node* operation);
    /// The tree of a notification, whose node may stand deeper in it.
    bool mayHear(const lyd_node* tree);
    /// Create, update or remove of one node; what is above and below it is not asked for.
    bool mayWrite(const lyd_node* node, Access access);
    bool mayWrite(const NodePlace& place, Access access) { return verdict(place, access).permit; }

    /// Takes away what the user may not read. What stands above something that a rule lets be read stays as a
    /// lead to it, with the keys of its lists.
    void prune(yang::Tree& data);

  private:
    struct Verdict {
        bool permit = false;
        bool byRule = false;
    };
    struct Rule {
        AccessRule rule;
        NodePath path;
    };

    /// Without an answer it is the data's keys that decide.
    std::optional<Verdict> verdictBySchema(const lysc_node* node, Access access);
    Verdict verdict(const NodePlace& place, Access access);
    Verdict verdict(const lyd_node* node, Access access);
    Verdict byDefault(const lysc_node* node, Access access) const;
    bool isReadWholly(const lysc_node* node);
    bool leadsToReadable(const lysc_node* node) const;
    void pruneAmong(lyd_node*& first);
    bool named(const lyd_node* node, AccessRule::Kind kind, Access access, bool otherwise) const;

    const AccessRules& m_defaults;
    std::vector<Rule> m_rules;
    std::map<std::pair<const lysc_node*, Access>, std::optional<Verdict>> m_verdicts;
    std::unordered_map<const lysc_node*, bool> m_wholly;
};

}
