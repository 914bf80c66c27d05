#include "daemon/loading.hpp"

#include "daemon/daemon_impl.hpp"
#include "daemon/event_log.hpp"

#include <algorithm>

namespace headgate::daemon {
namespace {

bool sameMembers(const domain::Pool& one, const domain::Pool& other) {
    if (one.members.size() != other.members.size()) return false;
    return std::all_of(one.members.begin(), one.members.end(), [&](const domain::Member& member) {
        const auto* there = other.member(member.server);
        return there && there->connection == member.connection &&
               there->authentication == member.authentication;
    });
}

std::string oneLine(std::string text) {
    for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at))
        text.replace(at, 1, "; ");
    return text;
}

}

std::vector<northbound::Problem> notByLoading(const domain::Configuration& present,
                                              const domain::Configuration& next) {
    std::vector<northbound::Problem> problems;
    for (const auto& pool : present.pools) {
        const auto* then = next.pool(pool.name);
        if (!then) continue;
        const auto path = "/headgate:headgate/pool[name='" + pool.name.value + "']";
        if (then->places != pool.places)
            problems.push_back({path + "/appliance",
                                "a pool moves to other appliances by being removed and loaded "
                                "anew, with the members that these have",
                                0});
        if (!sameMembers(pool, *then))
            problems.push_back(
                {path + "/member",
                 "its members, and how they are connected to, are changed by headgate allocate and "
                 "headgate release: take them as headgate config show prints them",
                 0});
    }
    return problems;
}

void Daemon::Impl::load(const northbound::Request& request) {
    northbound::Answer answer;
    answer.kind = northbound::AnswerKind::refused;
    const auto now = m_clock.now();
    try {
        const auto next = northbound::RunningConfiguration::fromContent(
            request.configuration, request.folder.empty() ? "/" : request.folder);
        auto problems = notByLoading(m_recorder.running().value(), next.value());
        for (auto& list : {machineProblems(next.value(), m_families), sealedOtherwise(next.value(), m_vault)})
            problems.insert(problems.end(), list.begin(), list.end());
        if (!problems.empty()) throw northbound::InvalidConfiguration({}, std::move(problems));
        if (busy()) {
            answer.reason = "a transaction is in flight: load it again when that has ended";
        } else {
            m_recorder.load(next.text(), request.user, now);
            const auto& running = m_recorder.running().value();
            std::erase_if(m_appliances, [&](const auto& known) { return !running.appliance(known.first); });
            m_rooms->configure(running, m_families);
            runningChanged();
            m_performer.tell(eventOf(
                now, domain::EventSeverity::notice, "configuration-loaded",
                request.user + " has loaded a configuration: " + std::to_string(running.pools.size()) +
                    " pools, " + std::to_string(running.servers.size()) + " servers, " +
                    std::to_string(running.appliances.size()) + " appliances"));
            answer.kind = northbound::AnswerKind::done;
        }
    } catch (const northbound::InvalidConfiguration& invalid) {
        answer.reason = oneLine(invalid.what());
    }
    m_asked.erase(request.id);
    m_rooms->north().answer(request.id, std::move(answer));
}

}
