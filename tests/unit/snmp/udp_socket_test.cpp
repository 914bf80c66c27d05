#include "receiving.hpp"
#include "sending.hpp"
#include "snmp/udp_socket.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <numeric>

using namespace headgate::snmp;
using headgate::snmp::test::Receiving;
using headgate::snmp::test::Sending;

namespace {

/// Who queues, and who hears it: on loopback a datagram that was sent is there.
struct Queueing {
    Sending sending;
    UdpSocket socket{*Endpoint::parse("127.0.0.1:0"), 1 << 20};
    UdpSocket other{*Endpoint::parse("127.0.0.1:0"), 1 << 20};
    std::int64_t sentAt = 0;

    /// One of `size` octets, each of them `mark`.
    void queue(std::uint8_t mark, std::size_t size = 100) { queueTo(other.local(), mark, size); }
    void queueTo(const Endpoint& to, std::uint8_t mark, std::size_t size = 100) {
        const std::vector<std::uint8_t> datagram(size, mark);
        socket.queue(to, datagram, 1000U + mark, &sentAt);
    }
    /// The marks of those that have arrived since the last time.
    std::vector<int> heard() {
        std::vector<int> marks;
        other.receive([&](const Endpoint& source, const Endpoint&, Bytes datagram) {
            BOOST_TEST((source == socket.local()));
            marks.push_back(datagram[0]);
        });
        return marks;
    }
};

std::vector<int> upTo(int last) {
    std::vector<int> marks(static_cast<std::size_t>(last));
    std::iota(marks.begin(), marks.end(), 1);
    return marks;
}

}

BOOST_FIXTURE_TEST_SUITE(udp_sockets, Queueing)

BOOST_AUTO_TEST_CASE(what_is_queued_goes_out_with_the_flush_all_at_once) {
    for (std::uint8_t mark = 1; mark <= 10; ++mark)
        queue(mark);
    BOOST_TEST(heard().empty());
    BOOST_TEST(sentAt == 0);
    socket.flush();
    BOOST_TEST(heard() == upTo(10), boost::test_tools::per_element());
    BOOST_TEST(sending.batches == std::vector<std::size_t>{10}, boost::test_tools::per_element());
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    BOOST_TEST(std::chrono::abs(wall - std::chrono::nanoseconds(sentAt)) < std::chrono::seconds(60));
    socket.flush();
    BOOST_TEST(heard().empty());
    BOOST_TEST(socket.failed().empty());
}

BOOST_AUTO_TEST_CASE(the_sixty_fifth_sends_those_before_it) {
    for (std::uint8_t mark = 1; mark <= 64; ++mark)
        queue(mark);
    BOOST_TEST(heard().empty());
    queue(65);
    BOOST_TEST(heard() == upTo(64), boost::test_tools::per_element());
    socket.flush();
    BOOST_TEST(heard() == std::vector<int>{65}, boost::test_tools::per_element());
    const std::vector<std::size_t> batches{64, 1};
    BOOST_TEST(sending.batches == batches, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_has_come_is_taken_by_the_sixty_four) {
    for (std::uint8_t mark = 1; mark <= 100; ++mark)
        queue(mark);
    socket.flush();
    const Receiving receiving;
    BOOST_TEST(heard() == upTo(100), boost::test_tools::per_element());
    const std::vector<std::size_t> batches{64, 36};
    BOOST_TEST(receiving.batches == batches, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_larger_than_its_place_goes_out_by_itself_behind_those_before_it) {
    queue(1);
    queue(2, 2048);
    BOOST_TEST(heard().empty());
    queue(3, 2049);
    BOOST_TEST(heard() == upTo(3), boost::test_tools::per_element());
    BOOST_TEST(sentAt != 0);
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_sent_is_told_by_its_cookie_and_the_others_are_sent) {
    const auto nobody = *Endpoint::parse("255.255.255.255:161"); // without SO_BROADCAST: EACCES
    queue(1);
    queueTo(nobody, 2);
    queue(3);
    queueTo(nobody, 4, 4000);
    socket.flush();
    BOOST_TEST(heard() == (std::vector<int>{1, 3}), boost::test_tools::per_element());
    const auto failed = socket.failed();
    BOOST_REQUIRE_EQUAL(failed.size(), 2U);
    BOOST_TEST(failed[0].cookie == 1002U);
    BOOST_TEST(failed[0].error == EACCES);
    BOOST_TEST(failed[1].cookie == 1004U);
    BOOST_TEST(failed[1].error == EACCES);
    BOOST_TEST(socket.failed().empty());
}

BOOST_AUTO_TEST_CASE(while_the_send_buffer_is_full_it_waits_a_little) {
    for (const int error : {EAGAIN, ENOBUFS}) {
        sending.error = error;
        sending.refusals = 3;
        for (std::uint8_t mark = 1; mark <= 64; ++mark)
            queue(mark);
        socket.flush();
        BOOST_TEST(sending.refusals == 0);
        BOOST_TEST(heard() == upTo(64), boost::test_tools::per_element());
        BOOST_TEST(socket.failed().empty());
    }
}

BOOST_AUTO_TEST_CASE(it_does_not_wait_for_ever_for_a_send_buffer) {
    sending.error = EAGAIN;
    sending.refusals = 1'000'000;
    for (int i = 0; i < 10; ++i) {
        for (std::uint8_t mark = 1; mark <= 64; ++mark)
            queue(mark);
        socket.flush();
    }
    const auto failed = socket.failed();
    BOOST_TEST(failed.size() == 640U);
    BOOST_TEST(failed.front().error == EAGAIN);
    BOOST_TEST(sending.refused < 640U + 10U);
    sending.refusals = 0;
    queue(7);
    socket.flush();
    BOOST_TEST(heard() == std::vector<int>{7}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(its_receive_buffer_is_what_was_asked_for_or_all_that_the_kernel_gives) {
    int most = 0;
    std::ifstream("/proc/sys/net/core/rmem_max") >> most;
    BOOST_TEST_REQUIRE(most > 0);
    const int wanted = most + (1 << 20);
    const int descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const bool may =
        ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof wanted) == 0; // CAP_NET_ADMIN
    ::close(descriptor);
    const UdpSocket large(*Endpoint::parse("127.0.0.1:0"), wanted);
    BOOST_TEST(large.receiveBuffer() == (may ? wanted : most));
}

BOOST_AUTO_TEST_SUITE_END()
