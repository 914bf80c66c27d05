#include "snmp/pdu.hpp"
#include "snmp/question.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace headgate::snmp;

namespace {

const Oid one = Oid::of("1.3.6.1.2.1.1.3.0");
const Oid two = Oid::of("1.3.6.1.4.1.2021.4.200000.0");

struct Asked {
    Question question{{one, two}};
    std::vector<Cell> cells;
    BerWriter out;

    Bytes response(std::vector<Varbind> varbinds, int status = 0, int index = 0) {
        out.clear();
        write(out, {PduType::response, 77, status, index, std::move(varbinds)});
        return out.bytes();
    }
    bool understands(std::vector<Varbind> varbinds) {
        const auto answer = question.read(response(std::move(varbinds)), cells);
        return answer && !answer->otherNames;
    }
};

}

BOOST_FIXTURE_TEST_SUITE(questions, Asked)

BOOST_AUTO_TEST_CASE(it_is_a_get_whose_id_can_be_put_in) {
    std::vector<std::uint8_t> pdu(question.pdu().begin(), question.pdu().end());
    for (const std::int32_t id : {Question::smallestId, 0x12345678, 0x7fffffff}) {
        Question::putId(pdu, question.idOffset(), id);
        BerReader in(pdu);
        const auto read = readPdu(in);
        BOOST_REQUIRE(read.has_value());
        BOOST_TEST((*read == Pdu{PduType::get, id, 0, 0, {{one, Null{}}, {two, Null{}}}}));
        BOOST_TEST(in.atEnd());
    }
}

BOOST_AUTO_TEST_CASE(every_type_of_value_is_read_where_it_stands) {
    BOOST_REQUIRE(understands({{one, TimeTicks{4'000'000'000}}, {two, Integer{-5}}}));
    BOOST_TEST(cells[0].count().value() == 4'000'000'000U);
    BOOST_TEST(static_cast<std::int64_t>(cells[1].bits) == -5);
    BOOST_TEST(!cells[1].count().has_value());
    BOOST_REQUIRE(understands({{one, Counter64{~std::uint64_t{0}}}, {two, Octets{"12.5"}}}));
    BOOST_TEST(cells[0].count().value() == ~std::uint64_t{0});
    BOOST_TEST(cells[1].octets == "12.5");
    BOOST_REQUIRE(understands({{one, Counter32{7}}, {two, Gauge{0xffffffff}}}));
    BOOST_TEST(cells[0].type == tag::counter32);
    BOOST_TEST(cells[1].count().value() == 0xffffffffU);
    BOOST_REQUIRE(understands({{one, Oid{1, 3}}, {two, IpAddress{{192, 0, 2, 1}}}}));
    BOOST_REQUIRE(understands({{one, Opaque{"\x9f\x78\x04\x40\x20"}}, {two, Integer{1}}}));
    BOOST_TEST(!cells[0].isMissing());
}

BOOST_AUTO_TEST_CASE(what_an_agent_lacks_is_missing_and_no_number) {
    for (const auto& none :
         {Value(NoSuchObject{}), Value(NoSuchInstance{}), Value(EndOfMibView{}), Value(Null{})}) {
        BOOST_REQUIRE(understands({{one, none}, {two, Integer{1}}}));
        BOOST_TEST(cells[0].isMissing());
        BOOST_TEST(!cells[0].count().has_value());
        BOOST_TEST(!cells[1].isMissing());
    }
    BOOST_TEST(Cell{}.isMissing());
}

BOOST_AUTO_TEST_CASE(other_names_fewer_or_more_or_in_another_order_are_no_answer) {
    BOOST_TEST(!understands({{two, Integer{1}}, {one, Integer{1}}}));
    BOOST_TEST(!understands({{one, Integer{1}}}));
    BOOST_TEST(!understands({{one, Integer{1}}, {two, Integer{1}}, {two, Integer{1}}}));
    BOOST_TEST(!understands({{one, Integer{1}}, {two + 1U, Integer{1}}}));
    BOOST_TEST(!understands({}));
}

BOOST_AUTO_TEST_CASE(a_names_length_may_be_written_in_more_octets_than_it_needs) {
    // 06 81 LENGTH in place of 06 LENGTH, as X.690 §8.1.3.5 allows; the lengths around it grow by one.
    const Question single{{one}};
    out.clear();
    write(out, {PduType::response, 77, 0, 0, {{one, Integer{9}}}});
    std::vector<std::uint8_t> pdu(out.bytes().begin(), out.bytes().end());
    const std::vector<std::uint8_t> name{0x06, 0x08, 0x2b, 6, 1, 2, 1, 1, 3, 0};
    const auto at = std::search(pdu.begin(), pdu.end(), name.begin(), name.end());
    BOOST_REQUIRE((at != pdu.end()));
    const auto place = at - pdu.begin();
    pdu.insert(pdu.begin() + place + 1, 0x81);
    ++pdu[static_cast<std::size_t>(place) - 1]; // the varbind's
    ++pdu[static_cast<std::size_t>(place) - 3]; // the list's
    ++pdu[1];                                   // the PDU's
    const auto answer = single.read(pdu, cells);
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(!answer->otherNames);
    BOOST_REQUIRE(cells.size() == 1U);
    BOOST_TEST(cells[0].count().value() == 9U);
}

BOOST_AUTO_TEST_CASE(an_error_status_comes_without_values) {
    const auto answer = question.read(response({{one, Null{}}, {two, Null{}}}, 2, 1), cells);
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->errorStatus == 2);
    BOOST_TEST(answer->errorIndex == 1);
    BOOST_TEST(answer->requestId == 77);
}

BOOST_AUTO_TEST_CASE(an_answer_cut_off_anywhere_is_none) {
    const auto whole = response({{one, TimeTicks{1}}, {two, Integer{1}}});
    const std::vector<std::uint8_t> copy(whole.begin(), whole.end());
    for (std::size_t size = 0; size < copy.size(); ++size) {
        // In memory of its own, so that a sanitizer sees who reads behind it.
        const std::vector<std::uint8_t> cut(copy.begin(), copy.begin() + static_cast<std::ptrdiff_t>(size));
        BOOST_TEST(!question.read(cut, cells).has_value());
    }
    BOOST_TEST(question.read(copy, cells).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
