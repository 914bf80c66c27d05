#include "agent/data_source.hpp"

#include "base/event_loop.hpp"
#include "base/log.hpp"

#include <algorithm>

namespace headgate::agent {

namespace {

constexpr base::Log logger("agent");

bool listed(const DataSourceSettings& settings, const std::string& name) {
    return std::find(settings.names.begin(), settings.names.end(), name) != settings.names.end();
}

}

DataSource::DataSource(base::EventLoop& loop, const Settings& settings, const Remembered& remembered,
                       std::function<void()> changed)
    : m_loop(loop)
    , m_application(settings.application)
    , m_name(settings.name())
    , m_instance(settings.instance)
    , m_settings(settings.dataSource)
    , m_changed(std::move(changed)) {
    m_status.current = m_settings.current;
    // An operator who has written another one since then knows better.
    if (!remembered.dataSource.empty() && listed(m_settings, remembered.dataSource) &&
        remembered.configured == m_settings.current) {
        m_status.current = remembered.dataSource;
        m_told = true;
    }
    if (remembered.working.empty()) return;
    m_status.state = State::failed;
    m_status.wanted = remembered.working;
    m_status.reason = "The agent was ended while the hook ran: nobody knows how far it came.";
    logger.warning("a change of data source was cut off by the agent's end",
                   {{"application", m_name}, {"data-source", remembered.working}});
}

SetError DataSource::test(const std::string& name) const {
    if (!listed(m_settings, name)) return SetError::wrongValue;
    return m_status.state == State::working ? SetError::resourceUnavailable : SetError::none;
}

SetError DataSource::prepare(const std::string& name) {
    const auto error = test(name);
    if (error != SetError::none) return error;
    m_before = m_status;
    m_prepared = true;
    m_status.wanted = name;
    m_status.reason.clear();
    m_status.state = State::working;
    return SetError::none;
}

void DataSource::undo() {
    if (!m_prepared) return;
    m_prepared = false;
    m_status = m_before;
}

void DataSource::commit() {
    if (!m_prepared) return;
    m_prepared = false;
    if (m_status.wanted == m_status.current) {
        m_status.state = State::done;
        return m_changed();
    }
    logger.info("changing the data source",
                {{"application", m_name},
                 {"from", m_status.current},
                 {"to", m_status.wanted},
                 {"hook", m_settings.hook.empty() ? "" : m_settings.hook.front()}});
    m_changed(); // on the disk before the hook begins: a restart must know that it did
    if (m_settings.hook.empty()) return finish({false, {}, "there is no hook"});
    auto words = m_settings.hook;
    words.push_back(m_status.wanted);
    m_hook = std::make_unique<Command>(m_loop, std::move(words),
                                       std::vector<std::string>{"HEADGATE_APPLICATION=" + m_application,
                                                                "HEADGATE_INSTANCE=" + m_instance,
                                                                "HEADGATE_DATA_SOURCE=" + m_status.current},
                                       m_settings.timeout, [this](const Command::Result& r) { finish(r); });
}

void DataSource::finish(const Command::Result& result) {
    m_hook.reset();
    if (result.good) {
        m_status.state = State::done;
        m_status.current = m_status.wanted;
        m_told = true;
        logger.info("the data source is changed",
                    {{"application", m_name}, {"data-source", m_status.current}});
    } else {
        m_status.state = State::failed;
        m_status.reason =
            result.lastLine.empty() ? result.reason : plainText(result.reason + ": " + result.lastLine);
        logger.warning("the data source is not changed",
                       {{"application", m_name}, {"wanted", m_status.wanted}, {"because", m_status.reason}});
    }
    m_changed();
}

void DataSource::configure(const Settings& settings) {
    const bool another = settings.dataSource.current != m_settings.current;
    m_settings = settings.dataSource;
    if (another || !listed(m_settings, m_status.current)) {
        m_status.current = m_settings.current;
        m_told = false;
    }
}

void DataSource::remember(Remembered& state) const {
    state.dataSource = m_told ? m_status.current : std::string();
    state.configured = m_settings.current;
    state.working = m_status.state == State::working ? m_status.wanted : std::string();
}

}
