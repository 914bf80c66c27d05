#include "daemon/unreached.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using daemon::Unreached;
using domain::EventSeverity;

BOOST_AUTO_TEST_SUITE(unreached)

namespace {

struct Bench {
    Unreached calls;
    domain::Instant now{};

    void configured(const std::vector<std::string>& names) {
        domain::NetconfServer server;
        for (const auto& name : names)
            server.callHome.push_back({name, "192.0.2.1", 4334, domain::Duration(60000), {}});
        note(calls.configure(server, now));
    }
    void fails(const std::string& name, unsigned tries, const std::string& why = "no route") {
        note(calls.take({name, false, tries, why}, now));
    }
    void answers(const std::string& name) { note(calls.take({name, true, 0, {}}, now)); }

    /// What was told since it was asked last.
    std::string told() { return std::exchange(m_told, {}); }

  private:
    void note(const std::optional<domain::Event>& event) {
        if (!event) return;
        BOOST_TEST(event->kind == "call-home-unreachable");
        m_told += (event->severity == EventSeverity::clear ? "clear: " : "alarm: ") + event->text;
    }
    std::string m_told;
};

}

BOOST_AUTO_TEST_CASE(four_tries_are_not_enough_and_five_are_told_once) {
    Bench bench;
    bench.configured({"nms"});
    bench.fails("nms", 4);
    BOOST_TEST(bench.told() == "");
    bench.fails("nms", 5);
    BOOST_TEST(bench.told() == "alarm: not reached by call home: nms (no route)");
    bench.fails("nms", 6, "refused");
    BOOST_TEST(bench.told() == "");
}

BOOST_AUTO_TEST_CASE(a_session_ends_it_and_a_session_that_has_ended_does_not_begin_it) {
    Bench bench;
    bench.configured({"nms"});
    bench.fails("nms", 5);
    bench.told();
    bench.answers("nms");
    BOOST_TEST(bench.told() == "clear: no client that is to be called is unreached");
    bench.fails("nms", 0, "its session has ended");
    bench.answers("nms");
    BOOST_TEST(bench.told() == "");
}

BOOST_AUTO_TEST_CASE(of_several_the_alarm_says_which) {
    Bench bench;
    bench.configured({"nms", "other"});
    bench.fails("nms", 5);
    bench.told();
    bench.fails("other", 5, "refused");
    BOOST_TEST(bench.told() == "alarm: not reached by call home: nms (no route); other (refused)");
    bench.answers("nms");
    BOOST_TEST(bench.told() == "alarm: not reached by call home: other (refused)");
}

BOOST_AUTO_TEST_CASE(who_is_not_configured_any_more_is_not_unreached) {
    Bench bench;
    bench.configured({"nms"});
    bench.fails("nms", 5);
    bench.told();
    bench.configured({});
    BOOST_TEST(bench.told() == "clear: no client that is to be called is unreached");
    bench.fails("nms", 6);
    BOOST_TEST(bench.told() == "");
}

BOOST_AUTO_TEST_SUITE_END()
