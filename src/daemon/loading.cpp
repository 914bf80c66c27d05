#include "daemon/loading.hpp"

#include "daemon/daemon_impl.hpp"
#include "daemon/event_log.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>

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

/// "1 server more, 2 pools less", for people.
template <typename Entry>
void count(std::string& text, const char* noun, const std::vector<Entry>& present,
           const std::vector<Entry>& next) {
    const auto without = [](const std::vector<Entry>& some, const std::vector<Entry>& others) {
        std::unordered_set<std::string_view> names;
        for (const auto& other : others)
            names.insert(other.name.value);
        return std::count_if(some.begin(), some.end(),
                             [&](const Entry& one) { return !names.contains(one.name.value); });
    };
    const auto say = [&](std::ptrdiff_t number, const char* what) {
        if (number == 0) return;
        text += (text.empty() ? "" : ", ") + std::to_string(number) + " " + noun +
                (number == 1 ? " " : "s ") + what;
    };
    say(without(next, present), "more");
    say(without(present, next), "less");
}

/// "1 server more; pool[name='web']/policy/upper 800 -> 900, and 2 settings more": what an operator looks for
/// first, and as much as a line has room for.
std::string changes(const northbound::Changed& changed, const std::vector<std::string>& phrases) {
    constexpr std::size_t named = 3;
    std::string text;
    count(text, "pool", changed.before.pools, changed.after.pools);
    count(text, "server", changed.before.servers, changed.after.servers);
    count(text, "appliance", changed.before.appliances, changed.after.appliances);
    for (std::size_t i = 0; i < std::min(named, phrases.size()); ++i)
        text += (text.empty() ? "" : i == 0 ? "; " : ", ") + phrases[i];
    if (phrases.size() > named)
        text +=
            ", and " + std::to_string(phrases.size() - named) + " changes more: see 'headgate config diff'";
    return text.empty() ? "nothing differs from what was running" : text;
}

/// Nothing would be left.
bool isNothing(const northbound::Changed& changed, const domain::Configuration& running) {
    return changed.after == domain::Configuration{} &&
           changed.before.servers.size() == running.servers.size() &&
           changed.before.pools.size() == running.pools.size();
}

/// Of pools nobody is told but the controller.
bool onlyPoolsDiffer(const northbound::Changed& changed) {
    auto after = changed.after;
    after.pools = changed.before.pools;
    return after == changed.before;
}

/// What was done, for the history: "committed a configuration".
std::string deed(const northbound::Request& request) {
    if (request.kind == northbound::RequestKind::rollback)
        return "gone back to revision " + std::to_string(request.number);
    if (request.takesBack) return "taken back a commit";
    return std::string(request.commit ? "committed" : "loaded") + " a configuration";
}

/// With what has changed: the history answers who did what.
std::string comment(const northbound::Request& request, const std::string& changed) {
    if (request.kind == northbound::RequestKind::rollback) return deed(request);
    return deed(request) + ": " + changed;
}

std::string noSuchRevision(std::uint64_t number) {
    return "there is no revision " + std::to_string(number) + ": see 'headgate config history'";
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
        const auto path = "/headgate:headgate/pool[name='" + pool.name.value + "']";
        if (!then) {
            const auto ours = std::find_if(pool.members.begin(), pool.members.end(), [](const auto& member) {
                return member.origin == domain::Origin::allocated;
            });
            if (ours != pool.members.end())
                problems.push_back({path,
                                    "it would not be looked after any more, and " + ours->server.value +
                                        " would stay in it: first 'headgate release " + pool.name.value +
                                        " " + ours->server.value +
                                        "', with a policy/minimum of the pool that allows it",
                                    0});
            continue;
        }
        if (then->places != pool.places)
            problems.push_back({path + "/appliance",
                                "a pool moves to other appliances by being removed and loaded "
                                "anew, with the members that these have",
                                0});
        if (!sameMembers(pool, *then))
            problems.push_back(
                {path + "/member",
                 "its members, and how they are connected to, are changed by headgate allocate and "
                 "headgate release, or by a NETCONF commit: take them as headgate config show prints them",
                 0});
    }
    return problems;
}

void Daemon::Impl::openDoors(const domain::Configuration& next) {
    try {
        m_rooms->north().open(next.netconfServer);
    } catch (const northbound::Error& error) {
        throw northbound::InvalidConfiguration({}, {{"/headgate:headgate/netconf-server", error.what(), 0}});
    }
}

void Daemon::Impl::reopenDoors() {
    try {
        m_rooms->north().open(m_recorder.running().value().netconfServer);
    } catch (const northbound::Error& error) {
        // Somebody has taken the port in this very moment. The UNIX socket still serves.
        m_performer.tell(eventOf(m_clock.now(), domain::EventSeverity::alarm, "netconf-server-trouble",
                                 std::string("NETCONF is not served as configured: ") + error.what()));
    }
}

