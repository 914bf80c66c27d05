#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace headgate::cli {

/// UTC; what the daemon wrote as RFC 3339.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

/// What the daemon says of its world, as the screens need it. An empty text or optional is "not known" or
/// "none". Utilisations are in permille.

/// How a server's agent has answered.
struct Contact {
    std::optional<Time> lastAnswer{};
    std::string roundTrip{}; ///< milliseconds
    std::string smoothed{};
    /// What went wrong and how often, without what never did: "timeouts".
    std::vector<std::pair<std::string, std::string>> errors{};
    std::string lastError{};
    std::optional<Time> lastErrorAt{};
    std::string trust{}; ///< trusted | stale | contradictory | silent
    std::string trustReason{};
};

struct Server {
    std::string name;
    std::string address;
    std::string functional; ///< unknown | functional | down
    std::optional<int> utilisation;
    std::string binding;
    std::vector<std::pair<std::string, std::string>> readings;
    std::vector<std::string> applications;
    std::optional<Time> lastSample;
    std::string memberOf;
    std::string reservedBy;
    std::optional<Time> quarantinedUntil;
    std::string reason;
    int priority = 100;
    std::vector<std::pair<std::string, std::string>> sources{}; ///< who told a reading
    std::optional<bool> agent{};                                ///< headgate-agent answers there
    Contact contact{};
    std::string resource{};          ///< what limits it, in words
    std::string dataSource{};        ///< that it is believed to use
    std::optional<Time> warmUntil{}; ///< it does not count in its pool before
};

/// A back end that servers share.
struct DataSource {
    std::string name;
    std::string level; ///< unknown | normal | full
    std::string reason;
};

/// Members of a pool, counted by what they could do for another one.
struct HelpCounts {
    unsigned down = 0;
    unsigned unknown = 0;
    unsigned bottlenecked = 0;
    unsigned withoutRoom = 0;
    unsigned together = 0;
    unsigned alone = 0;
};

/// What would become of a member's load without it.
struct Companionship {
    std::optional<int> load{};
    int room = 0; ///< of the others together, permille
    bool absorbed = false;
    HelpCounts forIt{};
    HelpCounts forThem{}; ///< what it could do for how many others
};

struct Member {
    std::string server;
    std::string origin; ///< configured | allocated
    std::string endpoint;
    int weight = 1;
    std::string authentication{}; ///< none | password | client-certificate | server-tls | token
    std::optional<Time> notAfter{};
    std::optional<Companionship> companions{};
    bool isProtected = false;
    std::string standsInFor{}; ///< the member that was down when it was taken in its place
    int rampsTo = 0;           ///< the weight that it is to have when it is warm; 0: it has it
};

/// A pool as one appliance has it.
struct Place {
    std::string appliance;
    std::string object;                     ///< its native name
    std::vector<std::string> differences{}; ///< from what is recorded, by the latest check
    std::string unread{};                   ///< why the latest check could not read it
};

/// What a pool's utilisation is expected to be, in permille.
struct Forecast {
    int expected = 0, band = 0;
    std::optional<Time> at;
    std::string fullAhead; ///< why it is expected to be full; empty: it is not
};

struct Pool {
    std::string name;
    std::string application;
    bool held = false;
    std::string level; ///< unknown | under-used | normal | full
    std::optional<int> utilisation;
    int lower = 0;
    int upper = 0;
    unsigned minimum = 0;
    unsigned maximum = 0;
    std::string fullWhen{}; ///< any-member | average | all-members
    std::string growAfter{}, shrinkAfter{}, growCooldown{}, shrinkCooldown{}; ///< seconds
    std::string reason;
    std::string transaction; ///< in flight
    std::optional<Time> cooldownUntil;
    std::string alarm;
    std::vector<Member> members;
    std::vector<Place> places;
    std::vector<std::pair<std::string, std::string>> bottlenecks{}; ///< which member lacks what
    std::string mode{};                                             ///< act | grow-only | recommend | off
    std::string decision{};                                         ///< "nothing: pool web is normal: …"
    std::string recommendation{};                                   ///< allocate | release | renew
    std::string inherits{};                                         ///< a policy template
    std::vector<std::string> policy{};                              ///< that holds: "upper 800"
    std::optional<Forecast> forecast{};
};

struct Appliance {
    std::string name;
    std::string family;
    std::string endpoint;
    std::optional<bool> connected;
    std::string reason;
    std::optional<Time> lastContact;
    std::vector<std::string> capabilities;
    std::string strategy{}; ///< confirmed | candidate | direct; empty: not known, or no way
    std::string risk{};     ///< that remains with it
};

/// One appliance's part in a transaction.
struct ApplianceStep {
    std::string appliance;
    std::string step;
    std::string strategy{};
    std::vector<std::string> proof{}; ///< of what was undone
};

struct Transaction {
    std::string id;
    std::string pool;
    std::string kind; ///< allocate | release | restore | withdraw | renew
    std::string server;
    std::string state;
    std::string outcome; ///< committed | rolled-back | indeterminate; empty while in flight
    std::string reason;
    std::string cause;
    std::optional<Time> started;
    std::optional<Time> ended;
    std::vector<ApplianceStep> appliances;
};

struct Event {
    std::optional<Time> time;
    std::string severity; ///< notice | warning | alarm | clear
    std::string kind;
    std::string server;
    std::string pool;
    std::string appliance;
    std::string transaction;
    std::string text;
};

struct World {
    std::string version;
    std::optional<Time> now;
    std::vector<Pool> pools;
    std::vector<Server> servers;
    std::vector<Appliance> appliances;
    std::vector<Transaction> transactions; ///< oldest first
    std::vector<Event> events;             ///< oldest first
    std::size_t silent = 0;                ///< servers whose agents do not answer
    std::size_t overruns = 0;              ///< polls that came too late, since the start
    std::vector<DataSource> dataSources{};

    const Server* server(const std::string& name) const;
};

struct PlannedEdit {
    std::string appliance;
    std::string edit;
    std::string inverse;
    std::string strategy{};
    std::string risk{};
};

/// What a check found of one pool on one appliance.
struct Finding {
    std::string appliance;
    std::string pool;
    bool answered = true;
    std::string reason; ///< why it could not be read
    std::vector<std::string> differences;
};

/// A configuration that was running once.
struct Revision {
    std::string number;
    std::optional<Time> time;
    std::string author;
    std::string comment;
    std::string transaction; ///< that made it; empty: none
    std::string session{};   ///< in which it was asked for; empty: none
    std::string host{};      ///< where that came from
};

/// What the daemon says is wrong with a configuration.
struct Problem {
    std::string path;
    std::string rule;
};

/// What came of an action.
struct Answer {
    std::string outcome; ///< done | refused | committed | rolled-back | indeterminate | differs
    std::string reason;
    std::string transaction;
    std::string server;
    std::string intent; ///< plan: nothing | allocate | release | restore | withdraw | renew
    std::vector<std::pair<std::string, std::string>> refusals;
    std::vector<PlannedEdit> appliances;
    std::vector<Finding> findings{};   ///< check
    std::vector<Revision> revisions{}; ///< history: oldest first
    std::string configuration{};       ///< get-revision
    std::vector<Problem> problems{};   ///< load, rollback
};

/// RFC 3339; nothing when it is none.
std::optional<Time> timeOf(const std::string& text);

}
