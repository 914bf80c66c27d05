#include "northbound/configuration.hpp"
#include "unit/northbound/support.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace headgate;
using namespace headgate::northbound;
using namespace headgate::northbound::test;
using std::chrono::milliseconds;

namespace {

RunningConfiguration lab() {
    return RunningConfiguration::fromFile(instanceData("valid/headgate-lab.json"));
}

domain::Member real2() {
    domain::Member member;
    member.server.value = "real2";
    member.connection = {"127.77.0.102", 8080, "http", 10, 200};
    member.origin = domain::Origin::allocated;
    return member;
}

/// The first problem of what is refused; empty when it was taken.
Problem refusal(const fs::path& file) {
    try {
        RunningConfiguration::fromFile(file);
    } catch (const InvalidConfiguration& error) {
        return error.problems().front();
    }
    return {};
}

}

BOOST_AUTO_TEST_CASE(the_lab_configuration_is_read_as_values) {
    const auto running = lab();
    const auto& read = running.value();
    const auto folder = instanceData("valid").string();

    BOOST_TEST(read.notificationsAddresses == std::vector<std::string>{"127.77.0.1:10162"});
    BOOST_TEST(read.notificationUsers == std::vector<std::string>{"lab-v3"});

    const auto* application = read.application({"web"});
    BOOST_REQUIRE(application);
    BOOST_TEST((*application == domain::Application{{"web"}, "nginx", 8080, "http"}));

    const auto* profile = read.profile({"web-server"});
    BOOST_REQUIRE(profile);
    BOOST_TEST(profile->metrics.size() == 2U);
    BOOST_TEST(profile->metrics[0].name == "connections");
    BOOST_TEST(profile->metrics[0].limit == 80.0);

    const auto* first = read.server({"real1"});
    const auto* third = read.server({"real3"});
    BOOST_REQUIRE(first);
    BOOST_REQUIRE(third);
    BOOST_TEST(first->snmpAddress == "127.77.0.101:10161");
    BOOST_TEST(third->snmpAddress == "127.77.0.203:10161");
    BOOST_TEST((first->pollInterval == milliseconds(1000)));
    BOOST_TEST(first->credential.value == "lab-v3");
    BOOST_TEST(first->priority == 100);
    BOOST_TEST(third->priority == 102);
    BOOST_TEST((first->applications == std::vector<domain::ApplicationName>{{"web"}}));

    const auto* appliance = read.appliance({"citrix-1"});
    BOOST_REQUIRE(appliance);
    BOOST_TEST(appliance->family == "citrix");
    BOOST_TEST(appliance->port == 10830);
    BOOST_TEST(appliance->knownHostsFile == folder + "/keys/known_hosts");
    BOOST_TEST((appliance->rpcTimeout == milliseconds(8000)));

    const auto* key = read.credential({"lab-ssh"});
    BOOST_REQUIRE(key);
    BOOST_TEST((key->kind == domain::CredentialKind::ssh));
    BOOST_TEST(key->secretFile == folder + "/keys/id_ed25519");

    const auto* pool = read.pool({"web"});
    BOOST_REQUIRE(pool);
    BOOST_TEST(
        (pool->places == std::vector<domain::PoolPlace>{{{"f5-1"}, "/Common/web"}, {{"citrix-1"}, "web"}}));
    BOOST_TEST(pool->policy.maximum == 8U);
    BOOST_TEST((pool->policy.verifyDeadline == milliseconds(12500)));
    BOOST_TEST(!pool->held);
    BOOST_REQUIRE(pool->members.size() == 1U);
    BOOST_TEST((pool->members[0].origin == domain::Origin::configured));
    BOOST_TEST(
        (pool->members[0].connection == domain::ConnectionSettings{"127.77.0.101", 8080, "http", 1, 0}));
}

