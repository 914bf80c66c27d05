#include "base/log.hpp"
#include "support/standard_error.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace headgate::base;
using headgate::test::writtenBy;
using namespace std::string_literals;

BOOST_AUTO_TEST_CASE(no_text_breaks_out_of_its_log_line) {
    const std::pair<std::string, std::string> cases[] = {
        {"", ""},
        {"plain words", "plain words"},
        {"one\ntwo\r\n", "one\\ntwo?\\n"},
        {"\x1b[2Jgone\x7f\ttab"s, "?[2Jgone??tab"},
        {"nul\0nul"s, "nul?nul"},
        {"csi\xc2\x9b"
         "2J, nel\xc2\x85",
         "csi?2J, nel?"},
        {"D\xc3\xbcsseldorf \xc2\xa7 \xe2\x86\x92 \xf0\x9f\x98\x80",
         "D\xc3\xbcsseldorf \xc2\xa7 \xe2\x86\x92 \xf0\x9f\x98\x80"},
        {"cut \xc2", "cut \xc2"},
    };
    for (const auto& [text, line] : cases)
        BOOST_TEST(escaped(text) == line);
}

BOOST_AUTO_TEST_CASE(a_message_and_its_fields_stay_one_line) {
    const auto written = writtenBy([] {
        Log("test").error("bad\npeer\x1b[2J",
                          {{"said", "a\nb\x7f\xc2\x9b\"\\"}, {"plain", "x\x7f"}, {"port", "1"}});
    });
    BOOST_TEST(written.ends_with("test: bad\\npeer?[2J said=\"a\\nb??\\\"\\\\\" plain=\"x?\" port=1\n"),
               written);
}
