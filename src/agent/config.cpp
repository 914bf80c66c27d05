#include "agent/config.hpp"

#include "agent/config_rules.hpp"
#include "agent/section_reader.hpp"

#include <algorithm>
#include <array>

namespace headgate::agent {

namespace {

using namespace std::chrono_literals;
using namespace mib::server;
template <typename Enum, std::size_t size>
using Words = std::array<std::pair<std::string_view, Enum>, size>;

constexpr std::size_t mostPath = 1024;

const Words<Transport, 2> transports{{{"tcp", Transport::tcp}, {"udp", Transport::udp}}};
const Words<Protocol, 3> protocols{
    {{"http", Protocol::http}, {"https", Protocol::https}, {"tcp", Protocol::tcp}}};
const Words<ProbeSettings::Kind, 5> probeKinds{{{"none", ProbeSettings::Kind::none},
                                                {"tcp", ProbeSettings::Kind::tcp},
                                                {"http", ProbeSettings::Kind::http},
                                                {"tls", ProbeSettings::Kind::tls},
                                                {"https", ProbeSettings::Kind::https}}};
const Words<Kind, 5> kinds{{{"none", Kind::none},
                            {"password", Kind::password},
                            {"client-certificate", Kind::clientCertificate},
                            {"server-tls", Kind::serverTls},
                            {"token", Kind::token}}};

const Section* sectionOf(const Document& document, std::string_view name) {
    for (const auto& section : document.sections)
        if (section.name == name) return &section;
    return nullptr;
}

/// One section's reader, and what goes on in each.
struct Reading {
    const Document& document;
    Problems& problems;
    Settings& settings;

    SectionReader reader(std::string_view name) const {
        return {document.file, sectionOf(document, name), problems};
    }

