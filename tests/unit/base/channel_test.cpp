#include "base/channel.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using headgate::base::Channel;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(channel)

BOOST_AUTO_TEST_CASE(values_come_out_in_the_order_they_went_in) {
    Channel<int> channel;
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(channel.post(i));
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(channel.receive().value() == i);
    BOOST_TEST(!channel.tryReceive());
}

BOOST_AUTO_TEST_CASE(a_closed_channel_gives_what_is_queued_and_then_nothing) {
    Channel<int> channel;
    channel.post(7);
    channel.close();
    BOOST_TEST(!channel.post(8));
    BOOST_TEST(channel.receive().value() == 7);
    BOOST_TEST(!channel.receive());
}

BOOST_AUTO_TEST_CASE(closing_wakes_a_waiting_receiver) {
    Channel<int> channel;
    std::thread receiver([&] { BOOST_TEST(!channel.receive()); });
    channel.close();
    receiver.join();
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_between_many_senders_and_one_receiver) {
    Channel<int> channel;
    std::vector<std::thread> senders;
    for (int s = 0; s < 4; ++s)
        senders.emplace_back([&] {
            for (int i = 1; i <= 1000; ++i)
                channel.post(i);
        });
    long sum = 0;
    for (int i = 0; i < 4000; ++i)
        sum += channel.receive().value();
    for (auto& sender : senders)
        sender.join();
    BOOST_TEST(sum == 4 * 500500L);
}

BOOST_AUTO_TEST_CASE(the_wake_callback_runs_once_a_post) {
    int woken = 0;
    Channel<int> channel([&] { ++woken; });
    channel.post(1);
    channel.post(2);
    BOOST_TEST(woken == 2);
}

BOOST_AUTO_TEST_CASE(waiting_has_an_end) {
    Channel<int> channel;
    BOOST_TEST(!channel.receiveFor(1ms));
}

BOOST_AUTO_TEST_SUITE_END()
