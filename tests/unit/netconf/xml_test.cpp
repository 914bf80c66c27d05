#include "netconf/error.hpp"
#include "netconf/xml.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace headgate::netconf;
using headgate::yang::RpcError;

BOOST_AUTO_TEST_SUITE(xml)

BOOST_AUTO_TEST_CASE(prints_a_part_with_the_namespaces_that_its_envelope_declared) {
    const XmlParser parser;
    const auto document = parser.parse(
        "<n:reply xmlns:n=\"urn:n\" xmlns:v=\"urn:v\" xmlns=\"urn:d\"><n:data>"
        "<item kind=\"a&amp;b\"><type>v:special</type><v:x>1 &lt; 2</v:x></item></n:data></n:reply>");
    BOOST_TEST(document.root().is("reply", "urn:n"));
    const auto content = document.root().child("data")->content();
    const auto again = parser.parse(content);
    BOOST_TEST(again.root().is("item", "urn:d"));
    BOOST_TEST(again.root().attribute("kind").value() == "a&b");
    BOOST_TEST(again.root().child("x")->is("x", "urn:v"));
    BOOST_TEST(again.root().child("x")->text() == "1 < 2");
    BOOST_TEST(content.find("xmlns:v=\"urn:v\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(says_where_a_text_is_no_xml) {
    const XmlParser parser;
    for (const std::string text : {"<a>\n<b></a>", "", "<a", "<!DOCTYPE a><a/>", "no", "<a/></a>"})
        BOOST_CHECK_THROW(parser.parse(text), Error);
    BOOST_CHECK_EXCEPTION(parser.parse("<a>\n<b></a>"), Error, [](const Error& e) {
        return std::string(e.what()).find("line 2") != std::string::npos;
    });
}

BOOST_AUTO_TEST_CASE(an_rpc_error_survives_the_wire) {
    RpcError error;
    error.type = RpcError::Type::protocol;
    error.tag = "lock-denied";
    error.severity = "warning";
    error.appTag = "a<b";
    error.path = "/m:a/b[c='x:y']";
    error.message = "\"quoted\" & <angled>";
    error.info = {{"session-id", "7"}, {"yang:missing-choice", "x"}};
    const XmlParser parser;
    const auto document = parser.parse(toXml(error, nullptr));
    BOOST_TEST((toRpcError(document.root()) == error));
}

BOOST_AUTO_TEST_SUITE_END()
