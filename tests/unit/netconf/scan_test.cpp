#include "netconf/scan.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace headgate::netconf;

BOOST_AUTO_TEST_SUITE(scan)

BOOST_AUTO_TEST_CASE(knows_one_element) {
    for (const char* text :
         {"<a/>", " <a/>\n", "<a></a>", "<a x='1' y=\"a>b\"><b/>text &amp; &#x41;<!-- <c> --></a>",
          "<?xml version=\"1.0\"?><a><![CDATA[<b>&]]></a>", "<n:a xmlns:n=\"urn:n\"><n:b >x</n:b\n></n:a>"})
        BOOST_TEST(isOneElement(text), text);
}

BOOST_AUTO_TEST_CASE(knows_what_is_none) {
    for (const char* text : {"",
                             " ",
                             "text",
                             "<a>",
                             "</a>",
                             "<a></b>",
                             "<a/><b/>",
                             "<a/>text",
                             "</rpc><rpc>",
                             "<a><b></a></b>",
                             "<a x=\"1></a>",
                             "<a <b/>></a>",
                             "<a>a & b</a>",
                             "<a x=\"&\"/>",
                             "<!DOCTYPE a><a/>",
                             "<a><!-- </a>",
                             "<a>&amp</a>",
                             "< a/>",
                             "<a></a x='1'>",
                             "<"})
        BOOST_TEST(!isOneElement(text), text);
}

namespace {

std::string reply(const std::string& attributes, const std::string& content) {
    return "<rpc-reply " + attributes + ">" + content + "</rpc-reply>";
}

const std::string base = "xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\"";

}

BOOST_AUTO_TEST_CASE(knows_a_plain_ok) {
    BOOST_TEST(isPlainOk(reply(base + " message-id=\"7\"", "<ok/>"), "7"));
    BOOST_TEST(isPlainOk(reply("message-id='7' " + base + " xmlns:x=\"urn:x\" ", "\n  <ok/>\n") + "\n", "7"));
    BOOST_TEST(isPlainOk("<?xml version=\"1.0\"?>\n" + reply(base + "\nmessage-id=\"7\"", "<ok/>"), "7"));
}

BOOST_AUTO_TEST_CASE(leaves_every_other_answer_to_a_parser) {
    for (const std::string& text :
         {reply(base + " message-id=\"8\"", "<ok/>"), reply(base, "<ok/>"),
          reply("xmlns=\"urn:other\" message-id=\"7\"", "<ok/>"), reply("message-id=\"7\"", "<ok/>"),
          reply(base + " message-id=\"7\"", "<ok/><rpc-error/>"), reply(base + " message-id=\"7\"", ""),
          reply(base + " message-id=\"7\"", "<data/>"), reply(base + " message-id=\"7\" junk", "<ok/>"),
          reply(base + " x=\"message-id='7'\"", "<ok/>"), std::string(), std::string("<rpc-reply"),
          "<rpc-reply " + base + " message-id=\"7\"/>",
          "<rpc-reply " + base + " message-id=\"7\"></rpc-reply>",
          reply(base + " message-id=\"7\"", "<ok/>") + "<rpc-error/>"})
        BOOST_TEST(!isPlainOk(text, "7"), text);
}

BOOST_AUTO_TEST_SUITE_END()
