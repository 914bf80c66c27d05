#include "cli/commands.hpp"
#include "cli/fetch.hpp"
#include "cli/render.hpp"

#include <algorithm>
#include <ostream>

namespace headgate::cli {
namespace {

template <typename Entry>
const Entry* find(const std::vector<Entry>& entries, std::string Entry::*key, const std::string& name) {
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.*key == name; });
    return found == entries.end() ? nullptr : &*found;
}

int unknown(const Invocation& invocation, const World& world, const Streams& streams) {
    std::string known;
    for (const auto& pool : world.pools)
        known += (known.empty() ? "" : ", ") + pool.name;
    return fail(streams, refused,
                "explain: " + invocation.name + " is neither a pool (" +
                    (known.empty() ? "there is none" : "there is " + known) +
                    ") nor the number of a transaction that is remembered: see 'headgate transactions'");
}

}

int explain(const Invocation& invocation, const Streams& streams) {
    auto client = connect(invocation);
    Fetcher fetcher(client);
    // Before the state, so that this has at least all that the answer speaks of.
    const auto before = worldOf(fetcher.get(Part::pools));
    std::string plan;
    if (find(before.pools, &Pool::name, invocation.name)) plan = fetcher.act("plan", invocation.name);
    const auto tree = fetcher.get(Part::everything);
    const auto world = worldOf(tree);
    const auto* pool = find(world.pools, &Pool::name, invocation.name);
    const auto* transaction = find(world.transactions, &Transaction::id, invocation.name);
    if (!pool && !transaction) return unknown(invocation, world, streams);
    if (invocation.json)
        streams.out << explanationJson(tree, pool ? Part::pools : Part::transactions, invocation.name, plan)
                    << "\n";
    else if (pool)
        streams.out << renderExplanation(world, *pool, answerOf(plan), streams.terminal);
    else
        streams.out << renderExplanation(world, *transaction, streams.terminal);
    return done;
}

}
