#include "cli/run.hpp"

#include "cli/completion.hpp"
#include "cli/editing.hpp"
#include "cli/fetch.hpp"
#include "cli/render.hpp"
#include "netconf/client.hpp"
#include "yang/error.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <stdexcept>
#include <thread>

namespace headgate::cli {
namespace {

/// Longer than the daemon lets an action take.
constexpr auto actionTimeout = std::chrono::minutes(11);

netconf::Client connect(const Invocation& invocation) {
    return netconf::Client::connect(netconf::UnixEndpoint{invocation.socket});
}

int fail(const Streams& streams, int code, const std::string& text) {
    streams.err << "headgate: " << text << "\n";
    return code;
}

Part partOf(Verb verb) {
    switch (verb) {
    case Verb::pools: return Part::pools;
    case Verb::servers: return Part::servers;
    case Verb::appliances: return Part::appliances;
    case Verb::transactions: return Part::transactions;
    case Verb::events: return Part::events;
    default: return Part::everything;
    }
}

std::string render(const Invocation& invocation, const World& world, const Terminal& terminal) {
    switch (invocation.verb) {
    case Verb::pools: return renderPools(world, invocation.name, terminal);
    case Verb::servers: return renderServers(world, invocation.name, terminal);
    case Verb::appliances: return renderAppliances(world, invocation.name, terminal);
    case Verb::transactions: return renderTransactions(world, invocation.name, terminal);
    case Verb::events: return renderEvents(world, invocation.name, terminal);
    default: return renderStatus(world, terminal);
    }
}

template <typename Entry>
std::string names(const std::vector<Entry>& entries, std::string Entry::*key) {
    std::string text;
    for (const auto& entry : entries)
        text += (text.empty() ? "" : ", ") + entry.*key;
    return text.empty() ? "there is none" : "there is " + text;
}

/// "there is real1, real2": what could have been asked for.
std::string known(Verb verb, const World& world) {
    switch (verb) {
    case Verb::pools: return names(world.pools, &Pool::name);
    case Verb::servers: return names(world.servers, &Server::name);
    case Verb::appliances: return names(world.appliances, &Appliance::name);
    default: return names(world.transactions, &Transaction::id);
    }
}

int show(const Invocation& invocation, const Streams& streams) {
    auto client = connect(invocation);
    Fetcher fetcher(client);
    const auto part = partOf(invocation.verb);
    const auto tree = fetcher.get(part);
    const auto text = invocation.json ? jsonOf(tree, part, invocation.name) + "\n"
                                      : render(invocation, worldOf(tree), streams.terminal);
    const bool noSuch = !invocation.name.empty() && part != Part::events && (text.empty() || text == "[]\n");
    if (noSuch)
        return fail(streams, refused,
                    toString(invocation.verb) + ": " + invocation.name +
                        " is not known: " + known(invocation.verb, worldOf(tree)));
    streams.out << text;
    return done;
}

int follow(const Invocation& invocation, const Streams& streams) {
    std::optional<netconf::Client> client;
    std::optional<Fetcher> fetcher;
    while (streams.out) {
        std::string text;
        try {
            if (!client || !client->alive()) {
                fetcher.reset();
                client.emplace(connect(invocation));
                fetcher.emplace(*client);
            }
            text = renderStatus(worldOf(fetcher->get(Part::everything)), streams.terminal);
        } catch (const netconf::Error& error) {
            text = paint("the daemon is unreachable: " + std::string(error.what()), Tone::bad,
                         streams.terminal) +
                   "\n";
        }
        // Home, the text with the rest of each line cleared, then the rest of the screen: no flicker.
        if (streams.screen) {
            for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 4)
                text.insert(at, "\x1b[K");
            text = "\x1b[H" + text + "\x1b[J";
        }
        streams.out << text << std::flush;
        if (!streams.screen) streams.out << "\n";
        std::this_thread::sleep_for(std::chrono::duration<double>(invocation.interval));
    }
    return done;
}

int watch(const Invocation& invocation, const Streams& streams) {
    auto client = connect(invocation);
    client.onNotification([&](const netconf::Notification& notification) {
        if (!isEvent(notification.xml)) return;
        streams.out << (invocation.json ? eventJson(notification.xml) + "\n"
                                        : renderEvent(eventOf(notification.xml), streams.terminal))
                    << std::flush;
    });
    // Without a filter: libyang takes no notification's name inside one ("Unexpected notification element").
    client.subscribe();
    streams.err << "watching: Ctrl-C ends it\n" << std::flush; // from here on nothing is missed
    while (streams.out && client.alive())
        client.poll(std::chrono::seconds(1));
    if (!streams.out) return done;
    return fail(streams, unreachable, "watch: the daemon ended the session: start it, and watch again");
}

/// "allocate web real2".
std::string said(const Invocation& invocation) {
    auto text = toString(invocation.verb);
    for (const auto& word : {invocation.name, invocation.server})
        if (!word.empty()) text += " " + word;
    return text;
}

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
    case Verb::configLoad: return pool + " is the running configuration: " + answer.reason + "\n";
    case Verb::configRollback:
        return "what was running in revision " + pool + " is running again: " + answer.reason + "\n";
    case Verb::hold: return pool + " is held: no automatic change until 'headgate resume'\n";
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

std::string contentOf(const std::string& file) {
    std::string text;
    std::ifstream in;
    if (!std::filesystem::is_directory(file)) {
        in.open(file, std::ios::binary);
        text.assign(std::istreambuf_iterator<char>(in), {});
    }
    if (!in.is_open() || in.bad())
        throw std::runtime_error(file + " cannot be read: give a file of instance data, JSON or XML");
    return text;
}

std::string ask(Fetcher& fetcher, const Invocation& invocation) {
    if (invocation.verb == Verb::check) return fetcher.check(invocation.name);
    if (invocation.verb == Verb::configHistory) return fetcher.history();
    if (invocation.verb == Verb::configRollback) return fetcher.rollback(invocation.name);
    if (invocation.verb == Verb::configLoad)
        return fetcher.load(contentOf(invocation.name),
                            std::filesystem::absolute(invocation.name).parent_path().string());
    return fetcher.act(toString(invocation.verb), invocation.name, invocation.server);
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
    if (invocation.json)
        streams.out << answerJson(xml) << "\n";
    else if (invocation.verb == Verb::check)
        streams.out << (answer.findings.empty() && code == done ? "there is nothing to compare\n"
                                                                : renderFindings(answer, streams.terminal));
    else if (invocation.verb == Verb::configHistory && code == done)
        streams.out << renderHistory(answer, streams.terminal);
    else if (code != done)
        streams.out << renderRefusals(answer, streams.terminal);
    else if (invocation.verb == Verb::plan)
        streams.out << renderPlan(invocation.name, answer, streams.terminal);
    else
        streams.out << success(invocation, answer);
    return code;
}

/// What was running in that revision. Throws std::runtime_error when there is none.
std::string configurationOf(Fetcher& fetcher, const std::string& revision) {
    const auto answer = answerOf(fetcher.revision(revision));
    if (answer.outcome != "done") throw std::runtime_error("refused: " + answer.reason);
    return answer.configuration;
}

int showConfiguration(const Invocation& invocation, const Streams& streams) {
    auto client = connect(invocation);
    Fetcher fetcher(client);
    streams.out << (invocation.name.empty() ? fetcher.runningConfiguration()
                                            : configurationOf(fetcher, invocation.name))
                << "\n";
    return done;
}

int compareConfigurations(const Invocation& invocation, const Streams& streams) {
    auto client = connect(invocation);
    Fetcher fetcher(client);
    const auto before = configurationOf(fetcher, invocation.name);
    const auto after = invocation.server.empty() ? fetcher.runningConfiguration()
                                                 : configurationOf(fetcher, invocation.server);
    const auto found = fetcher.differences(before, after);
    streams.out << (invocation.json ? differencesJson(found) + "\n"
                                    : renderDifferences(found, streams.terminal));
    return done;
}

Part partOf(Named list) {
    switch (list) {
    case Named::pools: return Part::pools;
    case Named::servers: return Part::servers;
    case Named::appliances: return Part::appliances;
    case Named::transactions: return Part::transactions;
    }
    return Part::everything;
}

/// A line a word. Nobody waits for a reason here: where there is no daemon, there are no names.
int complete(const Invocation& invocation, const Streams& streams) {
    auto where = invocation;
    const auto& words = invocation.words;
    for (std::size_t i = 0; i + 1 < words.size(); ++i)
        if (words[i] == "--socket") where.socket = words[i + 1];
    const auto namesOf = [&](Named list) {
        auto client = connect(where);
        return Fetcher(client).namesOf(partOf(list));
    };
    for (const auto& word : completions(words, namesOf))
        streams.out << word << "\n";
    return done;
}

int dispatch(const Invocation& invocation, const Streams& streams) {
    switch (invocation.verb) {
    case Verb::plan:
    case Verb::allocate:
    case Verb::release:
    case Verb::hold:
    case Verb::resume:
    case Verb::check:
    case Verb::configLoad:
    case Verb::configHistory:
    case Verb::configRollback:
    case Verb::repair: return act(invocation, streams);
    case Verb::configShow: return showConfiguration(invocation, streams);
    case Verb::configEdit: {
        auto client = connect(invocation);
        Fetcher fetcher(client);
        return editConfiguration(fetcher, streams);
    }
    case Verb::completion: streams.out << completionScript(invocation.name); return done;
    case Verb::complete: return complete(invocation, streams);
    case Verb::configDiff: return compareConfigurations(invocation, streams);
    case Verb::watch: return watch(invocation, streams);
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
