#include "cli/commands.hpp"
#include "cli/fetch.hpp"
#include "cli/render.hpp"

#include <ostream>
#include <thread>

namespace headgate::cli {
namespace {

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
            const auto tree = fetcher->get(Part::everything);
            text = invocation.json ? jsonOf(tree, Part::everything, {}) + "\n"
                                   : renderStatus(worldOf(tree), streams.terminal);
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

}
