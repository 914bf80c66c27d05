#pragma once

#include "domain/configuration.hpp"
#include "domain/event.hpp"
#include "domain/monitored.hpp"
#include "domain/sample.hpp"
#include "domain/state.hpp"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace headgate::assessment {

/// A belief that changed, ready to be told. Kinds: server-functional, server-down, server-unknown; of a
/// member server-full, server-normal, server-under-used; pool-full, pool-normal, pool-under-used,
/// pool-unknown; data-source-full, an alarm, and its end.
using BeliefChange = domain::Event;

/// Turns samples into what is believed of each server and each pool, and says why; it speaks only when a
/// belief changes.
///
/// A server is
/// - *down* only on evidence: its agent answers, and says that the application does not run. Judged by its
///   pool's application when it is a member, else by those it may have (down when none of them runs);
/// - *unknown* before the first sample, when its agent missed `domain::silentAfter` polls in a row, or when
///   nothing was heard for `staleAfter`: a silent agent never proves that the server is dead;
/// - *functional* when the agent answers and the application runs.
///
/// Readings and application facts are merged one by one, each with its own time, and are forgotten after
/// `staleAfter` or when the server restarted. Utilisation by `greatest` needs one known metric, and is then a
/// lower bound: enough to call a server full, never enough to call it under-used. By `weightedSum` all must
/// be known.
///
/// Levels: full once utilisation was at or above `upper` for `growAfter`, until it is below upper −
/// tolerance; under-used once it was at or below `lower` for `shrinkAfter`, until it is above lower +
/// tolerance. A policy that demands a longer time ends a level until it was held for that. Between two
/// samples the earlier one holds.
///
/// A pool is full by its policy's `fullWhen`, among its functional members; under-used when no member is full
/// or unknown, and the average of the functional ones was at or below `lower` for `shrinkAfter`; unknown when
/// it is not full and a member is unknown, or none is functional. Members that warm up are left out of it.
/// Where its policy has a forecast, what is expected of the average is followed while that is fully known.
class Assessment {
  public:
    Assessment();
    ~Assessment();
    Assessment(Assessment&&) noexcept;
    Assessment& operator=(Assessment&&) noexcept;

    /// A new configuration: what is known of servers that stay is kept.
    std::vector<BeliefChange> configure(const domain::Configuration& configuration, domain::Instant now);
    /// These pools are another than they were, and were there before; nothing else is.
    std::vector<BeliefChange> configure(const std::vector<domain::Pool>& pools, domain::Instant now);
    /// These samples come next: what they need is brought nearer, all at once. Changes nothing.
    void expect(std::span<const domain::Sample* const> samples) const;
    /// A sample of a server that is not configured is ignored.
    std::vector<BeliefChange> observe(const domain::Sample& sample);
    /// What an appliance's monitors say at that time. It changes no belief but how far members are trusted.
    std::vector<BeliefChange> hear(const domain::Monitored& told, domain::Instant at);
    /// Of what they said all that counts still, and that again for an assessment that has not heard it.
    std::vector<domain::MonitorWord> monitorWords() const;
    void recall(const std::vector<domain::MonitorWord>& words);
    /// Does what that appliance's monitors said last of one of the pool's members contradict what is believed
    /// of it?
    bool contradicted(const domain::PoolName& pool, const domain::ApplianceName& appliance) const;
    /// A server joined that pool then: until it is warm, by the pool's policy and its own word, nothing of it
    /// counts there. To be told before the configuration that has it as a member, or after it.
    std::vector<BeliefChange> joined(const domain::PoolName& pool, const domain::ServerName& server,
                                     domain::Instant at);
    /// Time alone changes beliefs: levels that were held long enough, readings gone stale.
    std::vector<BeliefChange> tick(domain::Instant now);
    /// When `tick` has something to do next. After tick(t) it is later than t.
    std::optional<domain::Instant> nextDeadline() const;

    /// In the first of its pools. Null when not configured. Valid until the next call that is not const.
    /// `reservedBy` and `quarantinedUntil` are left empty: allocation knows them. It is put into words when
    /// asked for.
    const domain::ServerState* server(const domain::ServerName& name) const;
    /// Null when not configured. `transaction`, `cooldownUntil` and `alarm` are left empty.
    ///
    /// Growth is useless while it is full, or expected to be, each of its members uses a data source that is
    /// full, and no server that has its application can use another one.
    const domain::PoolState* pool(const domain::PoolName& name) const;
    /// The same, without what its members could do for each other.
    std::optional<domain::PoolState> poolInBrief(const domain::PoolName& name) const;
    /// Those that it is a member of, by name; none when it is not configured.
    std::vector<domain::PoolName> poolsOf(const domain::ServerName& name) const;

    /// All servers, in the order of the configuration.
    std::vector<domain::ServerState> servers() const;
    /// All data sources, in the order of the configuration.
    std::vector<domain::DataSourceState> dataSources() const;
    /// Those that may join a pool: members of none, or of fewer than they share themselves among.
    std::vector<domain::ServerState> spareServers() const;
    /// A pool's members, in its order; a member that is no configured server is unknown.
    std::vector<domain::ServerState> members(const domain::PoolName& name) const;
    /// The same, as far as pools are changed by it: without readings, origins, applications, data
    /// sources and how they answered, and without the reason of those that are functional.
    std::vector<domain::ServerState> membersInBrief(const domain::PoolName& name) const;

    /// How long a reading is believed: three poll intervals and a half.
    static domain::Duration staleAfter(const domain::Server& server);

  private:
    struct Beliefs;
    std::unique_ptr<Beliefs> m_beliefs;
};

}
