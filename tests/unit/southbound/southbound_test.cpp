#include "southbound/southbound.hpp"
#include "unit/southbound/fake_appliance.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

using namespace headgate;
using namespace headgate::southbound;
using namespace headgate::southbound::test;
using namespace headgate::transaction;

namespace {

constexpr base::Duration patience(20000);

struct House {
    FakeAppliance appliance;
    base::Channel<Reply> replies;
    base::Channel<Status> statuses;
    Southbound southbound{[this](Reply reply) { replies.post(std::move(reply)); },
                          [this](Status status) { statuses.post(std::move(status)); }, appliance.connect()};

    std::uint64_t submit(Request request, std::uint64_t transaction = 1, const std::string& name = "lb1") {
        const auto asked = command(transaction, std::move(request), name);
        southbound.submit(asked);
        return asked.token.value;
    }
    Reply reply() {
        auto reply = replies.receiveFor(patience);
        if (!reply) throw std::runtime_error("no reply");
        return *reply;
    }
    Status status() {
        auto status = statuses.receiveFor(patience);
        if (!status) throw std::runtime_error("no status");
        return *status;
    }
    void waitAsked(const std::string& name) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (std::chrono::steady_clock::now() < deadline)
            if (appliance.asked.receiveFor(patience) == name) return;
        throw std::runtime_error("never asked: " + name);
    }
};

}

BOOST_AUTO_TEST_CASE(a_configured_appliance_is_connected_to_before_it_is_needed) {
    House house;
    house.southbound.configure({placeOf("lb1")});
    const auto status = house.status();
    BOOST_TEST(status.connected);
    BOOST_TEST(status.reason.empty());
    BOOST_TEST(status.capabilities.size() == everyCapability.size());
}

BOOST_AUTO_TEST_CASE(commands_are_answered_once_and_in_order) {
    House house;
    house.southbound.configure({placeOf("lb1")});
    std::vector<std::uint64_t> tokens;
    tokens.push_back(house.submit(Lock{}));
    for (int i = 0; i < 50; ++i)
        tokens.push_back(house.submit(Read{"web", i % 2 == 0}));
    tokens.push_back(house.submit(Unlock{}));
    for (const auto token : tokens)
        BOOST_TEST(house.reply().token.value == token);
    house.southbound.stop();
    BOOST_TEST(!house.replies.tryReceive().has_value());
    BOOST_TEST(house.appliance.open == 0);
}

BOOST_AUTO_TEST_CASE(an_unknown_appliance_is_unreachable) {
    House house;
    house.submit(Lock{}, 1, "lb9");
    as<Unreachable>(house.reply().result);
}

BOOST_AUTO_TEST_CASE(a_lock_held_by_another_is_waited_for_with_a_limit_and_then_reported_with_its_owner) {
    House house;
    house.appliance.script = [](const std::string& name, int) {
        return name == "lock candidate" ? refused("lock-denied", "locked", "9") : ok();
    };
    house.southbound.configure({placeOf("lb1")});
    const domain::Duration limit(400);
    const auto begun = std::chrono::steady_clock::now();
    const auto lock = house.submit(Lock{limit}, 1);
    const auto other = house.submit(Read{"web", false}, 2); // waits for its turn
    const auto first = house.reply();
    BOOST_TEST(first.token.value == lock);
    BOOST_TEST(as<Refused>(first.result).lockHeldByOther);
    BOOST_TEST(as<Refused>(first.result).message == "candidate of lb1 is locked by session 9: locked");
    BOOST_TEST((std::chrono::steady_clock::now() - begun >= limit));
    const auto asked = house.appliance.askedSoFar();
    BOOST_TEST(std::count(asked.begin(), asked.end(), "lock candidate") > 1);
    const auto next = house.reply();
    BOOST_TEST(next.token.value == other);
    as<Facts>(next.result);
}

BOOST_AUTO_TEST_CASE(a_reply_tells_in_which_session_it_was_answered_or_given_up) {
    House house;
    house.appliance.script = [](const std::string& name, int session) {
        return name == "lock candidate" && session == 0 ? timeout() : ok();
    };
    const auto before = std::chrono::floor<domain::Duration>(std::chrono::system_clock::now());
    house.southbound.configure({placeOf("lb1")});
    house.submit(Lock{});
    const auto silent = house.reply();
    as<NoAnswer>(silent.result);
    BOOST_TEST_REQUIRE(silent.session.has_value());
    BOOST_TEST(silent.session->id == "1");
    BOOST_TEST(
        (silent.session->opened >= before && silent.session->opened <= std::chrono::system_clock::now()));
    house.submit(Lock{});
    const auto answered = house.reply();
    as<Done>(answered.result);
    BOOST_TEST_REQUIRE(answered.session.has_value());
    BOOST_TEST(answered.session->id == "2");
    house.appliance.closedByPeer = true;
    house.appliance.reachable = false;
    house.submit(Edit{"web", adding("real2")});
    const auto lost = house.reply();
    as<Unreachable>(lost.result);
    BOOST_TEST(!lost.session.has_value());
}

