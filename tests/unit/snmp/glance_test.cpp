#include "base/clock.hpp"
#include "snmp/glance.hpp"
#include "snmp/recent.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::snmp;
using namespace std::chrono_literals;

namespace {

const Oid sysUpTime = Oid::of("1.3.6.1.2.1.1.3.0");
const Oid snmpTrapOid = Oid::of("1.3.6.1.6.3.1.1.4.1.0");
const Oid snmpTrapAddress = Oid::of("1.3.6.1.6.3.18.1.3.0");
const Oid snmpTrapCommunity = Oid::of("1.3.6.1.6.3.18.1.4.0");
const Oid aTrap = Oid::of("1.3.6.1.4.1.32473.9.0.4000000000");

/// What is seen of an encoded message at first sight.
struct Glancing {
    BerWriter out;
    Glancer glancer;
    Endpoint source = *Endpoint::parse("192.0.2.1:40000");

    std::optional<Glance> look() { return glancer.look(*readCommunityMessage(out.bytes()), source); }

    std::optional<Glance> v2(std::vector<Varbind> varbinds, PduType type = PduType::trapV2,
                             std::int32_t id = 5) {
        out.clear();
        writeCommunityMessage(out, 1, "public", {type, id, 0, 0, std::move(varbinds)});
        return look();
    }

    std::optional<Glance> v1(const Oid& enterprise, IpAddress agent, std::int32_t generic,
                             std::int32_t specific) {
        out.clear();
        const auto end = out.mark();
        const auto list = out.mark();
        out.wrap(tag::sequence, list);
        out.unsignedInteger(9, tag::timeTicks);
        out.integer(specific);
        out.integer(generic);
        out.value(agent);
        out.oid(enterprise);
        out.wrap(static_cast<std::uint8_t>(PduType::trapV1), end);
        out.octets("public");
        out.integer(0);
        out.wrap(tag::sequence, end);
        return look();
    }
};

}

BOOST_FIXTURE_TEST_SUITE(glances, Glancing)

BOOST_AUTO_TEST_CASE(a_v2c_trap_shows_its_number_and_whom_it_is_passed_on_for) {
    auto glance = v2({{sysUpTime, TimeTicks{1}}, {snmpTrapOid, aTrap}});
    BOOST_TEST_REQUIRE(glance.has_value());
    BOOST_TEST((glance->readTrapOid() == aTrap));
    BOOST_TEST(glance->community == "public");
    BOOST_TEST((glance->kind == Notification::Kind::trap));
    BOOST_TEST(!glance->origin.has_value());
    BOOST_TEST(!glance->originCommunity.has_value());
    glance = v2({{sysUpTime, TimeTicks{1}},
                 {snmpTrapOid, aTrap},
                 {snmpTrapAddress, IpAddress{{192, 0, 2, 7}}},
                 {snmpTrapCommunity, Octets{"word"}}},
                PduType::inform, 77);
    BOOST_TEST((glance->kind == Notification::Kind::inform));
    BOOST_TEST(glance->requestId == 77);
    BOOST_TEST(glance->origin->printAddress() == "192.0.2.7");
    BOOST_TEST(glance->originCommunity.value_or("") == "word");
    glance = v2({{snmpTrapOid, aTrap}, {snmpTrapAddress, IpAddress{}}});
    BOOST_TEST(!glance->origin.has_value());
}

BOOST_AUTO_TEST_CASE(what_it_says_is_the_same_at_another_time_and_another_with_another_value) {
    const auto content = [&](std::uint32_t uptime, std::int32_t value, std::int32_t id) {
        return std::string(v2({{sysUpTime, TimeTicks{uptime}}, {snmpTrapOid, aTrap}, {aTrap, Integer{value}}},
                              PduType::trapV2, id)
                               ->content);
    };
    const auto first = content(1, 1, 1);
    BOOST_TEST(content(2, 1, 2) == first);
    BOOST_TEST(content(1, 2, 1) != first);
}

BOOST_AUTO_TEST_CASE(a_v1_trap_has_the_number_of_rfc_3584) {
    const Oid enterprise = Oid::of("1.3.6.1.4.1.32473.9");
    for (const auto& [generic, specific] : std::vector<std::pair<int, int>>{{6, 0},
                                                                            {6, 1},
                                                                            {6, 127},
                                                                            {6, 128},
                                                                            {6, 16384},
                                                                            {6, 0x7fffffff},
                                                                            {6, -1},
                                                                            {0, 0},
                                                                            {4, 3},
                                                                            {5, 0},
                                                                            {7, 3}}) {
        const auto glance = v1(enterprise, IpAddress{{192, 0, 2, 9}}, generic, specific);
        BOOST_TEST_REQUIRE(glance.has_value());
        const TrapV1 trap{enterprise, {}, generic, specific, 0, {}};
        BOOST_TEST(glance->readTrapOid().value_or(Oid()).print() == snmp::trapOid(trap).print());
        BOOST_TEST(glance->origin->printAddress() == "192.0.2.9");
    }
    BOOST_TEST(!v1(enterprise, IpAddress{}, 6, 1)->origin.has_value());
}

BOOST_AUTO_TEST_CASE(what_names_no_trap_or_breaks_off_is_nothing) {
    BOOST_TEST(!v2({{sysUpTime, TimeTicks{1}}}).has_value());
    BOOST_TEST(!v2({{snmpTrapOid, Integer{1}}}).has_value());
    v2({{sysUpTime, TimeTicks{1}}, {snmpTrapOid, aTrap}});
    const std::vector<std::uint8_t> whole(out.bytes().begin(), out.bytes().end());
    const auto message = *readCommunityMessage(whole);
    for (std::size_t size = 0; size < message.pdu.size(); ++size)
        BOOST_TEST(!glancer.look({1, "public", message.pdu.first(size)}, source).has_value());
    BOOST_TEST(glancer.look({1, "public", message.pdu}, source).has_value());
}

BOOST_AUTO_TEST_CASE(what_was_met_is_counted_within_its_window) {
    Recent recent(4);
    const base::Instant start{1000h};
    BOOST_TEST(recent.meet(7, start, 250ms) == 0U);
    BOOST_TEST(recent.meet(7, start, 250ms) == 1U);
    BOOST_TEST(recent.meet(7, start + 249ms, 250ms) == 2U);
    BOOST_TEST(recent.meet(7, start + 250ms, 250ms) == 0U);
    BOOST_TEST(recent.meet(23, start + 250ms, 250ms) == 0U); // in its place
    BOOST_TEST(recent.meet(7, start + 250ms, 250ms) == 0U);
    BOOST_TEST(recent.meet(8, start + 250ms, 250ms) == 0U);
    BOOST_TEST(recent.meet(7, start + 251ms, 250ms) == 1U);
    BOOST_TEST(recent.places() == 16U);
}

BOOST_AUTO_TEST_SUITE_END()
