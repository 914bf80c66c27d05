#pragma once

#include "domain/contact.hpp"
#include "domain/names.hpp"
#include "domain/readings.hpp"
#include "domain/settings.hpp"
#include "domain/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace headgate::domain {

enum class SampleSource { poll, notification };

enum class ApplicationState { unknown, running, notRunning };

/// What was learned of one real server at one time. Whatever is not in it is unknown, never zero.
struct Sample {
    ServerName server;
    Instant at{};
    SampleSource source = SampleSource::poll;
    bool answered = true; ///< false: the agent did not answer, see `failure`
    std::string failure;  ///< in an operator's words
    Readings readings;    ///< by Metric::name; cpu, memory in permille
    std::map<ApplicationName, ApplicationState> applications; ///< only those that were asked about
    bool restarted = false;      ///< the agent or server restarted since the last one
    std::optional<bool> agent{}; ///< headgate-agent answers there; empty: it was not asked
    std::map<ApplicationName, std::string>
        reasons{}; ///< of what is said of the applications, where there is one
    /// The revision of an application's settings that headgate-agent shows; only where it does.
    std::map<ApplicationName, std::uint32_t> revisions{};
    std::optional<RoundTrip> took{}; ///< of a poll, if asked once: its first question and the answer
    PollFailure failureKind = PollFailure::timeout; ///< of one that was not answered
    /// What it says of an application and shows otherwise elsewhere, in an operator's words.
    std::map<ApplicationName, std::string> contradicted{};
};

/// The answer of a candidate that was asked for its settings (a transaction's `gathering`).
struct Gathered {
    TransactionId transaction;
    ServerName server;
    std::optional<ConnectionSettings> connection; ///< empty: refused, see `reason`
    Authentication authentication;
    bool answered = true; ///< false: no answer at all
    std::string reason{};
    std::uint32_t revision = 0; ///< of these settings, as headgate-agent counts; 0: there is none
    std::string dataSource{};   ///< that it uses, as headgate-agent says
};

/// What came of telling a server which data source to use.
struct Assigned {
    TransactionId transaction;
    ServerName server;
    std::string dataSource;
    bool done = false;
    std::string reason{}; ///< why not
    bool unused = false;  ///< not done: it says that it does not use it
};

}