BOOST_AUTO_TEST_CASE(what_is_left_out_has_the_domains_defaults) {
    const TemporaryFolder folder;
    const auto file = folder.write("least.json", R"({"headgate:headgate": {
        "credential": [{"name": "c", "kind": "snmp-v2c", "secret-file": "/c"},
                       {"name": "v3", "kind": "snmp-v3", "user": "u", "secret-file": "/u"},
                       {"name": "k", "kind": "ssh", "user": "u", "secret-file": "/k"}],
        "application": [{"name": "a", "process": "p", "port": 80}],
        "profile": [{"name": "p", "metric": [{"name": "cpu"}]}],
        "server": [{"name": "s", "address": "2001:db8::1", "snmp": {"credential": "c"}, "application": ["a"],
                    "profile": "p"}],
        "appliance": [{"name": "x", "family": "f5", "host": "h", "credential": "k", "known-hosts-file": "/h"}],
        "pool": [{"name": "q", "application": "a", "appliance": [{"name": "x", "object": "o"}]}]}})");
    const auto running = RunningConfiguration::fromFile(file);
    const auto& read = running.value();

    domain::Server server;
    server.name = {"s"};
    server.address = "2001:db8::1";
    server.snmpAddress = "[2001:db8::1]:161";
    server.credential = {"c"};
    server.applications = {{"a"}};
    server.profile = {"p"};
    BOOST_TEST((read.servers == std::vector{server}));

    domain::Profile profile;
    profile.name = {"p"};
    profile.metrics.resize(1);
    profile.metrics[0].name = "cpu";
    BOOST_TEST((read.profiles == std::vector{profile}));

    domain::Appliance appliance;
    appliance.name = {"x"};
    appliance.family = "f5";
    appliance.host = "h";
    appliance.credential = {"k"};
    appliance.knownHostsFile = "/h";
    BOOST_TEST((read.appliances == std::vector{appliance}));

    BOOST_REQUIRE(read.pools.size() == 1U);
    BOOST_TEST((read.pools[0].policy == domain::PoolPolicy{}));
    BOOST_TEST(!read.pools[0].held);
    BOOST_TEST(read.credential({"v3"})->authProtocol == domain::Credential{}.authProtocol);
    BOOST_TEST(read.credential({"v3"})->privProtocol == domain::Credential{}.privProtocol);
    BOOST_TEST(read.notificationsAddresses == domain::Configuration{}.notificationsAddresses);
    BOOST_TEST(read.notificationRateLimit == domain::Configuration{}.notificationRateLimit);
}

BOOST_AUTO_TEST_CASE(where_notifications_are_heard_and_the_rules_for_them_are_read) {
    const auto running =
        RunningConfiguration::fromFile(instanceData("valid/headgate-notification-rules.json"));
    const auto& read = running.value();
    BOOST_TEST(read.notificationsAddresses ==
               (std::vector<std::string>{"0.0.0.0:162", "[::]:162", "0.0.0.0:1162"}));
    BOOST_TEST(read.notificationRateLimit == 1000U);
    domain::NotificationRule batch;
    batch.name = "batch-is-running";
    batch.trapOid = "1.3.6.1.4.1.32473.7.0";
    batch.subtree = true;
    batch.conditions = {{"1.3.6.1.4.1.32473.7.1.1", "3", {}},
                        {"1.3.6.1.4.1.32473.7.1.2", {}, "started"},
                        {"1.3.6.1.4.1.32473.7.1.3", {}, {}}};
    batch.sender = false;
    batch.varbinds = {{"1.3.6.1.4.1.32473.7.1.4", domain::NamingVarbind::Names::server},
                      {"1.3.6.1.4.1.32473.7.1.5", domain::NamingVarbind::Names::any}};
    batch.servers = {{"s"}};
    batch.appliances = {{"x"}};
    batch.pools = {{"q"}};
    BOOST_TEST_REQUIRE(read.notificationRules.size() == 3U);
    BOOST_TEST((read.notificationRules[0] == batch));
    BOOST_TEST((read.notificationRules[1].action == domain::NotificationRule::Action::tell));
    BOOST_TEST((read.notificationRules[2].action == domain::NotificationRule::Action::ignore));
}

