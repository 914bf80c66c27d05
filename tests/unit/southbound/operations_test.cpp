#include "southbound/operations.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::southbound;

namespace {
const std::string base = R"( xmlns="urn:ietf:params:xml:ns:netconf:base:1.0")";
}

BOOST_AUTO_TEST_CASE(operations_are_those_of_rfc_6241) {
    BOOST_TEST(lockOf("candidate") == "<lock" + base + "><target><candidate/></target></lock>");
    BOOST_TEST(readOf("<p/>", false) == "<get-config" + base +
                                            "><source><running/></source>"
                                            R"(<filter type="subtree"><p/></filter></get-config>)");
    BOOST_TEST(readOf("<p/>", true) == "<get" + base + R"(><filter type="subtree"><p/></filter></get>)");
    BOOST_TEST(editOf("candidate", "<p/>", true) ==
               "<edit-config" + base +
                   "><target><candidate/></target><default-operation>none</default-operation>"
                   "<error-option>rollback-on-error</error-option>"
                   "<config><p/></config></edit-config>");
    BOOST_TEST(editOf("candidate", "<p/>", false).find("error-option") == std::string::npos);
    BOOST_TEST(editOf("running", "<p/>", true, "test-only") ==
               "<edit-config" + base +
                   "><target><running/></target><default-operation>none</default-operation>"
                   "<test-option>test-only</test-option><error-option>rollback-on-error</error-option>"
                   "<config><p/></config></edit-config>");
    BOOST_TEST(commitOf() == "<commit" + base + "/>");
    BOOST_TEST(discardOf() == "<discard-changes" + base + "/>");
    BOOST_TEST(killOf("7") == "<kill-session" + base + "><session-id>7</session-id></kill-session>");
    BOOST_TEST(confirmOf("a&b") == "<commit" + base + "><persist-id>a&amp;b</persist-id></commit>");
    BOOST_TEST(cancelOf("x") == "<cancel-commit" + base + "><persist-id>x</persist-id></cancel-commit>");
}

BOOST_AUTO_TEST_CASE(the_confirm_window_is_rounded_up_to_whole_seconds) {
    const auto text = confirmedCommitOf(domain::Duration(1001), "x");
    BOOST_TEST(text == "<commit" + base +
                           "><confirmed/><confirm-timeout>2</confirm-timeout>"
                           "<persist>x</persist></commit>");
    BOOST_TEST(confirmedCommitOf(domain::Duration(2000), "x") == text);
    BOOST_TEST(extendOf(domain::Duration(1500), "x") ==
               "<commit" + base +
                   "><confirmed/><confirm-timeout>2</confirm-timeout>"
                   "<persist>x</persist><persist-id>x</persist-id></commit>");
}
