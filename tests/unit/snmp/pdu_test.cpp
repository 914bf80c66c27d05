#include "snmp/pdu.hpp"
#include "snmp/usm.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <random>

using namespace headgate::snmp;

namespace {

std::vector<std::uint8_t> bytesOf(BerWriter& out) {
    return {out.bytes().begin(), out.bytes().end()};
}

Pdu everything() {
    constexpr auto int32 = std::numeric_limits<std::int32_t>();
    constexpr auto uint32 = std::numeric_limits<std::uint32_t>();
    constexpr auto uint64 = std::numeric_limits<std::uint64_t>();
    Pdu pdu{PduType::response, 0x12345678, 2, 3, {}};
    const std::vector<Value> values{Null{},
                                    Integer{0},
                                    Integer{-1},
                                    Integer{127},
                                    Integer{128},
                                    Integer{-129},
                                    Integer{int32.max()},
                                    Integer{int32.min()},
                                    Gauge{0},
                                    Gauge{uint32.max()},
                                    Counter32{0x80000000},
                                    Counter64{0},
                                    Counter64{127},
                                    Counter64{0x80},
                                    Counter64{0xffffffff},
                                    Counter64{0x100000000},
                                    Counter64{uint64.max()},
                                    TimeTicks{42},
                                    Octets{""},
                                    Octets{std::string(200, 'x')},
                                    Octets{std::string(70, '\0')},
                                    Opaque{std::string("\x9f\x78\x04\x42\xf6", 5)},
                                    Oid{1, 3, 6, 1, 4, 1, 4294967295U},
                                    Oid{2, 999, 3},
                                    IpAddress{{192, 0, 2, 255}},
                                    NoSuchObject{},
                                    NoSuchInstance{},
                                    EndOfMibView{}};
    for (std::uint32_t i = 0; i < values.size(); ++i)
        pdu.varbinds.push_back({Oid{1, 3, 6, 1, 4, 1, 32473} + i, values[i]});
    return pdu;
}

std::vector<std::uint8_t> communityMessage(const Pdu& pdu) {
    BerWriter out;
    writeCommunityMessage(out, 1, "public", pdu);
    return bytesOf(out);
}

/// What the room does with a datagram, up to the last octet of it. It must neither crash nor read outside.
bool readAll(const std::vector<std::uint8_t>& datagram) {
    const auto version = messageVersion(datagram);
    if (!version) return false;
    if (*version == 3) {
        const auto message = readV3Message(datagram);
        return message && openScopedPdu(*message, {});
    }
    const auto message = readCommunityMessage(datagram);
    if (!message) return false;
    BerReader in(message->pdu);
    BerReader trap(message->pdu);
    return readPdu(in).has_value() || readTrapV1(trap).has_value();
}

}

BOOST_AUTO_TEST_SUITE(pdus)

BOOST_AUTO_TEST_CASE(every_type_of_value_comes_back_as_it_went) {
    const auto pdu = everything();
    const auto datagram = communityMessage(pdu);
    const auto message = readCommunityMessage(datagram);
    BOOST_REQUIRE(message.has_value());
    BOOST_TEST(message->community == "public");
    BerReader in(message->pdu);
    const auto read = readPdu(in);
    BOOST_REQUIRE(read.has_value());
    BOOST_REQUIRE_EQUAL(read->varbinds.size(), pdu.varbinds.size());
    for (std::size_t i = 0; i < pdu.varbinds.size(); ++i)
        BOOST_TEST((read->varbinds[i] == pdu.varbinds[i]), print(read->varbinds[i].value)
                                                               << " for " << print(pdu.varbinds[i].value));
    BOOST_TEST((*read == pdu));
}

