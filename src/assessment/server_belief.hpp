#pragma once

#include "assessment/contact_tracker.hpp"
#include "assessment/dictionary.hpp"
#include "assessment/few.hpp"
#include "assessment/level_tracker.hpp"
#include "assessment/near.hpp"
#include "assessment/or_none.hpp"
#include "assessment/utilisation.hpp"
#include "assessment/witnesses.hpp"
#include "domain/configuration.hpp"
#include "domain/sample.hpp"
#include "domain/state.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::assessment {

/// What a server is judged by. The pointers are into the configuration; `pool` is null for a spare one,
/// `profile` when there is none of that name.
struct ServerContext {
    const domain::Configuration* configuration = nullptr;
    const domain::Server* server = nullptr;
    const domain::Profile* profile = nullptr;
    const domain::Pool* pool = nullptr;
    Dictionary* dictionary = nullptr;
};

/// What is concluded of a server with each sample; all that pools count, and all that makes news.
struct Verdict {
    domain::Functional functional : 8 = domain::Functional::unknown;
    domain::Level level : 8 = domain::Level::unknown;
    bool complete = true; ///< no metric of its profile is unknown
    bool silent = false;
    bool warming = false;    ///< it joined its pool lately
    OrNone<int> utilisation; ///< permille
    bool operator==(const Verdict&) const = default;
};

/// The belief in one server: its facts, each with its own time, and the verdict that follows from them. What
/// people are told is put into words when somebody asks, not with each sample.
class ServerBelief {
  public:
    ServerBelief() = default;
    /// What is configured of it as a member.
    struct Membership {
        std::string_view dataSource{}; ///< that its headgate-agent told; empty: believe the preferred one
        domain::Duration warmUp{};     ///< its own
    };

    explicit ServerBelief(const ServerContext& context) { judgeBy(context, {}); }

    /// The same server under another configuration; the one before must still be there. Another address is
    /// another machine: its facts are forgotten.
    void judgeBy(const ServerContext& context, Membership membership);
    /// Takes the facts in; `assess` draws the conclusions.
    void take(const domain::Sample& sample);
    void assess(domain::Instant now);
    /// Believes what another belief in the same server does.
    void learn(const ServerBelief& from);
    /// What an appliance's monitor says of it as a member of that pool; null: nothing any more.
    void hear(Dictionary::Number pool, Dictionary::Number appliance, const domain::Monitored::Word* word,
              domain::Instant at);
    /// As it was heard before this belief began.
    void recall(const domain::MonitorWord& word, Dictionary::Number pool, Dictionary::Number appliance);
    /// Null: there is none.
    const Witnesses* witnesses() const { return m_witnesses.get(); }
    bool contradictedBy(Dictionary::Number appliance, domain::Instant now) const {
        return m_witnesses && m_witnesses->contradicts(appliance, believed(now), *m_context.dictionary);
    }
    /// It joined that pool then, and warms up.
    void warmsUp(const domain::PoolName& pool, domain::Instant at, domain::Duration own) {
        m_joined = std::make_unique<Joined>(Joined{pool, at, own});
    }

    const domain::Server& server() const { return *m_context.server; }
    /// Null for a spare one.
    const domain::Pool* pool() const { return m_context.pool; }
    const Verdict& verdict() const { return m_verdict; }
    /// The metric that makes its utilisation what it is; null: none is known.
    const domain::Metric* binding() const { return m_binding; }
    /// That it is believed to use; empty: none.
    const std::string& dataSource() const { return m_context.dictionary->word(m_dataSource); }
    domain::ServerState state() const;
    /// What pools are changed by, of the server of this name: without readings, origins, applications and
    /// its data source, without how it answered, and without the reason of one that is functional.
    domain::ServerState brief(const domain::ServerName& name) const;
    /// What a sample needs beside the belief itself.
    void bringFacts() const {
        if (m_readings.isFar()) bringNear(m_readings.begin(), m_readings.end());
        if (m_applications.isFar()) bringNear(m_applications.begin(), m_applications.end());
    }
    /// Why it is functional, down or unknown, and at which level.
    std::string reason() const;
    /// Why its level is what it is: "connections 35 of 40 (875 permille ≥ 800) for 5 s".
    std::string levelWords() const;
    /// "connections 35 of 40"; only while its utilisation is known.
    std::string usageWords() const;
    /// Metrics of its profile.
    std::vector<std::string> unknownMetrics() const;
    std::optional<domain::Instant> nextDeadline(domain::Instant now) const;

  private:
    struct Reading {
        Dictionary::Number name;
        domain::ReadingOrigin origin;
        double value;
        domain::Instant at;
    };
    struct Application {
        Dictionary::Number name;
        bool running;
        domain::Instant at;
    };
    /// What is heard only where something is wrong.
    struct Complaints {
        std::string failure;                               ///< of the last poll
        std::map<Dictionary::Number, std::string> reasons; ///< why an application is not running
    };
    enum class Heard : std::uint8_t { never, silent, stale, now };

    struct Joined {
        domain::PoolName pool;
        domain::Instant at{};
        domain::Duration own{}; ///< its own warm-up
    };

    void forget();
    Complaints& complaints();
    void takeReadings(const domain::Sample& sample);
    void takeApplications(const domain::Sample& sample);
    void complain(Dictionary::Number application, const std::string* reason);
    void forgetStale(domain::Instant now);
    Heard heard(domain::Instant now) const;
    domain::Functional judgeApplications() const;
    std::optional<domain::Instant> warmUntil() const;
    const Reading* reading(const std::string& name, std::size_t likely) const;
    const Application* application(const std::string& name) const;
    Usage usage() const;
    Witnesses::Believed believed(domain::Instant now) const;
    std::vector<std::string> contradictions() const;
    std::string silence() const;
    std::string applicationWords() const;
    std::string describeLevel(const std::string& words) const;

    ServerContext m_context;
    domain::Duration m_staleAfter{};
    Few<Reading, 3> m_readings;
    Few<Application, 1> m_applications;
    OrNone<domain::Instant> m_heard;
    domain::Instant m_assessed{};
    domain::Instant m_since{};        ///< when it became as functional as it is
    std::unique_ptr<Joined> m_joined; ///< until it is warm
    LevelTracker m_level;
    Verdict m_verdict;
    unsigned m_missedPolls = 0;
    const domain::Metric* m_binding = nullptr; ///< of its profile
    ContactTracker m_contact;
    Dictionary::Number m_dataSource = 0;
    std::optional<bool> m_agent; ///< headgate-agent answers there
    Heard m_hearing = Heard::never;
    std::unique_ptr<Complaints> m_complaints;
    std::unique_ptr<Witnesses> m_witnesses; ///< where anybody else says anything of it
};

}