BOOST_AUTO_TEST_CASE(stop_cuts_a_waiting_lock_short_and_answers_what_is_queued) {
    House house;
    house.appliance.script = [](const std::string& name, int) {
        return name == "lock candidate" ? refused("lock-denied", "locked", "9") : ok();
    };
    house.southbound.configure({placeOf("lb1")});
    house.submit(Lock{domain::Duration(600000)}, 1);
    house.waitAsked("lock candidate");
    house.submit(Read{"web", false}, 1);
    const auto told = std::chrono::steady_clock::now();
    house.southbound.stop();
    BOOST_TEST((std::chrono::steady_clock::now() - told < patience)); // the lock's limit is ten minutes
    as<Refused>(house.reply().result);
    as<Unreachable>(house.reply().result);
    house.submit(Read{"web", false}, 1);
    as<Unreachable>(house.reply().result);
}

BOOST_AUTO_TEST_CASE(a_lost_session_is_noticed_without_a_command_and_opened_again) {
    House house;
    house.southbound.configure({placeOf("lb1")});
    BOOST_TEST(house.status().connected);
    house.appliance.reachable = false;
    house.appliance.closedByPeer = true;
    auto status = house.status();
    BOOST_TEST(!status.connected);
    BOOST_TEST(!status.reason.empty());
    house.appliance.reachable = true;
    while (!(status = house.status()).connected) {
    }
    BOOST_TEST(house.appliance.sessions == 2);
}

BOOST_AUTO_TEST_CASE(a_silent_peer_is_found_by_the_heartbeat) {
    House house;
    house.appliance.script = [](const std::string& name, int session) {
        return name == "heartbeat" && session == 0 ? timeout() : ok();
    };
    auto place = placeOf("lb1");
    place.endpoint.appliance.heartbeat = domain::Duration(20);
    house.southbound.configure({place});
    BOOST_TEST(house.status().connected);
    BOOST_TEST(house.status().reason == "no answer within 15 s");
    BOOST_TEST(house.status().connected);
}

BOOST_AUTO_TEST_CASE(an_appliance_that_is_let_go_answers_what_was_queued_and_loses_its_session) {
    House house;
    house.southbound.configure({placeOf("lb1"), placeOf("lb2")});
    BOOST_TEST(house.status().connected);
    BOOST_TEST(house.status().connected);
    house.southbound.configure({placeOf("lb2")});
    house.submit(Read{"web", false}, 1, "lb1");
    as<Unreachable>(house.reply().result);
    house.submit(Read{"web", false}, 1, "lb2");
    as<Facts>(house.reply().result);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (house.appliance.open > 1 && std::chrono::steady_clock::now() < deadline)
        std::this_thread::yield();
    BOOST_TEST(house.appliance.open == 1);
}

BOOST_AUTO_TEST_CASE(a_changed_endpoint_takes_effect_after_what_is_queued) {
    House house;
    house.southbound.configure({placeOf("lb1")});
    BOOST_TEST(house.status().connected);
    house.southbound.configure({placeOf("lb1", "127.0.0.2")});
    BOOST_TEST(!house.status().connected);
    BOOST_TEST(house.status().connected);
    BOOST_TEST(house.appliance.sessions == 2);
}

BOOST_AUTO_TEST_CASE(appliances_do_not_wait_for_one_another) {
    House house;
    base::Channel<int> gate;
    house.appliance.script = [&](const std::string& name, int) {
        if (name == "validate") gate.receive();
        return ok();
    };
    house.southbound.configure({placeOf("lb1"), placeOf("lb2")});
    house.submit(Lock{}, 1, "lb1");
    BOOST_TEST(house.reply().appliance.value == "lb1");
    house.submit(Validate{}, 1, "lb1"); // hangs
    house.submit(Read{"web", true}, 1, "lb2");
    BOOST_TEST(house.reply().appliance.value == "lb2");
    gate.post(1);
    BOOST_TEST(house.reply().appliance.value == "lb1");
}

BOOST_AUTO_TEST_CASE(a_plan_shows_the_native_edit) {
    BOOST_TEST(nativeEdit(FakeAdapter(), "web", adding("real2")) ==
               "<pool>web: add real2 at 192.0.2.7:8080 weight 1</pool>");
}

/// A message that is none, while nothing is asked, must cost a session and nothing else.
BOOST_AUTO_TEST_CASE(a_session_that_breaks_in_idle_time_is_replaced) {
    for (const auto* where : {"notifications", "alive", "call"}) {
        House house;
        auto place = placeOf("lb1");
        place.endpoint.appliance.heartbeat = base::Duration(100);
        house.southbound.configure({place});
        BOOST_TEST(house.status().connected);
        house.appliance.throwsOnceAt = where;
        const auto lost = house.status();
        BOOST_TEST(!lost.connected, where);
        BOOST_TEST(lost.reason == "garbage", where);
        BOOST_TEST(house.status().connected, where);
        house.submit(Read{"web"});
        as<Facts>(house.reply().result);
    }
}

BOOST_AUTO_TEST_CASE(whatever_goes_wrong_while_connecting_it_is_tried_again) {
    House house;
    house.appliance.throwsOnceAt = "connect";
    house.southbound.configure({placeOf("lb1")});
    const auto lost = house.status();
    BOOST_TEST(!lost.connected);
    BOOST_TEST(lost.reason == "garbage");
    BOOST_TEST(house.status().connected);
}
