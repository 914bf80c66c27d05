#include "telemetry/notification_listener.hpp"

#include "base/log.hpp"
#include "snmp/error.hpp"

#include <utility>

namespace headgate::telemetry {

namespace {

using namespace std::chrono_literals;

constexpr base::Log logger("telemetry");
constexpr base::Duration retryListening = 10s;
constexpr base::Duration betweenReports = 60s; // of notifications that are not taken

}

NotificationListener::NotificationListener(base::EventLoop& loop, const base::Clock& clock,
                                           std::filesystem::path engineFile, Hearing& hearing,
                                           Outlets outlets)
    : m_loop(loop)
    , m_clock(clock)
    , m_engineFile(std::move(engineFile))
    , m_hearing(hearing)
    , m_outlets(std::move(outlets)) {}

void NotificationListener::configure(const Configure& configuration) {
    m_at = configuration.configuration.notificationsAddresses;
    m_users.clear();
    for (const auto& name : configuration.configuration.notificationUsers)
        if (const auto found = configuration.credentials.find(domain::CredentialName{name});
            found != configuration.credentials.end())
            m_users.push_back(found->second);
    listen();
}

std::vector<std::string> NotificationListener::addresses() const {
    std::vector<std::string> texts;
    if (m_receiver)
        for (const auto& address : m_receiver->addresses())
            texts.push_back(address.print());
    return texts;
}

void NotificationListener::openReceiver() {
    snmp::NotificationReceiver::Options options;
    options.engineFile = m_engineFile;
    options.filter.admit = [this](const snmp::Endpoint& source) { return m_hearing.admit(source); };
    options.filter.wants = [this](const snmp::Glance& glance) { return m_hearing.wants(glance); };
    options.filter.turnEnded = m_outlets.turnEnded;
    m_receiver = std::make_unique<snmp::NotificationReceiver>(
        m_loop, m_clock, options,
        [this](const snmp::Notification& notification) { m_hearing.hear(notification); });
    m_reports = m_loop.every(betweenReports, [this] {
        const auto text = m_notTaken.since(m_receiver->counters(), m_hearing.counters());
        if (!text.empty()) logger.warning("notifications were not taken", {{"reasons", text}});
    });
}

void NotificationListener::listen() {
    m_again.cancel();
    std::string trouble;
    const auto note = [&](const std::string& text) { trouble += (trouble.empty() ? "" : "; ") + text; };
    try {
        // Kept also when nothing is to be heard: its engine would count one boot more.
        if (!m_receiver && m_at.empty()) return m_trouble.clear();
        if (!m_receiver) openReceiver();
        std::vector<snmp::Endpoint> addresses;
        for (const auto& text : m_at)
            if (const auto address = snmp::Endpoint::parse(text, 162))
                addresses.push_back(*address);
            else
                note("not an address and port to hear notifications at: " + text);
        for (const auto& problem : m_receiver->listen(addresses))
            note(problem);
        m_receiver->trust({{}, m_users, m_outlets.engines()});
    } catch (const snmp::Error& error) {
        note(error.what());
    }
    tellOfListening(trouble);
}

void NotificationListener::tellOfListening(const std::string& trouble) {
    if (!trouble.empty()) m_again = m_loop.after(retryListening, [this] { listen(); });
    if (std::exchange(m_trouble, trouble) == trouble) return;
    if (trouble.empty()) return logger.info("notifications are heard again", {});
    const bool some = m_receiver && !m_receiver->addresses().empty();
    logger.error("notifications are not heard", {{"elsewhere", some ? "yes" : "no"}, {"error", trouble}});
    m_outlets.trouble(
        (some ? "SNMP notifications are not heard everywhere: " : "no SNMP notifications are heard: ") +
        trouble);
}

}
