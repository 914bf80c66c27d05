#include "datastore/file_storage.hpp"
#include "datastore/notifications.hpp"
#include "datastore/service.hpp"
#include "server.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include <filesystem>

namespace headgate::datastore::test {

BOOST_AUTO_TEST_SUITE(service)

BOOST_AUTO_TEST_CASE(an_edit_of_the_candidate_shows_in_running_after_commit) {
    Server server;
    server.ok(server.edit("<name>n</name>"));
    BOOST_TEST(server.config("running") == "");
    BOOST_TEST(server.config("candidate") == server.canonical("<name>n</name>"));
    server.ok("<commit/>");
    BOOST_TEST(server.config("running") == server.canonical("<name>n</name>"));
    BOOST_TEST(server.participant.applied == 1);
}

BOOST_AUTO_TEST_CASE(an_edit_that_only_leads_through_what_is_there_finds_it) {
    Server server;
    const std::string none = "<default-operation>none</default-operation>";
    server.ok(server.edit("<name>n</name>"));
    server.ok(server.edit("<plain nc:operation=\"merge\"><a>x</a></plain>", none));
    server.ok(server.edit("<pool nc:operation=\"create\"><name>p</name></pool>", none));
    BOOST_TEST(server.config("candidate") ==
               server.canonical("<name>n</name><plain><a>x</a></plain><pool><name>p</name></pool>"));
    BOOST_TEST(server.refused(server.edit("<present><a>x</a></present>", none)).path ==
               "/test-store:top/present");
}

BOOST_AUTO_TEST_CASE(a_refusing_participant_leaves_running_as_it_was_with_its_own_words) {
    Server server;
    server.ok(server.edit("<name>a</name>"));
    server.ok("<commit/>");
    server.ok(server.edit("<name>b</name>"));
    server.participant.refusal = "no such back end";
    const auto error = server.refused("<commit/>");
    BOOST_TEST(error.message == "no such back end");
    BOOST_TEST(server.config("running") == server.canonical("<name>a</name>"));
    BOOST_TEST(server.config("candidate") == server.canonical("<name>b</name>"));
}

BOOST_AUTO_TEST_CASE(discard_changes_makes_the_candidate_what_running_is) {
    Server server;
    server.ok(server.edit("<name>n</name>"));
    server.ok("<discard-changes/>");
    BOOST_TEST(server.config("candidate") == "");
    server.ok("<commit/>");
    BOOST_TEST(server.participant.applied == 0);
}

BOOST_AUTO_TEST_CASE(test_then_set_tests_must_when_references_and_what_is_mandatory) {
    struct Case {
        const char* edit;
        const char* tag;
        const char* path;
        const char* appTag;
    };
    for (const auto& one : {
             Case{"<lower>5</lower><upper>4</upper>", "operation-failed", "/test-store:top/upper",
                  "upper-below-lower"},
             Case{"<odd>4</odd>", "operation-failed", "/test-store:top/odd", "must-violation"},
             Case{"<ref>nobody</ref>", "data-missing", "/test-store:top/ref", "instance-required"},
             Case{"<guarded>x</guarded>", "unknown-element", "/test-store:top/guarded", ""},
             Case{"<strict><x>1</x></strict>", "data-missing", "/test-store:top/strict/needed", ""},
             Case{"<strict><needed>1</needed></strict>", "data-missing", "/test-store:top/strict",
                  "missing-choice"},
             Case{"<limited><k>1</k></limited><limited><k>2</k></limited><limited><k>3</k></limited>",
                  "operation-failed", "", "too-many-elements"},
             Case{"<pool><name>p</name><port>1</port></pool><pool><name>q</name><port>1</port></pool>",
                  "operation-failed", "", "data-not-unique"},
         }) {
        BOOST_TEST_CONTEXT(one.edit) {
            Server server;
            const auto error =
                server.refused(server.edit(one.edit, "<test-option>test-then-set</test-option>"));
            BOOST_TEST_INFO(yang::toString(error));
            BOOST_TEST(error.tag == one.tag);
            if (*one.path) BOOST_TEST(error.path == one.path);
            BOOST_TEST(error.appTag == one.appTag);
            BOOST_TEST(server.config("candidate") == "");
            // The same as the RFC's default, and, with `set`, found at validate and commit.
            BOOST_TEST(server.refused(server.edit(one.edit)).tag == one.tag);
            server.ok(server.edit(one.edit, "<test-option>set</test-option>"));
            BOOST_TEST(server.refused("<validate><source><candidate/></source></validate>").tag == one.tag);
            BOOST_TEST(server.refused("<commit/>").tag == one.tag);
            BOOST_TEST(server.config("running") == "");
        }
    }
}

BOOST_AUTO_TEST_CASE(test_only_changes_nothing) {
    Server server;
    server.ok(server.edit("<name>n</name>", "<test-option>test-only</test-option>"));
    BOOST_TEST(server.config("candidate") == "");
    BOOST_TEST(server.refused(server.edit("<odd>4</odd>", "<test-option>test-only</test-option>")).appTag ==
               "must-violation");
}

BOOST_AUTO_TEST_CASE(a_node_whose_when_turns_false_goes_away) {
    Server server;
    server.ok(server.edit("<mode>manual</mode><guarded>x</guarded>"));
    server.ok("<commit/>");
    server.ok(server.edit("<mode>auto</mode>"));
    server.ok("<commit/>");
    BOOST_TEST(server.config("running") == server.canonical("<mode>auto</mode>"));
}

BOOST_AUTO_TEST_CASE(the_error_options_stop_go_on_or_roll_back) {
    Server server;
    const std::string edit = "<name>n</name><size>999</size><plain><a nc:operation=\"delete\"/></plain>";
    for (const char* option : {"stop-on-error", "rollback-on-error"}) {
        const auto errors =
            server.errors(server.edit(edit, std::string("<error-option>") + option + "</error-option>"));
        BOOST_TEST(errors.size() == 1U);
        BOOST_TEST(server.config("candidate") == "");
    }
    const auto errors = server.errors(server.edit(edit, "<error-option>continue-on-error</error-option>"));
    BOOST_TEST(errors.size() == 2U);
    BOOST_TEST(server.config("candidate") == server.canonical("<name>n</name>"));
}

BOOST_AUTO_TEST_CASE(a_lock_keeps_others_out_and_says_who_holds_it) {
    Server server;
    server.ok("<lock><target><candidate/></target></lock>", 4);
    const auto denied = server.refused("<lock><target><candidate/></target></lock>", 5);
    BOOST_TEST(denied.tag == "lock-denied");
    BOOST_TEST(hasInfo(denied, "session-id", "4"));
    BOOST_TEST(hasInfo(server.refused("<lock><target><candidate/></target></lock>", 4), "session-id", "4"));
    for (const std::string& rpc :
         {server.edit("<name>n</name>"), std::string("<commit/>"), std::string("<discard-changes/>"),
          std::string("<copy-config><target><candidate/></target><source><running/></source></copy-config>")})
        BOOST_TEST(server.refused(rpc, 5).tag == "in-use");
    BOOST_TEST(server.refused("<unlock><target><candidate/></target></unlock>", 5).tag == "lock-denied");
    server.ok(server.edit("<name>n</name>"), 4);
    server.ok("<unlock><target><candidate/></target></unlock>", 4);
    BOOST_TEST(server.config("candidate") == ""); // RFC 6241, section 8.3.5.2
    BOOST_TEST(server.refused("<unlock><target><candidate/></target></unlock>", 4).tag == "operation-failed");
    server.ok(server.edit("<name>n</name>"), 5);
}

BOOST_AUTO_TEST_CASE(a_locked_running_cannot_be_committed_to_by_others) {
    Server server;
    server.ok("<lock><target><running/></target></lock>", 4);
    server.ok(server.edit("<name>n</name>"), 5);
    BOOST_TEST(server.refused("<commit/>", 5).tag == "in-use");
    BOOST_TEST(server.config("candidate") == server.canonical("<name>n</name>"));
    server.service.sessionEnded(4);
    server.ok("<commit/>", 5);
}

BOOST_AUTO_TEST_CASE(a_modified_candidate_cannot_be_locked) {
    Server server;
    server.ok(server.edit("<name>n</name>"), 4);
    const auto denied = server.refused("<lock><target><candidate/></target></lock>", 5);
    BOOST_TEST(denied.tag == "lock-denied");
    BOOST_TEST(hasInfo(denied, "session-id", "0"));
    server.ok("<discard-changes/>", 4);
    server.ok("<lock><target><candidate/></target></lock>", 5);
}

BOOST_AUTO_TEST_CASE(a_sessions_end_releases_its_locks_and_drops_its_changes) {
    Server server;
    server.ok("<lock><target><candidate/></target></lock>", 4);
    server.ok("<lock><target><running/></target></lock>", 4);
    server.ok(server.edit("<name>n</name>"), 4);
    server.service.sessionEnded(4);
    BOOST_TEST(server.config("candidate") == "");
    server.ok("<lock><target><candidate/></target></lock>", 5);
    server.ok("<lock><target><running/></target></lock>", 5);
}

BOOST_AUTO_TEST_CASE(copy_config_takes_a_datastore_or_inline_content) {
    Server server;
    server.ok("<copy-config><target><candidate/></target><source><config>" + top("<name>n</name>") +
              "</config></source></copy-config>");
    BOOST_TEST(server.config("candidate") == server.canonical("<name>n</name>"));
    server.ok("<commit/>");
    server.ok("<copy-config><target><startup/></target><source><running/></source></copy-config>");
    BOOST_TEST(server.config("startup") == server.canonical("<name>n</name>"));
    BOOST_TEST(server.storage.saved.has_value());
    server.ok(server.edit("<name>m</name>"));
    server.ok("<copy-config><target><candidate/></target><source><startup/></source></copy-config>");
    BOOST_TEST(server.config("candidate") == server.canonical("<name>n</name>"));
    BOOST_TEST(
        server
            .refused("<copy-config><target><candidate/></target><source><candidate/></source></copy-config>")
            .tag == "invalid-value");
    BOOST_TEST(server
                   .refused("<copy-config><target><candidate/></target><source><config>" +
                            top("<size>no</size>") + "</config></source></copy-config>")
                   .tag == "invalid-value");
    BOOST_TEST(server
                   .refused("<copy-config><target><startup/></target><source><config>" + top("<odd>2</odd>") +
                            "</config></source></copy-config>")
                   .appTag == "must-violation");
    BOOST_TEST(server.config("startup") == server.canonical("<name>n</name>"));
}

BOOST_AUTO_TEST_CASE(delete_config_empties_startup) {
    Server server;
    server.ok("<copy-config><target><startup/></target><source><config>" + top("<name>n</name>") +
              "</config></source></copy-config>");
    server.ok("<delete-config><target><startup/></target></delete-config>");
    BOOST_TEST(server.config("startup") == "");
}

BOOST_AUTO_TEST_CASE(validate_checks_a_datastore_or_inline_content) {
    Server server;
    server.ok("<validate><source><running/></source></validate>");
    server.ok("<validate><source><config>" + top("<odd>3</odd>") + "</config></source></validate>");
    BOOST_TEST(
        server.refused("<validate><source><config>" + top("<odd>2</odd>") + "</config></source></validate>")
            .appTag == "must-violation");
    BOOST_TEST(
        server.refused("<validate><source><config>" + top("<pool/>") + "</config></source></validate>").tag ==
        "missing-element");
}

BOOST_AUTO_TEST_CASE(with_defaults_shows_what_it_is_asked_for) {
    Server server;
    server.ok(server.edit("<mode>auto</mode><plain><a>1</a></plain><pool><name>p</name></pool>"));
    server.ok("<commit/>");
    const auto get = [&](const std::string& mode) {
        return server.output("<get-config><source><running/></source><filter>" +
                             top("<mode/><plain/><pool/>") + "</filter>" +
                             (mode.empty() ? ""
                                           : "<with-defaults xmlns=\"urn:ietf:params:xml:ns:yang:"
                                             "ietf-netconf-with-defaults\">" +
                                                 mode + "</with-defaults>") +
                             "</get-config>");
    };
    const auto explicitOnes = "<mode>auto</mode><plain><a>1</a></plain><pool><name>p</name></pool>";
    BOOST_TEST(get("") == server.canonical(explicitOnes));
    BOOST_TEST(get("explicit") == server.canonical(explicitOnes));
    BOOST_TEST(get("trim") == server.canonical("<plain><a>1</a></plain><pool><name>p</name></pool>"));
    BOOST_TEST(
        get("report-all") ==
        server.canonical(
            "<mode>auto</mode><plain><a>1</a><b>5</b></plain><pool><name>p</name><weight>1</weight></pool>"));
    const auto tagged = get("report-all-tagged");
    BOOST_TEST(tagged.find("default=\"true\">5</b>") != std::string::npos);
    BOOST_TEST(tagged.find("<mode>auto</mode>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_filter_of_get_config_may_be_xpath) {
    Server server;
    server.ok(server.edit("<pool><name>p</name><port>1</port></pool><name>n</name>"));
    BOOST_TEST(server.output("<get-config xmlns:z=\"urn:test:store\"><source><candidate/></source>"
                             "<filter type=\"xpath\" select=\"/z:top/z:pool/z:port\"/></get-config>") ==
               server.canonical("<pool><name>p</name><port>1</port></pool>"));
    BOOST_TEST(
        server.refused("<get-config><source><candidate/></source><filter type=\"xpath\"/></get-config>")
            .tag == "missing-attribute");
}

BOOST_AUTO_TEST_CASE(get_adds_the_state) {
    Server server;
    server.ok(server.edit("<name>n</name>"));
    server.ok("<commit/>");
    BOOST_TEST(server.output("<get><filter>" + top("<stats/>") + "</filter></get>").find("<hits>7</hits>") !=
               std::string::npos);
    BOOST_TEST(server.output("<get/>").find("<name>n</name>") != std::string::npos);
    BOOST_TEST(server.config("running").find("hits") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(get_tells_modules_schemas_and_locks) {
    Server server;
    server.ok("<lock><target><running/></target></lock>", 4);
    const auto state = server.output("<get><filter><netconf-state xmlns=\"urn:ietf:params:xml:ns:yang:"
                                     "ietf-netconf-monitoring\"/></filter></get>");
    BOOST_TEST(state.find("<name>running</name><locks><global-lock><locked-by-session>4</locked-by-session>"
                          "<locked-time>") != std::string::npos);
    BOOST_TEST(state.find("<identifier>test-store</identifier><version>2026-01-01</version>") !=
               std::string::npos);
    const auto library = server.output("<get><filter><yang-library xmlns=\"urn:ietf:params:xml:ns:yang:"
                                       "ietf-yang-library\"/></filter></get>");
    BOOST_TEST(library.find("<name>test-store</name>") != std::string::npos);
    BOOST_TEST(server.output("<get/>").find("<name>test-store</name>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_edit_that_changes_nothing_leaves_the_candidate_unmodified) {
    Server server;
    server.ok(server.edit("<name>n</name>"));
    server.ok("<commit/>");
    server.ok(server.edit("<name>n</name>", "<default-operation>none</default-operation>"));
    server.ok("<lock><target><candidate/></target></lock>", 5);
}

BOOST_AUTO_TEST_CASE(get_schema_gives_the_text_or_says_why_not) {
    Server server;
    const auto ask = [](const std::string& inside) {
        return "<get-schema xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring\">" + inside +
               "</get-schema>";
    };
    BOOST_TEST(server.output(ask("<identifier>test-store</identifier>")).find("module test-store {") !=
               std::string::npos);
    server.output(
        ask("<identifier>test-store</identifier><version>2026-01-01</version><format>yang</format>"));
    BOOST_TEST(server.refused(ask("<identifier>nobody</identifier>")).tag == "invalid-value");
    BOOST_TEST(server.refused(ask("<identifier>test-store</identifier><version>1999-01-01</version>")).tag ==
               "invalid-value");
    BOOST_TEST(server.refused(ask("<identifier>test-store</identifier><format>xsd</format>")).tag ==
               "invalid-value");
}

BOOST_AUTO_TEST_CASE(kill_session_asks_the_killer) {
    Server server;
    server.ok("<kill-session><session-id>9</session-id></kill-session>", 4);
    BOOST_TEST(server.killer.killed == 9U);
    BOOST_TEST(server.refused("<kill-session><session-id>4</session-id></kill-session>", 4).tag ==
               "invalid-value");
    BOOST_TEST(server.refused("<kill-session><session-id>77</session-id></kill-session>", 4).tag ==
               "invalid-value");
}

BOOST_AUTO_TEST_CASE(what_is_missing_from_an_operation_is_named) {
    Server server;
    BOOST_TEST(hasInfo(server.refused("<get-config/>"), "bad-element", "source"));
    BOOST_TEST(hasInfo(server.refused("<get-config><source/></get-config>"), "bad-element", "source"));
    BOOST_TEST(hasInfo(server.refused("<edit-config><target><candidate/></target></edit-config>"),
                       "bad-element", "config"));
    BOOST_TEST(server.refused("<lock><target><candidate/><running/></target></lock>").tag == "bad-element");
    BOOST_TEST(
        server.refused("<edit-config><target><candidate/></target><config>words</config></edit-config>")
            .tag == "bad-element");
}

BOOST_AUTO_TEST_CASE(other_operations_go_to_their_handler_or_are_not_supported) {
    Server server;
    BOOST_TEST(server.refused("<ping xmlns=\"urn:test:store\"/>").tag == "operation-not-supported");
    server.service.addHandler("/test-store:ping", [](const Session&, const lyd_node* operation) -> Answer {
        auto answer = outputFor(operation);
        answer.setOutput("/test-store:ping/answer", "pong");
        return answer;
    });
    const ParsedRpc ping(server.context, "<ping xmlns=\"urn:test:store\"/>");
    const auto answer = server.service.handle({4, "u", ""}, ping.get());
    BOOST_TEST(answer.value().print(yang::Format::xml).find("pong") != std::string::npos);

    std::string drained;
    server.service.addHandler("/test-store:top/pool/test-more:drain",
                              [&](const Session&, const lyd_node* operation) -> Answer {
                                  drained = yang::Node(operation).path();
                                  auto output = outputFor(operation);
                                  output.setOutput(drained + "/left", "3");
                                  return output;
                              });
    const ParsedRpc action(server.context, "<action xmlns=\"urn:ietf:params:xml:ns:yang:1\">" +
                                               top("<pool><name>p</name><m:drain/></pool>") + "</action>");
    const auto left = server.service.handle({4, "u", ""}, action.get());
    BOOST_TEST(drained == "/test-store:top/pool[name='p']/test-more:drain");
    BOOST_TEST(left.value().print(yang::Format::xml).find(">3</left>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_guard_refuses_before_anything_happens) {
    Server server;
    server.service.addGuard([](const Session&, const lyd_node* operation) {
        if (yang::Node(operation).name() == "commit")
            throw yang::RpcErrors(yang::RpcError{.tag = "access-denied"});
    });
    server.ok(server.edit("<name>n</name>"));
    BOOST_TEST(server.refused("<commit/>").tag == "access-denied");
}

BOOST_AUTO_TEST_CASE(a_server_without_a_capability_says_so) {
    Server server({.candidate = false, .confirmedCommit = false, .writableRunning = true, .startup = false});
    server.ok(server.edit("<name>n</name>", "", "running"));
    BOOST_TEST(server.config("running") == server.canonical("<name>n</name>"));
    BOOST_TEST(server.participant.applied == 1);
    // Without a startup datastore, running itself is what survives.
    BOOST_TEST(server.storage.saved.value().find("\"n\"") != std::string::npos);
    BOOST_CHECK_THROW(server.ok("<commit/>"), std::runtime_error);
    server.participant.refusal = "no";
    server.refused(server.edit("<name>m</name>", "", "running"));
    BOOST_TEST(server.config("running") == server.canonical("<name>n</name>"));
    BOOST_TEST(server.storage.saved.value().find("\"n\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_process_changes_running_by_itself) {
    Server server;
    auto next = server.service.running().duplicate();
    next.set("/test-store:top/pool[name=" + yang::quoted("it's") + "]/port", "7");
    server.service.change({}, std::move(next));
    BOOST_TEST(server.service.running().value("/test-store:top/pool[name=\"it's\"]/weight").value() == "1");
    BOOST_TEST(server.config("candidate") ==
               server.canonical("<pool><name>it's</name><port>7</port></pool>"));
    auto bad = server.service.running().duplicate();
    bad.set("/test-store:top/odd", "2");
    BOOST_CHECK_THROW(server.service.change({}, std::move(bad)), yang::RpcErrors);
}

BOOST_AUTO_TEST_CASE(what_was_saved_serves_again_after_a_restart) {
    const auto dir =
        std::filesystem::temp_directory_path() / ("headgate-datastore-" + std::to_string(::getpid()));
    std::filesystem::create_directories(dir);
    const auto file = (dir / "startup.json").string();
    {
        FileStorage storage(file);
        Server server({}, &storage);
        server.ok(server.edit("<name>saved</name>"));
        server.ok("<commit/>");
        server.ok("<copy-config><target><startup/></target><source><running/></source></copy-config>");
        server.ok(server.edit("<name>not saved</name>"));
        server.ok("<commit/>");
    }
    struct stat status {};
    BOOST_REQUIRE(::stat(file.c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 0777) == 0600U);
    FileStorage storage(file);
    Server server({}, &storage);
    server.service.start();
    BOOST_TEST(server.config("running") == server.canonical("<name>saved</name>"));
    BOOST_TEST(server.config("candidate") == server.canonical("<name>saved</name>"));
    BOOST_TEST(server.participant.applied == 1);
    std::filesystem::remove_all(dir);
}

BOOST_AUTO_TEST_CASE(changes_are_told_with_what_changed) {
    Server server;
    server.ok(server.edit("<name>n</name><pool><name>p</name></pool>"), 4);
    server.ok("<commit/>", 4);
    server.ok(server.edit("<name>m</name><pool nc:operation=\"delete\"><name>p</name></pool>"), 4);
    server.ok("<commit/>", 4);
    BOOST_REQUIRE_EQUAL(server.events.changes.size(), 2U);
    const auto& edits = server.events.changes.back();
    BOOST_REQUIRE_EQUAL(edits.size(), 2U);
    BOOST_TEST(edits[0].path == "/test-store:top/pool[name='p']");
    BOOST_TEST(edits[1].path == "/test-store:top/name");
    BOOST_TEST(edits[1].before == "n");
    const auto notification =
        configChangeNotification(server.context, Session{4, "ann", "192.0.2.1"}, Datastore::running, edits);
    const auto text = notification.print(yang::Format::xml);
    BOOST_TEST(
        text.find("<username>ann</username><session-id>4</session-id><source-host>192.0.2.1</source-host>") !=
        std::string::npos);
    BOOST_TEST(text.find("<operation>delete</operation>") != std::string::npos);
    BOOST_TEST(text.find("pool[") != std::string::npos);
    BOOST_TEST(confirmedCommitNotification(server.context, Session{4, "ann", ""}, ConfirmedCommit::start,
                                           std::chrono::seconds(30))
                   .print(yang::Format::xml)
                   .find("<confirm-event>start</confirm-event><timeout>30</timeout>") != std::string::npos);
    BOOST_TEST(sessionEndNotification(server.context, Session{4, "ann", ""}, SessionEnd::killed, 9)
                   .print(yang::Format::xml)
                   .find("<killed-by>9</killed-by>") != std::string::npos);
    BOOST_TEST(sessionStartNotification(server.context, Session{4, "ann", "not an address"})
                   .print(yang::Format::xml)
                   .find("source-host") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}
