#pragma once

#include "base/channel.hpp"
#include "netconf/client.hpp"
#include "northbound/configuration.hpp"
#include "northbound/northbound.hpp"
#include "unit/northbound/support.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace headgate::northbound::test {

using namespace std::chrono_literals;

constexpr auto patience = 20s;
constexpr const char* inHeadgate = "xmlns=\"urn:headgate:yang:headgate\"";

/// A daemon as northbound sees one: it has the lab's configuration, and what it is asked waits in a channel.
struct Daemon {
    TemporaryFolder folder;
    RunningConfiguration running = RunningConfiguration::fromFile(instanceData("valid/headgate-lab.json"));
    base::Channel<Request> asked;
    base::Channel<domain::Announcement> kept;
    std::unique_ptr<Northbound> northbound;

    explicit Daemon(domain::Duration answerTimeout = 60s, Past past = {}) {
        Options options;
        options.unixSocket = folder.path / "run" / "netconf.sock";
        options.answerTimeout = answerTimeout;
        options.eventsKept = 3;
        options.past = std::move(past);
        northbound = std::make_unique<Northbound>(
            options, running.text(), [this](Request request) { asked.post(std::move(request)); },
            [this](domain::Announcement told) { kept.post(std::move(told)); });
    }

    netconf::Client client() const {
        return netconf::Client::connect(
            netconf::UnixEndpoint{(folder.path / "run" / "netconf.sock").string()}, {patience, patience});
    }

    Request nextRequest() {
        auto request = asked.receiveFor(patience);
        BOOST_REQUIRE(request);
        return *request;
    }
};

inline std::string filtered(const std::string& content) {
    return std::string("<headgate ") + inHeadgate + ">" + content + "</headgate>";
}

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Asks until the answer has `part`: what is posted to northbound is shown as soon as its thread gets to it.
inline std::string getUntil(netconf::Client& client, const std::string& filter, const std::string& part) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    std::string answer;
    do
        answer = client.get(filter);
    while (!has(answer, part) && std::chrono::steady_clock::now() < deadline);
    BOOST_TEST(has(answer, part), "not in: " << answer);
    return answer;
}

}
