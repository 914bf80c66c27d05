#include "telemetry/not_taken.hpp"

namespace headgate::telemetry {

std::string NotTaken::since(const snmp::NotificationReceiver::Counters& received,
                            const Hearing::Counters& heard) {
    std::string text;
    const auto add = [&](const char* what, std::uint64_t now, std::uint64_t before) {
        if (now == before) return;
        text += (text.empty() ? "" : " ") + std::string(what) + "=" + std::to_string(now - before);
    };
    add("limited", heard.limited, m_heard.limited);
    add("strange", heard.strange, m_heard.strange);
    add("malformed", received.malformed, m_received.malformed);
    add("unknown-engine", received.unknownEngine, m_received.unknownEngine);
    add("unknown-user", received.unknownUser, m_received.unknownUser);
    add("wrong-digest", received.wrongDigest, m_received.wrongDigest);
    add("not-in-time-window", received.notInTimeWindow, m_received.notInTimeWindow);
    add("decryption-error", received.decryptionError, m_received.decryptionError);
    add("unsupported", received.unsupported, m_received.unsupported);
    m_received = received;
    m_heard = heard;
    return text;
}

}
