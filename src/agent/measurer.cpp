#include "agent/measurer.hpp"

#include "agent/config_rules.hpp"
#include "agent/files.hpp"
#include "base/event_loop.hpp"
#include "base/log.hpp"

#include <charconv>
#include <cmath>

namespace headgate::agent {

namespace {

constexpr base::Log logger("agent");
using Figure = MeasureSettings::Figure;

Reading unknown(Figure figure, std::string because) {
    return {toString(figure), std::nullopt, std::move(because)};
}

/// Where the application's connections end. Behind a translation of addresses that is not the one that others
/// use: then all of the port's count, or it would look idle for ever.
std::string localAddress(const Settings& settings) {
    auto address = addressOctets(settings.address);
    if (address.empty() || isOurs(address)) return address;
    logger.info("the address is none of this machine's: connections of the port count whatever their address",
                {{"application", settings.name()}, {"address", settings.address}});
    return {};
}

}

std::optional<double> ownNumber(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return std::nullopt;
    text = text.substr(begin, text.find_first_of(" \t\r\n", begin) - begin);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || value < 0)
        return std::nullopt;
    return value;
}

Measurer::Measurer(base::EventLoop& loop, const Settings& settings, KernelPlaces places)
    : m_loop(loop)
    , m_name(settings.name())
    , m_address(localAddress(settings))
    , m_port(settings.port)
    , m_tcp(settings.transport == mib::server::Transport::tcp)
    , m_settings(settings.measure)
    , m_places(std::move(places))
    , m_environment{"HEADGATE_APPLICATION=" + settings.application, "HEADGATE_INSTANCE=" + settings.instance}
    , m_commandReading{toString(Figure::command), std::nullopt, {}} {}

Measurer::~Measurer() = default;

Measured Measurer::look(base::Instant now) {
    Measured measured;
    m_sockets.reset();
    m_socketsError.clear();
    if (m_tcp) m_sockets = portSockets(m_address, m_port, m_socketsError);
    if (m_sockets) measured.connections = m_sockets->established;
    if (namesCgroup(m_settings)) findCgroup();
    for (const auto figure : m_settings.figures) {
        measured.readings.push_back(read(figure, now));
        say(measured.readings.back());
    }
    return measured;
}

void Measurer::findCgroup() {
    const auto& known = m_located.cgroup;
    std::error_code ignored;
    // A process may be another one by now: that is asked each time, and is cheap. A unit's folder stays where
    // it is.
    if (m_settings.pidFile.empty() && m_settings.process.empty())
        for (const auto& folder : {known.unified, known.cpu, known.memory})
            if (!folder.empty() && std::filesystem::exists(folder, ignored)) return;
    auto now = locate(m_settings, m_places, m_located.process);
    if (!(now.cgroup == m_located.cgroup)) m_cpu = {};
    m_located = std::move(now);
}

Reading Measurer::read(Figure figure, base::Instant now) {
    switch (figure) {
    case Figure::cpu:
    case Figure::memory:
    case Figure::pressure: return cgroupFigure(figure, now);
    case Figure::connections: return connectionsFigure();
    case Figure::backlog: return backlogFigure();
    case Figure::command: return commandFigure(now);
    case Figure::file: return fileFigure();
    }
    return unknown(figure, "is not known");
}

Reading Measurer::cgroupFigure(Figure figure, base::Instant now) {
    const bool named = namesCgroup(m_settings);
    // The machine's figure in place of a missing cgroup's would be another question's answer.
    if (named && m_located.cgroup.empty()) return unknown(figure, m_located.error);
    const auto* cgroup = named ? &m_located.cgroup : nullptr;
    switch (figure) {
    case Figure::cpu: return m_cpu.read(cgroup, m_places, now);
    case Figure::memory: return memoryFigure(cgroup, m_places);
    default: return pressureFigure(cgroup, m_places, m_settings.pressureFullAt);
    }
}

Reading Measurer::connectionsFigure() const {
    if (!m_sockets) return unknown(Figure::connections, m_socketsError);
    // None at all of an application that this network namespace does not show would look like idleness.
    if (m_sockets->listeners == 0)
        return unknown(Figure::connections, "nobody listens on port " + std::to_string(m_port));
    return {toString(Figure::connections),
            permilleOf(m_sockets->established, static_cast<double>(m_settings.connectionsFullAt)),
            {}};
}

Reading Measurer::backlogFigure() const {
    if (!m_sockets) return unknown(Figure::backlog, m_socketsError);
    if (m_sockets->listeners == 0)
        return unknown(Figure::backlog, "nobody listens on port " + std::to_string(m_port));
    const auto whole = m_settings.backlogFullAt ? m_settings.backlogFullAt : m_sockets->backlog;
    return {toString(Figure::backlog), permilleOf(m_sockets->waiting, static_cast<double>(whole)), {}};
}

Reading Measurer::commandFigure(base::Instant) {
    // What the run before has brought; the next begins when that one is over.
    if (!m_command)
        m_command = std::make_unique<Command>(
            m_loop, m_settings.command, m_environment, m_settings.commandTimeout,
            [this](const Command::Result& result) {
                const auto number = result.good ? ownNumber(result.lastLine) : std::nullopt;
                m_commandReading.permille =
                    number ? permilleOf(*number, m_settings.commandFullAt) : std::nullopt;
                m_commandReading.because = number        ? ""
                                           : result.good ? m_settings.command.front() + " prints no number"
                                                         : m_settings.command.front() + ' ' + result.reason;
                m_command.reset();
            });
    return m_commandReading;
}

Reading Measurer::fileFigure() const {
    const auto file = readFile(m_settings.file, 4096);
    if (!file.text) return unknown(Figure::file, m_settings.file.string() + ' ' + file.error);
    const auto number = ownNumber(*file.text);
    if (!number) return unknown(Figure::file, m_settings.file.string() + " holds no number");
    return {toString(Figure::file), permilleOf(*number, m_settings.fileFullAt), {}};
}

void Measurer::say(const Reading& reading) {
    auto& said = m_said[reading.figure];
    if (reading.permille) {
        if (!said.empty())
            logger.info("a figure can be read again",
                        {{"application", m_name}, {"figure", std::string(reading.figure)}});
        said.clear();
    } else if (!reading.because.empty() && said != reading.because) {
        if (said.empty())
            logger.warning("a figure is not known", {{"application", m_name},
                                                     {"figure", std::string(reading.figure)},
                                                     {"because", reading.because}});
        said = reading.because;
    }
}

}
