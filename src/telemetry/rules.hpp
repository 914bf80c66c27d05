#pragma once

#include "domain/notification_rule.hpp"
#include "snmp/notification.hpp"
#include "telemetry/directory.hpp"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace headgate::telemetry {

/// A notification-rule made ready: its numbers are read, its names looked up.
struct Rule {
    struct Condition {
        snmp::Oid oid;
        std::optional<std::string> value;
        std::optional<std::string> contains;
    };
    struct Naming {
        snmp::Oid oid;
        domain::NamingVarbind::Names names;
    };
    std::string name;
    domain::NotificationRule::Action action = domain::NotificationRule::Action::look;
    bool sender = true;
    std::vector<Condition> conditions;
    std::vector<Naming> varbinds;
    std::vector<Number> servers;
    std::vector<Number> appliances;
    std::vector<Number> pools;

    /// Does it look at anybody whoever sent the notification?
    bool looksBeyondSender() const {
        return !varbinds.empty() || !servers.empty() || !appliances.empty() || !pools.empty();
    }
};

/// Which rule is for a notification: found by its number, however many rules there are; conditions are looked
/// at only then. A value, without a socket or a clock.
class Rules {
  public:
    Rules() = default;
    /// An operator's rule takes the place of a shipped one of the same name. A rule whose number is none is
    /// left out, and a name that `directory` does not have.
    Rules(const std::vector<domain::NotificationRule>& operators,
          const std::vector<domain::NotificationRule>& shipped, const Directory& directory);

    /// The one that acts; null: none. The longest trap-oid, then the most conditions, then an operator's
    /// before a shipped one, then by name.
    const Rule* match(const snmp::Notification& notification) const;

    /// May one of this number be of use though nobody of ours has sent it?
    bool mayLookBeyondSender(const snmp::Oid& trapOid) const;
    /// The same of any number.
    bool mayLookBeyondSender() const { return m_beyondSender; }

    std::size_t size() const { return m_rules.size(); }

  private:
    using Parts = std::span<const std::uint32_t>;
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(Parts parts) const noexcept;
        std::size_t operator()(const std::vector<std::uint32_t>& parts) const noexcept {
            return (*this)(Parts(parts));
        }
    };
    struct Equal {
        using is_transparent = void;
        bool operator()(Parts a, Parts b) const noexcept;
    };
    using Table = std::unordered_map<std::vector<std::uint32_t>, std::vector<const Rule*>, Hash, Equal>;

    void add(const domain::NotificationRule& given, const Directory& directory);
    /// Hands over the rules for that number, the longest first, until `take` says true.
    template <typename Take>
    bool eachFor(const snmp::Oid& trapOid, const Take& take) const;

    std::vector<std::unique_ptr<Rule>> m_rules; ///< as they are tried
    Table m_exact;
    Table m_subtrees;
    std::vector<std::size_t> m_subtreeLengths; ///< the greatest first
    bool m_beyondSender = false;
};

/// A value as a rule's condition has it: a text as it is, else as for people.
std::string plainText(const snmp::Value& value);

}
