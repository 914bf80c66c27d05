#include "bench/policy/policies.hpp"

#include "simulation/random.hpp"
#include "unit/controller/rig.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <memory>

namespace headgate::bench {
namespace {

using namespace std::chrono_literals;

constexpr domain::Duration look = 15s;
constexpr int noise = 20; ///< permille of a reading, either way

/// One more at or above the upper level, one less at or below the lower one.
struct TwoThresholds : Rule {
    std::size_t wanted(domain::Duration, std::size_t members, double average) override {
        if (average >= upper) return members + 1;
        return average <= lower ? members - 1 : members;
    }
};

/// As Kubernetes documents its HorizontalPodAutoscaler: desired = ceil(members × average / target), nothing
/// within 10 % of the target, up by at most four or as many again, down to the greatest of the last 300 s.
struct TargetTracking : Rule {
    static constexpr double target = 700, tolerance = 0.1;
    static constexpr domain::Duration window = 300s;

    std::size_t wanted(domain::Duration at, std::size_t members, double average) override {
        auto desired = members;
        if (std::abs(average / target - 1) > tolerance)
            desired = static_cast<std::size_t>(std::ceil(static_cast<double>(members) * average / target));
        m_desired.emplace_back(at, desired);
        while (m_desired.front().first + window < at)
            m_desired.pop_front();
        if (desired >= members) return std::min(desired, std::max(2 * members, members + 4));
        for (const auto& [when, past] : m_desired)
            desired = std::max(desired, past);
        return std::min(desired, members);
    }

  private:
    std::deque<std::pair<domain::Duration, std::size_t>> m_desired;
};

struct Nothing : Rule {
    std::size_t wanted(domain::Duration, std::size_t members, double) override { return members; }
};

/// A load on so many members, second by second: what each of them really has, and what it says.
class Bearing {
  public:
    explicit Bearing(const Load& load)
        : m_load(load) {}

    double truth(domain::Duration at, std::size_t members, std::size_t member) const {
        const double share = m_load.total(at) / static_cast<double>(members);
        return std::max(share, m_load.floor(at)) + (member == 0 ? m_load.leak(at) : 0);
    }
    int told(domain::Duration at, std::size_t members, std::size_t member) {
        return withNoise(m_load.lies && member == 0 ? 950 : truth(at, members, member));
    }
    int toldOfDataSource(domain::Duration at) { return withNoise(m_load.floor(at)); }
    void count(Result& result, domain::Duration at, std::size_t members) const {
        double sum = 0;
        for (std::size_t i = 0; i < members; ++i)
            sum += truth(at, members, i);
        if (sum / static_cast<double>(members) >= upper) result.minutesAbove += 1.0 / 60;
        result.serverHours += static_cast<double>(members) / 3600;
    }

  private:
    int withNoise(double permille) {
        const double off = 1 + m_random.between(-noise, noise) / 1000.0;
        return static_cast<int>(std::lround(std::min(permille * off, 1100.0)));
    }

    const Load& m_load;
    simulation::Random m_random{1};
};

Result byRule(const Load& load, const std::string& name, Rule& rule) {
    Result result{load.key, name};
    Bearing bearing(load);
    std::size_t members = fewest;
    for (domain::Duration at{}; at < load.length; at += 1s) {
        bearing.count(result, at, members);
        double sum = 0;
        for (std::size_t i = 0; i < members; ++i)
            sum += bearing.told(at, members, i);
        if (at % look != 0s) continue;
        const auto wanted =
            std::clamp(rule.wanted(at, members, sum / static_cast<double>(members)), fewest, most);
        result.changes += static_cast<unsigned>(wanted > members ? wanted - members : members - wanted);
        members = wanted;
    }
    return result;
}

/// One that all of them share.
void addDataSource(controller::Rig& rig) {
    for (auto& server : rig.configuration.servers) {
        server.dataSources = {"db1"};
        rig.dataSources[server.name.value] = "db1";
    }
    rig.addServer("dbhost1", 0);
    rig.configuration.servers.back().applications.clear();
    rig.configuration.dataSources = {{"db1", {"dbhost1"}, upper}};
}

/// The whole controller, as it comes, with appliances that do as they are told.
Result byHeadgate(const Load& load, const std::string& name,
                  std::optional<domain::ForecastPolicy> forecast = {}) {
    Result result{load.key, name};
    Bearing bearing(load);
    controller::Rig rig(static_cast<int>(most - fewest));
    rig.policy().minimum = fewest;
    rig.policy().maximum = most;
    rig.policy().forecast = forecast;
    if (load.measured) addDataSource(rig);
    rig.start();
    std::size_t before = fewest;
    const auto& members = [&]() -> const std::vector<domain::Member>& {
        return rig.controller.configuration().pools[0].members;
    };
    for (domain::Duration at{}; at < load.length; at += 1s) {
        const auto count = members().size();
        result.changes += static_cast<unsigned>(count > before ? count - before : before - count);
        before = count;
        bearing.count(result, at, count);
        for (auto& [server, said] : rig.loads)
            said = 20;
        for (std::size_t i = 0; i < count; ++i)
            rig.loads[members()[i].server.value] = bearing.told(at, count, i);
        if (load.measured) rig.loads["dbhost1"] = bearing.toldOfDataSource(at);
        rig.run(1s);
    }
    return result;
}

}

std::vector<Result> compare(const Load& load) {
    TwoThresholds two;
    TargetTracking target;
    Nothing nothing;
    return {byHeadgate(load, "Headgate"),
            byHeadgate(load, "Headgate with forecast", domain::ForecastPolicy{}),
            byRule(load, "two thresholds", two), byRule(load, "target tracking", target),
            byRule(load, "doing nothing", nothing)};
}

}
