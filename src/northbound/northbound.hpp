#pragma once

#include "datastore/ports.hpp"
#include "domain/event.hpp"
#include "domain/log.hpp"
#include "domain/netconf_door.hpp"
#include "domain/state.hpp"
#include "northbound/request.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headgate::northbound {

/// The room's one Error: the socket cannot be opened, the model cannot be loaded.
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The error-app-tag of an action's error when what was asked for may have been begun: it is no refusal.
constexpr std::string_view outcomeUnknown = "outcome-unknown";

/// What was told before this northbound began.
struct Past {
    std::vector<domain::Event> events{}; ///< the latest; oldest first
    std::vector<domain::Event> alarms{}; ///< those that stand
    /// Beginnings and ends of alarms, oldest first: how those that stand came about.
    std::vector<domain::Event> alarmHistory{};
    domain::LogEnd end{};
    domain::Instant logBegun{};
    std::optional<domain::Instant> logAged{};
};

struct Options {
    std::string unixSocket = "/run/headgate/netconf.sock"; ///< its folder is made if it is missing
    unsigned socketMode = 0600;                            ///< 0600, or 0660 for a group of operators
    domain::NetconfServer doors{};
    std::string notificationEngine{};       ///< of SNMPv3 traps, for operators
    std::size_t eventsKept = 200;           ///< of the list /headgate/event
    domain::Duration answerTimeout{600000}; ///< an action that nobody answers ends with an error then
    Past past{};
};

/// The operators' face: a NETCONF server of the model headgate on a UNIX socket. Its own threads do the
/// talking; everything here may be called from any thread and returns at once. Its clients edit candidate; a
/// commit is a Request to load it, and running is what `commitRunning` says.
class Northbound {
  public:
    /// An action arrived. Called on a thread of northbound's own: it must only post. Each Request is owed one
    /// `answer`; other sessions, and other requests of other sessions, go on meanwhile.
    using Ask = std::function<void(Request)>;
    /// Something was told that is no event, and is to be kept: on a thread of northbound's own, as with Ask.
    /// A Request to read the log that is asked after it finds it there.
    using Keep = std::function<void(domain::Announcement)>;

    /// `running` is RunningConfiguration::text(). Listens when this returns. Throws Error.
    Northbound(Options options, const std::string& running, Ask ask, Keep keep = {});
    /// Ends every session; what waits for an answer is told that the daemon is stopping.
    ~Northbound();
    Northbound(const Northbound&) = delete;
    Northbound& operator=(const Northbound&) = delete;

    /// What is true now: it replaces what was posted before, and is what `get` shows.
    void post(std::shared_ptr<const domain::Snapshot> snapshot,
              std::vector<domain::ApplianceState> appliances);
    void post(domain::Snapshot snapshot, std::vector<domain::ApplianceState> appliances) {
        post(std::make_shared<const domain::Snapshot>(std::move(snapshot)), std::move(appliances));
    }
    /// It is kept in /headgate/event, and sent to all who subscribed. `number`: where the daemon keeps it for
    /// a replay; 0: nowhere.
    void post(domain::Event event, std::uint64_t number = 0);
    /// Of what is kept for a replay: the time of the latest one that is not any more; nothing: all is.
    void logAged(std::optional<domain::Instant> at);
    /// An id that nobody waits for any more (its session ended) is dropped.
    void answer(std::uint64_t request, Answer answer);
    /// These are the ports, and the clients to call, from now on; who is connected stays so. Throws Error
    /// when one cannot be had: then they are what they were.
    void open(const domain::NetconfServer& doors);
    /// What became of a confirmed commit (RFC 6470's netconf-confirmed-commit). `session` 0: by itself;
    /// `timeout` of start and extend.
    void confirmedCommit(datastore::ConfirmedCommit event, std::uint32_t session, const std::string& user,
                         std::chrono::seconds timeout = {});
    /// After the store has made it durable: this revision (RunningConfiguration::accept) is running, valid,
    /// and comes after the one before.
    void commitRunning(std::string revision);
    /// How often that was called: for who calls it.
    std::uint64_t revisionsTold() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}
