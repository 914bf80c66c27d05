#include "datastore/content.hpp"
#include "datastore/edit.hpp"
#include "datastore/scope.hpp"
#include "server.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

// Thousands of edits put together by chance: each is applied or refused, nothing else may come out, and
// running is valid after each. The seed is fixed; a failure names its step.

namespace headgate::datastore::test {
namespace {

class Dice {
  public:
    explicit Dice(unsigned seed)
        : m_engine(seed) {}
    unsigned upTo(unsigned sides) { return static_cast<unsigned>(m_engine() % sides); }
    bool once(unsigned in) { return upTo(in) == 0; }
    template <std::size_t N>
    const char* of(const char* const (&choices)[N]) {
        return choices[upTo(N)];
    }

  private:
    std::mt19937 m_engine;
};

std::string attributes(Dice& dice) {
    static const char* const operations[]{"merge", "replace", "create", "delete", "remove"};
    static const char* const inserts[]{" y:insert=\"first\"", " y:insert=\"last\"",
                                       " y:insert=\"before\" y:key=\"[t:id='1']\"",
                                       " y:insert=\"after\" y:value=\"1\"", " y:insert=\"before\""};
    std::string text;
    if (dice.once(3)) text += std::string(" nc:operation=\"") + dice.of(operations) + "\"";
    if (dice.once(8)) text += dice.of(inserts);
    return text;
}

std::string element(Dice& dice, const std::string& name, const std::string& inside) {
    return "<" + name + attributes(dice) + ">" + inside + "</" + name + ">";
}

std::string value(Dice& dice) {
    static const char* const values[]{"1", "2",    "3",      "4",     "x",   "abc",
                                      "",  "auto", "manual", "t:cat", "300", "it's"};
    return dice.of(values);
}

std::string leaves(Dice& dice) {
    static const char* const names[]{"name",    "size",     "code",    "mode", "flag",  "kind", "ref",
                                     "guarded", "lower",    "upper",   "odd",  "gated", "tag",  "order",
                                     "l1",      "l2",       "r1",      "r2",   "i1",    "i2",   "stats",
                                     "solo",    "nonsense", "m:owner", "blob"};
    return element(dice, dice.of(names), value(dice));
}

std::string nodes(Dice& dice, int depth) {
    static const char* const containers[]{"plain", "present", "strict", "whole",
                                          "lc",    "deeper",  "top",    "nonsense"};
    static const char* const lists[]{"pool", "queue", "limited", "member"};
    static const char* const inner[]{"a",    "b",      "c",    "w",       "x",   "y",      "needed",
                                     "port", "weight", "note", "address", "tag", "m:owner"};
    std::string text;
    for (auto count = dice.upTo(4); count > 0; --count) {
        const auto kind = dice.upTo(depth > 3 ? 2 : 4);
        if (kind == 0) text += leaves(dice);
        if (kind == 1) text += element(dice, dice.of(inner), value(dice));
        if (kind == 2) text += element(dice, dice.of(containers), nodes(dice, depth + 1));
        if (kind == 3) {
            const std::string list = dice.of(lists);
            const std::string key = list == "pool"      ? "name"
                                    : list == "queue"   ? "id"
                                    : list == "limited" ? "k"
                                                        : "address";
            const auto keys = dice.once(10) ? "" : "<" + key + ">" + value(dice) + "</" + key + ">";
            text += element(dice, list, keys + nodes(dice, depth + 1));
        }
    }
    return text;
}

std::string options(Dice& dice) {
    static const char* const operations[]{"merge", "merge", "merge", "replace", "none"};
    static const char* const tests[]{"test-then-set", "set", "set", "test-only"};
    static const char* const errors[]{"stop-on-error", "continue-on-error", "continue-on-error",
                                      "rollback-on-error"};
    return std::string("<default-operation>") + dice.of(operations) + "</default-operation><test-option>" +
           dice.of(tests) + "</test-option><error-option>" + dice.of(errors) + "</error-option>";
}

std::string operation(Dice& dice, Server& server) {
    switch (dice.upTo(12)) {
    case 0: return "<commit/>";
    case 1: return "<commit><confirmed/></commit>";
    case 2: return "<discard-changes/>";
    case 3: return dice.once(2) ? "<cancel-commit/>" : "<validate><source><candidate/></source></validate>";
    case 4: return "<get><filter>" + top(nodes(dice, 0)) + "</filter></get>";
    case 5:
        return "<get-config><source><candidate/></source><filter>" + top(nodes(dice, 1)) +
               "</filter><with-defaults xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults\">" +
               (dice.once(2) ? "trim" : "report-all-tagged") + "</with-defaults></get-config>";
    default: return server.edit(nodes(dice, 0), options(dice));
    }
}

}

BOOST_AUTO_TEST_SUITE(random)

BOOST_AUTO_TEST_CASE(any_edit_is_applied_or_refused_and_running_stays_valid) {
    Dice dice(20261122);
    Server server;
    int applied = 0;
    int refused = 0;
    for (int step = 0; step < 3000; ++step) {
        BOOST_TEST_CONTEXT("step " << step) {
            const auto rpc = operation(dice, server);
            try {
                server.handle(rpc);
                ++applied;
            } catch (const yang::RpcErrors& refusal) {
                ++refused;
                for (const auto& error : refusal.errors())
                    if (error.tag.empty() || error.message.empty())
                        BOOST_ERROR(rpc + " got " + refusal.what());
            } catch (const std::runtime_error&) {
                continue; // libyang could not parse the rpc: the server never hears of it.
            }
            if (step % 10 != 0) continue;
            auto running = server.service.running().duplicate();
            BOOST_CHECK_NO_THROW(running.validate());
            BOOST_TEST(yang::equal(running, server.service.running()));
            const auto& candidate = server.service.candidate();
            const auto again =
                yang::Tree::parse(server.context, candidate.print(yang::Format::xml), yang::Format::xml);
            BOOST_TEST(yang::equal(candidate, again));
            server.clock.at += std::chrono::seconds(100);
        }
    }
    BOOST_TEST(applied > 500);
    BOOST_TEST(refused > 500);
}

namespace {

/// What an edit of the whole candidate comes to; nothing when it is refused. Where all of it is tested, what
/// a false `when` forbids goes at once; of few entries, with the commit.
std::optional<yang::Tree> editedWhole(const Server& server, const std::string& rpc, bool tested) {
    const ParsedRpc parsed(server.context, rpc);
    lyd_node* config = nullptr;
    lyd_find_path(parsed.get(), "config", 0, &config);
    const AnyContent content(config);
    auto result = applyEdit(server.service.candidate(), content.first(), {});
    if (!result.errors.empty()) return std::nullopt;
    result.tree.addDefaults();
    auto valid = result.tree.duplicate();
    try {
        if (tested) valid.validate();
    } catch (const yang::Error&) {
        return std::nullopt;
    }
    return tested && !scopeOf(content.first(), {}) ? std::move(valid) : std::move(result.tree);
}

}

BOOST_AUTO_TEST_CASE(an_edit_of_few_entries_comes_to_the_same_as_one_of_the_whole) {
    Dice dice(20261201);
    Server server;
    int taken = 0;
    for (int step = 0; step < 3000; ++step) {
        BOOST_TEST_CONTEXT("step " << step) {
            const bool tested = dice.once(2);
            const auto rpc = server.edit(nodes(dice, 0), tested ? "<test-option>test-then-set</test-option>"
                                                                : "<test-option>set</test-option>");
            const auto before = server.service.candidate().duplicate();
            std::optional<yang::Tree> expected;
            try {
                expected = editedWhole(server, rpc, tested);
            } catch (const yang::RpcErrors&) {
            } catch (const std::runtime_error&) {
                continue;
            }
            try {
                server.handle(rpc);
                BOOST_TEST(expected.has_value(), "taken: " << rpc);
                ++taken;
            } catch (const yang::RpcErrors& refusal) {
                BOOST_TEST(!expected.has_value(), refusal.what() << " for " << rpc);
            }
            const auto& candidate = server.service.candidate();
            const auto& wanted = expected ? *expected : before;
            BOOST_TEST(yang::equal(candidate, wanted), rpc);
            for (const auto& other : yang::differences(candidate, wanted))
                BOOST_ERROR(other.path << " is " << other.before << ", not " << other.after);
            try {
                if (dice.once(10)) server.handle("<commit/>");
            } catch (const yang::RpcErrors&) {
                server.handle("<discard-changes/>");
                for (const auto& left : yang::differences(server.service.running(), candidate))
                    BOOST_ERROR("not discarded: " << left.path << " " << left.before << " " << left.after);
            }
            auto running = server.service.running().duplicate();
            if (step % 10 == 0) BOOST_CHECK_NO_THROW(running.validate());
        }
    }
    BOOST_TEST(taken > 300);
}

BOOST_AUTO_TEST_SUITE_END()

}
