#include "telemetry/survey.hpp"

#include "telemetry/objects.hpp"

#include <algorithm>
#include <set>

namespace headgate::telemetry {

namespace {

constexpr std::size_t mostListeners = 2000;

/// Linux tells no more than 15 octets of a process's name.
bool sameProcess(const std::string& seen, const std::string& wanted) {
    constexpr std::size_t told = 15;
    return seen == wanted || (seen.size() == told && wanted.starts_with(seen));
}

void askNames(Reader& reader, const snmp::TargetPtr& target, Survey found, std::function<void(Survey)> done) {
    std::set<std::uint64_t> processes;
    for (const auto& listener : found.listeners)
        if (listener.process != 0) processes.insert(listener.process);
    if (processes.empty()) {
        done(std::move(found));
        return;
    }
    std::vector<snmp::Oid> names;
    for (const auto process : processes)
        names.push_back(objects::hrSWRunName + static_cast<std::uint32_t>(process));
    reader.get(target, std::move(names),
               [found = std::move(found), done = std::move(done)](snmp::Reply reply) mutable {
                   found.failure = std::move(reply.failure);
                   for (const auto& varbind : reply.varbinds)
                       if (auto name = snmp::textOf(varbind.value))
                           found.names[varbind.name.back()] = *std::move(name);
                   done(std::move(found));
               });
}

}

void survey(Reader& reader, const snmp::TargetPtr& target, const std::string& address,
            const std::vector<std::uint16_t>& ports, std::function<void(Survey)> done) {
    snmp::WalkLimits limits;
    limits.rows = mostListeners;
    limits.repetitions = 24;
    reader.walk(target, objects::tcpListenerProcess, limits,
                [&reader, target, address, ports, done = std::move(done)](snmp::Reply reply) mutable {
                    Survey found;
                    found.whole = !reply.truncated;
                    found.anyListener = !reply.varbinds.empty();
                    if (reply.failure) {
                        found.failure = std::move(reply.failure);
                        done(std::move(found));
                        return;
                    }
                    found.listeners = readListeners(reply.varbinds);
                    std::erase_if(found.listeners, [&](const Listener& listener) {
                        return std::find(ports.begin(), ports.end(), listener.port) == ports.end() ||
                               !listener.serves(address);
                    });
                    askNames(reader, target, std::move(found), std::move(done));
                });
}

ApplicationFinding findApplication(const Survey& survey, const domain::Application& application) {
    using State = domain::ApplicationState;
    const auto port = "port " + std::to_string(application.port);
    if (survey.failure) return {State::unknown, survey.failure->text};
    if (!survey.anyListener) return {State::unknown, "its agent shows no listeners (tcpListenerTable)"};
    bool unnamed = false;
    std::string other;
    for (const auto& listener : survey.listeners) {
        if (listener.port != application.port) continue;
        const auto name = survey.names.find(listener.process);
        if (name == survey.names.end())
            unnamed = true;
        else if (sameProcess(name->second, application.process))
            return {State::running, ""};
        else
            other = name->second;
    }
    if (unnamed)
        return {State::unknown, "its agent does not say which process listens on " + port +
                                    " (does it run as root or as that process's user?)"};
    if (!other.empty())
        return {State::notRunning, other + " listens on " + port + ", not " + application.process};
    if (!survey.whole) return {State::unknown, "it has too many listeners to read them all"};
    return {State::notRunning, "nothing listens on " + port};
}

}
