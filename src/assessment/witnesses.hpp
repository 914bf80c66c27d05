#pragma once

#include "assessment/dictionary.hpp"
#include "domain/configuration.hpp"
#include "domain/monitored.hpp"
#include "domain/sample.hpp"
#include "domain/state.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::assessment {

/// What else is heard of a server beside its polls: what appliances' monitors say of it, what itself told
/// unasked, and what its process table shows. It says where that contradicts what its polls say.
class Witnesses {
  public:
    /// How long an appliance's word is believed that was not said again.
    static constexpr domain::Duration monitorCounts{90'000};
    /// A notification and the poll after it contradict each other about a metric when they are so far apart,
    /// in permille of its limit.
    static constexpr int farApart = 500;

    /// What is believed of it, by its polls.
    struct Believed {
        domain::Functional functional = domain::Functional::unknown;
        std::optional<int> utilisation; ///< permille
        domain::Instant now{};
        domain::Duration staleAfter{}; ///< how long a notification is held against polls
        std::string_view pool{};       ///< by whose application it is judged; empty: by none
    };

    /// Is there anything in it for a witness?
    static bool isWitness(const domain::Sample& sample) {
        return sample.source == domain::SampleSource::notification || !sample.contradicted.empty();
    }
    /// An answer, or a notification. `profile`: its own, null when there is none. What is older than what is
    /// known says nothing.
    void take(const domain::Sample& sample, const domain::Profile* profile);
    /// What that appliance's monitor said then of it as a member of that pool; null: nothing any more.
    void hear(Dictionary::Number pool, Dictionary::Number appliance, const domain::Monitored::Word* word,
              domain::Instant at);

    /// It was said before anything was heard here.
    void recall(Dictionary::Number pool, Dictionary::Number appliance, const domain::MonitorWord& word) {
        m_monitors.push_back({pool, appliance, word.up, word.since, word.at, word.text});
    }
    /// What that server's monitors said that counts at `now`.
    void monitorWords(const domain::ServerName& server, domain::Instant now, const Dictionary& dictionary,
                      std::vector<domain::MonitorWord>& words) const;

    /// Each contradiction that stands, in an operator's words.
    std::vector<std::string> contradictions(const Believed& believed, const Dictionary& dictionary) const;
    /// Does what that appliance says of it contradict what is believed?
    bool contradicts(Dictionary::Number appliance, const Believed& believed,
                     const Dictionary& dictionary) const;

  private:
    struct Monitor {
        Dictionary::Number pool;
        Dictionary::Number appliance;
        bool up;
        domain::Instant since; ///< it says so
        domain::Instant at;    ///< it was last heard
        std::string text;
    };
    /// Told unasked. `against`: what the poll after it says, where that contradicts it.
    struct Told {
        domain::Instant at{};
        bool runs = false; ///< of an application
        double value = 0;  ///< of a metric
        std::string against{};
    };

    void takeNotification(const domain::Sample& sample);
    void takePoll(const domain::Sample& sample, const domain::Profile* profile);
    static bool contradicts(const Monitor& monitor, const Believed& believed, const Dictionary& dictionary);

    std::vector<Monitor> m_monitors;
    std::map<std::string, Told> m_applications, m_metrics; ///< by their names
    std::map<domain::ApplicationName, std::string> m_processes;
    domain::Instant m_polled{}; ///< the poll that `m_processes` is of
};

}
