#include "base/event_loop.hpp"
#include "snmp/agentx_answer.hpp"
#include "snmp/agentx_octets.hpp"
#include "snmp/subagent.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>

using namespace headgate;
using namespace headgate::snmp;
using namespace std::chrono_literals;

namespace {

const Oid root = Oid::of("1.3.6.1.4.1.32473.9");

/// What a map holds.
struct MapView final : View {
    Value get(const Oid& name) override {
        const auto found = values.find(name);
        return found == values.end() ? Value(NoSuchInstance{}) : found->second;
    }
    std::optional<Varbind> next(const Oid& name, bool inclusive) override {
        const auto found = inclusive ? values.lower_bound(name) : values.upper_bound(name);
        if (found == values.end()) return std::nullopt;
        return Varbind{found->first, found->second};
    }
    std::map<Oid, Value> values{
        {root + 1, Octets{"one"}}, {root + 2, Integer{-2}}, {root + 5, Counter64{1ULL << 40}}};
};

/// A master that says what it is told to; everything on one loop.
struct Master {
    explicit Master(base::EventLoop& l)
        : loop(l) {
        char name[] = "/tmp/headgate-agentx-XXXXXX";
        BOOST_REQUIRE(mkdtemp(name));
        folder = name;
    }
    ~Master() {
        stop();
        std::filesystem::remove_all(folder);
    }
    std::string path() const { return folder + "/master"; }