BOOST_AUTO_TEST_CASE(no_notifications_are_heard_where_that_is_configured) {
    const TemporaryFolder folder;
    const auto file = folder.write("deaf.json", R"({"headgate:headgate": {
        "notifications": {"enabled": false, "further-address": [{"listen-address": "::", "listen-port": 162}]}}})");
    const auto running = RunningConfiguration::fromFile(file);
    BOOST_TEST(running.value().notificationsAddresses.empty());
}

BOOST_AUTO_TEST_CASE(pairs_statistics_and_the_policy_of_drift_are_read) {
    const auto running = RunningConfiguration::fromFile(instanceData("valid/headgate-pair.json"));
    const auto& read = running.value();
    const auto* first = read.appliance({"lb1"});
    const auto* second = read.appliance({"lb2"});
    const auto* third = read.appliance({"lb3"});
    BOOST_REQUIRE((first && second && third));
    BOOST_TEST(first->pair == "edge");
    BOOST_TEST(first->snmpAddress == "192.0.2.1:161");
    BOOST_TEST(first->snmpCredential.value == "agents");
    BOOST_TEST(second->pair == "edge");
    BOOST_TEST(second->snmpAddress == "[2001:db8::2]:1161");
    BOOST_TEST(third->pair.empty());
    BOOST_TEST(third->snmpAddress.empty());
    BOOST_TEST(third->snmpCredential.value.empty());
    BOOST_TEST((read.pool({"web"})->policy.drift == domain::DriftPolicy::adopt));
}

BOOST_AUTO_TEST_CASE(a_written_configuration_reads_the_same_again) {
    const auto running = lab();
    const auto again = RunningConfiguration::fromText(running.text());
    BOOST_TEST((again.value() == running.value()));
    BOOST_TEST(again.text() == running.text());
}

BOOST_AUTO_TEST_CASE(xml_and_json_mean_the_same) {
    const TemporaryFolder folder;
    const auto json = folder.write(
        "a.conf", R"({"headgate:headgate": {"application": [{"name": "a", "process": "p", "port": 80}]}})");
    const auto xml = folder.write("b.conf", R"(
        <headgate xmlns="urn:headgate:yang:headgate">
          <application><name>a</name><process>p</process><port>80</port></application>
        </headgate>)");
    BOOST_TEST((RunningConfiguration::fromFile(json).value() == RunningConfiguration::fromFile(xml).value()));
}

BOOST_AUTO_TEST_CASE(a_member_that_is_added_is_in_the_next_revision_only) {
    auto running = lab();
    const auto before = running.text();
    const auto revision = running.withMember({"web"}, real2());
    BOOST_TEST(running.text() == before);

    running.accept(revision);
    const auto* member = running.value().pool({"web"})->member({"real2"});
    BOOST_REQUIRE(member);
    BOOST_TEST((*member == real2()));

    running.accept(running.withoutMember({"web"}, {"real2"}));
    BOOST_TEST(running.text() == before);
}

