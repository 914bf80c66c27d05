#include "netconf/scan.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

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

BOOST_AUTO_TEST_CASE(takes_a_plain_answer_as_it_is_written) {
    const std::string to7 = base + " message-id=\"7\"";
    const std::string data = "<data " + base + ">";
    const std::pair<std::string, std::string> cases[] = {
        {reply(to7, "<ok/>"), ""},
        {reply("message-id='7' " + base + " ", "\n  <ok/>\n") + "\n", ""},
        {"<?xml version=\"1.0\"?>\n" + reply(base + "\nmessage-id=\"7\"", "<ok/>"), ""},
        {reply(to7, "<data><a xmlns=\"urn:a\">1</a></data>"), data + "<a xmlns=\"urn:a\">1</a></data>"},
        {reply(to7, "<data/>"), "<data " + base + "/>"},
        {reply(to7, data + "<a xmlns=\"urn:a\"/></data>"), data + "<a xmlns=\"urn:a\"/></data>"},
        {reply(to7, "<data xmlns:x=\"urn:x\"><x:a/></data>"),
         "<data " + base + " xmlns:x=\"urn:x\"><x:a/></data>"}};
    for (const auto& [message, content] : cases)
        BOOST_TEST((plainAnswer(message, "7") == content),
                   message << " gave " << plainAnswer(message, "7").value_or("?"));
}

BOOST_AUTO_TEST_CASE(leaves_every_other_answer_to_a_parser) {
    const std::string to7 = base + " message-id=\"7\"";
    for (const std::string& text : {reply(base + " message-id=\"8\"", "<ok/>"),
                                    reply(base, "<ok/>"),
                                    reply("xmlns=\"urn:other\" message-id=\"7\"", "<ok/>"),
                                    reply("message-id=\"7\"", "<ok/>"),
                                    reply(to7, "<ok/><rpc-error/>"),
                                    reply(to7, ""),
                                    reply(to7 + " junk", "<ok/>"),
                                    reply(base + " x=\"message-id='7'\"", "<ok/>"),
                                    std::string(),
                                    std::string("<rpc-reply"),
                                    "<rpc-reply " + to7 + "/>",
                                    "<rpc-reply " + to7 + "></rpc-reply>",
                                    reply(to7, "<ok/>") + "<rpc-error/>",
                                    reply(to7 + " xmlns:x=\"urn:x\"", "<data><x:a/></data>"),
                                    reply(to7, "<rpc-error/>"),
                                    reply(to7, "<data/><rpc-error/>"),
                                    reply(to7, "<data><a></data>"),
                                    reply(to7, "<database/>"),
                                    reply(to7, "<data xmlns=\"urn:other\"/>"),
                                    reply(to7, "<!-- --><data/>"),
                                    reply(to7, "<data>")})
        BOOST_TEST(!plainAnswer(text, "7"), text);
}

BOOST_AUTO_TEST_SUITE_END()
