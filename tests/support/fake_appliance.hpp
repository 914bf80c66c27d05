#pragma once

#include "transaction/command.hpp"

#include <algorithm>
#include <list>
#include <optional>
#include <string>
#include <utility>

namespace headgate::support {

/// An obedient appliance with one pool, in memory, for tests of the pure rooms: it does what it is told,
/// except for what the test has told it otherwise.
class FakeAppliance {
  public:
    domain::PoolFacts running;
    domain::Health newHealth = domain::Health::up; ///< of a member that is added
    std::uint64_t connectionsWhenDrained = 0;
    domain::Duration timerLate{0}; ///< a confirm window ends so much later than it should
    std::string log;               ///< "lock read edit …"; reads in a row are one

    /// The `nth` command of this kind (1: the next one; 0: every one) is answered so; `applied`: it is done
    /// as well.
    void next(std::string verb, transaction::Result result, bool applied = false, unsigned nth = 1) {
        m_rules.push_back({std::move(verb), std::move(result), applied, nth});
    }
    void obey() { m_rules.clear(); }
    bool locked() const { return m_locked; }
    /// The end of a session: its lock and what it left in candidate go, a confirmed commit with persist-id
    /// stays.
    void dropSession() {
        m_locked = false;
        m_candidate = running;
    }
    bool pending() const { return m_before.has_value(); }
    /// The confirm window is over.
    void expire(domain::Instant now) {
        if (m_before && now >= m_deadline + timerLate) revert();
    }

    void add(const std::string& address, domain::Health health = domain::Health::up) {
        domain::MemberFacts member;
        member.key = address + ":80";
        member.address = address;
        member.port = 80;
        member.health = health;
        running.exists = true;
        running.members.push_back(member);
        running.leaves[member.key + "/weight"] = "1";
    }

    transaction::Result answer(const transaction::Request& request, domain::Instant now) {
        expire(now);
        if (const auto* read = std::get_if<transaction::Read>(&request); read && read->fence)
            return fenced(*read, now);
        const std::string verb(toString(request));
        if (verb != "read" || !log.ends_with("read")) log += (log.empty() ? "" : " ") + verb;
        for (auto rule = m_rules.begin(); rule != m_rules.end(); ++rule) {
            if (rule->verb != verb || (rule->nth > 1 && --rule->nth > 0)) continue;
            auto result = rule->result;
            if (rule->applied) (void)perform(request, now);
            if (rule->nth == 1) m_rules.erase(rule);
            return result;
        }
        return perform(request, now);
    }

  private:
    struct Rule {
        std::string verb;
        transaction::Result result;
        bool applied;
        unsigned nth;
    };

    transaction::Result fenced(const transaction::Read& read, domain::Instant now) {
        if (m_before)
            return transaction::Refused{"lock-denied", "a confirmed commit of another session is pending",
                                        true, false};
        auto locked = answer(*read.fence, now);
        if (!std::holds_alternative<transaction::Done>(locked)) return locked;
        auto result = answer(transaction::Read{read.object, read.operational}, now);
        m_locked = false;
        return result;
    }

    void revert() {
        running = *m_before;
        m_before.reset();
    }

    transaction::Result perform(const transaction::Request& request, domain::Instant now) {
        using namespace transaction;
        if (std::holds_alternative<Read>(request)) return Facts{running};
        if (std::holds_alternative<Lock>(request)) {
            m_locked = true;
            m_candidate = running;
        }
        if (std::holds_alternative<Unlock>(request)) m_locked = false;
        if (std::holds_alternative<Discard>(request)) m_candidate = running;
        if (const auto* edit = std::get_if<Edit>(&request)) {
            apply(edit->change);
            return Done{foreseen(edit->change)};
        }
        if (const auto* edit = std::get_if<Rehearse>(&request)) return Done{foreseen(edit->change)};
        if (const auto* edit = std::get_if<Apply>(&request)) {
            m_candidate = running;
            apply(edit->change);
            running = m_candidate;
        }
        if (std::holds_alternative<CommitNow>(request)) running = m_candidate;
        if (const auto* extended = std::get_if<Extend>(&request)) {
            if (!m_before || m_persist != extended->persistId)
                return Refused{"invalid-value", "no confirmed commit with this persist-id", false, false};
            m_deadline = now + extended->window;
        }
        if (const auto* commit = std::get_if<Commit>(&request)) {
            m_before = running;
            m_persist = commit->persistId;
            m_deadline = now + commit->window;
            running = m_candidate;
        }
        const auto* confirm = std::get_if<Confirm>(&request);
        const auto* cancel = std::get_if<Cancel>(&request);
        if ((confirm && (!m_before || m_persist != confirm->persistId)) ||
            (cancel && (!m_before || m_persist != cancel->persistId)))
            return Refused{"invalid-value", "no confirmed commit with this persist-id", false, false};
        if (confirm) m_before.reset();
        if (cancel) revert();
        return Done{};
    }

    void apply(const domain::Change& change) {
        const auto& connection = change.member.connection;
        auto& members = m_candidate.members;
        const auto found = std::find_if(members.begin(), members.end(), [&](const auto& member) {
            return member.address == connection.address;
        });
        const std::string leaf = connection.address + ":80/weight";
        if (change.operation == domain::Operation::add || change.operation == domain::Operation::restore) {
            members.push_back({leaf, connection.address, connection.port, connection.weight, 0,
                               domain::AdminState::enabled, newHealth, "", 5, 0, change.leaves,
                               objectsOf(change.member)});
            m_candidate.leaves[leaf] = std::to_string(connection.weight);
        } else if (change.operation == domain::Operation::remove) {
            members.erase(found);
            m_candidate.leaves.erase(leaf);
        } else if (change.operation == domain::Operation::drain) {
            found->admin = domain::AdminState::draining;
            found->connections = connectionsWhenDrained;
        } else if (change.operation == domain::Operation::resume)
            found->admin = domain::AdminState::enabled;
        else if (change.operation == domain::Operation::setWeight) {
            found->weight = connection.weight;
            m_candidate.leaves[leaf] = std::to_string(connection.weight);
        } else if (change.operation == domain::Operation::update) {
            if (connection.weight != change.former->connection.weight) found->weight = connection.weight;
            found->objects = objectsOf(change.member);
            found->health = found->objects.empty() ? domain::Health::up : newHealth;
        }
    }

    static std::optional<std::vector<domain::NativeObject>> foreseen(const domain::Change& change) {
        if (change.operation != domain::Operation::update) return std::nullopt;
        return objectsOf(change.member);
    }

    /// What stands beside a member: one monitor, if it authenticates.
    static std::vector<domain::NativeObject> objectsOf(const domain::Member& member) {
        const auto& authentication = member.authentication;
        if (authentication.kind == domain::AuthenticationKind::none) return {};
        return {{"monitor[name='hg_" + member.server.value + "']",
                 {{"user", authentication.user}, {"password", authentication.secret.text}}}};
    }

    std::list<Rule> m_rules;
    domain::PoolFacts m_candidate;
    std::optional<domain::PoolFacts> m_before;
    std::string m_persist;
    domain::Instant m_deadline{};
    bool m_locked = false;
};

}
