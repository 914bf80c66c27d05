#include "cli/run.hpp"

#include "cli/commands.hpp"
#include "cli/completion.hpp"
#include "cli/editing.hpp"
#include "cli/fetch.hpp"
#include "yang/error.hpp"

#include <algorithm>
#include <ostream>
#include <stdexcept>

namespace headgate::cli {
namespace {

int dispatch(const Invocation& invocation, const Streams& streams) {
    switch (invocation.verb) {
    case Verb::plan:
    case Verb::allocate:
    case Verb::release:
    case Verb::hold:
    case Verb::resume:
    case Verb::check:
    case Verb::repair:
    case Verb::configHistory:
    case Verb::configRollback: return act(invocation, streams);
    case Verb::explain: return explain(invocation, streams);
    case Verb::replay: return replayRecord(invocation, streams);
    case Verb::configShow: return showConfiguration(invocation, streams);
    case Verb::configLoad: return loadConfiguration(invocation, streams);
    case Verb::configDiff: return compareConfigurations(invocation, streams);
    case Verb::configEdit: {
        auto client = connect(invocation);
        Fetcher fetcher(client);
        return editConfiguration(fetcher, streams);
    }
    case Verb::watch: return watch(invocation, streams);
    case Verb::completion: streams.out << completionScript(invocation.name); return done;
    case Verb::complete: return complete(invocation, streams);
    default: return invocation.follow ? follow(invocation, streams) : show(invocation, streams);
    }
}

/// Northbound's word for: what was asked for may have been begun.
bool outcomeUnknown(const netconf::Error& error) {
    return std::any_of(error.errors().begin(), error.errors().end(),
                       [](const auto& one) { return one.appTag == "outcome-unknown"; });
}

/// The reasons of a refusal, without the protocol's words around them.
std::string reasons(const netconf::Error& error) {
    std::string text;
    for (const auto& one : error.errors())
        text += (text.empty() ? "" : "; ") + (one.message.empty() ? one.tag : one.message);
    return text;
}

}

netconf::Client connect(const Invocation& invocation) {
    return netconf::Client::connect(netconf::UnixEndpoint{invocation.socket});
}

int fail(const Streams& streams, int code, const std::string& text) {
    streams.err << "headgate: " << text << "\n";
    return code;
}

std::string said(const Invocation& invocation) {
    auto text = toString(invocation.verb);
    for (const auto& word : {invocation.name, invocation.server})
        if (!word.empty()) text += " " + word;
    return text;
}

/// Nobody waits for a reason here: where there is no daemon, there are no names.
int complete(const Invocation& invocation, const Streams& streams) {
    auto where = invocation;
    const auto& words = invocation.words;
    for (std::size_t i = 0; i + 1 < words.size(); ++i)
        if (words[i] == "--socket") where.socket = words[i + 1];
    const auto namesOf = [&](Takes takes, const std::string& before) {
        auto client = connect(where);
        return Fetcher(client).namesOf(takes, before);
    };
    for (const auto& word : completions(words, namesOf))
        streams.out << word << "\n";
    return done;
}

int run(const Invocation& invocation, const Streams& streams) {
    try {
        return dispatch(invocation, streams);
    } catch (const netconf::Error& error) {
        const auto what = said(invocation) + ": ";
        switch (error.kind()) {
        case netconf::Error::Kind::refused:
            if (outcomeUnknown(error))
                return fail(streams, unreachable,
                            what + "the outcome is not known: " + reasons(error) +
                                " Look at 'headgate transactions' for what was done");
            return fail(streams, refused, what + "refused: " + reasons(error));
        case netconf::Error::Kind::noAnswer:
        case netconf::Error::Kind::sessionLost:
            return fail(streams, unreachable,
                        what + error.what() + ": look at 'headgate transactions' for what was done");
        default:
            return fail(streams, unreachable,
                        what + "cannot reach the daemon: " + error.what() +
                            ": is headgated running, and is --socket its socket?");
        }
    } catch (const yang::Error& error) {
        return fail(streams, unreachable,
                    said(invocation) + ": " + error.what() + ": is the daemon of this version?");
    } catch (const std::runtime_error& error) {
        return fail(streams, refused, said(invocation) + ": " + error.what());
    }
}

}
