// get-data and edit-data (RFC 8526).

#include "server.hpp"

using namespace headgate;
using namespace headgate::datastore;
using namespace headgate::datastore::test;

namespace {

constexpr Options offered{.confirmedCommit = false, .startup = false, .nmda = true};

std::string getData(const std::string& datastore, const std::string& rest = {}) {
    return "<get-data xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-nmda\" "
           "xmlns:ds=\"urn:ietf:params:xml:ns:yang:ietf-datastores\" "
           "xmlns:or=\"urn:ietf:params:xml:ns:yang:ietf-origin\"><datastore>ds:" +
           datastore + "</datastore>" + rest + "</get-data>";
}

std::string editData(const std::string& datastore, const std::string& inside, const std::string& rest = {}) {
    return "<edit-data xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-nmda\" "
           "xmlns:ds=\"urn:ietf:params:xml:ns:yang:ietf-datastores\"><datastore>ds:" +
           datastore + "</datastore>" + rest + "<config>" + content(inside) + "</config></edit-data>";
}

std::string subtree(const std::string& inside) {
    return "<subtree-filter>" + top(inside) + "</subtree-filter>";
}

struct Nmda : Server {
    Nmda()
        : Server(offered) {
        service.change({}, yang::Tree::parse(context,
                                             top("<name>n</name><plain><a>x</a></plain><pool><name>a</name>"
                                                 "<port>1</port><member><address>m</address><port>2</port>"
                                                 "<weight>3</weight></member></pool>"),
                                             yang::Format::xml));
    }
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}

BOOST_AUTO_TEST_SUITE(nmda)

BOOST_AUTO_TEST_CASE(each_datastore_is_told_as_it_is) {
    Nmda server;
    server.ok(editData("candidate", "<name>other</name>"));
    BOOST_TEST(has(server.output(getData("candidate")), "<name>other</name>"));
    BOOST_TEST(has(server.output(getData("running")), "<name>n</name>"));
    BOOST_TEST(!has(server.output(getData("running")), "stats"));
    const auto operational = server.output(getData("operational"));
    BOOST_TEST(has(operational, "<hits>7</hits>"));
    BOOST_TEST(has(operational, "<mode>auto</mode>")); // A default in use.
    BOOST_TEST(!has(server.output(getData("running")), "<mode>"));
}

BOOST_AUTO_TEST_CASE(a_datastore_that_is_not_here_is_an_invalid_value) {
    Nmda server;
    for (const char* name : {"startup", "intended", "dynamic"}) {
        const auto error = server.refused(getData(name));
        BOOST_TEST(error.tag == "invalid-value", name << ": " << error.tag);
        BOOST_TEST(hasInfo(error, "bad-element", "datastore"));
    }
    for (const char* name : {"running", "operational", "startup"})
        BOOST_TEST(server.refused(editData(name, "<name>z</name>")).tag == "invalid-value", name);
}

BOOST_AUTO_TEST_CASE(filters_select) {
    Nmda server;
    BOOST_TEST(server.output(getData("running", subtree("<name/>"))) ==
               "<top xmlns=\"urn:test:store\"><name>n</name></top>");
    BOOST_TEST(server.output(getData("running", "<xpath-filter xmlns:t=\"urn:test:store\">/t:top/t:name"
                                                "</xpath-filter>")) ==
               "<top xmlns=\"urn:test:store\"><name>n</name></top>");
    std::string many = "//*";
    for (int i = 0; i < 12; ++i)
        many += "[//*]";
    for (int i = 0; i < 12; ++i)
        many += "[//*" + std::string("[//*]");
    many += std::string(12, ']');
    BOOST_TEST(server.refused(getData("operational", "<xpath-filter>" + many + "</xpath-filter>")).tag ==
               "resource-denied");
    BOOST_TEST(server.refused("<get><filter type=\"xpath\" select=\"" + many + "\"/></get>").tag ==
               "resource-denied");
    BOOST_TEST(server.refused(getData("running", "<xpath-filter>count(/)</xpath-filter>")).tag ==
               "invalid-value");
}

BOOST_AUTO_TEST_CASE(depth_is_counted_from_what_is_selected) {
    Nmda server;
    const auto pool = [&](const std::string& depth) {
        return server.output(getData("running", subtree("<pool/>") + "<max-depth>" + depth + "</max-depth>"));
    };
    const std::string open = "<top xmlns=\"urn:test:store\"><pool><name>a</name>";
    BOOST_TEST(pool("1") == open + "</pool></top>");
    BOOST_TEST(pool("2") ==
               open + "<port>1</port><member><address>m</address><port>2</port></member></pool></top>");
    BOOST_TEST(has(pool("3"), "<weight>3</weight>"));
    BOOST_TEST(has(pool("unbounded"), "<weight>3</weight>"));
    BOOST_TEST(server.output(getData("running", "<max-depth>1</max-depth>")) ==
               "<top xmlns=\"urn:test:store\"/>");
}

BOOST_AUTO_TEST_CASE(configuration_and_state_can_be_told_apart) {
    Nmda server;
    const auto configuration = server.output(getData("operational", "<config-filter>true</config-filter>"));
    BOOST_TEST(!has(configuration, "hits"));
    BOOST_TEST(has(configuration, "<name>n</name>"));
    BOOST_TEST(server.output(getData("operational", subtree("") + "<config-filter>false</config-filter>")) ==
               "<top xmlns=\"urn:test:store\"><stats><hits>7</hits></stats></top>");
}

BOOST_AUTO_TEST_CASE(origins_are_told_and_filtered_in_operational_alone) {
    Nmda server;
    const auto told = server.output(getData("operational", subtree("<name/><mode/>") + "<with-origin/>"));
    BOOST_TEST(has(told, "origin=\"or:intended\"") == true, told);
    BOOST_TEST(has(told, "or:default\">auto"), told);
    const auto defaults =
        server.output(getData("operational", "<origin-filter>or:default</origin-filter>" + std::string()));
    BOOST_TEST(has(defaults, "<mode>auto</mode>"));
    BOOST_TEST(!has(defaults, "<name>n</name>"));
    BOOST_TEST(has(defaults, "<hits>7</hits>")); // State is not filtered by it.
    const auto others =
        server.output(getData("operational", "<negated-origin-filter>or:default</negated-origin-filter>"));
    BOOST_TEST(!has(others, "<mode>"));
    BOOST_TEST(has(others, "<name>n</name>"));
    BOOST_TEST(server.refused(getData("running", "<with-origin/>")).tag == "invalid-value");
}

BOOST_AUTO_TEST_CASE(defaults_are_told_as_they_are_asked_for) {
    Nmda server;
    const auto mode = [&](const std::string& datastore, const std::string& word) {
        return server.output(
            getData(datastore, subtree("<mode/>") + "<with-defaults>" + word + "</with-defaults>"));
    };
    BOOST_TEST(has(mode("running", "report-all"), "<mode>auto</mode>"));
    BOOST_TEST(has(mode("running", "report-all-tagged"), "default=\"true\""));
    BOOST_TEST(!has(mode("operational", "trim"), "<mode>"));
    BOOST_TEST(!has(mode("operational", "explicit"), "<mode>"));
}

BOOST_AUTO_TEST_CASE(an_edit_is_done_whole_or_not_at_all) {
    Nmda server;
    const auto error = server.refused(editData(
        "candidate", "<name>z</name><plain nc:operation=\"create\"><a>y</a></plain><size>500</size>"));
    BOOST_TEST(error.tag != "");
    BOOST_TEST(has(server.output(getData("candidate")), "<name>n</name>"));
    server.ok(editData("candidate", "<pool nc:operation=\"delete\"><name>a</name></pool>",
                       "<default-operation>none</default-operation>"));
    BOOST_TEST(!has(server.output(getData("candidate")), "<pool>"));
}

BOOST_AUTO_TEST_CASE(locks_and_validation_take_the_datastores_identities) {
    Nmda server;
    const std::string candidate =
        "<datastore xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-nmda\" "
        "xmlns:ds=\"urn:ietf:params:xml:ns:yang:ietf-datastores\">ds:candidate</datastore>";
    server.ok("<lock><target>" + candidate + "</target></lock>");
    BOOST_TEST((server.service.lockOwner(Datastore::candidate) == 4U));
    server.ok("<validate><source>" + candidate + "</source></validate>");
    server.ok("<unlock><target>" + candidate + "</target></unlock>");
    auto operational = candidate;
    operational.replace(operational.find("ds:candidate"), 12, "ds:operational");
    BOOST_TEST(has(server.output("<get><filter><yang-library "
                                 "xmlns=\"urn:ietf:params:xml:ns:yang:ietf-yang-library\"/></filter></get>"),
                   "ds:operational"));
    BOOST_TEST(server.refused("<lock><target>" + operational + "</target></lock>").tag == "invalid-value");
}

BOOST_AUTO_TEST_SUITE_END()