BOOST_AUTO_TEST_CASE(a_get_is_encoded_octet_for_octet_as_the_standard_says) {
    const auto datagram =
        communityMessage({PduType::get, 1, 0, 0, {{Oid{1, 3, 6, 1, 2, 1, 1, 3, 0}, Null{}}}});
    const std::vector<std::uint8_t> expected{0x30, 0x26, 0x02, 0x01, 0x01, 0x04, 0x06, 'p',  'u',  'b',
                                             'l',  'i',  'c',  0xa0, 0x19, 0x02, 0x01, 0x01, 0x02, 0x01,
                                             0x00, 0x02, 0x01, 0x00, 0x30, 0x0e, 0x30, 0x0c, 0x06, 0x08,
                                             0x2b, 0x06, 0x01, 0x02, 0x01, 0x01, 0x03, 0x00, 0x05, 0x00};
    BOOST_TEST(datagram == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_datagram_cut_short_anywhere_is_no_message) {
    const auto whole = communityMessage(everything());
    for (std::size_t size = 0; size < whole.size(); ++size)
        BOOST_TEST(!readAll({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}));
    BOOST_TEST(readAll(whole));
}

BOOST_AUTO_TEST_CASE(garbage_of_any_shape_is_survived) {
    BerWriter out;
    V3Header header;
    header.id = 7;
    header.engineId = "0123456789ab";
    header.user = "ape";
    header.contextEngineId = header.engineId;
    writeV3Message(out, header, {}, everything());
    std::vector<std::vector<std::uint8_t>> seeds{communityMessage(everything()), bytesOf(out)};
    BOOST_REQUIRE(readAll(seeds[1]));
    std::mt19937 random(20260711);
    const auto upTo = [&](std::size_t most) {
        return std::uniform_int_distribution<std::size_t>(0, most)(random);
    };
    for (int round = 0; round < 20'000; ++round) {
        auto datagram = seeds[upTo(1)];
        for (auto changes = 1 + upTo(4); changes > 0; --changes)
            datagram[upTo(datagram.size() - 1)] = static_cast<std::uint8_t>(upTo(255));
        if (upTo(3) == 0) datagram.resize(upTo(datagram.size()));
        datagram.shrink_to_fit();
        readAll(datagram);
    }
    for (int round = 0; round < 5'000; ++round) {
        std::vector<std::uint8_t> noise(upTo(80));
        for (auto& octet : noise)
            octet = static_cast<std::uint8_t>(upTo(255));
        readAll(noise);
    }
}

BOOST_AUTO_TEST_CASE(an_object_identifier_without_octets_is_zero_dot_zero) {
    // No BER (X.690 §8.19.2), but there are agents that say so: 06 00, as a name and as a value.
    const std::vector<std::uint8_t> empty{0xa2, 0x11, 0x02, 0x01, 0x01, 0x02, 0x01, 0x00, 0x02, 0x01,
                                          0x00, 0x30, 0x06, 0x30, 0x04, 0x06, 0x00, 0x06, 0x00};
    BerReader in(empty);
    const auto pdu = readPdu(in);
    BOOST_REQUIRE(pdu.has_value());
    BOOST_TEST(pdu->varbinds.at(0).name.print() == "0.0");
    BOOST_TEST((pdu->varbinds.at(0).value == Value(Oid{0, 0})));
}

BOOST_AUTO_TEST_CASE(what_no_datagram_holds_is_said_not_to_fit) {
    BerWriter out;
    writeCommunityMessage(out, 1, "public",
                          {PduType::set, 1, 0, 0, {{Oid{1, 3, 6}, Octets{std::string(70'000, 'x')}}}});
    BOOST_TEST(!out.fits());
    out.clear();
    out.integer(1);
    BOOST_TEST(out.fits());
}

BOOST_AUTO_TEST_CASE(v1_traps_have_the_trap_oid_of_rfc_3584) {
    BOOST_TEST(trapOid({Oid{1, 3, 6, 1, 4, 1, 9}, {}, 3, 0, 0, {}}).print() == "1.3.6.1.6.3.1.1.5.4");
    BOOST_TEST(trapOid({Oid{1, 3, 6, 1, 4, 1, 9}, {}, 6, 42, 0, {}}).print() == "1.3.6.1.4.1.9.0.42");
}

BOOST_AUTO_TEST_SUITE_END()
