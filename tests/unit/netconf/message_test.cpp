#include "netconf/message.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace headgate::netconf;

BOOST_AUTO_TEST_SUITE(message)

namespace {

struct Written {
    const char* text;
    const char* xml; ///< What libyang is given.
};
std::ostream& operator<<(std::ostream& out, const Written& w) {
    return out << w.text;
}

const Written written[] = {
    {"<a/>", "<a/>"},
    {"\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- <b> -->\n<a\n x = '1'\t/>\n", "<a x='1'/>"},
    {"<a ><b></b ></a>", "<a><b></b></a>"},
    {"<a>x<![CDATA[<b> & ]]>y<!-- c -->z<?p i?></a>", "<a>x&lt;b&gt; &amp; yz</a>"},
    {"<a><!-- c --><b/><![CDATA[]]></a>", "<a><b/></a>"},
    {"<a>1\r\n2\r3</a>", "<a>1\n2\n3</a>"},
    {"<a b=\"1\n2>\"/>", "<a b=\"1 2>\"/>"},
    {"<a>&lt;&#65;&#x1F600;</a>", "<a>&lt;&#65;&#x1F600;</a>"},
    {"<n:a xmlns:n=\"urn:n\"><b xmlns:m='urn:m' m:c=''/></n:a>",
     "<n:a xmlns:n=\"urn:n\"><b xmlns:m='urn:m' m:c=''/></n:a>"},
    {"<a xml:lang=\"en\">\xE4\xB8\x96</a>", "<a xml:lang=\"en\">\xE4\xB8\x96</a>"},
    {"<a xmlns:w=\"urn:ietf:params:xml:ns:netconf:default:1.0\" w:default=\"true\"/>",
     "<a xmlns:w=\"urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults\" w:default=\"true\"/>"}};

}

BOOST_DATA_TEST_CASE(gives_libyang_what_it_takes, boost::unit_test::data::make(written), w) {
    BOOST_TEST(readMessage(w.text).xml == w.xml);
}

namespace {

const char* const malformed[] = {"",
                                 " ",
                                 "text",
                                 "<",
                                 "<a",
                                 "<a>",
                                 "</a>",
                                 "<a></b>",
                                 "<a/><b/>",
                                 "<a/>text",
                                 "<a><b></a></b>",
                                 "<a b=1/>",
                                 "<a b/>",
                                 "<a b='1/>",
                                 "<a b='1'c='2'/>",
                                 "<a b='<'/>",
                                 "<a b='1' b='2'/>",
                                 "<a></a b='1'>",
                                 "<a>&no;</a>",
                                 "<a>& </a>",
                                 "<a>&amp</a>",
                                 "<a>&#0;</a>",
                                 "<a>&#xD800;</a>",
                                 "<a>&#x;</a>",
                                 "<a>&#99999999999;</a>",
                                 "<a>]]></a>",
                                 "<n:a/>",
                                 "<a n:b=''/>",
                                 "<a><b xmlns:n='u'/><n:c/></a>",
                                 "<:a/>",
                                 "<a:/>",
                                 "<1/>",
                                 "<!DOCTYPE a><a/>",
                                 "<!-- x --><!DOCTYPE a [<!ENTITY e 'x'>]><a/>",
                                 "<a><!ELEMENT b></a>",
                                 "<a><!-- </a>",
                                 "<a><![CDATA[</a>",
                                 "<![CDATA[a]]>",
                                 "<a><?xml version='1.0'?></a>",
                                 "<a>\x01</a>",
                                 "<a>\xff</a>",
                                 "<a>\xc0\xaf</a>",
                                 "<a>\xed\xa0\x80</a>",
                                 "<a>\xf4\x90\x80\x80</a>",
                                 "<a>\xe4\xb8",
                                 "<a / >"};

}

BOOST_DATA_TEST_CASE(refuses_what_is_not_well_formed, boost::unit_test::data::make(malformed), text) {
    BOOST_CHECK_THROW(readMessage(text), Malformed);
}

BOOST_AUTO_TEST_CASE(bounds_depth_and_attributes) {
    const auto deep = [](int depth) {
        std::string text;
        for (int i = 0; i < depth; ++i)
            text += "<a>";
        for (int i = 0; i < depth; ++i)
            text += "</a>";
        return text;
    };
    const auto wide = [](int count) {
        std::string text = "<a";
        for (int i = 0; i < count; ++i)
            text += " b" + std::to_string(i) + "=''";
        return text + "/>";
    };
    BOOST_TEST(readMessage(deep(256)).name == "a");
    BOOST_CHECK_THROW(readMessage(deep(257)), Malformed);
    BOOST_TEST(readMessage(wide(256)).name == "a");
    BOOST_CHECK_THROW(readMessage(wide(257)), Malformed);
}

BOOST_AUTO_TEST_CASE(tells_the_root_with_its_attributes_as_they_were_written) {
    const auto read = readMessage(
        "<n:rpc message-id = '1&lt;' xmlns:n=\"urn:n\" xmlns='urn:d' n:x=\"y\"><a b='c'/></n:rpc>");
    BOOST_TEST(read.name == "rpc");
    BOOST_TEST(read.nameSpace == "urn:n");
    BOOST_TEST(read.attributes == " message-id = '1&lt;' xmlns:n=\"urn:n\" n:x=\"y\"");
    BOOST_TEST(read.hasMessageId);
    BOOST_TEST(!readMessage("<rpc><a message-id='1'/></rpc>").hasMessageId);
}

BOOST_AUTO_TEST_CASE(repeats_the_attributes_of_what_is_malformed_further_on) {
    BOOST_CHECK_EXCEPTION(readMessage("<rpc message-id='7'><a></rpc>"), Malformed,
                          [](const Malformed& bad) { return bad.attributes == " message-id='7'"; });
    BOOST_CHECK_EXCEPTION(readMessage("<rpc message-id='7' x></rpc>"), Malformed,
                          [](const Malformed& bad) { return bad.attributes.empty(); });
}

BOOST_AUTO_TEST_CASE(tags_defaults_in_the_namespace_of_the_rfc_and_leaves_texts_alone) {
    const std::string ours = "xmlns:ncwd=\"urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults\"";
    const std::string theirs = "xmlns:ncwd=\"urn:ietf:params:xml:ns:netconf:default:1.0\"";
    BOOST_TEST(withTags("<a " + ours + " ncwd:default=\"true\"> " + ours + "</a>") ==
               "<a " + theirs + " ncwd:default=\"true\"> " + ours + "</a>");
}

BOOST_AUTO_TEST_SUITE_END()
