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

namespace {

std::string
notification(const std::string& content,
             const std::string& attributes = "xmlns=\"urn:ietf:params:xml:ns:netconf:notification:1.0\"") {
    return "<notification " + attributes + ">" + content + "</notification>";
}

const std::string when = "<eventTime>2026-11-22T19:00:00Z</eventTime>";

}

BOOST_AUTO_TEST_CASE(takes_a_plain_notification_as_it_is_written) {
    const std::string event = "<rang xmlns=\"urn:toy\"><text>a &lt; b</text></rang>";
    for (const auto& message :
         {notification(when + event), notification("\n " + when + "\n " + event + "\n") + "\n",
          "<?xml version=\"1.0\"?>" + notification(when + event)}) {
        const auto plain = plainNotification(message);
        BOOST_REQUIRE_MESSAGE(plain, message);
        BOOST_TEST(plain->eventTime == "2026-11-22T19:00:00Z");
        BOOST_TEST(plain->xml == event);
    }
    BOOST_TEST(plainNotification(notification(when + "<rang x='1' xmlns='urn:toy'/>"))->xml ==
               "<rang x='1' xmlns='urn:toy'/>");
}

BOOST_AUTO_TEST_CASE(leaves_every_other_notification_to_a_parser) {
    const std::string event = "<rang xmlns=\"urn:toy\"/>";
    for (const std::string& text :
         {notification(when), notification(event), notification(when + "<rang/>"),
          notification(when + "<t:rang xmlns:t=\"urn:toy\"/>"), notification(when + event + event),
          notification(when + event + "text"), notification(when + "<rang xmlns=\"urn:toy\">"),
          notification(when + event, "xmlns=\"urn:other\""), notification(when + event, ""),
          notification(when + event,
                       "xmlns=\"urn:ietf:params:xml:ns:netconf:notification:1.0\" xmlns:t=\"urn:t\""),
          notification("<eventTime>a<b/></eventTime>" + event), notification("<eventTime>" + event),
          std::string("<notification"), std::string()})
        BOOST_TEST(!plainNotification(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
