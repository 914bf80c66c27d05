#pragma once

#include "agent/command.hpp"
#include "agent/figures.hpp"
#include "agent/sockets.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headgate::agent {

/// What one look at an application brought.
struct Measured {
    std::vector<Reading> readings;
    std::optional<std::uint32_t> connections;
};

/// Measures one application by the kernel's figures and, where asked for, the operator's own. What cannot be
/// read is said in the log once, and again when it could be read in between.
class Measurer {
  public:
    Measurer(base::EventLoop& loop, const Settings& settings, KernelPlaces places = {});
    ~Measurer();
    Measurer(const Measurer&) = delete;
    Measurer& operator=(const Measurer&) = delete;

    Measured look(base::Instant now);

  private:
    Reading read(MeasureSettings::Figure figure, base::Instant now);
    Reading cgroupFigure(MeasureSettings::Figure figure, base::Instant now);
    Reading connectionsFigure() const;
    Reading backlogFigure() const;
    Reading commandFigure(base::Instant now);
    Reading fileFigure() const;
    void findCgroup();
    void say(const Reading& reading);

    base::EventLoop& m_loop;
    std::string m_name;
    std::string m_address; ///< octets
    std::uint16_t m_port;
    bool m_tcp;
    MeasureSettings m_settings;
    KernelPlaces m_places;

    Located m_located;
    CpuFigure m_cpu;
    std::optional<PortSockets> m_sockets;
    std::string m_socketsError;

    std::unique_ptr<Command> m_command;
    std::vector<std::string> m_environment;
    Reading m_commandReading;
    std::map<std::string_view, std::string> m_said; ///< why a figure is unknown, as the log has it
};

/// The first word of a text as a number that is not negative.
std::optional<double> ownNumber(std::string_view text);

}
