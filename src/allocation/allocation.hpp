#pragma once

#include "allocation/stand_in.hpp"
#include "domain/configuration.hpp"
#include "domain/plan.hpp"
#include "domain/state.hpp"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace headgate::allocation {

using Choice = std::variant<domain::Plan, domain::Refusal>;

/// Why a server is left alone, and until when.
struct Quarantine {
    domain::Instant until{};
    std::string why;
    bool operator==(const Quarantine&) const = default;
};

/// Knows who is free, who is reserved and who is quarantined; turns an intent into a plan, or a refusal that
/// says for each server why not.
class Allocation {
  public:
    /// A candidate has the application (it is said to, and it runs there), is functional, is a member of no
    /// pool (or, if it shares itself among some, not of this one, which is among them), not reserved, not
    /// quarantined, and below the pool's upper level. The least utilised is taken, then the lowest
    /// `priority`, then the first by name; in the place of a member that is down, whom the pool's fail-over
    /// prefers, if none of its resources is used beyond that policy's limits. An intent that names a server
    /// gets that one or a refusal. Nothing is reserved by choosing. Who is lent by a pool
    /// (`from`) may still be a member there; who comes back from one is taken though it is quarantined.
    /// `servers` are the states of all servers that may join one, in any order; one that is missing is
    /// unknown. So are `dataSources`: of those that a candidate can work with it is to use the least utilised
    /// one, unknown ones last, and the preferred one of equals. Where all of them are full it is no
    /// candidate. One without headgate-agent cannot be told, and uses the first.
    /// Of more than a hundred servers a refusal names a hundred, none of them a member of a pool; it counts
    /// them all.
    Choice choose(domain::Instant now, const domain::Configuration& configuration,
                  const domain::Intent& intent, const std::vector<domain::ServerState>& servers,
                  const std::vector<domain::DataSourceState>& dataSources = {}) const;

    /// False when the server is reserved for another transaction: then nothing changed.
    [[nodiscard]] bool reserve(domain::TransactionId transaction, const domain::ServerName& server);
    /// All that the transaction reserved; nothing when it reserved nothing.
    void free(domain::TransactionId transaction);
    std::optional<domain::TransactionId> reservedFor(const domain::ServerName& server) const;

    /// It is on its way to that pool, which borrows it: no other one can have it.
    void promise(const domain::ServerName& server, const domain::PoolName& pool);
    /// It has arrived, or stays away.
    void endPromise(const domain::ServerName& server);

    /// It has left its pool: for a fail-over that takes who has been free the longest, or who became so last.
    void left(const domain::ServerName& server, domain::Instant at);
    const std::map<domain::ServerName, domain::Instant>& freeSince() const { return m_freeSince; }

    /// A longer quarantine replaces a shorter one, never the other way round.
    void quarantine(const domain::ServerName& server, domain::Instant until, std::string why);
    /// Ends a quarantine early (an operator said so).
    void acquit(const domain::ServerName& server);
    /// Forgets the quarantines that are over at `now`, and names their servers.
    std::vector<domain::ServerName> tick(domain::Instant now);
    /// When the next quarantine is over.
    std::optional<domain::Instant> nextDeadline() const;
    std::optional<domain::Instant> quarantinedUntil(const domain::ServerName& server) const;
    const std::map<domain::ServerName, Quarantine>& quarantines() const { return m_quarantines; }

  private:
    /// Why a server is no candidate: `kind` to count by, `text` for an operator.
    struct Obstacle {
        std::string kind;
        std::string text;
    };
    /// `in` is the pool that it is a member of; null: none.
    std::optional<Obstacle> whyNot(domain::Instant now, const domain::Configuration& configuration,
                                   const domain::Pool* in, const domain::Pool& pool,
                                   const domain::Intent& intent, const domain::Server& server,
                                   const domain::ServerState* state) const;
    /// What is known, as choose() was told.
    struct Known {
        const domain::Configuration& configuration;
        const std::vector<domain::ServerState>& servers;
        const std::vector<domain::DataSourceState>& dataSources;
    };
    Choice allocate(domain::Instant now, const Known& known, const domain::Pool& pool,
                    const domain::Intent& intent) const;
    Rank rank(const domain::Pool& pool, const domain::Intent& intent, const domain::Server& server,
              const domain::ServerState& state) const;
    Choice release(const domain::Pool& pool, const domain::Intent& intent) const;
    Choice renew(const domain::Configuration& configuration, const domain::Pool& pool,
                 const domain::Intent& intent) const;
    Choice ramp(const domain::Pool& pool, const domain::Intent& intent) const;

    std::map<domain::ServerName, domain::TransactionId> m_reserved;
    std::map<domain::ServerName, Quarantine> m_quarantines;
    std::map<domain::ServerName, domain::PoolName> m_promised;
    std::map<domain::ServerName, domain::Instant> m_freeSince;
};

}
