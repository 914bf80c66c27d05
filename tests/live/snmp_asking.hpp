#pragma once

#include "base/event_loop.hpp"
#include "snmp/client.hpp"
#include "support/snmp_agent.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <vector>

namespace headgate::test {

using namespace std::chrono_literals;

inline snmp::UserCredentials user(const std::string& name,
                                  snmp::SecurityLevel level = snmp::SecurityLevel::authPriv,
                                  snmp::AuthProtocol auth = snmp::AuthProtocol::sha256) {
    snmp::UserCredentials given;
    given.user = name;
    given.level = level;
    given.auth = auth;
    given.authPassword = snmp::Secret(SnmpAgent::authPassword);
    given.privPassword = snmp::Secret(SnmpAgent::privPassword);
    return given;
}

inline snmp::CredentialsPtr community(const std::string& word) {
    return snmp::Credentials::make(snmp::CommunityCredentials{snmp::Secret(word)});
}

inline std::string why(const snmp::Reply& reply) {
    return reply.failure ? reply.failure->text : "";
}

/// A client on a loop.
struct Asking {
    base::SteadyWallClock clock;
    base::EventLoop loop;
    snmp::Client client{loop, clock};

    static snmp::TargetPtr target(const std::string& address, snmp::CredentialsPtr credentials,
                                  base::Duration timeout = 2s, int retries = 2) {
        return snmp::makeTarget({*snmp::Endpoint::parse(address), std::move(credentials), timeout, retries});
    }

    /// One question at a time.
    template <typename Ask>
    snmp::Reply wait(Ask ask) {
        std::optional<snmp::Reply> got;
        ask([&](snmp::Reply reply) {
            got = std::move(reply);
            loop.stop();
        });
        const auto limit = loop.after(30s, [&] { loop.stop(); });
        loop.run();
        BOOST_REQUIRE_MESSAGE(got, "no callback at all");
        return *std::move(got);
    }

    snmp::Reply get(const snmp::TargetPtr& whom, const std::vector<snmp::Oid>& names) {
        return wait([&](snmp::OnReply done) { client.get(whom, names, std::move(done)); });
    }

    /// All of them at once; their answers in the same order.
    std::vector<snmp::Reply> getAll(const std::vector<snmp::TargetPtr>& targets, const snmp::Oid& name) {
        std::vector<snmp::Reply> replies(targets.size());
        std::size_t left = targets.size();
        for (std::size_t i = 0; i < targets.size(); ++i)
            client.get(targets[i], {name}, [&, i](snmp::Reply reply) {
                replies[i] = std::move(reply);
                if (--left == 0) loop.stop();
            });
        const auto limit = loop.after(60s, [&] { loop.stop(); });
        loop.run();
        BOOST_REQUIRE_MESSAGE(left == 0, left << " questions have no end");
        return replies;
    }

    /// Until it answers, at most 20 s.
    void untilUp(const std::string& address, const std::string& log,
                 const snmp::CredentialsPtr& as = community("public")) {
        static const snmp::Oid sysUpTime{1, 3, 6, 1, 2, 1, 1, 3, 0};
        const auto reply = get(target(address, as, 250ms, 80), {sysUpTime});
        BOOST_REQUIRE_MESSAGE(reply, "the agent does not come up: " + why(reply) + "\n" + log);
    }
    void untilUp(const SnmpAgent& agent) { untilUp(agent.address(), agent.log()); }
};

}
