#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace headgate::appliance {

/// enabled takes new work; draining finishes what is open; disabled does neither.
enum class Admin { enabled, draining, disabled };

/// How the health of a pool's members is found out.
struct Check {
    enum class Kind { none, tcp, http };
    Kind kind = Kind::none;
    bool tls = false;
    std::string method = "GET";
    std::string path = "/";
    std::string user; ///< For HTTP basic authentication; empty = none.
    std::string password;
    std::vector<std::pair<std::string, std::string>> headers; ///< Name and value, sent with each check.
    std::string contains;           ///< What the answer must contain; empty = anything.
    std::vector<unsigned> statuses; ///< What is good; empty = 200 to 399.
    base::Duration interval = std::chrono::seconds(5);
    base::Duration timeout = std::chrono::seconds(5); ///< For one check.
    unsigned fall = 3;                                ///< So many bad ones in a row make it down.

    bool operator==(const Check&) const = default;
};

/// How the data plane and a server show each other who they are. What is empty is not sent or not asked for.
struct Tls {
    std::string serverName; ///< SNI
    bool verify = false;    ///< The server's certificate must be signed by `trustAnchor`.
    std::string verifyName; ///< … and have this name.
    std::string trustAnchor;
    std::string certificate; ///< Shown to a server that asks for one, with `key`.
    std::string key;

    bool operator==(const Tls&) const = default;
};

/// One server of a pool, in no family's words.
struct Member {
    std::string name; ///< The family's own key of it.
    std::string address;
    std::uint16_t port = 0;
    unsigned weight = 1;         ///< 1..100
    unsigned maxConnections = 0; ///< 0 = no limit
    Admin admin = Admin::enabled;
    bool shutSessions = false;               ///< When it becomes disabled, what is open is closed at once.
    bool drainedWhenIdle = false;            ///< draining becomes disabled with its last connection …
    std::optional<base::Duration> drainTime; ///< … or when this has passed.
    std::optional<Tls> tls;                  ///< Traffic to it is encrypted.
    std::optional<Check> check;              ///< In place of the pool's.

    bool operator==(const Member&) const = default;
};

enum class Balance { roundRobin, leastConnections };

struct Pool {
    std::string name;
    Balance balance = Balance::roundRobin;
    Check check;
    std::vector<Member> members;

    bool operator==(const Pool&) const = default;
};

/// Where clients come in.
struct Virtual {
    std::string name;
    std::string address;
    std::uint16_t port = 0;
    std::string pool; ///< Empty: none.

    bool operator==(const Virtual&) const = default;
};

struct Configuration {
    std::vector<Pool> pools;
    std::vector<Virtual> virtuals;

    bool operator==(const Configuration&) const = default;
};

/// What the data plane says of a member.
struct MemberStatus {
    enum class Health { unchecked, checking, up, down };
    Health health = Health::checking;
    Admin admin = Admin::enabled;  ///< disabled, too, once a drain has come to its end.
    std::uint32_t connections = 0; ///< Now, those that wait included.
    std::uint64_t totalConnections = 0;
    std::uint64_t totalRequests = 0;
    std::string lastCheck; ///< In the data plane's words.

    bool operator==(const MemberStatus&) const = default;
};

/// By pool and member; what is leaving is not in it.
using Status = std::map<std::pair<std::string, std::string>, MemberStatus>;

/// The data plane will not do it, and why, in its own words. Nothing has changed.
class Refused : public std::exception {
  public:
    explicit Refused(std::string words)
        : m_words(std::move(words)) {}
    const char* what() const noexcept override { return m_words.c_str(); }

  private:
    std::string m_words;
};

/// What moves the clients' traffic.
class DataPlane {
  public:
    virtual ~DataPlane() = default;

    /// Makes `after` of `before`. Returns once every new member is held, without traffic until its health
    /// check is good. Throws Refused, everything being `before` again.
    virtual void apply(const Configuration& before, const Configuration& after) = 0;

    virtual Status status() = 0;
};

}