BOOST_AUTO_TEST_CASE(who_stood_in_for_a_member_that_leaves_takes_over_its_place) {
    auto running = lab();
    auto second = real2();
    second.standsInFor = {"real1"};
    auto third = second;
    third.server = {"real3"};
    third.connection.address = "127.77.0.103";
    third.standsInFor = {"real2"};
    running.accept(running.withMember({"web"}, second));
    running.accept(running.withMember({"web"}, third));
    running.accept(running.withoutMember({"web"}, {"real2"}));
    BOOST_TEST(running.value().pool({"web"})->member({"real3"})->standsInFor.value == "real1");
    running.accept(running.withoutMember({"web"}, {"real1"}));
    BOOST_TEST(running.value().pool({"web"})->member({"real3"})->standsInFor.value == "");
    BOOST_TEST(running.text().find("stands-in-for") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_hold_is_part_of_the_configuration) {
    auto running = lab();
    running.accept(running.withHeld({"web"}, true));
    BOOST_TEST(running.value().pool({"web"})->held);
    running.accept(running.withHeld({"web"}, false));
    BOOST_TEST(!running.value().pool({"web"})->held);
}

BOOST_AUTO_TEST_CASE(a_revision_that_breaks_a_rule_is_refused_and_changes_nothing) {
    auto running = lab();
    const auto before = running.text();
    auto stranger = real2();
    stranger.server.value = "real9";
    BOOST_CHECK_THROW(running.withMember({"web"}, stranger), InvalidConfiguration);
    BOOST_CHECK_THROW(running.withHeld({"nowhere"}, true), InvalidConfiguration);
    BOOST_CHECK_THROW(running.accept("{\"headgate:headgate\": {\"pool\": 1}}"), InvalidConfiguration);
    BOOST_TEST(running.text() == before);
}

BOOST_AUTO_TEST_CASE(each_refused_file_is_told_where_and_why) {
    const std::map<std::string, std::pair<std::string, std::string>> expected{
        {"levels-crossed",
         {"/headgate:headgate/pool[name='web']/policy",
          "The lower level must be less than the upper level."}},
        {"tolerance-above-level",
         {"/headgate:headgate/pool[name='web']/policy", "The tolerance must be less than the upper level."}},
        {"minimum-above-maximum",
         {"/headgate:headgate/pool[name='web']/policy",
          "The minimum of members must not be more than the maximum."}},
        {"verify-outlasts-window",
         {"/headgate:headgate/pool[name='web']/policy",
          "The verify deadline must be less than the confirm window, so "
          "that an unverified change still rolls back."}},
        {"member-of-unknown-server",
         {"/headgate:headgate/pool[name='web']/member[server='real9']/server",
          "There is no server called real9."}},
        {"pool-on-unknown-appliance",
         {"/headgate:headgate/pool[name='web']/appliance[name='f5-9']/name",
          "There is no appliance called f5-9."}},
        {"pool-without-appliance",
         {"/headgate:headgate/pool[name='web']/appliance", "At least one appliance is needed."}},
        {"pool-without-application",
         {"/headgate:headgate/pool[name='web']/application", "application is missing."}},
        {"server-address",
         {"/headgate:headgate/server[name='real1']/address", "127.77.0.300 is no address."}},
        {"appliance-reached-with-a-community",
         {"/headgate:headgate/appliance[name='f5-1']/credential",
          "An appliance needs a credential of kind ssh."}},
        {"appliance-asked-with-ssh",
         {"/headgate:headgate/appliance[name='lb1']/snmp/credential",
          "An SNMP agent needs a credential of kind snmp-v1, snmp-v2c or snmp-v3."}},
        {"pair-of-three",
         {"/headgate:headgate/appliance[name='lb1']/pair",
          "At most two appliances make a high-availability pair."}},
        {"unknown-leaf",
         {"/headgate:headgate/pool[name='web']/policy/uper",
          "policy has no uper. It has inherit, upper, lower, tolerance, full-when, grow-after, shrink-after, "
          "grow-cooldown, shrink-cooldown, minimum, maximum, release-configured, confirm-window, "
          "verify-deadline, drain-deadline, lock-wait, quarantine, drift, mode, shrink-margin, step, "
          "warm-up, ramp-steps, rate-limit, damping, priority, lend, additions-without-benefit, "
          "maintenance-window, "
          "fail-over, forecast."}}};
    for (const auto& [name, problem] : expected) {
        BOOST_TEST_CONTEXT(name) {
            const auto found = refusal(instanceData("invalid/headgate-" + name + ".json"));
            BOOST_TEST(found.path == problem.first);
            BOOST_TEST(found.rule == problem.second);
            BOOST_TEST(found.line > 1U);
        }
    }
    for (const auto& entry : fs::directory_iterator(instanceData("invalid"))) {
        const auto file = entry.path().filename().string();
        if (file.starts_with("headgate-") && file.ends_with(".json") &&
            file.find(".rpc.") == std::string::npos)
            BOOST_TEST(!refusal(entry.path()).rule.empty(), file << " was taken");
    }
}

BOOST_AUTO_TEST_CASE(a_server_is_a_member_of_one_pool_at_most) {
    const auto found = refusal(instanceData("rules/headgate-member-of-two-pools.json"));
    BOOST_TEST(found.path == "/headgate:headgate/pool[name='web']/member[server='real1']");
    BOOST_TEST(found.rule == "A server is a member of one pool at most.");
    BOOST_TEST(found.line == 150U);
}

BOOST_AUTO_TEST_CASE(a_shelf_that_would_select_nothing_for_its_cost_is_refused) {
    const auto with = [](const std::string& resource) {
        auto text = RunningConfiguration::fromFile(instanceData("valid/headgate-lab.json")).text();
        return text.insert(text.find('{') + 1, "\n"
                                               R"("ietf-alarms:alarms": {"control": {"alarm-shelving": )"
                                               R"({"shelf": [{"name": "noisy", "resource": [")" +
                                                   resource + "\"]}]}}},");
    };
    const std::string costly = "//*[//*[//*[//*]]]";
    const auto refused = [](const InvalidConfiguration& refusal) {
        const auto& problem = refusal.problems().at(0);
        BOOST_TEST(problem.path == "/ietf-alarms:alarms/control/alarm-shelving/shelf[name='noisy']");
        BOOST_TEST(problem.rule ==
                   "The resource //*[//*[//*[//*]]] would keep Headgate busy for too long with each "
                   "alarm, and so would select nothing: say by names where resources are.");
        return true;
    };
    BOOST_CHECK_EXCEPTION(RunningConfiguration::fromContent(with(costly), "/"), InvalidConfiguration,
                          refused);
    const TemporaryFolder folder;
    BOOST_TEST(refusal(folder.write("costly.json", with(costly))).line == 2U);
    RunningConfiguration::fromContent(with("/headgate:headgate/pool[name='web']/appliance"), "/");
    RunningConfiguration::fromContent(with("lab/rack 7"), "/"); // no XPath: it is compared
    // It may have grown to that since it was taken: it starts, and what happens is recorded.
    auto running = RunningConfiguration::fromText(with(costly));
    running.accept(running.withHeld({"web"}, true));
    BOOST_TEST(running.value().pool({"web"})->held);
}

