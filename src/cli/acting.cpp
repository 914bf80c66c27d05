#include "cli/commands.hpp"
#include "cli/fetch.hpp"
#include "cli/render.hpp"

#include <algorithm>
#include <ostream>

namespace headgate::cli {
namespace {

/// Longer than the daemon lets an action take.
constexpr auto actionTimeout = std::chrono::minutes(11);

std::string success(const Invocation& invocation, const Answer& answer) {
    const auto by = answer.transaction.empty() ? "" : " (transaction " + answer.transaction + ")";
    const auto server = answer.server.empty() ? invocation.server : answer.server;
    const auto pool = invocation.name.empty() ? std::string("every pool") : invocation.name;
    switch (invocation.verb) {
    case Verb::allocate: return server + " was added to " + pool + by + "\n";
    case Verb::release: return server + " was removed from " + pool + by + "\n";
    case Verb::repair:
        return answer.transaction.empty() ? pool + " needed no repair\n"
                                          : pool + " is as recorded on its appliances again" + by + "\n";
    case Verb::configRollback:
        return "what was running in revision " + pool + " is running again: " + answer.reason + "\n";
    case Verb::hold:
        return pool + " is held: no automatic change until 'headgate resume" +
               (invocation.name.empty() ? "" : " " + invocation.name) + "'\n";
    default: return pool + " changes automatically again\n";
    }
}

/// What to do about what a check found.
std::string remedy(const Answer& answer) {
    std::vector<std::string> pools;
    for (const auto& finding : answer.findings)
        if (!finding.differences.empty() &&
            std::find(pools.begin(), pools.end(), finding.pool) == pools.end())
            pools.push_back(finding.pool);
    if (pools.empty()) return "see 'headgate appliances'";
    std::string text;
    for (const auto& pool : pools)
        text += (text.empty() ? "'headgate repair " : ", 'headgate repair ") + pool + "'";
    return text + " leads back to what is recorded";
}

int conclude(const Invocation& invocation, const Answer& answer, const Streams& streams) {
    const auto by = answer.transaction.empty() ? "" : " (transaction " + answer.transaction + ")";
    const auto what = said(invocation) + ": ";
    if (answer.outcome == "refused") return fail(streams, refused, what + "refused: " + answer.reason);
    if (answer.outcome == "differs")
        return fail(streams, refused, what + "differs: " + answer.reason + ": " + remedy(answer));
    if (answer.outcome == "rolled-back")
        return fail(streams, rolledBack, what + "rolled back: " + answer.reason + by);
    if (answer.outcome == "indeterminate")
        return fail(streams, indeterminate,
                    what + "indeterminate: " + answer.reason + by +
                        ": 'headgate check' compares what they have with what is recorded");
    return done;
}

std::string ask(Fetcher& fetcher, const Invocation& invocation) {
    switch (invocation.verb) {
    case Verb::check: return fetcher.check(invocation.name);
    case Verb::configHistory: return fetcher.history();
    case Verb::configRollback: return fetcher.rollback(invocation.name);
    default: return fetcher.act(toString(invocation.verb), invocation.name, invocation.server);
    }
}

std::string render(const Invocation& invocation, const Answer& answer, int code, const Terminal& terminal) {
    if (invocation.verb == Verb::check)
        return answer.findings.empty() && code == done ? "there is nothing to compare\n"
                                                       : renderFindings(answer, terminal);
    if (code != done) return renderRefusals(answer, terminal);
    if (invocation.verb == Verb::configHistory) return renderHistory(answer, terminal);
    if (invocation.verb == Verb::plan) return renderPlan(invocation.name, answer, terminal);
    return success(invocation, answer);
}

}

int act(const Invocation& invocation, const Streams& streams) {
    auto client = connect(invocation);
    client.setRpcTimeout(actionTimeout);
    Fetcher fetcher(client);
    const auto xml = ask(fetcher, invocation);
    const auto answer = answerOf(xml);
    if (answer.outcome.empty())
        return fail(streams, unreachable,
                    said(invocation) + ": the daemon gave no outcome: is it of this version?");
    const int code = conclude(invocation, answer, streams);
    streams.out << (invocation.json ? answerJson(xml) + "\n"
                                    : render(invocation, answer, code, streams.terminal));
    return code;
}

}
