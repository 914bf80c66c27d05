#include "agent/application.hpp"

#include "agent/revision.hpp"
#include "base/log.hpp"

namespace headgate::agent {

namespace {

constexpr base::Log logger("agent");
using Notification = mib::server::Notification;
using Level = mib::server::Level;
using State = mib::server::State;

std::string word(Level level) {
    switch (level) {
    case Level::unknown: return "unknown";
    case Level::underUsed: return "under-used";
    case Level::normal: return "normal";
    case Level::full: return "full";
    }
    return "";
}

}

Application::Application(const World& world, Configured configured)
    : m_world(world)
    , m_configured(std::move(configured))
    , m_remembered(m_world.store.load(settings().application, settings().instance))
    , m_functional(settings().probe)
    , m_levels(settings().levels)
    , m_dataSource(m_world.loop, settings(), m_remembered, [this] { takeDataSource(); }) {
    m_live.stateReason =
        settings().probe.kind == ProbeSettings::Kind::none ? "It is not probed." : m_functional.reason();
    takeRevision();
    takeDataSource();
    startMeasuring();
    startProbing();
}

void Application::configure(Configured configured) {
    const auto before = std::move(m_configured);
    m_configured = std::move(configured);
    const auto& now = settings();
    m_levels.configure(now.levels);
    m_dataSource.configure(now);
    takeRevision();
    takeDataSource();
    if (!(before.settings.measure == now.measure) || before.settings.address != now.address ||
        before.settings.port != now.port)
        startMeasuring();
    if (!(before.settings.probe == now.probe) || !(before.settings.authentication == now.authentication) ||
        !(before.material == m_configured.material)) {
        m_functional.configure(now.probe);
        m_learnedFingerprint.clear();
        m_learnedEnd.reset();
        startProbing();
    }
    m_world.changed();
}

Material Application::material() const {
    auto material = m_configured.material;
    if (material.fingerprint.empty()) {
        material.fingerprint = m_learnedFingerprint;
        if (m_learnedEnd && (!material.notAfter || *m_learnedEnd < *material.notAfter))
            material.notAfter = m_learnedEnd;
    }
    return material;
}

void Application::startMeasuring() {
    m_measurer = std::make_unique<Measurer>(m_world.loop, settings());
    m_timer = m_world.loop.every(settings().measure.interval, [this] { look(); });
    look();
}

void Application::startProbing() {
    m_prober.reset();
    m_prober = std::make_unique<Prober>(
        m_world.loop, ProbeTask{settings().probe, settings().authentication, m_configured.material},
        [this](const ProbeResult& result) { takeProbe(result); });
}

void Application::look() {
    const auto now = m_world.clock.now();
    const auto measured = m_measurer->look(now);
    const auto utilisation = combine(measured.readings, settings().levels.upper);
    const auto before = m_levels.level();
    const auto level =
        m_levels.update(now, utilisation.known ? std::optional<int>(utilisation.permille) : std::nullopt);
    m_live.utilisation = static_cast<std::uint32_t>(utilisation.permille);
    m_live.binding = utilisation.binding;
    m_live.connections = measured.connections.value_or(0);
    m_live.level = level;
    m_world.changed();
    if (level == before) return;
    logger.info("the level is another one", {{"application", settings().name()},
                                             {"level", word(level)},
                                             {"utilisation", std::to_string(utilisation.permille)},
                                             {"binding", utilisation.binding}});
    if (level == Level::full) return tell(Notification::utilisationRisen);
    if (level == Level::underUsed) return tell(Notification::utilisationFallen);
    m_notices.dropLevel();
}

void Application::takeProbe(const ProbeResult& result) {
    const auto before = m_functional.state();
    m_functional.take(result);
    m_live.state = m_functional.state();
    m_live.stateReason = plainText(m_functional.reason());
    if (!result.fingerprint.empty() && result.fingerprint != m_learnedFingerprint) {
        const auto& file = m_configured.material.fingerprint;
        if (!file.empty() && file != result.fingerprint)
            logger.warning("the server shows another certificate than the file server-certificate has",
                           {{"application", settings().name()}});
        m_learnedFingerprint = result.fingerprint;
        m_learnedEnd = result.notAfter;
    }
    m_world.changed();
    if (m_functional.state() == before) return;
    const bool up = m_functional.state() == State::up;
    if (up)
        logger.info("up", {{"application", settings().name()}});
    else
        logger.warning("down", {{"application", settings().name()}, {"because", m_live.stateReason}});
    tell(up ? Notification::applicationUp : Notification::applicationDown);
}

void Application::takeDataSource() {
    const auto& status = m_dataSource.status();
    m_live.dataSource = status.current;
    m_live.dataSourceWanted = status.wanted;
    m_live.dataSourceState = status.state;
    m_live.dataSourceReason = plainText(status.reason);
    save();
    m_world.changed();
}

void Application::takeRevision() {
    m_live.revision = settingsRevision(settings(), m_configured.material);
    // The first time ever there is nobody who knows another one.
    if (m_remembered.revision == 0) m_remembered.revision = m_live.revision;
    if (m_remembered.revision == m_live.revision)
        m_notices.dropSettings();
    else
        tell(Notification::settingsChanged);
}

std::vector<Notification> Application::takeDue() {
    return m_notices.takeDue();
}

void Application::delivered(Notification news, std::uint32_t revision, bool taken) {
    if (!taken) return m_notices.comeBack(news);
    m_notices.taken(news);
    if (news != Notification::settingsChanged) return;
    m_remembered.revision = revision;
    m_saved = false;
    save();
}

void Application::tell(Notification news) {
    m_notices.add(news);
    m_world.news();
}

void Application::save() {
    auto state = m_remembered;
    m_dataSource.remember(state);
    if (state == m_remembered && m_saved) return;
    m_saved = true;
    m_remembered = state;
    m_world.store.save(settings().application, settings().instance, m_remembered);
}

}
