#include "daemon/doorbell.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

namespace headgate::daemon {

using namespace std::chrono_literals;

namespace {

struct Door {
    base::EventLoop loop;
    int calls = 0;
    Doorbell bell{loop, [this] {
                      ++calls;
                      loop.stop();
                  }};
};

}

BOOST_AUTO_TEST_SUITE(doorbell)

BOOST_AUTO_TEST_CASE(who_rings_is_heard_whether_answers_are_awaited_or_not) {
    Door door;
    for (int awaited = 0; awaited < 3; ++awaited) {
        std::thread other([&] { door.bell.ring(); });
        door.loop.run(); // until the call
        other.join();
        BOOST_TEST(door.calls == awaited + 1);
        door.bell.expect();
    }
}

BOOST_AUTO_TEST_CASE(many_rings_are_one_call) {
    for (const int awaited : {0, 2}) {
        Door door;
        for (int i = 0; i < awaited; ++i)
            door.bell.expect();
        for (int i = 0; i < 5; ++i)
            door.bell.ring();
        door.loop.run();
        // Whatever else there was would come now.
        const auto over = door.loop.after(20ms, [&] { door.loop.stop(); });
        door.loop.run();
        BOOST_TEST(door.calls == 1);
    }
}

BOOST_AUTO_TEST_CASE(the_last_answer_does_not_wait_for_the_timer) {
    Door door;
    door.bell.expect();
    door.bell.expect();
    door.bell.came();
    door.bell.ring(); // the timer is on
    door.bell.came();
    door.bell.ring();
    door.loop.run();
    BOOST_TEST(door.calls == 1);
    door.bell.ring(); // none is lost after that
    door.loop.run();
    BOOST_TEST(door.calls == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}
