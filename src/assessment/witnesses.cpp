#include "assessment/witnesses.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace headgate::assessment {
namespace {

using domain::Duration;
using domain::Functional;
using domain::Instant;

/// "12 s"; empty below a second.
std::string seconds(Duration time) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(time);
    return whole.count() < 1 ? "" : domain::describe(Duration(whole));
}

std::string with(const char* before, const std::string& text, const char* after) {
    return text.empty() ? "" : before + text + after;
}

std::string figure(double value) {
    if (value == std::floor(value) && std::abs(value) < 1e15)
        return std::to_string(static_cast<long long>(value));
    auto text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    return text;
}

const domain::Metric* metricOf(const domain::Profile* profile, const std::string& name) {
    if (!profile) return nullptr;
    const auto found = std::find_if(profile->metrics.begin(), profile->metrics.end(),
                                    [&](const auto& metric) { return metric.name == name; });
    return found == profile->metrics.end() || !(found->limit > 0) ? nullptr : &*found;
}

const char* whetherItRuns(bool runs) {
    return runs ? " runs" : " does not run";
}

}

void Witnesses::take(const domain::Sample& sample, const domain::Profile* profile) {
    if (!sample.answered) return;
    if (sample.restarted) {
        // What it said before was said by another one.
        m_applications.clear();
        m_metrics.clear();
    }
    if (sample.source == domain::SampleSource::notification)
        takeNotification(sample);
    else
        takePoll(sample, profile);
}

void Witnesses::takeNotification(const domain::Sample& sample) {
    const auto tell = [&](auto& told, const std::string& name, bool runs, double value) {
        auto& known = told[name];
        if (known.at <= sample.at) known = {sample.at, runs, value, {}};
    };
    for (const auto& [name, state] : sample.applications)
        if (state != domain::ApplicationState::unknown)
            tell(m_applications, name.value, state == domain::ApplicationState::running, 0);
    for (const auto& reading : sample.readings)
        tell(m_metrics, reading.name, false, reading.value);
}

/// Who agrees with the poll has nothing more to say: what differs later is news, and no contradiction.
void Witnesses::takePoll(const domain::Sample& sample, const domain::Profile* profile) {
    for (const auto& [name, state] : sample.applications) {
        const auto told = m_applications.find(name.value);
        if (state == domain::ApplicationState::unknown || told == m_applications.end() ||
            told->second.at >= sample.at)
            continue;
        const bool runs = state == domain::ApplicationState::running;
        if (runs == told->second.runs)
            m_applications.erase(told);
        else
            told->second.against = std::string("and its poll since that it") + whetherItRuns(runs);
    }
    for (const auto& reading : sample.readings) {
        const auto told = m_metrics.find(reading.name);
        if (told == m_metrics.end() || told->second.at >= sample.at) continue;
        const auto* metric = metricOf(profile, reading.name);
        if (!metric || std::abs(reading.value - told->second.value) * 1000 < farApart * metric->limit)
            m_metrics.erase(told);
        else
            told->second.against = "and its poll since " + figure(reading.value) + ", of " +
                                   figure(metric->limit) + " that are its limit";
    }
    if (sample.at < m_polled) return;
    m_polled = sample.at;
    m_processes = sample.contradicted;
}

void Witnesses::hear(Dictionary::Number pool, Dictionary::Number appliance,
                     const domain::Monitored::Word* word, Instant at) {
    const auto known = std::find_if(m_monitors.begin(), m_monitors.end(), [&](const Monitor& one) {
        return one.pool == pool && one.appliance == appliance;
    });
    const bool goesOn =
        known != m_monitors.end() && word && known->up == word->up && at < known->at + monitorCounts;
    Monitor next{pool, appliance, word && word->up, goesOn ? known->since : at, at, {}};
    if (word && !word->up) next.text = word->text;
    std::erase_if(m_monitors, [&](const Monitor& one) {
        return at >= one.at + monitorCounts || (one.pool == pool && one.appliance == appliance);
    });
    if (word) m_monitors.push_back(std::move(next));
}

void Witnesses::monitorWords(const domain::ServerName& server, Instant now, const Dictionary& dictionary,
                             std::vector<domain::MonitorWord>& words) const {
    for (const auto& one : m_monitors)
        if (now < one.at + monitorCounts)
            words.push_back({{dictionary.word(one.pool)},
                             {dictionary.word(one.appliance)},
                             server,
                             one.up,
                             one.since,
                             one.at,
                             one.text});
}

bool Witnesses::contradicts(const Monitor& monitor, const Believed& believed, const Dictionary& dictionary) {
    if (believed.now >= monitor.at + monitorCounts || dictionary.word(monitor.pool) != believed.pool)
        return false;
    return monitor.up ? believed.functional == Functional::down
                      : believed.functional == Functional::functional;
}

bool Witnesses::contradicts(Dictionary::Number appliance, const Believed& believed,
                            const Dictionary& dictionary) const {
    return std::any_of(m_monitors.begin(), m_monitors.end(), [&](const Monitor& monitor) {
        return monitor.appliance == appliance && contradicts(monitor, believed, dictionary);
    });
}

std::vector<std::string> Witnesses::contradictions(const Believed& believed,
                                                   const Dictionary& dictionary) const {
    std::map<std::string, std::string> monitors; // by appliance, whichever was heard first
    for (const auto& monitor : m_monitors) {
        if (!contradicts(monitor, believed, dictionary)) continue;
        const auto& appliance = dictionary.word(monitor.appliance);
        const auto permille =
            believed.utilisation ? " at " + std::to_string(*believed.utilisation) + " permille" : "";
        monitors[appliance] = appliance + "'s monitor says that it is " + (monitor.up ? "up" : "down") +
                              with(" for ", seconds(believed.now - monitor.since), "") +
                              with(" (", monitor.text, ")") +
                              with(", heard ", seconds(believed.now - monitor.at), " ago") +
                              ", while its polls say " + (monitor.up ? "down" : "functional" + permille);
    }
    std::vector<std::string> found;
    for (auto& [appliance, text] : monitors)
        found.push_back(std::move(text));
    const auto notifications = [&](const auto& told, const auto& words) {
        for (const auto& [name, one] : told)
            if (!one.against.empty() && believed.now < one.at + believed.staleAfter)
                found.push_back("a notification" + with(" ", seconds(believed.now - one.at), " ago") +
                                words(name, one) + ", " + one.against);
    };
    notifications(m_applications, [](const auto& name, const Told& one) {
        return " said that " + name + whetherItRuns(one.runs);
    });
    notifications(m_metrics, [](const auto& name, const Told& one) {
        return " told " + name + " " + figure(one.value);
    });
    if (believed.now < m_polled + believed.staleAfter)
        for (const auto& [name, text] : m_processes)
            found.push_back(text);
    return found;
}

}
