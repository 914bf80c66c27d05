#define BOOST_TEST_MODULE snmp_protocols
#include "live/snmp_asking.hpp"

using namespace headgate;
using namespace headgate::snmp;
using namespace headgate::test;

namespace {

const Oid sysDescr{1, 3, 6, 1, 2, 1, 1, 1, 0};

// Each protocol of ours, as createUser of snmpd calls it and as snmpsimd does; nullptr: it has none such.
struct Auth {
    AuthProtocol protocol;
    const char* snmpd;
    const char* simulator;
};
constexpr Auth auths[] = {
    {AuthProtocol::md5, "MD5", "MD5"},           {AuthProtocol::sha1, "SHA", "SHA"},
    {AuthProtocol::sha224, "SHA-224", "SHA224"}, {AuthProtocol::sha256, "SHA-256", "SHA256"},
    {AuthProtocol::sha384, "SHA-384", "SHA384"}, {AuthProtocol::sha512, "SHA-512", "SHA512"},
};
struct Priv {
    PrivProtocol protocol;
    const char* snmpd;
    const char* simulator;
};
constexpr Priv privs[] = {
    {PrivProtocol::des, "DES", "DES"},
    {PrivProtocol::aes128, "AES", "AES"},
    {PrivProtocol::aes192, "AES-192", "AES192BLMT"},
    {PrivProtocol::aes256, "AES-256", "AES256BLMT"},
    {PrivProtocol::aes192Reeder, nullptr, "AES192"},
    {PrivProtocol::aes256Reeder, nullptr, "AES256"},
};

/// A user of one way to be secure, and how the agent is told of it.
struct Case {
    UserCredentials user;
    std::string auth;
    std::string priv;
};

template <typename Name>
std::vector<Case> everyWay(Name nameOf) {
    std::vector<Case> cases{{user("none", SecurityLevel::noAuthNoPriv), "", ""}};
    for (const auto& auth : auths) {
        cases.push_back({user(auth.snmpd, SecurityLevel::authNoPriv, auth.protocol), nameOf(auth), ""});
        for (const auto& priv : privs) {
            if (!nameOf(priv)) continue;
            auto both =
                user(std::string(auth.snmpd) + "-" + nameOf(priv), SecurityLevel::authPriv, auth.protocol);
            both.priv = priv.protocol;
            cases.push_back({std::move(both), nameOf(auth), nameOf(priv)});
        }
    }
    return cases;
}

std::string snmpdUsers(const std::vector<Case>& cases) {
    std::string lines;
    for (const auto& one : cases) {
        lines += "createUser " + one.user.user;
        if (!one.auth.empty()) lines += " " + one.auth + " \"" + SnmpAgent::authPassword + "\"";
        if (!one.priv.empty()) lines += " " + one.priv + " \"" + SnmpAgent::privPassword + "\"";
        lines += "\nrouser " + one.user.user +
                 (one.auth.empty()   ? " noauth\n"
                  : one.priv.empty() ? " auth\n"
                                     : " priv\n");
    }
    return lines;
}

/// Debian's snmpsim, an SNMP implementation in Python that shares nothing with Net-SNMP. Community and
/// context `public`.
class Simulator {
  public:
    explicit Simulator(const std::vector<Case>& cases) {
        const auto data = m_folder.path() / "data";
        std::filesystem::create_directory(data);
        // A row a type, in order; what is no text as its octets.
        std::ofstream(data / "public.snmprec")
            << "1.3.6.1.2.1.1.1.0|4|Linux, simulated\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.32473\n"
               "1.3.6.1.2.1.1.3.0|67|4200\n1.3.6.1.2.1.2.2.1.10.1|65|4294967295\n"
               "1.3.6.1.2.1.2.2.1.10.2|65|0\n1.3.6.1.2.1.4.20.1.1.1|64|192.0.2.1\n"
               "1.3.6.1.2.1.31.1.1.1.6.1|70|18446744073709551615\n"
               "1.3.6.1.4.1.2021.10.1.5.1|2|-1\n1.3.6.1.4.1.32473.1|66|4294967295\n";
        // As root it wants to become somebody else.
        std::filesystem::permissions(m_folder.path(), std::filesystem::perms::all);
        std::vector<std::string> command{"snmpsimd", "--data-dir=" + data.string(),
                                         "--cache-dir=" + (m_folder.path() / "cache").string(),
                                         "--agent-udpv4-endpoint=" + address()};
        if (::geteuid() == 0)
            command.insert(command.end(), {"--process-user=nobody", "--process-group=nogroup"});
        for (const auto& one : cases) {
            command.push_back("--v3-user=" + one.user.user);
            if (!one.auth.empty())
                command.insert(command.end(), {"--v3-auth-key=" + std::string(SnmpAgent::authPassword),
                                               "--v3-auth-proto=" + one.auth});
            if (!one.priv.empty())
                command.insert(command.end(), {"--v3-priv-key=" + std::string(SnmpAgent::privPassword),
                                               "--v3-priv-proto=" + one.priv});
        }
        m_process = std::make_unique<ChildProcess>(
            command,
            std::vector<std::string>{"HOME=" + m_folder.path().string(), "PYTHONDONTWRITEBYTECODE=1"},
            m_folder.path() / "log");
    }
    std::string address() const { return "127.0.0.1:" + std::to_string(m_port); }
    std::string log() const {
        std::ifstream in(m_folder.path() / "log");
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        return text.substr(text.size() - std::min<std::size_t>(text.size(), 2000));
    }