std::string Daemon::Impl::wanted(const northbound::Request& request) {
    using northbound::RunningConfiguration;
    if (request.kind == northbound::RequestKind::load && request.commit)
        return m_recorder.running().inFolder(request.configuration, "/");
    if (request.kind == northbound::RequestKind::load)
        return RunningConfiguration::fromContent(request.configuration,
                                                 request.folder.empty() ? "/" : request.folder)
            .text();
    const auto former = m_recorder.revision(request.number);
    if (!former) throw northbound::InvalidConfiguration({}, {{"", noSuchRevision(request.number), 0}});
    return m_recorder.running().backTo(former->configuration);
}

void Daemon::Impl::load(const northbound::Request& request) {
    auto answer = m_commit ? northbound::Answer{} : loaded(request);
    if (m_commit) {
        answer.kind = northbound::AnswerKind::refused;
        answer.busy = true;
        answer.reason =
            "a commit by " + m_commit->record.user +
            (m_commit->stage == Commit::Stage::pending ? " waits to be confirmed" : " is under way") +
            ": try again when it is over";
    }
    m_asked.erase(request.id);
    m_rooms->north().answer(request.id, std::move(answer));
}

std::vector<northbound::Problem> Daemon::Impl::problemsOf(const northbound::Changed& next) const {
    auto problems = notByLoading(next.before, next.after);
    for (auto& list : {machineProblems(next.after, m_families), sealedOtherwise(next.after, m_vault)})
        problems.insert(problems.end(), list.begin(), list.end());
    return problems;
}

northbound::Answer Daemon::Impl::refusalOf(const northbound::InvalidConfiguration& invalid) {
    northbound::Answer answer;
    answer.kind = northbound::AnswerKind::refused;
    answer.reason = oneLine(invalid.what());
    answer.problems = invalid.problems();
    return answer;
}

northbound::Answer Daemon::Impl::loaded(const northbound::Request& request) {
    northbound::Answer answer;
    answer.kind = northbound::AnswerKind::refused;
    const auto now = m_clock.now();
    try {
        const auto revision = wanted(request);
        const auto next = m_recorder.running().judge(revision);
        if (isNothing(next, m_recorder.running().value()))
            throw northbound::InvalidConfiguration({}, {{"", "there is no configuration in it", 0}});
        if (auto problems = problemsOf(next); !problems.empty())
            throw northbound::InvalidConfiguration({}, std::move(problems));
        if (busy()) {
            answer.busy = true;
            answer.reason = "a transaction is in flight: try again when that has ended";
        } else {
            openDoors(next.after);
            answer.reason = changes(next, m_recorder.running().changesTo(revision));
            m_recorder.load({now, request.user, comment(request, answer.reason), revision, std::nullopt,
                             false, request.session});
            const auto& running = m_recorder.running().value();
            std::erase_if(m_appliances, [&](const auto& known) { return !running.appliance(known.first); });
            // Files that it names are read again whenever it is loaded whole.
            if (northbound::RunningConfiguration::isWhole(revision) || !onlyPoolsDiffer(next))
                m_rooms->configure(running, m_families);
            runningChanged();
            m_performer.tell(eventOf(now, domain::EventSeverity::notice, "configuration-loaded",
                                     request.user + " has " + deed(request) + ": " + answer.reason));
            answer.kind = northbound::AnswerKind::done;
        }
    } catch (const northbound::InvalidConfiguration& invalid) {
        return refusalOf(invalid);
    } catch (const store::Error& error) {
        answer.reason = std::string("the state directory cannot be used: ") + error.what();
        reopenDoors();
    }
    return answer;
}

void Daemon::Impl::tellHistory(const northbound::Request& request) {
    northbound::Answer answer;
    try {
        if (request.kind == northbound::RequestKind::history) {
            for (auto& each : m_recorder.revisions(request.number))
                answer.revisions.push_back({each.number, each.at, std::move(each.author),
                                            std::move(each.comment), each.transaction,
                                            std::move(each.session)});
        } else if (request.kind == northbound::RequestKind::readLog) {
            answer.log = m_recorder.readLog(request.log);
        } else if (auto former = m_recorder.revision(request.number)) {
            answer.configuration = std::move(former->configuration);
        } else {
            answer.kind = northbound::AnswerKind::refused;
            answer.reason = noSuchRevision(request.number);
        }
    } catch (const store::Error& error) {
        answer = {};
        answer.kind = northbound::AnswerKind::refused;
        answer.reason = error.what();
    }
    m_rooms->north().answer(request.id, std::move(answer));
}

}
