#include "agent/config_rules.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace headgate::agent {

namespace {

using namespace mib::server;
using Figure = MeasureSettings::Figure;

constexpr std::array<std::pair<std::string_view, Figure>, 7> figures{{
    {"cpu", Figure::cpu},
    {"memory", Figure::memory},
    {"pressure", Figure::pressure},
    {"connections", Figure::connections},
    {"backlog", Figure::backlog},
    {"command", Figure::command},
    {"file", Figure::file},
}};

bool anyAddress(const std::string& octets) {
    return std::all_of(octets.begin(), octets.end(), [](char c) { return c == 0; });
}

bool isPath(std::string_view text) {
    return text.starts_with('/') && text.find(' ') == std::string_view::npos;
}

void needAbsolute(SectionReader& in, std::string_view key, const std::vector<std::string>& command) {
    if (!command.empty() && !command.front().starts_with('/'))
        in.complain(key, "does not begin with an absolute path",
                    "write [\"/usr/…\", \"argument\"]: no shell "
                    "looks for it");
}

}

std::optional<Figure> figureOf(std::string_view name) {
    for (const auto& [word, figure] : figures)
        if (word == name) return figure;
    return std::nullopt;
}

std::string_view toString(Figure figure) {
    for (const auto& [word, value] : figures)
        if (value == figure) return word;
    return "";
}

bool MeasureSettings::takes(Figure figure) const {
    return std::find(figures.begin(), figures.end(), figure) != figures.end();
}

std::string addressOctets(const std::string& literal) {
    char octets[16];
    if (inet_pton(AF_INET, literal.c_str(), octets) == 1) return {octets, 4};
    if (inet_pton(AF_INET6, literal.c_str(), octets) == 1) return {octets, 16};
    return {};
}

void checkAddress(SectionReader& in, const Settings& settings) {
    const auto octets = addressOctets(settings.address);
    if (settings.address.empty()) return; // the one that the manager knows the server by
    if (octets.empty())
        in.complain("address", "is neither an IPv4 nor an IPv6 address",
                    "give the one that load balancers reach; names are not looked up");
    else if (anyAddress(octets))
        in.complain("address", "is the address for any", "give the one that load balancers reach");
}

void checkHealth(SectionReader& in, const Settings& settings) {
    const auto& health = settings.healthCheck;
    if (settings.transport == Transport::udp && settings.protocol != Protocol::tcp)
        in.complain("transport", "is udp, and the protocol is not", "http and https go over tcp");
    if (health.empty()) return;
    const auto blank = health.find(' ');
    const auto method = health.substr(0, blank);
    if ((method != "GET" && method != "HEAD") || blank == std::string::npos ||
        !isPath(std::string_view(health).substr(blank + 1)))
        in.complain("health-check", "is no question of HTTP", "write \"GET /path\" or \"HEAD /path\"");
    else if (settings.protocol == Protocol::tcp)
        in.complain("health-check", "asks by HTTP, and the protocol is tcp", "leave it out, or say http");
}

void checkProbe(SectionReader& in, const Settings& settings) {
    const auto& probe = settings.probe;
    using PK = ProbeSettings::Kind;
    const bool http = probe.kind == PK::http || probe.kind == PK::https;
    const bool tls = probe.kind == PK::tls || probe.kind == PK::https;
    if (in.has("address") && addressOctets(probe.address).empty())
        in.complain("address", "is neither an IPv4 nor an IPv6 address", "names are not looked up");
    if (!isPath(probe.path))
        in.complain("path", "is no path of HTTP", "begin with / and have no blanks in it");
    for (const auto* key : {"path", "expect"})
        if (in.has(key) && !http) in.complain(key, "goes with a probe by HTTP only", "say kind = \"http\"");
    for (const auto* key : {"server-name", "trust-anchor"})
        if (in.has(key) && !tls) in.complain(key, "goes with a probe by TLS only", "say kind = \"https\"");
    if (probe.timeout > probe.interval)
        in.complain("timeout", "is longer than the interval", "a probe must end before the next begins");
    if (!probe.useCredentials) return;
    const auto kind = settings.authentication.kind;
    if (kind == Kind::password || kind == Kind::token) {
        if (!http) in.complain("use-credentials", "goes with a probe by HTTP only", "say kind = \"http\"");
    } else if (kind == Kind::clientCertificate) {
        if (!tls) in.complain("use-credentials", "goes with a probe by TLS only", "say kind = \"tls\"");
    } else
        in.complain("use-credentials", "has no credentials to use",
                    "[authentication] must be password, token or client-certificate");
}

