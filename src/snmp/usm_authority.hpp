#pragma once

#include "snmp/local_engine.hpp"
#include "snmp/notification_receiver.hpp"
#include "snmp/usm.hpp"

#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace headgate::snmp {

/// Judges SNMPv3 messages that come unasked: those to our own engine (informs), and those of engines that we
/// were told of (traps). RFC 3414 §3.2. No socket in it.
class UsmAuthority {
  public:
    UsmAuthority(const LocalEngine& engine, NotificationReceiver::Counters& counters);

    void trust(const std::vector<CredentialsPtr>& users,
               const std::vector<NotificationReceiver::TrapEngine>& engines);
    void trustEngine(const NotificationReceiver::TrapEngine& engine);
    void forgetEngine(const NotificationReceiver::TrapEngine& engine);
    void setEngineTime(const NotificationReceiver::TrapEngine& engine);
    std::size_t users() const { return m_users.size(); }
    std::size_t engines() const { return m_engines.size(); } ///< whose traps are heard

    struct Verdict {
        std::optional<ScopedPdu> scoped; ///< accepted
        CredentialsPtr user;             ///< whose key has signed it, where it is signed
        const LocalKeys* keys = nullptr;
        bool ours = false;            ///< our engine is the authoritative one
        std::optional<Report> report; ///< to be sent, if the message is reportable
    };

    Verdict judge(const V3Message& message, base::Instant now);

    /// An answer in our engine's name, signed and sealed as `level` says.
    void writeAnswer(BerWriter& out, const V3Message& asked, const ScopedPdu& scoped, const Verdict& verdict,
                     const Pdu& pdu, base::Instant now);
    void writeReport(BerWriter& out, const V3Message& asked, const Verdict& verdict, base::Instant now);

  private:
    struct Key {
        CredentialsPtr credentials;
        LocalKeys local;
        EngineClock clock{};     ///< of an engine that is not ours
        std::size_t holders = 1; ///< servers that have that engine
        const UserKeys& user() const { return credentials->keys(); }
    };
    using Keys = std::vector<Key>;

    static Keys::iterator find(Keys& keys, const CredentialsPtr& user);
    static Key keyFrom(Keys& before, const CredentialsPtr& user, const std::string& engineId,
                       const EngineClock& clock = {});
    void trustEngine(const NotificationReceiver::TrapEngine& engine, Keys& before);
    Verdict judgeOurs(const V3Message& message, base::Instant now);
    Verdict judgeTrap(const V3Message& message, Keys& keys, base::Instant now);
    Key* keyFor(const V3Message& message, Keys& keys, Verdict& verdict);
    Verdict open(const V3Message& message, const Key& key, Verdict verdict);

    const LocalEngine& m_engine;
    NotificationReceiver::Counters& m_counters;
    Keys m_users;
    std::unordered_map<std::string, Keys> m_engines;
    std::map<Report, std::uint32_t> m_reports;
    std::uint64_t m_salt;
};

}
