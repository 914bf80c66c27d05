#pragma once

#include "base/channel.hpp"
#include "southbound/southbound.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::southbound::test {

inline const std::vector<std::string> everyCapability{
    "urn:ietf:params:netconf:base:1.1",
    "urn:ietf:params:netconf:capability:candidate:1.0",
    "urn:ietf:params:netconf:capability:confirmed-commit:1.1",
    "urn:ietf:params:netconf:capability:validate:1.1",
    "urn:ietf:params:netconf:capability:rollback-on-error:1.0",
    "urn:ietf:params:netconf:capability:startup:1.0",
};

/// Words that tell operations apart at a glance: "lock candidate", "commit confirmed", "get-config", …
inline std::string nameOf(const std::string& operation) {
    std::string name = operation.substr(1, operation.find_first_of(" >/") - 1);
    for (const auto* word : {"candidate", "running"})
        if ((name == "lock" || name == "unlock") && operation.find(word) != std::string::npos)
            name += std::string(" ") + word;
    if (operation.find("<confirmed/>") != std::string::npos)
        name += operation.find("<persist-id>") == std::string::npos ? " confirmed" : " extended";
    if (name == "edit-config" && operation.find("<running/>") != std::string::npos)
        name += operation.find("test-only") == std::string::npos ? " running" : " test-only";
    if (name == "get-config" && operation.find("<candidate/>") != std::string::npos) name += " candidate";
    if (operation.find("netconf-state") != std::string::npos) name = "get sessions";
    if (name == "get-config" && operation.find("<pool>") == std::string::npos) name = "heartbeat";
    return name;
}

/// Of an appliance that has only running.
inline const std::vector<std::string> runningOnly{
    "urn:ietf:params:netconf:base:1.1",
    "urn:ietf:params:netconf:capability:writable-running:1.0",
    "urn:ietf:params:netconf:capability:validate:1.1",
    "urn:ietf:params:netconf:capability:rollback-on-error:1.0",
};

inline Answer ok() {
    return Accepted{};
}
inline Answer refused(const std::string& tag, const std::string& message, const std::string& owner = {},
                      const std::string& path = {}) {
    yang::RpcError error;
    error.tag = tag;
    error.message = message;
    error.path = path;
    if (!owner.empty()) error.info = {{"session-id", owner}};
    return Rejected{{error}};
}
inline Answer broken() {
    return Silence{Silence::Cause::broken, "connection reset by peer"};
}
inline Answer timeout() {
    return Silence{Silence::Cause::timeout, "no answer within 15 s"};
}

/// An appliance that says what it was told to say. What was asked of it is in `asked`, across all sessions.
struct FakeAppliance {
    /// The answer to the n-th operation (from 0) of the s-th session (from 0).
    std::function<Answer(const std::string& name, int session)> script = [](const auto&, int) {
        return ok();
    };
    std::vector<std::string> capabilities = everyCapability;
    std::atomic<bool> reachable = true;
    std::atomic<bool> closedByPeer = false; ///< every open session
    /// Where it goes wrong in a way that no session should: "connect", "notifications", "alive" or "call".
    std::atomic<const char*> throwsOnceAt = nullptr;
    std::atomic<int> sessions = 0;
    std::atomic<int> open = 0;
    base::Channel<std::string> asked;
    base::Channel<std::string> said;  ///< the operations themselves
    base::Channel<std::string> tells; ///< notifications that are to be heard

    Connect connect() {
        return [this](const Endpoint&) -> std::unique_ptr<Session> {
            mayThrow("connect");
            if (!reachable) throw ConnectError("connection refused");
            closedByPeer = false;
            return std::make_unique<FakeSession>(*this, sessions++);
        };
    }

    std::vector<std::string> askedSoFar() {
        std::vector<std::string> names;
        while (auto name = asked.tryReceive())
            names.push_back(*name);
        return names;
    }

  private:
    void mayThrow(std::string_view at) {
        const auto* where = throwsOnceAt.load();
        if (!where || where != at) return;
        throwsOnceAt = nullptr;
        throw std::runtime_error("garbage");
    }

    struct FakeSession final : Session {
        FakeSession(FakeAppliance& a, int n)
            : appliance(a)
            , number(n) {
            ++appliance.open;
        }
        ~FakeSession() override { --appliance.open; }
        const std::vector<std::string>& capabilities() const override { return appliance.capabilities; }
        std::string id() const override { return std::to_string(number + 1); }
        bool alive() override {
            appliance.mayThrow("alive");
            return !appliance.closedByPeer;
        }
        std::vector<std::string> notifications() override {
            appliance.mayThrow("notifications");
            std::vector<std::string> heard;
            while (auto one = appliance.tells.tryReceive())
                heard.push_back(*one);
            return heard;
        }
        Answer call(const std::string& operation, base::Duration) override {
            appliance.mayThrow("call");
            const auto name = nameOf(operation);
            appliance.asked.post(name);
            appliance.said.post(operation);
            return appliance.script(name, number);
        }
        FakeAppliance& appliance;
        int number;
    };
};

/// A family whose members are called by their server's name.
struct FakeAdapter final : adapters::Adapter {
    std::string_view family() const override { return "fake"; }
    std::string edit(const std::string& object, const domain::Change& change) const override {
        if (change.member.server.value.empty()) throw adapters::Error("a member needs a name");
        return "<pool>" + object + ": " + domain::describe(change) + "</pool>";
    }
    std::string filter(const std::string& object) const override { return "<pool>" + object + "</pool>"; }
    domain::PoolFacts read(const std::string&, std::string_view data) const override {
        if (data == "<nonsense>") throw adapters::Error("not a pool");
        domain::PoolFacts facts;
        facts.exists = !data.empty();
        facts.leaves["all"] = data;
        return facts;
    }
    bool namesMember(const domain::Change& change, std::string_view message,
                     std::string_view path) const override {
        const auto& name = change.member.server.value;
        return message.find(name) != std::string_view::npos || path.find(name) != std::string_view::npos;
    }
    std::vector<std::string> statisticsColumns() const override { return {}; }
    std::vector<domain::MemberStatistics> statistics(const std::string&,
                                                     const adapters::Columns&) const override {
        return {};
    }
    std::optional<std::string> notice(std::string_view notification) const override {
        if (notification == "<nonsense>") throw adapters::Error("not a notification");
        if (notification == "<restarted xmlns=\"urn:v\"/>") return "its engine was restarted";
        return std::nullopt;
    }
};

inline Place placeOf(const std::string& name, const std::string& host = "127.0.0.1") {
    Place place;
    place.endpoint.appliance.name = {name};
    place.endpoint.appliance.host = host;
    place.endpoint.user = "headgate";
    place.endpoint.keyFile = "/nowhere/key";
    place.adapter = std::make_shared<FakeAdapter>();
    return place;
}

inline transaction::Command command(std::uint64_t id, transaction::Request request,
                                    const std::string& appliance = "lb1") {
    static std::atomic<std::uint64_t> token = 0;
    return {{id}, {appliance}, {++token}, std::move(request)};
}

inline domain::Change adding(const std::string& server) {
    domain::Change change;
    change.member.server = {server};
    change.member.connection.address = "192.0.2.7";
    change.member.connection.port = 8080;
    return change;
}

/// The alternative that a result must be; a failed test otherwise.
template <typename T>
T as(const transaction::Result& result) {
    const auto* found = std::get_if<T>(&result);
    if (!found) throw std::runtime_error("another result: alternative " + std::to_string(result.index()));
    return *found;
}

}
