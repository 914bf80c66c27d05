#include "agent/service.hpp"

#include "base/log.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <set>

namespace headgate::agent {

namespace {

constexpr base::Log logger("agent");
using namespace mib::server;

/// Why a UNIX socket cannot be had; empty when that is not known.
std::string obstacle(const std::string& master) {
    constexpr std::string_view prefix = "unix:";
    if (!master.starts_with(prefix) || access(master.c_str() + prefix.size(), W_OK) == 0) return {};
    return errno == EACCES ? "this user may not open it; see agentXPerms in snmpd.conf"
                           : std::strerror(errno);
}

}

Service::Service(base::EventLoop& loop, const base::Clock& clock, ServiceOptions options,
                 const Loaded& loaded)
    : m_loop(loop)
    , m_clock(clock)
    , m_options(std::move(options))
    , m_store(m_options.state)
    , m_world{loop, clock, m_store, [this] { m_stale = true; },
              [this] { m_loop.post([this] { sendNews(); }); }} {
    take(loaded);
    m_subagent = std::make_unique<Subagent>(
        m_loop,
        Subagent::Options{m_options.master,
                          [this](bool connected) {
                              if (connected) sendNews();
                          }},
        std::vector<Subtree>{
            {applicationEntry, [this]() -> const snmp::Objects& { return applications(); }},
            {authenticationEntry, [this]() -> const snmp::Objects& { return authentications(); }}},
        *this);
    if (!m_subagent->connected())
        logger.warning("snmpd does not answer yet: looking for it each second",
                       {{"master", m_options.master}, {"because", obstacle(m_options.master)}});
}

Service::~Service() {
    m_subagent.reset();
    wipe(m_secrets);
}

void Service::reload() {
    logger.info("reading the configuration again", {{"config", m_options.config.string()}});
    take(load(m_options.config, m_options.places, m_clock.now()));
}

void Service::take(const Loaded& loaded) {
    for (const auto& problem : loaded.problems) {
        problem.passing ? logger.warning(toString(problem)) : logger.error(toString(problem));
        // A folder that cannot be read is no folder without files.
        if (!problem.passing) return;
    }
    std::set<std::filesystem::path> there;
    for (const auto& file : loaded.files)
        there.insert(file.file);
    std::erase_if(m_applications, [&](const auto& each) {
        if (there.contains(each.first)) return false;
        logger.info("not served any more", {{"application", each.second->settings().name()}});
        return true;
    });
    for (const auto& file : loaded.files)
        takeFile(file);
    m_stale = true;
}

void Service::takeFile(const LoadedFile& file) {
    const auto known = m_applications.find(file.file);
    for (const auto& problem : file.problems)
        problem.passing ? logger.warning(toString(problem)) : logger.error(toString(problem));
    if (!file.usable()) {
        if (known != m_applications.end())
            logger.error("the file is wrong: what it said before is still served",
                         {{"file", file.file.string()}, {"application", known->second->settings().name()}});
        else
            logger.error("the file is wrong: its application is not served", {{"file", file.file.string()}});
        return;
    }
    const auto& settings = file.configured.settings;
    if (known != m_applications.end()) {
        if (known->second->configured() == file.configured) return; // also when the file was only touched
        if (indexOf(known->second->settings()) == indexOf(settings)) {
            logger.info("other settings", {{"application", settings.name()}});
            return known->second->configure(file.configured);
        }
        m_applications.erase(known);
    }
    logger.info("serving", {{"application", settings.name()},
                            {"port", std::to_string(settings.port)},
                            {"file", file.file.string()}});
    m_applications.emplace(file.file, std::make_unique<Application>(m_world, file.configured));
}

const snmp::Objects& Service::applications() {
    if (m_stale) {
        m_table = emptyApplications();
        wipe(m_secrets);
        m_secrets = emptyAuthentications();
        for (const auto& [file, application] : m_applications) {
            setApplication(m_table, application->settings(), application->live());
            setAuthentication(m_secrets, application->settings(), application->material());
        }
        m_stale = false;
    }
    return m_table;
}

const snmp::Objects& Service::authentications() {
    applications();
    return m_secrets;
}

void Service::sendNews() {
    if (!m_subagent || !m_subagent->connected() || m_clock.now() < m_notBefore) return;
    for (const auto& [file, application] : m_applications)
        for (const auto news : application->takeDue())
            send(*application, news);
}

void Service::send(const Application& application, Notification news) {
    const auto& live = application.live();
    const auto done = [this, index = indexOf(application.settings()), news,
                       revision = live.revision](bool taken) {
        for (const auto& [file, each] : m_applications)
            if (indexOf(each->settings()) == index) each->delivered(news, revision, taken);
        if (taken) return m_backoff.reset();
        const auto wait = m_backoff.next();
        m_notBefore = m_clock.now() + wait;
        m_again = m_loop.after(wait + base::Duration(1), [this] { sendNews(); });
    };
    m_subagent->notify(notification(news), notificationObjects(application.settings(), live), done);
}

Application* Service::applicationOf(const snmp::Varbind& wanted, SetError& error) {
    static const auto writable = column(mib::server::Application::dataSourceWanted);
    error = SetError::notWritable;
    if (!writable.isPrefixOf(wanted.name)) return nullptr;
    error = SetError::noCreation;
    for (const auto& [file, application] : m_applications)
        if (writable + indexOf(application->settings()) == wanted.name) {
            error = SetError::none;
            return application.get();
        }
    return nullptr;
}

SetError Service::test(const snmp::Varbind& wanted) {
    auto error = SetError::none;
    auto* application = applicationOf(wanted, error);
    if (!application) return error;
    const auto name = snmp::textOf(wanted.value);
    return name ? application->dataSource().test(*name) : SetError::wrongType;
}

SetError Service::prepare(const snmp::Varbind& wanted) {
    auto error = SetError::none;
    auto* application = applicationOf(wanted, error);
    return application ? application->dataSource().prepare(snmp::textOf(wanted.value).value_or("")) : error;
}

void Service::commit(const snmp::Varbind& wanted) {
    auto error = SetError::none;
    if (auto* application = applicationOf(wanted, error)) application->dataSource().commit();
    m_stale = true;
}

void Service::undo(const snmp::Varbind& wanted) {
    auto error = SetError::none;
    if (auto* application = applicationOf(wanted, error)) application->dataSource().undo();
    m_stale = true;
}

}
