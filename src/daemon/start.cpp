#include "daemon/start.hpp"

#include "snmp/error.hpp"
#include "telemetry/telemetry.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace headgate::daemon {
namespace {

void check(const northbound::RunningConfiguration& running, const Families& families,
           const std::string& name) {
    auto problems = machineProblems(running.value(), families);
    if (!problems.empty()) throw northbound::InvalidConfiguration(name, std::move(problems));
}

/// Checked before it is recorded: once it is a revision, a mended FILE would not be read any more.
northbound::RunningConfiguration firstConfiguration(const Options& options, const Families& families,
                                                    store::Store& store, base::Instant now) {
    if (!options.config)
        throw std::runtime_error(options.state.string() +
                                 " holds no configuration yet: name the first one with --config FILE");
    auto running = northbound::RunningConfiguration::fromFile(*options.config);
    check(running, families, options.config->string());
    store.addRevision({now, "headgated", "first configuration, from " + options.config->string(),
                       running.text(), std::nullopt});
    return running;
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
            telemetry::readCredentials(credential);
        } catch (const snmp::Error& error) {
            problems.push_back({path, error.what(), 0});
        }
    }
    return problems;
}

Recorder openRecorder(const Options& options, const Families& families, base::Instant now) {
    auto store = store::Store::open(options.state);
    if (const auto latest = store.latestRevision()) {
        auto running = northbound::RunningConfiguration::fromText(latest->configuration);
        check(running, families, "the running configuration");
        return {std::move(store), std::move(running)};
    }
    auto running = firstConfiguration(options, families, store, now);
    return {std::move(store), std::move(running)};
}

}
