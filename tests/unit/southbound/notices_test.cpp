#include "unit/southbound/talk.hpp"

using namespace headgate;
using namespace headgate::southbound;
using namespace headgate::southbound::test;
using namespace headgate::transaction;

BOOST_AUTO_TEST_CASE(what_an_appliance_says_unasked_is_told_in_the_familys_words) {
    Talk talk;
    BOOST_REQUIRE(talk.conversation.connect());
    for (const auto* heard : {"<netconf-config-change/>", "<nonsense>", "<restarted xmlns=\"urn:v\"/>"})
        talk.appliance.tells.post(heard);
    talk.conversation.look();
    BOOST_REQUIRE(talk.notices.size() == 1U);
    BOOST_TEST(talk.notices[0].appliance.value == "lb1");
    BOOST_TEST(talk.notices[0].text == "lb1: its engine was restarted");
    BOOST_TEST(talk.notices[0].changed);
    BOOST_TEST(talk.conversation.connected());
}

BOOST_AUTO_TEST_CASE(who_changed_the_configuration_is_told_unless_it_was_this_session) {
    const auto event = [](const std::string& name, const std::string& content) {
        return "<n:" + name + " xmlns:n=\"urn:ietf:params:xml:ns:yang:ietf-netconf-notifications\" " +
               "xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-notifications\">" + content + "</n:" + name +
               ">";
    };
    const auto by = [](const std::string& session) {
        return "<changed-by><username>ann</username><session-id>" + session +
               "</session-id><source-host>192.0.2.9</source-host></changed-by>";
    };
    const std::pair<std::string, std::string> rows[] = {
        {event("netconf-config-change",
               by("9") + "<datastore>running</datastore><edit><target>/a</target><operation>merge</operation>"
                         "</edit>"),
         "lb1: running was changed by ann (session 9) from 192.0.2.9: merge /a"},
        {event("netconf-config-change", "<changed-by><server/></changed-by>"),
         "lb1: running was changed by the appliance itself"},
        {event("netconf-config-change", by("9") + "<datastore>startup</datastore>"), ""},
        {event("netconf-config-change", by("1")), ""}, // ours
        {event("netconf-confirmed-commit", "<confirm-event>timeout</confirm-event>"),
         "lb1: a confirmed commit was not confirmed in time and was taken back"},
        {event("netconf-confirmed-commit", "<confirm-event>cancel</confirm-event><username>ann</username>"),
         "lb1: a confirmed commit was cancelled by ann"},
        {event("netconf-confirmed-commit", "<confirm-event>cancel</confirm-event><session-id>1</session-id>"),
         ""},
        {event("netconf-confirmed-commit", "<confirm-event>start</confirm-event>"), ""},
        {"<netconf-config-change xmlns=\"urn:other\"/>", ""},
    };
    for (const auto& [heard, text] : rows)
        BOOST_TEST_CONTEXT(heard) {
            Talk talk;
            BOOST_REQUIRE(talk.conversation.connect());
            talk.appliance.tells.post(heard);
            talk.conversation.look();
            BOOST_REQUIRE(talk.notices.size() == (text.empty() ? 0U : 1U));
            if (text.empty()) continue;
            BOOST_TEST(talk.notices[0].text == text);
            BOOST_TEST(talk.notices[0].changed);
        }
}
