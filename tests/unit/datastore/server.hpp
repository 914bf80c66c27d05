#pragma once

#include "datastore/service.hpp"
#include "support.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <vector>

namespace headgate::datastore::test {

inline bool hasInfo(const yang::RpcError& error, const std::string& name, const std::string& value) {
    for (const auto& entry : error.info)
        if (entry.first == name && entry.second == value) return true;
    return false;
}

struct FakeClock final : base::Clock {
    base::Instant now() const override { return at; }
    base::Instant at{std::chrono::hours(480000)};
};

struct FakeParticipant final : Participant {
    void apply(const yang::Tree&, const yang::Tree& after) override {
        if (!refusal.empty()) {
            yang::RpcError error;
            error.tag = "operation-failed";
            error.message = refusal;
            throw yang::RpcErrors(error);
        }
        ++applied;
        last = after.print(yang::Format::xml);
    }
    std::string refusal;
    int applied = 0;
    std::string last;
};

struct FakeOperational final : Operational {
    void fill(yang::Tree& data) override { data.set("/test-store:top/stats/hits", "7"); }
};

struct FakeStorage final : Storage {
    std::optional<std::string> load() override { return saved; }
    void save(const std::string& json) override { saved = json; }
    std::optional<std::string> saved;
};

struct FakeEvents final : Events {
    void configChanged(const std::optional<Session>&, Datastore,
                       const std::vector<yang::Difference>& edits) override {
        changes.push_back(edits);
    }
    void confirmedCommit(const std::optional<Session>&, ConfirmedCommit event,
                         std::optional<std::chrono::seconds>) override {
        commits += std::string(toString(event)) + " ";
    }
    std::vector<std::vector<yang::Difference>> changes;
    std::string commits;
};

struct FakeKiller final : SessionKiller {
    bool kill(SessionId session) override {
        if (session != 9) return false;
        killed = session;
        return true;
    }
    SessionId killed = 0;
};

/// A service with recording neighbours, spoken to in XML.
struct Server {
    explicit Server(const Options& options = {}, Storage* other = nullptr)
        : context(makeContext(options))
        , service(context, options, {&participant, &operational, other ? other : &storage, &events, &killer},
                  clock) {}

    Answer handle(const std::string& rpc, SessionId session = 4) {
        const ParsedRpc parsed(context, rpc);
        return service.handle({session, "user" + std::to_string(session), ""}, parsed.get());
    }

    void ok(const std::string& rpc, SessionId session = 4) {
        try {
            BOOST_TEST(!handle(rpc, session).has_value());
        } catch (const yang::RpcErrors& refused) {
            BOOST_ERROR(rpc + " was refused: " + refused.what());
        }
    }

    std::vector<yang::RpcError> errors(const std::string& rpc, SessionId session = 4) {
        try {
            handle(rpc, session);
        } catch (const yang::RpcErrors& refused) {
            return refused.errors();
        }
        BOOST_ERROR(rpc + " was not refused");
        return {};
    }

    yang::RpcError refused(const std::string& rpc, SessionId session = 4) {
        const auto all = errors(rpc, session);
        return all.empty() ? yang::RpcError{} : all.front();
    }

    /// What stands inside <data>.
    std::string output(const std::string& rpc, SessionId session = 4) {
        const auto answer = handle(rpc, session);
        if (!answer) throw std::runtime_error("no data in the answer to " + rpc);
        const auto* data = lyd_child(answer->get());
        char* text = nullptr;
        lyd_any_value_str(data, &text);
        std::string result = text ? text : "";
        ::free(text);
        // libyang indents it; the tests compare it dense.
        const auto* any = reinterpret_cast<const lyd_node_any*>(data);
        if (any->value_type == LYD_ANYDATA_DATATREE) {
            char* dense = nullptr;
            lyd_print_mem(&dense, any->value.tree, LYD_XML, LYD_PRINT_WITHSIBLINGS | LYD_PRINT_SHRINK);
            result = dense ? dense : "";
            ::free(dense);
        }
        return result;
    }

    std::string config(const std::string& datastore) {
        return output("<get-config><source><" + datastore + "/></source></get-config>");
    }

    std::string edit(const std::string& inside, const std::string& options = {},
                     const std::string& target = "candidate") {
        return "<edit-config><target><" + target + "/></target>" + options + "<config>" + content(inside) +
               "</config></edit-config>";
    }

    std::string canonical(const std::string& inside) { return test::canonical(context, inside); }

    yang::Context context;
    FakeClock clock;
    FakeParticipant participant;
    FakeOperational operational;
    FakeStorage storage;
    FakeEvents events;
    FakeKiller killer;
    Service service;
};

}
