#pragma once

#include "flight/decoder.hpp"
#include "flight/scribe.hpp"
#include "replay/replay.hpp"
#include "unit/controller/rig.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace headgate::replay::test {

using namespace std::chrono_literals;

/// A rig whose controller's turns are written down, as the daemon does it.
struct Recorded {
    controller::Rig rig;
    flight::Encoder encoder;
    flight::Scribe scribe{encoder};
    std::vector<domain::Configuration> configurations; ///< what stands for their texts are their indices
    std::string octets;
    std::vector<std::string> segments; ///< before those octets
    domain::Instant summed{};

    std::optional<domain::Duration> every; ///< another segment
    bool remembers = true;                 ///< else segments go on as those of the first version
    domain::Instant begun{};

    Recorded() {
        encoder.begin({"0.1.0", rig.now, 1, false, 5});
        begun = rig.now;
        listen();
    }

    void listen() {
        rig.listens = [this](const controller::Input& input) {
            if (rig.now >= summed + 1s) {
                if (summed != domain::Instant{}) scribe.sum(rig.controller);
                summed = rig.now;
                if (every && rig.now >= begun + *every) next();
            }
            const auto* configured = std::get_if<controller::Configured>(&input);
            std::vector<flight::Configuration> texts;
            if (configured) texts.push_back(write(configured->configuration));
            scribe.told(rig.now, input, texts);
        };
        rig.watches = [this](const auto& effects) { scribe.done(effects, rig.controller); };
    }

    flight::Configuration write(const domain::Configuration& configuration) {
        configurations.push_back(configuration);
        return {configurations.size(), true, std::to_string(configurations.size() - 1)};
    }

    replay::ReadConfiguration read(const std::function<void(domain::PoolPolicy&)>& change = {}) const {
        return [this, change](const flight::Configuration& text) {
            auto value = configurations.at(std::stoul(text.text));
            if (change)
                for (auto& pool : value.pools)
                    change(pool.policy);
            return value;
        };
    }

    void cut() {
        scribe.sum(rig.controller);
        octets += encoder.take();
    }

    void fly(replay::Replay& replay) {
        if (encoder.pending() > 0) cut();
        flight::Decoder::read(octets, [&](flight::Turn&& turn) { replay.fly(turn); });
    }

    replay::Report replayed(const std::function<void(domain::PoolPolicy&)>& change = {}) {
        replay::Replay replay(read(change));
        fly(replay);
        return replay.report();
    }

    /// The record goes on in another segment, as the daemon has it.
    void next() {
        cut();
        segments.push_back(std::exchange(octets, {}));
        const auto memory = rig.controller.memory();
        encoder.begin({"0.1.0", rig.now, segments.size() + 1, true, memory.nextTransaction});
        encoder.add(write(rig.controller.configuration()));
        encoder.recall();
        if (remembers) encoder.add(memory);
        begun = rig.now;
    }

    /// From that segment on, as if those before had gone.
    replay::Report replayedFrom(std::size_t segment) {
        if (encoder.pending() > 0) cut();
        replay::Replay replay(read());
        const auto take = [&](flight::Turn&& turn) { replay.fly(turn); };
        for (auto i = segment; i < segments.size(); ++i)
            flight::Decoder::read(segments[i], take);
        flight::Decoder::read(octets, take);
        return replay.report();
    }

    replay::Report instead(const std::function<void(domain::PoolPolicy&)>& change) {
        replay::Replay first(read());
        fly(first);
        replay::Replay replay(read(), read(change), first.medians());
        fly(replay);
        return replay.report();
    }
};

/// Fills, grows, is refused once, is held and resumed, and shrinks.
inline void day(Recorded& recorded) {
    auto& rig = recorded.rig;
    rig.start();
    rig.run(10s);
    rig.fill();
    rig.runUntilEnded(1);
    rig.loads["real1"] = 550;
    rig.loads["real3"] = 400;
    rig.run(70s);
    rig.give(controller::Request{1, controller::Hold{domain::PoolName{"web"}}, "ann"});
    rig.loads["real2"] = 950;
    rig.run(20s);
    rig.give(controller::Request{2, controller::PlanQuestion{{"web"}}, "ann"});
    rig.give(controller::ApplianceStatus{{"f5-1"}, false, "refused", {}});
    rig.give(controller::Request{3, controller::Resume{domain::PoolName{"web"}}, "ann"});
    rig.run(5s);
    rig.give(controller::ApplianceStatus{{"f5-1"}, true, "", {}});
    rig.runUntilEnded(2);
    for (auto& [name, load] : rig.loads)
        load = 100;
    rig.run(5min);
    rig.give(controller::Request{4, controller::Release{{"web"}, {"real2"}}, "ann"});
    rig.run(60s);
}

/// What an allocation of real4 to web left.
inline controller::Doubt inDoubt() {
    controller::Doubt doubt;
    doubt.view.id = {4};
    doubt.view.pool = {"web"};
    doubt.view.server = {"real4"};
    doubt.view.kind = domain::IntentKind::allocate;
    doubt.view.reason = "citrix-1 did not answer";
    return doubt;
}

/// The alarm that stands of an appliance that is away.
inline domain::Event lost(const char* appliance) {
    domain::Event alarm;
    alarm.kind = "appliance-lost";
    alarm.severity = domain::EventSeverity::alarm;
    alarm.appliance = domain::ApplianceName{appliance};
    return alarm;
}

/// The first differences, in words.
inline std::string told(const replay::Report& report) {
    std::string text;
    for (const auto& one : report.first)
        text += "was " + one.recorded + "\nis  " + one.replayed + "\n";
    return text;
}

}
