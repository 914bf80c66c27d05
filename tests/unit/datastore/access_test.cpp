// Who may do what: RFC 8341. Sessions 4, 5, … are of user4, user5, …; whoever is in no group has the
// defaults.

#include "server.hpp"

using namespace headgate;
using namespace headgate::datastore;
using namespace headgate::datastore::test;

namespace {

constexpr Options controlled{
    .confirmedCommit = false, .writableRunning = true, .startup = false, .accessControl = true};

/// What stands in <nacm>: user4 is of the operators, user5 of the readers.
std::string groups() {
    return "<groups><group><name>operators</name><user-name>user4</user-name></group>"
           "<group><name>readers</name><user-name>user5</user-name></group></groups>";
}

std::string rule(const std::string& name, const std::string& matches, const std::string& action) {
    return "<rule><name>" + name + "</name>" + matches + "<action>" + action + "</action></rule>";
}

std::string list(const std::string& name, const std::string& group, const std::string& rules) {
    return "<rule-list><name>" + name + "</name><group>" + group + "</group>" + rules + "</rule-list>";
}

std::string path(const std::string& text) {
    return "<path xmlns:t=\"urn:test:store\" xmlns:m=\"urn:test:more\">" + text + "</path>";
}

std::string operations(const std::string& bits) {
    return "<access-operations>" + bits + "</access-operations>";
}

std::string content() {
    return "<name>n</name><size>5</size><m:vault><m:key>k</m:key></m:vault>"
           "<pool><name>a</name><port>1</port><tag>x</tag></pool><pool><name>b</name><port>2</port></pool>";
}

/// A server whose running is the content above, and these rules.
struct Controlled : Server {
    explicit Controlled(const std::string& nacm)
        : Server(controlled) {
        const auto text = "<top xmlns=\"urn:test:store\" xmlns:m=\"urn:test:more\">" + content() +
                          "</top><nacm xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-acm\">" + groups() +
                          nacm + "</nacm>";
        service.change({}, yang::Tree::parse(context, text, yang::Format::xml));
    }

    Answer trusted(const std::string& rpc) {
        const ParsedRpc parsed(context, rpc);
        return service.handle({7, "root", "", true}, parsed.get());
    }

    std::string running(SessionId session) {
        return output("<get-config><source><running/></source></get-config>", session);
    }

    /// "" or the error's tag and path.
    std::string said(const std::string& rpc, SessionId session) {
        try {
            handle(rpc, session);
            return {};
        } catch (const yang::RpcErrors& refused) {
            return refused.first().tag + " " + refused.first().path;
        }
    }