  private:
    TemporaryFolder m_folder;
    std::uint16_t m_port = freeUdpPort();
    std::unique_ptr<ChildProcess> m_process;
};

void everyWayWorks(Asking& asking, const std::string& address, const std::vector<Case>& cases,
                   const std::string& context) {
    std::vector<TargetPtr> targets;
    for (auto one : cases) {
        one.user.context = context;
        targets.push_back(Asking::target(address, Credentials::make(one.user), 3s, 4));
    }
    const auto replies = asking.getAll(targets, sysDescr);
    for (std::size_t i = 0; i < cases.size(); ++i)
        BOOST_TEST_CONTEXT(cases[i].user.user) {
            BOOST_REQUIRE_MESSAGE(replies[i], why(replies[i]));
            BOOST_TEST(textOf(replies[i].varbinds.at(0).value).value_or("").starts_with("Linux"));
            BOOST_TEST(replies[i].engine.has_value() == !cases[i].auth.empty());
        }
}

/// An agent that reports says so of each.
void noWrongPasswordWorks(Asking& asking, const std::string& address, const std::vector<Case>& cases) {
    std::vector<TargetPtr> targets;
    for (auto one : cases) {
        if (one.auth.empty()) continue;
        one.user.authPassword = Secret("not-the-password");
        targets.push_back(Asking::target(address, Credentials::make(one.user), 3s, 4));
    }
    for (const auto& reply : asking.getAll(targets, sysDescr)) {
        BOOST_REQUIRE(!reply);
        BOOST_TEST((reply.failure->kind == Failure::Kind::authentication), why(reply));
        BOOST_TEST(why(reply).find("usmStatsWrongDigests") != std::string::npos, why(reply));
    }
}

}

BOOST_AUTO_TEST_SUITE(protocols)

BOOST_FIXTURE_TEST_CASE(snmpd_is_asked_in_every_way_to_be_secure_that_it_has, Asking) {
    const auto cases = everyWay([](const auto& protocol) { return protocol.snmpd; });
    BOOST_TEST(cases.size() == 1U + 6U * (1U + 4U));
    SnmpAgent agent(snmpdUsers(cases));
    untilUp(agent);
    everyWayWorks(*this, agent.address(), cases, "");
    noWrongPasswordWorks(*this, agent.address(), cases);
}

BOOST_FIXTURE_TEST_CASE(snmpd_is_asked_as_v1_and_v2c, Asking) {
    SnmpAgent agent;
    untilUp(agent);
    const auto v1 = Credentials::make(CommunityCredentials{Secret("public"), CommunityVersion::v1});
    for (const auto& credentials : {v1, community("public")}) {
        const auto reply = get(target(agent.address(), credentials), {sysDescr});
        BOOST_REQUIRE_MESSAGE(reply, why(reply));
        BOOST_TEST(textOf(reply.varbinds.at(0).value).value_or("").starts_with("Linux"));
    }
}

BOOST_FIXTURE_TEST_CASE(a_second_implementation_is_asked_in_every_way_too_and_walked, Asking) {
    const auto cases = everyWay([](const auto& protocol) { return protocol.simulator; });
    BOOST_TEST(cases.size() == 1U + 6U * (1U + 6U));
    Simulator agent(cases);
    untilUp(agent.address(), agent.log());
    everyWayWorks(*this, agent.address(), cases, "public");
    auto ape = cases.back().user;
    ape.context = "public";
    // It is silent where others report.
    auto wrong = ape;
    wrong.authPassword = Secret("not-the-password");
    BOOST_TEST(!get(target(agent.address(), Credentials::make(wrong), 300ms, 1), {sysDescr}));
    for (const auto& credentials : {community("public"), Credentials::make(ape)}) {
        const auto whom = target(agent.address(), credentials);
        const auto reply = wait([&](OnReply done) {
            client.walk(whom, Oid{1, 3, 6, 1}, {.repetitions = 4}, std::move(done));
        });
        BOOST_REQUIRE_MESSAGE(reply, why(reply));
        BOOST_REQUIRE_EQUAL(reply.varbinds.size(), 9U);
        BOOST_TEST((reply.varbinds[2].value == Value(TimeTicks{4200})));
        BOOST_TEST((reply.varbinds[5].value == Value(IpAddress{{192, 0, 2, 1}})));
        BOOST_TEST((reply.varbinds[6].value == Value(Counter64{~0ULL})));
        BOOST_TEST((reply.varbinds[7].value == Value(Integer{-1})));
    }
}

BOOST_AUTO_TEST_SUITE_END()