BOOST_AUTO_TEST_CASE(a_broken_text_is_told_by_its_line) {
    const TemporaryFolder folder;
    const auto file = folder.write("broken.json", "{\n \"headgate:headgate\": {\n  \"pool\": [,]\n }\n}\n");
    const auto problem = refusal(file);
    BOOST_TEST(problem.line == 3U);
    BOOST_TEST(toString(problem, "x.json").starts_with("x.json:3: "));
    BOOST_TEST(refusal(folder.path / "nowhere.json").rule.starts_with("cannot be read"));
}

BOOST_AUTO_TEST_CASE(secret_files_must_be_there_and_closed_to_others) {
    const TemporaryFolder folder;
    domain::Configuration configuration;
    const auto add = [&](const std::string& name, const fs::path& file) {
        domain::Credential credential;
        credential.name = {name};
        credential.secretFile = file.string();
        configuration.credentials.push_back(credential);
    };
    add("good", folder.write("good", "secret"));
    BOOST_TEST(checkFiles(configuration).empty());

    add("open", folder.write("open", "secret", 0644));
    add("empty", folder.write("empty", ""));
    add("gone", folder.path / "gone");
    add("folder", folder.path);
    domain::Appliance appliance;
    appliance.name = {"x"};
    appliance.family = "f5";
    appliance.knownHostsFile = (folder.path / "hosts").string();
    configuration.appliances.push_back(appliance);

    const auto problems = checkFiles(configuration, {"citrix"});
    BOOST_REQUIRE(problems.size() == 6U);
    BOOST_TEST(problems[0].path == "/headgate:headgate/credential[name='open']/secret-file");
    BOOST_TEST(problems[0].rule.ends_with("open to others than its owner: chmod 0600 it"));
    BOOST_TEST(problems[1].rule.ends_with("is empty: write the secret into it"));
    BOOST_TEST(problems[2].rule.ends_with("is missing: make it, with mode 0600"));
    BOOST_TEST(problems[3].rule.ends_with("is no regular file"));
    BOOST_TEST(problems[4].path == "/headgate:headgate/appliance[name='x']/known-hosts-file");
    BOOST_TEST(problems[5].rule == "this build has no adapter for the family f5");
}

