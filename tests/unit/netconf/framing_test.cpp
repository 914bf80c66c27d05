#include "netconf/framing.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <vector>

using namespace headgate::netconf;

BOOST_AUTO_TEST_SUITE(framing)

namespace {

std::vector<std::string> messages(Framing framing, const std::string& bytes, std::size_t step) {
    FrameReader reader(1000);
    reader.use(framing);
    std::vector<std::string> result;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        reader.feed(std::string_view(bytes).substr(at, step));
        while (auto message = reader.next())
            result.push_back(*message);
    }
    return result;
}

}

BOOST_AUTO_TEST_CASE(takes_messages_apart_however_the_bytes_arrive) {
    const std::vector<std::string> sent{"<a/>", "<b>]]&gt;]] \n#3\n</b>", "<c/>"};
    for (const auto framing : {Framing::endOfMessage, Framing::chunked}) {
        std::string bytes;
        for (const auto& message : sent)
            bytes += frame(framing, message);
        for (std::size_t step = 1; step <= bytes.size(); ++step)
            BOOST_TEST(messages(framing, bytes, step) == sent, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(joins_the_chunks_of_a_message) {
    const std::vector<std::string> expected{"<rpc/>"};
    BOOST_TEST(messages(Framing::chunked, "\n#2\n<r\n#4\npc/>\n##\n", 1) == expected);
}

BOOST_AUTO_TEST_CASE(forgives_line_ends_between_a_hello_and_the_first_chunk) {
    const std::vector<std::string> expected{"<r/>"};
    for (const std::string between : {"", "\n", "\r\n", "\n\n"})
        BOOST_TEST(messages(Framing::chunked, between + "\n#4\n<r/>\n##\n", 1) == expected);
}

BOOST_AUTO_TEST_CASE(keeps_what_follows_a_hello_for_the_other_framing) {
    FrameReader reader(1000);
    reader.feed("<hello/>]]>]]>\n#4\n<r/>\n##\n");
    BOOST_TEST(reader.next().value() == "<hello/>");
    reader.use(Framing::chunked);
    BOOST_TEST(reader.next().value() == "<r/>");
    BOOST_TEST(!reader.inMessage());
}

struct Bad {
    const char* bytes;
    const char* why;
};
std::ostream& operator<<(std::ostream& out, const Bad& bad) {
    return out << bad.why;
}

const Bad badChunks[] = {{"\n#0\n", "positive"},
                         {"\n#-1\n", "positive"},
                         {"\n#0x4\n<r/>", "positive"},
                         {"\n#a\n", "positive"},
                         {"\n#04\n<r/>\n##\n", "positive"},
                         {"\n# 4\n<r/>\n##\n", "positive"},
                         {"\n#4 \n<r/>\n##\n", "positive"},
                         {"\n#\n", "empty"},
                         {"\n#4294967296\n", "4294967295"},
                         {"\n#99999999999999999999999\n", "4294967295"},
                         {"\n#4294967295\n", "longer"},
                         {"\n#1001\n", "longer"},
                         {"\n##\n", "without a chunk"},
                         {"<rpc/>", "LF HASH"},
                         {"\n<rpc/>", "LF HASH"},
                         {"\n#4\n<r/>#4\n", "LF HASH"},
                         {"\n#4\n<r/>\n###", "HASH HASH LF"}};

BOOST_DATA_TEST_CASE(refuses_bad_chunks, boost::unit_test::data::make(badChunks), bad) {
    BOOST_CHECK_EXCEPTION(messages(Framing::chunked, bad.bytes, 1), BadFrame, [&](const BadFrame& e) {
        return std::string(e.what()).find(bad.why) != std::string::npos;
    });
}

BOOST_AUTO_TEST_CASE(refuses_a_message_above_the_limit_before_its_end_comes) {
    BOOST_CHECK_NO_THROW(messages(Framing::endOfMessage, std::string(1000, 'x'), 100));
    BOOST_CHECK_THROW(messages(Framing::endOfMessage, std::string(1001, 'x') + "yyyyyy", 100), BadFrame);
    BOOST_CHECK_THROW(messages(Framing::chunked, "\n#600\n" + std::string(600, 'x') + "\n#401\n", 100),
                      BadFrame);
}

BOOST_AUTO_TEST_SUITE_END()