    void application() const {
        auto in = reader("");
        in.text("application", settings.application, 1, 64);
        if (!in.has("application")) in.complain("application", "is missing", "name the application");
        in.text("instance", settings.instance, 0, 32);
        in.text("version", settings.version, 0, 64);
        in.text("address", settings.address, 1, 64);
        checkAddress(in, settings);
        in.number("port", settings.port, 1, 65535);
        if (!in.has("port")) in.complain("port", "is missing", "give the port that clients use, 1..65535");
        in.oneOf("transport", settings.transport, transports);
        in.oneOf("protocol", settings.protocol, protocols);
        if (!in.has("protocol")) in.complain("protocol", "is missing", "it is one of: http, https, tcp");
        in.number("weight", settings.weight, 1, 100);
        in.number("connection-limit", settings.connectionLimit, 0, 1'000'000'000);
        in.number("warm-up", settings.warmUp, 0, 86400);
        in.text("health-check", settings.healthCheck, 0, 255);
        checkHealth(in, settings);
        in.finish();
    }

    void probe() const {
        auto& probe = settings.probe;
        probe.address = settings.address.empty() ? "127.0.0.1" : settings.address;
        probe.port = settings.port;
        probe.serverName = settings.authentication.serverName;
        probe.trustAnchor = settings.authentication.trustAnchor;
        defaultProbe();
        auto in = reader("probe");
        in.oneOf("kind", probe.kind, probeKinds);
        in.text("address", probe.address, 1, 64);
        in.number("port", probe.port, 1, 65535);
        in.text("path", probe.path, 1, mostPath);
        in.numbers("expect", probe.expect, 100, 599);
        in.seconds("interval", probe.interval, 100ms, 1h);
        in.seconds("timeout", probe.timeout, 50ms, 1min);
        in.number("fall", probe.fall, 1, 100);
        in.number("rise", probe.rise, 1, 100);
        in.text("server-name", probe.serverName, 1, 255);
        in.path("trust-anchor", probe.trustAnchor);
        in.truth("use-credentials", probe.useCredentials);
        checkProbe(in, settings);
        in.finish();
    }

    /// As the load balancers will check it, unless the file says otherwise.
    void defaultProbe() const {
        using PK = ProbeSettings::Kind;
        auto& probe = settings.probe;
        const bool https = settings.protocol == Protocol::https;
        if (settings.transport == Transport::udp)
            probe.kind = PK::none;
        else if (settings.healthCheck.empty())
            probe.kind = https ? PK::tls : PK::tcp;
        else if (const auto path = settings.healthCheck.find('/'); path != std::string::npos) {
            probe.kind = https ? PK::https : PK::http;
            probe.path = settings.healthCheck.substr(path);
        }
    }

    void levels() const {
        auto& levels = settings.levels;
        auto in = reader("levels");
        in.number("upper", levels.upper, 1, 100000);
        in.number("lower", levels.lower, 0, 99999);
        in.number("tolerance", levels.tolerance, 0, 100000);
        in.seconds("hold", levels.hold, 0ms, 1h);
        checkLevels(in, settings);
        in.finish();
    }

    void measure() const {
        auto& measure = settings.measure;
        measure.connectionsFullAt = settings.connectionLimit;
        auto in = reader("measure");
        readFigures(in, measure);
        in.seconds("interval", measure.interval, 100ms, 1h);
        in.text("cgroup", measure.cgroup, 1, mostPath);
        in.text("unit", measure.unit, 1, 255);
        in.path("pid-file", measure.pidFile);
        in.text("process", measure.process, 1, 15);
        in.number("connections-full-at", measure.connectionsFullAt, 1, 1'000'000'000);
        in.number("backlog-full-at", measure.backlogFullAt, 1, 1'000'000'000);
        in.number("pressure-full-at", measure.pressureFullAt, 1, 100);
        in.texts("command", measure.command, mostPath);
        in.seconds("command-timeout", measure.commandTimeout, 50ms, 1min);
        in.real("command-full-at", measure.commandFullAt);
        in.path("file", measure.file);
        in.real("file-full-at", measure.fileFullAt);
        checkMeasure(in, settings);
        in.finish();
    }

    static void readFigures(SectionReader& in, MeasureSettings& measure) {
        std::vector<std::string> names;
        in.texts("figures", names, 32);
        if (!in.has("figures")) return;
        std::vector<MeasureSettings::Figure> figures;
        for (const auto& name : names) {
            const auto figure = figureOf(name);
            if (!figure) {
                in.complain("figures", "has \"" + name + '"',
                            "there are: cpu, memory, pressure, connections, backlog, command, file");
                return;
            }
            if (std::find(figures.begin(), figures.end(), *figure) == figures.end())
                figures.push_back(*figure);
        }
        measure.figures = std::move(figures);
    }

    void authentication() const {
        auto& authentication = settings.authentication;
        auto in = reader("authentication");
        in.oneOf("kind", authentication.kind, kinds);
        in.text("user", authentication.user, 1, 255);
        in.text("realm", authentication.realm, 1, 255);
        in.text("server-name", authentication.serverName, 1, 255);
        in.text("header", authentication.header, 1, 64);
        in.path("trust-anchor", authentication.trustAnchor);
        in.path("certificate", authentication.certificate);
        in.path("secret-file", authentication.secretFile);
        in.path("key-file", authentication.keyFile);
        in.path("server-certificate", authentication.serverCertificate);
        checkAuthentication(in, settings);
        in.finish();
    }

    void dataSource() const {
        auto& source = settings.dataSource;
        auto in = reader("data-source");
        in.texts("names", source.names, 64);
        in.text("current", source.current, 1, 64);
        in.texts("hook", source.hook, mostPath);
        in.seconds("timeout", source.timeout, 100ms, 1h);
        checkDataSource(in, settings);
        in.finish();
    }

    void unknownSections() const {
        static constexpr std::array known{"", "probe", "levels", "measure", "authentication", "data-source"};
        for (const auto& section : document.sections)
            if (std::find(known.begin(), known.end(), section.name) == known.end())
                problems.push_back(
                    {document.file, section.line, '[' + section.name + ']', "is no section of ours",
                     "there are: [probe], [levels], [measure], [authentication], [data-source]", false});
    }
};

}

Settings readSettings(const Document& document, Problems& problems) {
    Settings settings;
    settings.source = document.file;
    const Reading reading{document, problems, settings};
    reading.application();
    reading.authentication(); // before the probe, which takes its server name and trust anchor
    reading.probe();
    reading.levels();
    reading.measure();
    reading.dataSource();
    reading.unknownSections();
    return settings;
}

}