    void start() {
        listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strcpy(address.sun_path, path().c_str());
        BOOST_REQUIRE(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        BOOST_REQUIRE(listen(listener, 5) == 0);
        accepting = loop.whenReadable(listener, [this] {
            peer = accept(listener, nullptr, nullptr);
            ++accepted;
            reading = loop.whenReadable(peer, [this] { read(); });
        });
    }
    void stop() {
        accepting.cancel(), reading.cancel();
        for (auto* one : {&listener, &peer})
            if (*one >= 0) close(std::exchange(*one, -1));
        unlink(path().c_str());
        in.clear();
    }
    void read() {
        char piece[4096];
        const auto size = recv(peer, piece, sizeof piece, 0);
        if (size <= 0) return reading.cancel();
        in.append(piece, static_cast<std::size_t>(size));
        while (in.size() >= agentx::headerSize) {
            const auto header = *agentx::readHeader(in);
            const auto whole = agentx::headerSize + header.length;
            if (in.size() < whole) return;
            take(header, in.substr(agentx::headerSize, header.length));
            in.erase(0, whole);
        }
    }
    void take(const agentx::Header& header, const std::string& payload) {
        got.push_back(header.type);
        if (header.type == agentx::Type::response) {
            answer = *agentx::readResponse(header, payload);
            return loop.stop();
        }
        if (hangs || header.type == agentx::Type::close) return;
        auto answered = header;
        answered.session = 77;
        agentx::Response response{
            1000, header.type == agentx::Type::registering ? says : agentx::Error::none, 0, {}};
        say(agentx::writeResponse(answered, response));
        if (header.type == agentx::Type::registering && onRegistered) onRegistered();
    }
    void say(const std::string& octets) {
        BOOST_TEST(send(peer, octets.data(), octets.size(), MSG_NOSIGNAL) ==
                   static_cast<ssize_t>(octets.size()));
    }
    void ask(agentx::Type type, agentx::Request request, std::uint32_t session = 77) {
        agentx::Header header;
        header.type = type;
        header.session = session;
        header.packet = 5;
        say(agentx::writeRequest(header, request));
    }

    base::EventLoop& loop;
    std::string folder, in;
    int listener = -1, peer = -1, accepted = 0;
    bool hangs = false;
    agentx::Error says = agentx::Error::none;
    std::vector<agentx::Type> got;
    agentx::Response answer;
    std::function<void()> onRegistered;
    base::EventLoop::Handle accepting, reading;
};

struct Rig {
    Rig() {
        limit = loop.after(10s, [this] { loop.stop(), late = true; });
    }
    ~Rig() { BOOST_TEST(!late); }
    void serve() {
        Subagent::Options options{"unix:" + master.path(), root, "test", 20ms, 100ms, 150ms, 100ms};
        subagent = std::make_unique<Subagent>(loop, clock, options, view);
    }
    void until(const std::function<bool()>& true_) {
        const auto look = loop.every(1ms, [&] {
            if (true_()) loop.stop();
        });
        loop.run();
    }
    base::SteadyWallClock clock;
    base::EventLoop loop;
    MapView view;
    Master master{loop};
    std::unique_ptr<Subagent> subagent;
    base::EventLoop::Handle limit;
    bool late = false;
};

}

BOOST_AUTO_TEST_SUITE(agentx_wire)

BOOST_AUTO_TEST_CASE(every_type_of_value_comes_back_as_it_was_written) {
    const std::vector<Value> values{Null{},
                                    Integer{-7},
                                    Gauge{4000000000U},
                                    Counter32{4000000001U},
                                    Counter64{0x1122334455667788U},
                                    TimeTicks{9},
                                    Octets{"abc"},
                                    Octets{""},
                                    Octets{"abcd"},
                                    Opaque{"o"},
                                    Oid::of("1.3.6.1.2"),
                                    IpAddress{{192, 0, 2, 1}},
                                    NoSuchObject{},
                                    NoSuchInstance{},
                                    EndOfMibView{}};
    agentx::Response response{42, agentx::Error::genErr, 3, {}};
    for (const auto& value : values)
        response.varbinds.push_back({root + 1, value});
    const auto octets = agentx::writeResponse(agentx::Header{}, response);
    BOOST_TEST(octets.size() % 4 == 0U);
    const auto header = agentx::readHeader(octets);
    BOOST_REQUIRE(header);
    BOOST_TEST(header->length == octets.size() - agentx::headerSize);
    BOOST_TEST((agentx::readResponse(*header, octets.substr(agentx::headerSize)) == response));
}

BOOST_AUTO_TEST_CASE(a_question_in_the_other_order_of_octets_with_short_names_is_read) {
    // As snmpd of a little-endian machine writes it: 1.3.6.1.4.1 is the prefix 4 and one sub-identifier.
    const std::string octets{"\x01\x06\x00\x00"
                             "\x07\x00\x00\x00"
                             "\x08\x00\x00\x00"
                             "\x09\x00\x00\x00"
                             "\x10\x00\x00\x00"
                             "\x01\x04\x01\x00"
                             "\x01\x00\x00\x00"
                             "\x01\x04\x00\x00"
                             "\x02\x00\x00\x00",
                             36};
    const auto header = agentx::readHeader(octets);
    BOOST_REQUIRE(header);
    BOOST_TEST(!header->bigEndian);
    BOOST_TEST(header->session == 7U);
    const auto request = agentx::readRequest(*header, octets.substr(20));
    BOOST_REQUIRE(request);
    const std::vector<agentx::SearchRange> wanted{{Oid::of("1.3.6.1.4.1"), true, Oid::of("1.3.6.1.4.2")}};
    BOOST_TEST((request->ranges == wanted));
}

BOOST_AUTO_TEST_CASE(what_is_cut_or_lies_about_its_length_is_no_question) {
    agentx::Header header;
    header.type = agentx::Type::getBulk;
    const auto whole =
        agentx::writeRequest(header, {{{root, true, root + 9}}, 1, 2}).substr(agentx::headerSize);
    BOOST_TEST(agentx::readRequest(header, whole).has_value());
    for (std::size_t size = 5; size < whole.size(); ++size)
        BOOST_TEST(!agentx::readRequest(header, whole.substr(0, size)), size);
    header.type = agentx::Type::response;
    // A text of four thousand millions of octets.
    const std::string lies{"\0\0\0\0\0\0\0\0"
                           "\0\x04\0\0"
                           "\x01\0\0\0"
                           "\0\0\0\x01"
                           "\xff\xff\xff\xff",
                           24};
    BOOST_TEST(!agentx::readResponse(header, lies));
}

BOOST_AUTO_TEST_CASE(getnext_keeps_to_its_range_and_bulk_goes_round_by_round) {
    MapView view;
    using agentx::Type;
    auto said = agentx::answer(view, Type::getNext,
                               {{{root + 1, false, {}}, {root + 1, true, {}}, {root + 2, false, root + 5}}});
    BOOST_REQUIRE(said.varbinds.size() == 3U);
    BOOST_TEST((said.varbinds[0].name == root + 2));
    BOOST_TEST((said.varbinds[1].name == root + 1));
    BOOST_TEST((said.varbinds[2] == Varbind{root + 2, EndOfMibView{}}));
    said = agentx::answer(view, Type::getBulk,
                          {{{root, false, {}}, {root, false, {}}, {root + 2, false, {}}}, 1, 3});
    std::vector<Oid> names;
    for (const auto& varbind : said.varbinds)
        names.push_back(varbind.name);
    const std::vector<Oid> wanted{root + 1, root + 1, root + 5, root + 2, root + 5, root + 5, root + 5};
    BOOST_TEST((names == wanted));
    said = agentx::answer(view, Type::get, {{{root + 2, false, {}}, {root + 3, false, {}}}});
    BOOST_TEST((said.varbinds[0].value == Value(Integer{-2})));
    BOOST_TEST((said.varbinds[1].value == Value(NoSuchInstance{})));
}

BOOST_AUTO_TEST_CASE(bulk_ends_with_the_round_that_fills_a_datagram_long_names_counted) {
    MapView view;
    for (std::uint32_t i = 0; i < 5000; ++i)
        view.values[root + 1 + Oid(std::vector<std::uint32_t>(100, 7)) + i] = Integer{1};
    const auto said = agentx::answer(view, agentx::Type::getBulk, {{{root, false, {}}}, 0, 5000});
    const auto size = agentx::writeResponse({}, said).size();
    BOOST_TEST(size > 60000U);
    BOOST_TEST(size < 65536U + 500U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(subagent)

BOOST_AUTO_TEST_CASE(a_master_that_takes_it_is_answered) {
    Rig rig;
    rig.master.start();
    rig.serve();
    rig.until([&] { return rig.subagent->connected(); });
    const auto up = rig.clock.now() - rig.subagent->masterStarted().value();
    BOOST_TEST((up >= 10s && up < 11s));
    rig.master.ask(agentx::Type::getNext, {{{root, false, {}}}});
    rig.loop.run();
    BOOST_TEST((rig.master.answer.varbinds == std::vector<Varbind>{{root + 1, Octets{"one"}}}));
    rig.master.ask(agentx::Type::testSet, {});
    rig.loop.run();
    BOOST_TEST((rig.master.answer.error == agentx::Error::notWritable));
    rig.master.ask(agentx::Type::get, {{{root, false, {}}}}, 76);
    rig.loop.run();
    BOOST_TEST((rig.master.answer.error == agentx::Error::notOpen));
}

BOOST_AUTO_TEST_CASE(it_finds_a_master_that_comes_later_and_one_that_comes_again) {
    Rig rig;
    rig.serve();
    const auto later = rig.loop.after(50ms, [&] { rig.master.start(); });
    rig.until([&] { return rig.subagent->connected(); });
    rig.master.stop();
    rig.until([&] { return !rig.subagent->connected(); });
    BOOST_TEST(!rig.subagent->masterStarted().has_value());
    rig.master.start();
    rig.until([&] { return rig.subagent->connected(); });
    BOOST_TEST(rig.master.accepted == 2);
}

BOOST_AUTO_TEST_CASE(a_master_that_hangs_is_left_and_tried_again) {
    Rig rig;
    rig.master.start();
    rig.serve();
    rig.until([&] { return rig.subagent->connected(); });
    rig.master.hangs = true; // it does not answer the ping
    rig.until([&] { return !rig.subagent->connected(); });
    rig.until([&] { return rig.master.accepted >= 3; }); // nor the new sessions
    rig.master.hangs = false;
    rig.until([&] { return rig.subagent->connected(); });
}

BOOST_AUTO_TEST_CASE(a_master_that_refuses_or_talks_nonsense_is_tried_again) {
    Rig rig;
    rig.master.says = agentx::Error::duplicateRegistration;
    rig.master.start();
    rig.serve();
    rig.until([&] { return rig.master.accepted >= 2; });
    BOOST_TEST(!rig.subagent->connected());
    rig.master.says = agentx::Error::none;
    rig.until([&] { return rig.subagent->connected(); });
    rig.master.say("GET / HTTP/1.1\r\nHost: snmpd\r\n\r\n");
    rig.until([&] { return !rig.subagent->connected(); });
    rig.until([&] { return rig.subagent->connected(); });
}

BOOST_AUTO_TEST_CASE(it_takes_leave_of_its_master) {
    Rig rig;
    rig.master.start();
    rig.serve();
    rig.until([&] { return rig.subagent->connected(); });
    rig.subagent.reset();
    rig.until([&] { return rig.master.got.back() == agentx::Type::close; });
}

BOOST_AUTO_TEST_SUITE_END()