BOOST_AUTO_TEST_CASE(an_ssh_credential_must_hold_a_private_key) {
    const TemporaryFolder folder;
    const auto problems = [&](const std::string& content) {
        domain::Configuration configuration;
        domain::Credential credential;
        credential.name = {"key"};
        credential.kind = domain::CredentialKind::ssh;
        credential.secretFile = folder.write("key", content).string();
        configuration.credentials.push_back(credential);
        return checkFiles(configuration);
    };
    BOOST_TEST(problems("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n").empty());
    for (const auto* content : {"hunter22hunter22\n", "ssh-ed25519 AAAA someone@here\n",
                                "-----BEGIN PUBLIC KEY-----\nAAAA\n", "PRIVATE KEY"}) {
        const auto found = problems(content);
        BOOST_REQUIRE(found.size() == 1U);
        BOOST_TEST(found[0].path == "/headgate:headgate/credential[name='key']/secret-file");
        BOOST_TEST(found[0].rule.find("is no private key") != std::string::npos);
        BOOST_TEST(found[0].rule.find("hunter22") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(the_keys_of_the_own_ssh_server_are_nobody_elses_to_write) {
    const TemporaryFolder folder;
    domain::Configuration configuration;
    domain::SshAccess access;
    access.hostKeyFile = folder.write("host", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n").string();
    access.users = {{"good", folder.write("good", "ssh-ed25519 AAAA", 0644).string()}};
    configuration.netconfServer.doors = {{"all", "0.0.0.0", 830, access}};
    BOOST_TEST(checkFiles(configuration).empty());
    access.users.push_back({"loose", folder.write("loose", "ssh-ed25519 AAAA", 0664).string()});
    access.users.push_back({"gone", (folder.path / "gone").string()});
    access.hostKeyFile = folder.write("public", "ssh-ed25519 AAAA").string();
    configuration.netconfServer.doors[0].access = access;
    const auto problems = checkFiles(configuration);
    BOOST_REQUIRE(problems.size() == 3U);
    BOOST_TEST(problems[0].path == "/headgate:headgate/netconf-server/ssh[name='all']/host-key-file");
    BOOST_TEST(problems[0].rule.find("is no private key") != std::string::npos);
    BOOST_TEST(problems[1].path ==
               "/headgate:headgate/netconf-server/ssh[name='all']/user[name='loose']/authorized-keys-file");
    BOOST_TEST(problems[1].rule.ends_with("can be written by others than its owner: chmod go-w it"));
    BOOST_TEST(problems[2].rule.find("is missing") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_own_ssh_server_is_read_and_its_files_are_named_wherever_it_is_kept) {
    const auto running = RunningConfiguration::fromFile(instanceData("valid/headgate-netconf-server.json"));
    const auto folder = instanceData("valid").string();
    const auto& doors = running.value().netconfServer.doors;
    BOOST_REQUIRE(doors.size() == 2U);
    BOOST_TEST(doors[0].address == "0.0.0.0");
    BOOST_TEST(doors[0].port == 830);
    const auto& access = std::get<domain::SshAccess>(doors[0].access);
    BOOST_TEST(access.hostKeyFile == folder + "/keys/host");
    BOOST_REQUIRE(access.users.size() == 1U);
    BOOST_TEST(access.users[0].name == "operator");
    BOOST_TEST(access.users[0].authorizedKeysFile == folder + "/keys/operator.pub");
    BOOST_TEST(doors[1].port == 8830);
}

BOOST_AUTO_TEST_CASE(the_snmp_agent_and_the_targets_of_notifications_are_read_with_their_defaults) {
    const auto running = RunningConfiguration::fromFile(instanceData("valid/headgate-snmp-agent.json"));
    const domain::SnmpAgent agent{true, "tcp:localhost:705"};
    BOOST_TEST((running.value().snmpAgent == agent));
    const auto& targets = running.value().notificationTargets;
    BOOST_REQUIRE(targets.size() == 2U);
    const domain::NotificationTarget nms{"nms", "192.0.2.10:162", {"nms-v3"}};
    BOOST_TEST((targets[0] == nms));
    const domain::NotificationTarget operators{
        "operators", "[2001:db8::10]:1162", {"nms-v2c"}, true, std::chrono::milliseconds(2500), 5, 600};
    BOOST_TEST((targets[1] == operators));
    BOOST_TEST((RunningConfiguration::fromContent(R"({"headgate:headgate": {"snmp-agent": {}}})", "/")
                    .value()
                    .snmpAgent == domain::SnmpAgent{}));
}

BOOST_AUTO_TEST_CASE(the_limits_of_polling_are_read_and_changed_and_have_defaults) {
    auto running = RunningConfiguration::fromFile(instanceData("valid/headgate-polling.json"));
    BOOST_TEST((running.value().polling == domain::Polling{1'000'000, 1, 200, 8, 32, 0}));
    running.accept("/headgate:headgate/polling\n\n"
                   R"({"headgate:headgate": {"polling": {"max-per-second": 500}}})");
    domain::Polling fewer;
    fewer.maxPerSecond = 500;
    BOOST_TEST((running.value().polling == fewer), "what is left out has its default again");
    BOOST_TEST((lab().value().polling == domain::Polling{}), "the model's defaults are the domain's");
}

BOOST_AUTO_TEST_CASE(what_one_goes_back_to_has_the_members_of_now) {
    auto running = lab();
    const auto former = running.text();
    auto other = former;
    running.accept(other.replace(other.find("\"upper\": 800"), 12, "\"upper\": 500"));
    BOOST_TEST(running.backTo(former) == former); // and not a word more
    running.accept(running.withMember({"web"}, real2()));
    running.accept(running.withHeld({"web"}, true));
    auto changed = running.text();
    const auto at = changed.find("\"upper\": 500");
    BOOST_REQUIRE(at != std::string::npos);
    running.accept(changed.replace(at, 12, "\"upper\": 700"));
    const auto back = RunningConfiguration::fromText(running.backTo(former));
    const auto& pool = back.value().pools[0];
    BOOST_TEST(pool.policy.upper == 800);
    BOOST_TEST(pool.held);
    BOOST_REQUIRE(pool.members.size() == 2U);
    BOOST_TEST((*pool.member({"real2"}) == real2()));
    // A member whose server was not known then.
    const auto without = std::string(R"({"headgate:headgate": {}})");
    BOOST_CHECK_NO_THROW(running.backTo(without));
    auto stranger = former;
    for (auto found = stranger.find("real2"); found != std::string::npos; found = stranger.find("real2"))
        stranger.replace(found, 5, "real7");
    BOOST_CHECK_THROW(running.backTo(stranger), InvalidConfiguration);
}
