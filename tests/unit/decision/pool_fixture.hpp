#pragma once

#include "decision/decision.hpp"
#include "support/domain_values.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

BOOST_TEST_DONT_PRINT_LOG_VALUE(headgate::domain::IntentKind)

namespace headgate::decision {

using namespace support;
using domain::IntentKind;
using domain::Level;
using domain::Origin;

/// Pool shop of one configured member, real1, at 100 permille.
struct PoolFixture {
    domain::Pool shop = pool({"real1"});
    std::vector<domain::ServerState> states{functional("real1", 100)};
    domain::PoolState belief;
    History history;

    PoolFixture() {
        shop.policy.growCooldown = 30s;
        shop.policy.shrinkCooldown = 60s;
        is(Level::normal);
    }
    void is(Level level) {
        belief.level = level;
        belief.reason = std::string(toString(level)) + ": so it is said";
    }
    void add(const domain::ServerState& state, Origin origin = Origin::allocated) {
        shop.members.push_back(member(state.name.value, origin));
        states.push_back(state);
    }
    void grew(domain::Instant at, const std::string& server) {
        history.note({at, IntentKind::allocate, {server}});
    }
    void shrank(domain::Instant at, const std::string& server) {
        history.note({at, IntentKind::release, {server}});
    }
    domain::Intent asked(domain::Instant now = noon) const {
        return decide(now, shop, belief, states, history);
    }
    IntentKind kind(domain::Instant now = noon) const { return asked(now).kind; }
    std::string reason(domain::Instant now = noon) const { return asked(now).reason; }
};

inline bool says(const std::string& text, const std::string& words) {
    return text.find(words) != std::string::npos;
}

}
