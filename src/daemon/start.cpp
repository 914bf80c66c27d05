#include "daemon/start.hpp"

#include "base/log.hpp"
#include "daemon/secrets.hpp"
#include "snmp/error.hpp"
#include "telemetry/read_credentials.hpp"
#include "transaction/record.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace headgate::daemon {
namespace {

constexpr base::Log logger{"daemon"};

std::vector<northbound::Problem> startProblems(const northbound::RunningConfiguration& running,
                                               const Families& families, const vault::Vault& vault) {
    auto problems = machineProblems(running.value(), families);
    for (auto& problem : sealedOtherwise(running.value(), vault))
        problems.push_back(std::move(problem));
    return problems;
}

/// Checked before it is recorded: once it is a revision, a mended FILE would not be read any more.
northbound::RunningConfiguration firstConfiguration(const Options& options, const Families& families,
                                                    const vault::Vault& vault, store::Store& store,
                                                    base::Instant now) {
    if (!options.config)
        throw std::runtime_error(options.state.string() +
                                 " holds no configuration yet: name the first one with --config FILE");
    auto running = northbound::RunningConfiguration::fromFile(*options.config);
    if (auto problems = startProblems(running, families, vault); !problems.empty()) {
        northbound::locate(problems, *options.config);
        throw northbound::InvalidConfiguration(options.config->string(), std::move(problems));
    }
    store.addRevision({now, "headgated", "first configuration, from " + options.config->string(),
                       running.text(), std::nullopt});
    return running;
}

/// What was running last. What one version has written any newer one takes.
northbound::RunningConfiguration recorded(const store::Revision& latest, const std::filesystem::path& file) {
    try {
        return northbound::RunningConfiguration::fromText(latest.configuration, latest.changes);
    } catch (const northbound::InvalidConfiguration& invalid) {
        throw std::runtime_error(
            file.string() + ": the running configuration, revision " + std::to_string(latest.number) +
            ", does not fit the model of this version (" + northbound::toString(invalid.problems().front()) +
            "): start the newer headgated that wrote it, or start with another state "
            "directory");
    }
}

base::Instant lastWritten(const store::Unfinished& open) {
    return open.entries.empty() ? open.view.started : open.entries.back().at;
}

transaction::State read(const std::string& record, domain::TransactionId id) {
    auto state = transaction::fromRecord(record);
    if (state.id != id) throw transaction::BadRecord("it is that of another transaction");
    return state;
}

/// A check compares the members all the same.
controller::Doubt doubtOf(store::Doubt found) {
    controller::Doubt doubt{std::move(found.view), nullptr};
    const auto id = doubt.view.id;
    std::string trouble = "none was kept";
    try {
        if (found.record) doubt.state = std::make_shared<const transaction::State>(read(*found.record, id));
    } catch (const transaction::BadRecord& bad) {
        trouble = bad.what();
    }
    logger.info("found a transaction in doubt", {{"transaction", std::to_string(id.value)},
                                                 {"pool", doubt.view.pool.value},
                                                 {"reason", doubt.view.reason}});
    if (!doubt.state)
        logger.warning("its record cannot be read: what it changed but for members is not known",
                       {{"transaction", std::to_string(id.value)}, {"error", trouble}});
    return doubt;
}

transaction::State stateOf(const store::Unfinished& open, const std::filesystem::path& file) {
    try {
        return read(*open.record, open.view.id);
    } catch (const transaction::BadRecord& bad) {
        const auto id = std::to_string(open.view.id.value);
        throw std::runtime_error(
            file.string() + ": the record of transaction " + id + " (" +
            std::string(domain::toString(open.view.kind)) + " " + open.view.server.value + ", pool " +
            open.view.pool.value + ", " + open.view.state + " at " + base::rfc3339(lastWritten(open)) +
            ") cannot be read: " + bad.what() +
            ": start the headgated that wrote it, or, when its appliances have been looked after, give it "
            "up with --abandon " +
            id);
    }
}

}

std::vector<northbound::Problem> machineProblems(const domain::Configuration& configuration,
                                                 const Families& families) {
    auto problems = northbound::checkFiles(configuration, families.names());
    for (const auto& credential : configuration.credentials) {
        const auto path = "/headgate:headgate/credential[name='" + credential.name.value + "']";
        const bool told = std::any_of(problems.begin(), problems.end(),
                                      [&](const auto& problem) { return problem.path.starts_with(path); });
        if (told || credential.kind == domain::CredentialKind::ssh) continue;
        try {
            telemetry::checkCredentials(credential);
        } catch (const snmp::Error& error) {
            problems.push_back({path, error.what(), 0});
        }
    }
    return problems;
}

Recorder openRecorder(const Options& options, const Families& families, base::Instant now) {
    auto store = store::Store::open(options.state);
    // Its key may be in the state directory, which the store has made and locked.
    const auto vault = openVault(options);
    if (const auto latest = store.latestRevision()) {
        auto running = recorded(*latest, store.file());
        if (auto problems = startProblems(running, families, vault); !problems.empty())
            throw northbound::InvalidConfiguration("the running configuration", std::move(problems));
        return {std::move(store), std::move(running)};
    }
    auto running = firstConfiguration(options, families, vault, store, now);
    return {std::move(store), std::move(running)};
}

Found findUnfinished(Recorder& recorder, const std::vector<std::uint64_t>& abandoned, base::Instant now) {
    Found found;
    auto unfinished = recorder.unfinished();
    std::vector<std::pair<store::Unfinished, std::string>> givenUp;
    for (auto& open : unfinished) {
        logger.info("found a transaction that had not ended",
                    {{"transaction", std::to_string(open.view.id.value)},
                     {"pool", open.view.pool.value},
                     {"server", open.view.server.value},
                     {"state", open.view.state},
                     {"since", base::rfc3339(lastWritten(open))}});
        if (std::find(abandoned.begin(), abandoned.end(), open.view.id.value) != abandoned.end())
            givenUp.emplace_back(std::move(open), "it was given up with --abandon");
        else if (!open.record)
            givenUp.emplace_back(std::move(open), "it was of a version that kept no record to go on from");
        else
            found.transactions.push_back(stateOf(open, recorder.file()));
    }
    // Only when every record could be read: a refused start changes nothing.
    for (const auto& [open, why] : givenUp)
        recorder.giveUp(open, why, now);
    for (auto& doubt : recorder.doubts())
        found.doubts.push_back(doubtOf(std::move(doubt)));
    found.alarms = recorder.alarms();
    found.changes = recorder.changes();
    return found;
}

}