void checkLevels(SectionReader& in, const Settings& settings) {
    const auto& levels = settings.levels;
    if (levels.lower >= levels.upper)
        in.complain(in.has("lower") ? "lower" : "upper",
                    "is " + std::to_string(in.has("lower") ? levels.lower : levels.upper) + ", and " +
                        (in.has("lower") ? "upper is " + std::to_string(levels.upper)
                                         : "lower is " + std::to_string(levels.lower)),
                    "lower must be less than upper");
    else if (levels.tolerance > levels.upper - levels.lower)
        in.complain("tolerance", "is more than lies between lower and upper",
                    "give at most " + std::to_string(levels.upper - levels.lower));
}

void checkMeasure(SectionReader& in, const Settings& settings) {
    const auto& measure = settings.measure;
    int places = 0;
    for (const auto* key : {"cgroup", "unit", "pid-file", "process"})
        if (in.has(key) && ++places == 2)
            in.complain(key, "is one place too many", "give one of cgroup, unit, pid-file and process");
    if (measure.figures.empty())
        in.complain("figures", "is empty", "without a figure nobody knows when the application is full");
    const auto need = [&](Figure figure, const char* key, bool given, const char* advice) {
        // A key that is there and wrong has been told of already.
        if (measure.takes(figure) && !given && !in.has(key))
            in.complain("figures", "has " + std::string(toString(figure)) + ", but " + key + " is missing",
                        advice);
    };
    need(Figure::connections, "connections-full-at", measure.connectionsFullAt > 0,
         "say how many connections count as 1000 permille (or give a connection-limit)");
    need(Figure::command, "command", !measure.command.empty(), "give [\"/path\", \"argument\"]");
    need(Figure::command, "command-full-at", measure.commandFullAt > 0, "say what counts as 1000 permille");
    need(Figure::file, "file", !measure.file.empty(), "give a path");
    need(Figure::file, "file-full-at", measure.fileFullAt > 0, "say what counts as 1000 permille");
    const auto idle = [&](const char* key, Figure figure) {
        if (in.has(key) && !measure.takes(figure))
            in.complain(key, "is not used",
                        "add \"" + std::string(toString(figure)) + "\" to figures, or leave it out");
    };
    idle("connections-full-at", Figure::connections);
    idle("backlog-full-at", Figure::backlog);
    idle("pressure-full-at", Figure::pressure);
    idle("command", Figure::command);
    idle("file", Figure::file);
    if (settings.transport == Transport::udp &&
        (measure.takes(Figure::connections) || measure.takes(Figure::backlog)))
        in.complain("figures", "has connections or backlog, and the transport is udp",
                    "only tcp has connections");
    needAbsolute(in, "command", measure.command);
    if (!measure.file.empty() && !measure.file.is_absolute())
        in.complain("file", "is no absolute path", "begin with /");
}

void checkDataSource(SectionReader& in, const Settings& settings) {
    const auto& source = settings.dataSource;
    const auto listed = [&](const std::string& name) {
        return std::find(source.names.begin(), source.names.end(), name) != source.names.end();
    };
    if (source.names.empty()) {
        for (const auto* key : {"current", "hook", "timeout"})
            if (in.has(key)) in.complain(key, "is of no use", "give names = [\"one\", \"two\"] first");
        return;
    }
    auto sorted = source.names;
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
        in.complain("names", "has a name twice", "name each once");
    if (!in.has("current"))
        in.complain("current", "is missing", "say which one the application uses now");
    else if (!listed(source.current))
        in.complain("current", "is \"" + source.current + "\", and that is not in names",
                    "name one of those");
    if (source.names.size() > 1 && source.hook.empty())
        in.complain("hook", "is missing", "give the command that changes the data source, [\"/path\"]");
    needAbsolute(in, "hook", source.hook);
}

}
