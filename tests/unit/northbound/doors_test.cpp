#include "northbound/configuration.hpp"
#include "northbound/doors.hpp"
#include "support/certificates.hpp"
#include "unit/northbound/rig.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::northbound;
using namespace headgate::northbound::test;

BOOST_AUTO_TEST_SUITE(doors)

namespace {

domain::NetconfServer serverIn(const std::string& file) {
    return RunningConfiguration::fromFile(instanceData("valid/" + file)).value().netconfServer;
}

/// A TLS port whose files are there.
domain::TlsAccess furnished(const TemporaryFolder& folder) {
    using namespace headgate::test;
    return {folder.write("server.pem", certificate(), 0644).string(),
            folder.write("server.key", keyOfCertificate()).string(),
            folder.write("clients.pem", authority(), 0644).string(),
            {{10, "", domain::CertificateMap::commonName, ""}}};
}

std::vector<Problem> problemsOf(const domain::TlsAccess& access) {
    domain::Configuration configuration;
    configuration.netconfServer.doors = {{"all", "0.0.0.0", 6513, access}};
    return checkFiles(configuration);
}

}

BOOST_AUTO_TEST_CASE(tls_ports_are_read_and_their_rules_are_in_the_order_of_their_ids) {
    const auto server = serverIn("headgate-netconf-server-tls.json");
    const auto folder = instanceData("valid").string();
    BOOST_REQUIRE_EQUAL(server.doors.size(), 2U);
    BOOST_TEST(server.doors[0].address == "0.0.0.0");
    BOOST_TEST(server.doors[0].port == 6513);
    BOOST_TEST(server.doors[1].port == 8443);
    const auto& access = std::get<domain::TlsAccess>(server.doors[0].access);
    BOOST_TEST(access.certificateFile == folder + "/keys/server.pem");
    BOOST_TEST(access.keyFile == folder + "/keys/server.key");
    BOOST_TEST(access.clientCaFile == folder + "/keys/clients.pem");
    BOOST_REQUIRE_EQUAL(access.names.size(), 2U);
    BOOST_TEST(access.names[0].id == 10U);
    BOOST_TEST(access.names[0].fingerprint.starts_with("04:ab:ab:")); // as it is compared
    BOOST_TEST(access.names[0].name == "operator");
    BOOST_TEST((access.names[0].map == domain::CertificateMap::specified));
    BOOST_TEST(access.names[1].id == 20U);
    BOOST_TEST((access.names[1].map == domain::CertificateMap::sanAny));
}

BOOST_AUTO_TEST_CASE(clients_to_call_are_read_with_the_ports_of_their_transport) {
    const auto server = serverIn("headgate-netconf-server-call-home.json");
    const auto folder = instanceData("valid").string();
    BOOST_REQUIRE_EQUAL(server.callHome.size(), 2U);
    const auto& tls = server.callHome[0];
    BOOST_TEST(tls.name == "nms");
    BOOST_TEST(tls.address == "192.0.2.9");
    BOOST_TEST(tls.port == 4335);
    BOOST_TEST(tls.reconnectInterval.count() == 60000);
    BOOST_TEST(std::get<domain::TlsAccess>(tls.access).keyFile == folder + "/keys/server.key");
    const auto& ssh = server.callHome[1];
    BOOST_TEST(ssh.port == 4400);
    BOOST_TEST(ssh.reconnectInterval.count() == 300000);
    BOOST_TEST(std::get<domain::SshAccess>(ssh.access).users.at(0).authorizedKeysFile ==
               folder + "/keys/operator.pub");
    const auto wanted = doorsOf(server);
    BOOST_REQUIRE_EQUAL(wanted.callHome.size(), 2U);
    BOOST_TEST(wanted.callHome[1].longestWait.count() == 300000);
}

BOOST_AUTO_TEST_CASE(what_came_of_calling_a_client_is_told_and_shown) {
    const TemporaryFolder folder;
    const auto running =
        RunningConfiguration::fromFile(instanceData("valid/headgate-netconf-server-call-home.json"));
    Options options;
    options.unixSocket = folder.path / "netconf.sock";
    options.doors.callHome = {{"nms", "127.0.0.1", 1, domain::Duration(60000), furnished(folder)}}; // nobody
    base::Channel<Request> asked;
    const Northbound northbound(options, running.text(),
                                [&](Request request) { asked.post(std::move(request)); });
    const auto request = asked.receiveFor(patience);
    BOOST_REQUIRE(request);
    BOOST_TEST((request->kind == RequestKind::called));
    BOOST_REQUIRE(request->call);
    BOOST_TEST(
        (request->call->name == "nms" && !request->call->connected && request->call->failedTries == 1));
    auto client = netconf::Client::connect(netconf::UnixEndpoint{options.unixSocket}, {patience, patience});
    const auto shown = client.get(filtered("<netconf-server><call-home/></netconf-server>"));
    BOOST_TEST(has(shown, "<connected>false</connected><failed-tries>1</failed-tries><reason>"), shown);
    BOOST_TEST(has(shown, "refused"), shown);
    BOOST_TEST(shown.find("<connected>") == shown.rfind("<connected>"), shown); // nobody was called yet
}

BOOST_AUTO_TEST_CASE(a_key_that_does_not_fit_and_files_that_are_none_are_named) {
    const TemporaryFolder folder;
    const auto good = furnished(folder);
    BOOST_TEST(problemsOf(good).empty());
    const auto only = [](const std::vector<Problem>& problems) {
        BOOST_REQUIRE_EQUAL(problems.size(), 1U);
        return problems[0];
    };
    const std::string path = "/headgate:headgate/netconf-server/tls[name='all']";

    auto access = good;
    access.keyFile = folder.write("another.key", headgate::test::anotherKey()).string();
    auto problem = only(problemsOf(access));
    BOOST_TEST(problem.path == path);
    BOOST_TEST(problem.rule.find("is not the key of the certificate in") != std::string::npos);

    access.keyFile = folder.write("loose.key", headgate::test::keyOfCertificate(), 0644).string();
    problem = only(problemsOf(access));
    BOOST_TEST(problem.path == path + "/key-file");
    BOOST_TEST(problem.rule.ends_with("chmod 0600 it"));

    access.keyFile = folder.write("locked.key", headgate::test::keyWithPassphrase()).string();
    BOOST_TEST(only(problemsOf(access)).rule.find("without a passphrase") != std::string::npos);

    access = good;
    access.clientCaFile = folder.write("open.pem", headgate::test::authority(), 0666).string();
    problem = only(problemsOf(access));
    BOOST_TEST(problem.path == path + "/client-ca-file");
    BOOST_TEST(problem.rule.ends_with("chmod go-w it"));

    access = good;
    access.certificateFile = (folder.path / "gone").string();
    problem = only(problemsOf(access));
    BOOST_TEST(problem.path == path + "/certificate-file");
    BOOST_TEST(problem.rule.find("is missing: put the server's certificate there") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_files_of_a_client_to_call_are_checked_too) {
    const TemporaryFolder folder;
    auto access = furnished(folder);
    access.keyFile = (folder.path / "gone").string();
    domain::Configuration configuration;
    configuration.netconfServer.callHome = {{"nms", "192.0.2.9", 4335, {}, access}};
    const auto problems = checkFiles(configuration);
    BOOST_REQUIRE_EQUAL(problems.size(), 1U);
    BOOST_TEST(problems[0].path == "/headgate:headgate/netconf-server/call-home[name='nms']/tls/key-file");
}

BOOST_AUTO_TEST_SUITE_END()