    std::string counter(const std::string& name) {
        const auto all = trusted("<get/>");
        char* text = nullptr;
        lyd_any_value_str(lyd_child(all->get()), &text);
        const std::string data = text ? text : "";
        ::free(text);
        const auto from = data.find("<" + name + ">");
        return from == std::string::npos ? "missing" : data.substr(from + name.size() + 2, 1);
    }
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

const std::string all = list("all", "operators", rule("everything", "", "permit"));
const std::string wipe = "<wipe xmlns=\"urn:test:more\"/>";

}

BOOST_AUTO_TEST_SUITE(access_control)

BOOST_AUTO_TEST_CASE(without_a_rule_everybody_reads_and_nobody_writes) {
    Controlled server("");
    BOOST_TEST(has(server.running(6), "<name>n</name>"));
    BOOST_TEST(server.said(server.edit("<size>6</size>"), 6) == "access-denied /test-store:top/size");
    BOOST_TEST(server.said(server.edit("<size>5</size>"), 6) == ""); // It changes nothing.
    BOOST_TEST(server.said("<ping xmlns=\"urn:test:store\"/>", 6) == "operation-not-supported ");
}

BOOST_AUTO_TEST_CASE(what_is_denied_by_default_is_hidden_unwritable_and_not_done) {
    Controlled server("<write-default>permit</write-default>");
    BOOST_TEST(!has(server.running(6), "vault"));
    BOOST_TEST(!has(server.running(6), "nacm"));
    BOOST_TEST(has(server.running(6), "<pool>"));
    BOOST_TEST(server.said(server.edit("<m:vault><m:key>z</m:key></m:vault>"), 6) ==
               "access-denied /test-store:top/test-more:vault/key");
    BOOST_TEST(server.said(server.edit("<m:sealed>z</m:sealed>"), 6) ==
               "access-denied /test-store:top/test-more:sealed");
    BOOST_TEST(server.said(server.edit("<size>7</size>"), 6) == "");
    BOOST_TEST(server.said(wipe, 6) == "access-denied ");
    BOOST_TEST(server.said("<kill-session><session-id>9</session-id></kill-session>", 6) == "access-denied ");
    BOOST_TEST(server.killer.killed == 0U);
}

BOOST_AUTO_TEST_CASE(a_rule_that_permits_everything_permits_what_is_denied_by_default) {
    Controlled server(all);
    BOOST_TEST(has(server.running(4), "vault"));
    BOOST_TEST(has(server.running(4), "nacm"));
    BOOST_TEST(server.said(wipe, 4) == "operation-not-supported ");
    BOOST_TEST(server.said(server.edit("<m:vault><m:key>z</m:key></m:vault>"), 4) == "");
    BOOST_TEST(server.said("<kill-session><session-id>9</session-id></kill-session>", 4) == "");
    // It is the operators' rule, not the readers'.
    BOOST_TEST(server.said(wipe, 5) == "access-denied ");
}

BOOST_AUTO_TEST_CASE(the_recovery_session_is_not_held_up) {
    Controlled server("<read-default>deny</read-default><exec-default>deny</exec-default>");
    BOOST_CHECK_NO_THROW(server.trusted(server.edit("<m:vault><m:key>z</m:key></m:vault>")));
    BOOST_TEST(server.said("<get/>", 6) == "access-denied ");
    BOOST_TEST(server.said("<close-session/>", 6) != "access-denied ");
}

BOOST_AUTO_TEST_CASE(enforcement_can_be_switched_off) {
    Controlled server("<enable-nacm>false</enable-nacm>");
    BOOST_TEST(has(server.running(6), "vault"));
    BOOST_TEST(server.said(server.edit("<size>6</size>"), 6) == "");
}

BOOST_AUTO_TEST_CASE(the_first_rule_that_matches_decides) {
    Controlled server(list("one", "readers",
                           rule("size", path("/t:top/t:size") + operations("update"), "permit") +
                               rule("top", path("/t:top"), "deny")) +
                      list("two", "readers", rule("all", "", "permit")));
    BOOST_TEST(server.said(server.edit("<size>6</size>"), 5) == "");
    BOOST_TEST(server.said(server.edit("<name>z</name>"), 5) == "access-denied /test-store:top/name");
    BOOST_TEST(!has(server.running(5), "<top"));
    BOOST_TEST(has(server.running(5), "nacm"));
}

BOOST_AUTO_TEST_CASE(a_path_with_keys_means_that_entry_alone) {
    Controlled server(
        list("mine", "readers",
             rule("a", path("/t:top/t:pool[t:name='a']") + operations("create update delete"), "permit") +
                 rule("b", path("/t:top/t:pool[t:name='b']") + operations("read"), "deny")));
    BOOST_TEST(server.said(server.edit("<pool><name>a</name><port>7</port></pool>"), 5) == "");
    BOOST_TEST(server.said(server.edit("<pool nc:operation=\"delete\"><name>a</name></pool>"), 5) == "");
    BOOST_TEST(server.said(server.edit("<pool><name>b</name><port>7</port></pool>"), 5) ==
               "access-denied /test-store:top/pool[name='b']/port");
    BOOST_TEST(server.said(server.edit("<pool><name>c</name></pool>"), 5) ==
               "access-denied /test-store:top/pool[name='c']");
    BOOST_TEST(has(server.running(5), "<name>a</name>"));
    BOOST_TEST(!has(server.running(5), "<name>b</name>"));
}

BOOST_AUTO_TEST_CASE(somebody_who_may_read_little_sees_that_and_what_leads_to_it) {
    Controlled server(
        "<read-default>deny</read-default>" +
        list("little", "readers",
             rule("port", path("/t:top/t:pool[t:name='a']/t:port") + operations("read"), "permit")));
    BOOST_TEST(server.running(5) ==
               "<top xmlns=\"urn:test:store\"><pool><name>a</name><port>1</port></pool></top>");
    BOOST_TEST(server.running(6) == "");
}

BOOST_AUTO_TEST_CASE(a_filter_finds_nothing_by_what_may_not_be_read) {
    Controlled server("");
    const auto get = [&](const std::string& filter) {
        return server.output("<get-config><source><running/></source>" + filter + "</get-config>", 6);
    };
    const auto guess =
        "<filter><top xmlns=\"urn:test:store\"><name/><vault xmlns=\"urn:test:more\"><key>k</key>"
        "</vault></top></filter>";
    BOOST_TEST(!has(get(guess), "vault"));
    const auto where = "<filter type=\"xpath\" xmlns:t=\"urn:test:store\" xmlns:m=\"urn:test:more\" "
                       "select=\"/t:top[m:vault/m:key='k']/t:name\"/>";
    BOOST_TEST(get(where) == "");
}

BOOST_AUTO_TEST_CASE(deleting_a_subtree_needs_the_right_to_delete_all_of_it) {
    Controlled server(list("most", "readers",
                           rule("tags", path("/t:top/t:pool/t:tag") + operations("delete"), "deny") +
                               rule("pools", path("/t:top/t:pool"), "permit")));
    BOOST_TEST(server.said(server.edit("<pool nc:operation=\"delete\"><name>a</name></pool>"), 5) ==
               "access-denied /test-store:top/pool[name='a']/tag[.='x']");
    BOOST_TEST(server.said(server.edit("<pool nc:operation=\"delete\"><name>b</name></pool>"), 5) == "");
}

BOOST_AUTO_TEST_CASE(what_others_put_into_candidate_is_committed_by_nobody_who_may_not) {
    Controlled server(list("writers", "*", rule("size", path("/t:top/t:size"), "permit")) + all);
    server.ok(server.edit("<name>z</name>"), 4);
    server.ok(server.edit("<size>6</size>"), 5);
    BOOST_TEST(server.said("<commit/>", 5) == "access-denied /test-store:top/name");
    BOOST_TEST(server.said("<commit/>", 4) == "");
    BOOST_TEST(has(server.running(6), "<size>6</size>"));
}

BOOST_AUTO_TEST_CASE(rules_hold_as_soon_as_they_are_running) {
    Controlled server("");
    BOOST_TEST(server.said(server.edit("<size>6</size>"), 4) != "");
    const ParsedRpc change(server.context, "<edit-config><target><running/></target><config>"
                                           "<nacm xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-acm\">" +
                                               all + "</nacm></config></edit-config>");
    server.service.handle({7, "root", "", true}, change.get());
    BOOST_TEST(server.said(server.edit("<size>6</size>"), 4) == "");
}

BOOST_AUTO_TEST_CASE(an_action_needs_the_right_to_read_what_leads_to_it) {
    const std::string drain = "<action xmlns=\"urn:ietf:params:xml:ns:yang:1\"><top xmlns=\"urn:test:store\">"
                              "<pool><name>a</name><drain xmlns=\"urn:test:more\"/></pool></top></action>";
    Controlled open("");
    BOOST_TEST(open.said(drain, 5) == "operation-not-supported ");
    Controlled closed(
        "<exec-default>deny</exec-default>" +
        list("drain", "operators",
             rule("a", path("/t:top/t:pool[t:name='a']/m:drain") + operations("exec"), "permit")));
    BOOST_TEST(closed.said(drain, 4) == "operation-not-supported ");
    BOOST_TEST(closed.said(drain, 5) == "access-denied ");
    Controlled hidden(
        list("hide", "operators", rule("a", path("/t:top/t:pool") + operations("read"), "deny")));
    BOOST_TEST(hidden.said(drain, 4) == "access-denied ");
}

BOOST_AUTO_TEST_CASE(rules_of_operations_go_by_module_and_name) {
    Controlled server(list(
        "ops", "readers",
        rule("no", "<module-name>ietf-netconf</module-name><rpc-name>lock</rpc-name>" + operations("exec"),
             "deny") +
            rule("wipe", "<module-name>test-more</module-name><rpc-name>wipe</rpc-name>", "permit")));
    BOOST_TEST(server.said("<lock><target><candidate/></target></lock>", 5) == "access-denied ");
    BOOST_TEST(server.said("<lock><target><candidate/></target></lock>", 6) == "");
    BOOST_TEST(server.said(wipe, 5) == "operation-not-supported ");
}

BOOST_AUTO_TEST_CASE(notifications_are_heard_by_who_may) {
    Controlled server(list("quiet", "readers",
                           rule("no",
                                "<module-name>test-more</module-name>"
                                "<notification-name>alert</notification-name>" +
                                    operations("read"),
                                "deny")) +
                      all);
    const auto may = server.service.mayHear();
    const auto notification = [&](const char* name) {
        yang::Tree tree(server.context);
        tree.set("/test-more:" + std::string(name) + "/text", "t");
        return tree;
    };
    BOOST_TEST(may({4, "user4", ""}, notification("alert")));
    BOOST_TEST(!may({5, "user5", ""}, notification("alert")));
    BOOST_TEST(may({6, "user6", ""}, notification("alert")));
    BOOST_TEST(may({4, "user4", ""}, notification("leak")));
    BOOST_TEST(!may({6, "user6", ""}, notification("leak")));
    BOOST_TEST(may({7, "root", "", true}, notification("leak")));
    BOOST_TEST(server.counter("denied-notifications") == "2");
}

BOOST_AUTO_TEST_CASE(a_notification_of_a_data_node_is_heard_by_who_may_read_what_leads_to_it) {
    Controlled server(list("hide", "readers",
                           rule("a", path("/t:top/t:pool[t:name='a']") + operations("read"), "deny") +
                               rule("b", path("/t:top/t:pool[t:name='b']/m:overflow"), "deny")));
    const auto may = server.service.mayHear();
    const auto overflow = [&](const std::string& pool) {
        yang::Tree tree(server.context);
        tree.set("/test-store:top/pool[name='" + pool + "']/test-more:overflow/text", "t");
        return tree;
    };
    BOOST_TEST(!may({5, "user5", ""}, overflow("a")));
    BOOST_TEST(!may({5, "user5", ""}, overflow("b")));
    BOOST_TEST(may({5, "user5", ""}, overflow("c")));
    BOOST_TEST(may({6, "user6", ""}, overflow("a")));
}

BOOST_AUTO_TEST_CASE(who_may_not_write_does_not_hear_what_there_is) {
    Controlled server("");
    const auto said = [&](const std::string& operation, const std::string& name) {
        return server.said(
            server.edit("<pool nc:operation=\"" + operation + "\"><name>" + name + "</name></pool>"), 6);
    };
    for (const auto* operation : {"create", "delete"})
        for (const auto* name : {"a", "z"})
            BOOST_TEST(said(operation, name) ==
                       "access-denied /test-store:top/pool[name='" + std::string(name) + "']");
    BOOST_TEST(server.said(server.edit("<m:vault><m:key nc:operation=\"create\">z</m:key></m:vault>"), 6) ==
               "access-denied /test-store:top/test-more:vault/key");
    BOOST_TEST(server.said(server.edit("<m:sealed nc:operation=\"delete\"/>"), 6) ==
               "access-denied /test-store:top/test-more:sealed");
}

BOOST_AUTO_TEST_CASE(who_may_not_write_does_not_hear_what_an_edit_would_only_lead_through) {
    Controlled server(list("mine", "readers",
                           rule("port", path("/t:top/t:pool/t:port"), "permit") +
                               rule("size", path("/t:top/t:size"), "permit")));
    const auto said = [&](const std::string& inside, SessionId session) {
        return server.said(server.edit(inside, "<default-operation>none</default-operation>"), session);
    };
    for (const std::string name : {"a", "z"}) {
        const auto pool = "/test-store:top/pool[name='" + name + "']";
        BOOST_TEST(said("<pool><name>" + name + "</name></pool>", 6) == "access-denied " + pool);
    }
    for (const std::string leaf : {"name", "code"}) // One is there, the other is not.
        BOOST_TEST(said("<" + leaf + ">abc</" + leaf + ">", 6) == "access-denied /test-store:top/" + leaf);
    BOOST_TEST(said("<size>5</size>", 5) == "");
    BOOST_TEST(said("<pool><name>a</name><port nc:operation=\"merge\">7</port></pool>", 5) == "");
    BOOST_TEST(said("<pool><name>a</name><tag>z</tag></pool>", 5) ==
               "access-denied /test-store:top/pool[name='a']/tag[.='z']");
}

BOOST_AUTO_TEST_CASE(who_may_write_hears_what_there_is) {
    Controlled server(
        list("mine", "readers",
             rule("a", path("/t:top/t:pool[t:name='a']") + operations("create delete"), "permit") +
                 rule("c", path("/t:top/t:pool[t:name='c']") + operations("create delete"), "permit")));
    BOOST_TEST(server.said(server.edit("<pool nc:operation=\"create\"><name>a</name></pool>"), 5) ==
               "data-exists /test-store:top/pool[name='a']");
    BOOST_TEST(server.said(server.edit("<pool nc:operation=\"delete\"><name>c</name></pool>"), 5) ==
               "data-missing /test-store:top/pool[name='c']");
    BOOST_TEST(server.said(server.edit("<pool nc:operation=\"create\"><name>b</name></pool>"), 5) ==
               "access-denied /test-store:top/pool[name='b']");
    BOOST_TEST(server.said(server.edit("<pool nc:operation=\"delete\"><name>z</name></pool>"), 5) ==
               "access-denied /test-store:top/pool[name='z']");
}

BOOST_AUTO_TEST_CASE(a_test_of_an_edit_needs_the_right_to_make_it) {
    Controlled server("");
    BOOST_TEST(server.said(server.edit("<size>6</size>", "<test-option>test-only</test-option>"), 6) ==
               "access-denied /test-store:top/size");
    const auto port =
        server.edit("<pool><name>a</name><port>81</port></pool>", "<test-option>test-only</test-option>");
    BOOST_TEST(server.said(port, 6) == "access-denied /test-store:top/pool[name='a']/port");
}

BOOST_AUTO_TEST_CASE(what_was_denied_is_counted) {
    Controlled server("");
    BOOST_TEST(server.counter("denied-operations") == "0");
    server.refused(wipe, 6);
    server.refused(wipe, 6);
    server.refused(server.edit("<size>6</size>"), 6);
    BOOST_TEST(server.counter("denied-operations") == "2");
    BOOST_TEST(server.counter("denied-data-writes") == "1");
}

BOOST_AUTO_TEST_CASE(what_may_not_be_read_is_not_copied) {
    Controlled server("<write-default>permit</write-default>");
    // It would take away what the user neither sees nor may delete.
    BOOST_TEST(has(
        server.said("<copy-config><target><candidate/></target><source><running/></source></copy-config>", 6),
        "access-denied"));
}

BOOST_AUTO_TEST_SUITE_END()
