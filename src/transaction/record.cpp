// One list of fields a type serves both directions. What is not in it is of the moment, and a restart has no
// use for it: what was in flight, what was last seen, timers.

#include "transaction/record.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace headgate::transaction {
namespace {

using Json = nlohmann::json;

constexpr int version = 1;

template <typename Archive>
void fields(Archive& with, domain::ConnectionSettings& value) {
    with("address", value.address);
    with("port", value.port);
    with("protocol", value.protocol);
    with("weight", value.weight);
    with("connection-limit", value.connectionLimit);
    with.unlessDefault("warm-up", value.warmUp);
    with.unlessDefault("health-check", value.healthCheck);
}

template <typename Archive>
void fields(Archive& with, domain::Sealed& value) {
    with("sealed", value.text);
}

template <typename Archive>
void fields(Archive& with, domain::Authentication& value) {
    with("kind", value.kind);
    with.unlessDefault("user", value.user);
    with.unlessDefault("realm", value.realm);
    with.unlessDefault("server-name", value.serverName);
    with.unlessDefault("fingerprint", value.fingerprint);
    with.unlessDefault("trust-anchor", value.trustAnchor);
    with.unlessDefault("certificate", value.certificate);
    with.unlessDefault("header", value.header);
    with.unlessDefault("secret", value.secret);
    with.unlessDefault("not-after", value.notAfter);
}

template <typename Archive>
void fields(Archive& with, domain::NativeObject& value) {
    with("path", value.path);
    with("leaves", value.leaves);
}

template <typename Archive>
void fields(Archive& with, domain::Member& value) {
    with("server", value.server);
    with("connection", value.connection);
    with("authentication", value.authentication);
    with("origin", value.origin);
    with.unlessDefault("settings-revision", value.revision);
    with.unlessDefault("data-source", value.dataSource);
    with.unlessDefault("protected", value.isProtected);
    with.unlessDefault("stands-in-for", value.standsInFor);
    with.unlessDefault("ramps-to", value.rampsTo);
}

template <typename Archive>
void fields(Archive& with, domain::Change& value) {
    with("operation", value.operation);
    with("member", value.member);
    with("drain-deadline", value.drainDeadline);
    with("key", value.key);
    with("leaves", value.leaves);
    with.unlessDefault("objects", value.objects);
    with.unlessDefault("former", value.former);
}

template <typename Archive>
void fields(Archive& with, domain::MemberFacts& value) {
    with("key", value.key);
    with("address", value.address);
    with("port", value.port);
    with("weight", value.weight);
    with("connection-limit", value.connectionLimit);
    with("admin", value.admin);
    with("health", value.health);
    with("leaves", value.leaves);
    with.unlessDefault("objects", value.objects);
    with.unlessDefault("foreign", value.foreign);
}

template <typename Archive>
void fields(Archive& with, domain::PoolFacts& value) {
    with("exists", value.exists);
    with("role", value.role);
    with("members", value.members);
    with("leaves", value.leaves);
}

template <typename Archive>
void fields(Archive& with, domain::PoolPlace& value) {
    with("appliance", value.appliance);
    with("object", value.object);
}

template <typename Archive>
void fields(Archive& with, domain::PoolPolicy& value) {
    with("confirm-window", value.confirmWindow);
    with("verify-deadline", value.verifyDeadline);
    with("drain-deadline", value.drainDeadline);
    with("lock-wait", value.lockWait);
    with("quarantine", value.quarantine);
}

template <typename Archive>
void fields(Archive& with, domain::Pool& value) {
    with("name", value.name);
    with("application", value.application);
    with("places", value.places);
    with("members", value.members);
    with("policy", value.policy);
}

template <typename Archive>
void fields(Archive& with, domain::Approach& value) {
    with("strategy", value.strategy);
    with("pair", value.pair);
    with("statistics", value.statistics);
}

template <typename Archive>
void fields(Archive& with, domain::Asked& value) {
    with("origin", value.origin);
    with.unlessDefault("address", value.address);
    with.unlessDefault("port", value.port);
    with.unlessDefault("protocol", value.protocol);
    with.unlessDefault("weight", value.weight);
    with.unlessDefault("connection-limit", value.connectionLimit);
}

template <typename Archive>
void fields(Archive& with, domain::NetconfSession& value) {
    with("id", value.id);
    with("host", value.host);
}

template <typename Archive>
void fields(Archive& with, domain::Plan& value) {
    with("kind", value.kind);
    with("pool", value.pool);
    with("member", value.member);
    with("by-operator", value.byOperator);
    with("reason", value.reason);
    with.unlessDefault("left", value.left);
    with.unlessDefault("asked", value.asked);
    with.unlessDefault("user", value.user);
    with.unlessDefault("session", value.session);
    with.unlessSame("part", value.part, 1000);
    with.unlessDefault("lent-to", value.lentTo);
    with.unlessDefault("lent-by", value.lentBy);
}

template <typename Archive>
void fields(Archive& with, SessionMark& value) {
    with("id", value.id);
    with("opened", value.opened);
}

template <typename Archive>
void fields(Archive& with, Failure& value) {
    with("kind", value.kind);
    with("accused", value.accused);
    with("appliances", value.appliances);
    with("reason", value.reason);
}

template <typename Archive>
void fields(Archive& with, Site& value) {
    with("appliance", value.appliance);
    with("object", value.object);
    with("approach", value.approach);
    with("standby", value.standby);
    with("absent", value.absent);
    with("idle", value.idle);
    with("step", value.step);
    with("touched", value.touched);
    with("kept", value.kept);
    with("persist-id", value.pending);
    with("pending-from", value.pendingFrom);
    with("pending-until", value.pendingUntil);
    with("first", value.first);
    with.unlessSame("before", value.before, value.first); // they are half of a record's length
    with("foreseen", value.foreseen);
    with("inverse", value.way);
    with("inverses", value.inverses);
    with("restored", value.restored);
    with.unlessDefault("sessions", value.sessions);
    with.unlessDefault("former-sessions", value.former);
    with.unlessDefault("doubt", value.doubt);
}

template <typename Archive>
void fields(Archive& with, Assignment& value) {
    with("from", value.from);
    with("to", value.to);
    with.unlessDefault("unused", value.unused);
}

template <typename Archive>
void fields(Archive& with, State& value) {
    with("id", value.id.value);
    with("plan", value.plan);
    with("member", value.member);
    with("leg", value.leg);
    with("phase", value.phase);
    with("sites", value.sites);
    with.unlessDefault("assignment", value.assignment);
    with("failure", value.failure);
    with("started", value.started);
    with("tokens", value.tokens);
}

template <typename T>
struct IsName : std::false_type {};
template <typename Tag>
struct IsName<domain::Name<Tag>> : std::true_type {};

/// What an appliance said may hold anything, and need not be UTF-8.
void writeText(std::string& made, std::string_view text) {
    const bool plain = std::all_of(text.begin(), text.end(),
                                   [](char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; });
    if (!plain) {
        made += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
        return;
    }
    made += '"';
    made += text;
    made += '"';
}

template <typename T>
void write(std::string& made, const T& value);

/// Writes the text at once: a tree of nlohmann's would be most of a journal entry's cost.
struct Writer {
    std::string& made;
    char before = '{';
    template <typename T>
    void operator()(const char* name, const T& value) {
        made += std::exchange(before, ',');
        writeText(made, name);
        made += ':';
        write(made, value);
    }
    /// Records without it were written before there was such a field.
    template <typename T>
    void unlessDefault(const char* name, const T& value) {
        if (value != T{}) (*this)(name, value);
    }
    template <typename T>
    void unlessSame(const char* name, const T& value, const T& other) {
        if (value != other) (*this)(name, value);
    }
};

template <typename T>
void write(std::string& made, const T& value) {
    if constexpr (std::is_same_v<T, bool>)
        made += value ? "true" : "false";
    else if constexpr (std::is_enum_v<T>)
        made += std::to_string(static_cast<int>(value));
    else if constexpr (std::is_integral_v<T>)
        made += std::to_string(value);
    else if constexpr (IsName<T>::value)
        writeText(made, value.value);
    else if constexpr (std::is_same_v<T, std::string>)
        writeText(made, value);
    else if constexpr (std::is_same_v<T, domain::Duration>)
        made += std::to_string(value.count());
    else if constexpr (std::is_same_v<T, domain::Instant>)
        made += std::to_string(value.time_since_epoch().count());
    else if constexpr (std::is_same_v<T, std::map<std::string, std::string>>) {
        made += '{';
        Writer writer{made, ' '};
        for (const auto& [name, text] : value)
            writer(name.c_str(), text);
        made += '}';
    } else if constexpr (requires { value.has_value(); }) {
        if (value)
            write(made, *value);
        else
            made += "null";
    } else if constexpr (requires { value.size(); }) {
        char before = '[';
        for (const auto& each : value) {
            made += std::exchange(before, ',');
            write(made, each);
        }
        made += value.empty() ? "[]" : "]";
    } else {
        Writer writer{made};
        // The lists of fields take both directions; writing changes nothing.
        fields(writer, const_cast<T&>(value));
        made += '}';
    }
}

template <typename T>
void read(const Json& from, T& value);

struct Reader {
    const Json& from;
    template <typename T>
    void operator()(const char* name, T& value) {
        read(from.at(name), value);
    }
    template <typename T>
    void unlessDefault(const char* name, T& value) {
        if (from.contains(name)) (*this)(name, value);
    }
    template <typename T>
    void unlessSame(const char* name, T& value, const T& other) {
        if (from.contains(name))
            (*this)(name, value);
        else
            value = other;
    }
};

template <typename T>
void read(const Json& from, T& value) {
    if constexpr (std::is_enum_v<T>)
        value = static_cast<T>(from.get<int>());
    else if constexpr (IsName<T>::value)
        value.value = from.get<std::string>();
    else if constexpr (std::is_same_v<T, domain::Duration>)
        value = domain::Duration(from.get<std::int64_t>());
    else if constexpr (std::is_same_v<T, domain::Instant>)
        value = domain::Instant(domain::Duration(from.get<std::int64_t>()));
    else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string> ||
                       std::is_same_v<T, std::map<std::string, std::string>>)
        value = from.get<T>();
    else if constexpr (requires { value.has_value(); }) {
        if (!from.is_null()) read(from, value.emplace());
    } else if constexpr (requires { value.emplace_back(); }) {
        for (const auto& each : from)
            read(each, value.emplace_back());
    } else {
        Reader reader{from};
        fields(reader, value);
    }
}

/// Not every number is a phase: a record of a newer Headgate, or a damaged one.
void check(const State& state) {
    const bool sound = state.phase >= Phase::gathering && state.phase <= Phase::indeterminate &&
                       !state.sites.empty() && state.leg < state.legs.size() && state.id.value > 0;
    if (!sound) throw BadRecord("it says what cannot be");
}

}

std::string toRecord(const State& state) {
    std::string made;
    write(made, state);
    made.back() = ',';
    return made + "\"version\":" + std::to_string(version) + "}";
}

State fromRecord(std::string_view record) {
    try {
        const auto from = Json::parse(record);
        if (from.at("version").get<int>() != version) throw BadRecord("it is of another version of Headgate");
        State state;
        read(from, state);
        state.legs = legsOf(state.plan.kind);
        check(state);
        return state;
    } catch (const Json::exception& error) {
        throw BadRecord(std::string("it is damaged: ") + error.what());
    }
}

}
