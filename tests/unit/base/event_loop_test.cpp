#include "base/backoff.hpp"
#include "base/event_loop.hpp"

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace headgate::base;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(event_loop)

BOOST_AUTO_TEST_CASE(timers_fire_in_order_of_their_time) {
    EventLoop loop;
    std::vector<int> order;
    const auto late = loop.after(20ms, [&] {
        order.push_back(2);
        loop.stop();
    });
    const auto early = loop.after(1ms, [&] { order.push_back(1); });
    loop.run();
    BOOST_TEST(order == (std::vector<int>{1, 2}));
}

BOOST_AUTO_TEST_CASE(a_timer_ends_with_its_handle) {
    EventLoop loop;
    bool fired = false;
    {
        const auto gone = loop.after(1ms, [&] { fired = true; });
    }
    const auto end = loop.after(10ms, [&] { loop.stop(); });
    loop.run();
    BOOST_TEST(!fired);
}

BOOST_AUTO_TEST_CASE(work_posted_from_another_thread_runs_on_the_loop) {
    EventLoop loop;
    std::thread::id ran;
    std::thread other([&] {
        loop.post([&] {
            ran = std::this_thread::get_id();
            loop.stop();
        });
    });
    loop.run();
    other.join();
    BOOST_TEST((ran == std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(a_watch_outlives_work_that_throws) {
    EventLoop loop;
    int ends[2];
    BOOST_REQUIRE_EQUAL(::pipe(ends), 0);
    BOOST_REQUIRE_EQUAL(::write(ends[1], "x", 1), 1);
    int times = 0;
    const auto watch = loop.whenReadable(ends[0], [&] {
        if (++times == 1) throw std::runtime_error("once");
        loop.stop();
    });
    const auto limit = loop.after(20s, [&] { loop.stop(); });
    BOOST_CHECK_THROW(loop.run(), std::runtime_error);
    loop.run();
    BOOST_TEST(times == 2);
    ::close(ends[0]);
    ::close(ends[1]);
}

BOOST_AUTO_TEST_CASE(a_repeating_timer_can_end_itself) {
    EventLoop loop;
    int times = 0;
    EventLoop::Handle handle;
    handle = loop.every(1ms, [&] {
        if (++times == 3) {
            handle.cancel();
            loop.stop();
        }
    });
    loop.run();
    BOOST_TEST(times == 3);
}

BOOST_AUTO_TEST_CASE(a_watch_speaks_when_the_descriptor_is_readable_and_leaves_it_open) {
    int ends[2];
    BOOST_REQUIRE(pipe(ends) == 0);
    EventLoop loop;
    char got = 0;
    {
        const auto watch = loop.whenReadable(ends[0], [&] {
            BOOST_TEST(read(ends[0], &got, 1) == 1);
            loop.stop();
        });
        BOOST_TEST(write(ends[1], "x", 1) == 1);
        loop.run();
    }
    BOOST_TEST(got == 'x');
    BOOST_TEST(close(ends[0]) == 0);
    BOOST_TEST(close(ends[1]) == 0);
}

BOOST_AUTO_TEST_CASE(room_in_a_full_pipe_is_told) {
    int ends[2];
    BOOST_REQUIRE(pipe2(ends, O_NONBLOCK) == 0);
    EventLoop loop;
    while (write(ends[1], "x", 1) == 1) {
    }
    bool emptied = false;
    {
        const auto watch = loop.whenWritable(ends[1], [&] {
            BOOST_TEST(emptied);
            loop.stop();
        });
        const auto later = loop.after(20ms, [&] {
            emptied = true;
            char got[65536];
            BOOST_TEST(read(ends[0], got, sizeof got) > 0);
        });
        loop.run();
    }
    BOOST_TEST(emptied);
    BOOST_TEST(close(ends[0]) == 0);
    BOOST_TEST(close(ends[1]) == 0);
}

BOOST_AUTO_TEST_CASE(signals_arrive_as_work) {
    EventLoop loop;
    int got = 0;
    const auto watch = loop.onSignal({SIGUSR1}, [&](int number) {
        got = number;
        loop.stop();
    });
    raise(SIGUSR1);
    loop.run();
    BOOST_TEST(got == SIGUSR1);
}

BOOST_AUTO_TEST_CASE(backoff_doubles_to_its_limit_and_starts_again_after_a_success) {
    Backoff backoff(100ms, 1000ms);
    const auto first = backoff.next();
    BOOST_TEST((first <= 100ms && first >= 75ms));
    for (int i = 0; i < 10; ++i)
        backoff.next();
    const auto late = backoff.next();
    BOOST_TEST((late <= 1000ms && late >= 750ms));
    backoff.reset();
    BOOST_TEST((backoff.next() <= 100ms));
}

BOOST_AUTO_TEST_SUITE_END()
