#include "appliance/haproxy_text.hpp"

#include "appliance/haproxy_files.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace headgate::appliance {

namespace {

const std::string_view commonPartition = "/Common/";

std::string milliseconds(base::Duration time) {
    return std::to_string(time.count()) + "ms";
}

/// In HAProxy's strong quotes nothing is special but the quote itself.
std::string quoted(std::string_view text) {
    std::string out = "'";
    for (char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            throw Refused("a health check's text must not contain control characters");
        if (c == '\'')
            out += "'\\''";
        else
            out += c;
    }
    return out + "'";
}

std::string addressAndPort(const std::string& address, std::uint16_t port) {
    const bool six = address.find(':') != std::string::npos;
    return (six ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

/// In double quotes inside of an argument.
std::string inArgument(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string checkLines(const Pool& pool, base::Duration timeout, const HaproxyOptions& options) {
    const auto& check = pool.check;
    if (check.kind == Check::Kind::none) return "";
    std::string out = "  timeout check " + milliseconds(timeout) + "\n";
    if (check.kind == Check::Kind::tcp) return out;
    out += "  option httpchk\n  http-check send meth " + quoted(check.method) + " uri " + quoted(check.path) +
           " ver HTTP/1.0 hdr User-Agent " +
           quoted("%[srv_name,map(" + inArgument(headerMap(pool, options)) + "," + headersInMap(check) +
                  "),b64dec]") +
           "\n";
    // Who is not let in says so with its status, whatever text must be in the answer otherwise.
    if (!check.contains.empty())
        return out + "  http-check expect ! status 400,401,403\n  http-check expect string " +
               quoted(check.contains) + "\n";
    out += "  http-check expect status ";
    if (check.statuses.empty()) return out + "200-399\n";
    for (std::size_t i = 0; i < check.statuses.size(); ++i)
        out += (i ? "," : "") + std::to_string(check.statuses[i]);
    return out + "\n";
}

base::Duration checkTimeout(const Check& check, const HaproxyOptions& options) {
    return options.checkInterval ? std::max(*options.checkInterval, base::Duration(2000)) : check.timeout;
}

std::string backend(const Pool& pool, const HaproxyOptions& options,
                    const std::set<std::pair<std::string, std::string>>& waiting) {
    std::string out = "\nbackend " + haproxyName(pool.name) + "\n  balance " +
                      (pool.balance == Balance::roundRobin ? "roundrobin" : "leastconn") + "\n" +
                      checkLines(pool, checkTimeout(pool.check, options), options);
    for (const auto& member : pool.members) {
        const bool still = waiting.count({pool.name, member.name}) || member.admin == Admin::draining;
        out += "  server " + haproxyName(member.name) + " " +
               haproxyServerArguments(pool.check, member, options) + " weight " +
               std::to_string(still ? 0 : member.weight) +
               (member.admin == Admin::disabled ? " disabled\n" : "\n");
    }
    return out;
}

std::vector<std::string_view> split(std::string_view text, char at) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(at);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

/// A server chooses these words.
std::string printable(std::string_view text) {
    std::string out;
    for (char c : text.substr(0, 80))
        out += c >= 0x20 && c < 0x7f ? c : '?';
    return out;
}

std::uint64_t number(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}

std::string haproxyName(std::string_view name) {
    if (name.substr(0, commonPartition.size()) == commonPartition &&
        name.find('/', commonPartition.size()) == std::string_view::npos)
        name.remove_prefix(commonPartition.size());
    std::string out;
    for (char c : name) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '_' || c == '.' || c == ':';
        char hex[8];
        std::snprintf(hex, sizeof hex, "..%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
        out += plain ? std::string(1, c) : std::string(hex);
    }
    return out;
}

std::string haproxyServer(std::string_view pool, std::string_view member) {
    return haproxyName(pool) + "/" + haproxyName(member);
}

std::string haproxyWord(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (std::string_view(" \t\\;\"'#$").find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

namespace {

std::string tlsWords(const Tls& tls, const std::vector<PemFile>& files) {
    std::string out = tls.verify ? " ssl verify required" : " ssl verify none";
    if (!tls.serverName.empty()) out += " sni str(" + tls.serverName + ")";
    if (!tls.verifyName.empty()) out += " verifyhost " + tls.verifyName;
    for (const auto& file : files)
        out += (file.kind == PemFile::Kind::authorities ? " ca-file " : " crt ") + haproxyWord(file.path);
    return out;
}

}

std::string haproxyServerArguments(const Check& poolCheck, const Member& member,
                                   const HaproxyOptions& options) {
    const auto& check = member.check ? *member.check : poolCheck;
    std::string out = addressAndPort(member.address, member.port);
    if (member.tls) out += tlsWords(*member.tls, pemFiles(member, options));
    if (check.kind != Check::Kind::none) {
        out += " check inter " + milliseconds(options.checkInterval.value_or(check.interval)) +
               " rise 1 fall " + std::to_string(check.fall);
        if (!member.tls && check.tls) out += " check-ssl verify none";
        // A check in clear of a server that speaks TLS fails on any box.
        if (member.tls) out += check.tls ? " check-ssl" : " no-check-ssl";
        if (member.tls && check.tls && !member.tls->serverName.empty())
            out += " check-sni " + member.tls->serverName;
    }
    if (member.maxConnections) out += " maxconn " + std::to_string(member.maxConnections);
    return out;
}

std::string haproxyConfiguration(const Configuration& configuration, const HaproxyOptions& options,
                                 const std::set<std::pair<std::string, std::string>>& waiting) {
    requireBearable(configuration);
    const auto socket = options.stateDir + "/haproxy.sock";
    std::string out =
        "# Written by headgate-appliance; it is written again at each start.\n"
        "global\n"
        "  stats socket " +
        quoted(socket) +
        " mode 600 level admin expose-fd listeners\n"
        "  nbthread 1\n"
        "  maxconn 4000\n"
        "  hard-stop-after " +
        milliseconds(std::max(options.drainDeadline, base::Duration(1))) +
        "\n"
        "  log stderr format raw local0 notice\n"
        "\n"
        "defaults\n"
        "  mode http\n"
        "  timeout connect 2s\n"
        "  timeout client 60s\n"
        "  timeout server 60s\n"
        "  timeout queue 10s\n"
        "  retries 3\n"
        "  option redispatch 1\n"
        // As a box does that does not pool connections to servers: what a server has is what it serves.
        "  option http-server-close\n";
    for (const auto& one : configuration.virtuals) {
        out += "\nfrontend " + haproxyName(one.name) + "\n  bind " + addressAndPort(one.address, one.port) +
               "\n";
        if (!one.pool.empty()) out += "  default_backend " + haproxyName(one.pool) + "\n";
    }
    // HAProxy does not start without a listener.
    if (configuration.virtuals.empty())
        out += "\nfrontend headgate:idle\n  bind " + quoted("unix@" + options.stateDir + "/idle.sock") + "\n";
    for (const auto& pool : configuration.pools)
        out += backend(pool, options, waiting);
    return out;
}

bool ServerStat::checkedGood() const {
    return checkStatus.size() > 2 && checkStatus.substr(2, 2) == "OK";
}

bool ServerStat::checkedBad() const {
    return !checkStatus.empty() && checkStatus != "INI" && checkStatus != "UNK" && !checkedGood();
}

std::string ServerStat::words() const {
    if (checkStatus.empty() || checkStatus == "INI") return "";
    return checkStatus + (checkCode.empty() ? "" : "/" + checkCode) +
           (checkDuration.empty() ? "" : " in " + checkDuration + " ms") +
           (checkedBad() && !checkSaid.empty() ? ": " + checkSaid : "");
}

std::map<std::string, ServerStat> parseServerStats(std::string_view csv) {
    std::map<std::string, ServerStat> found;
    auto lines = split(csv, '\n');
    if (lines.empty() || lines[0].substr(0, 2) != "# ") return found;
    std::map<std::string_view, std::size_t> column;
    const auto names = split(lines[0].substr(2), ',');
    for (std::size_t i = 0; i < names.size(); ++i)
        column.emplace(names[i], i);
    for (std::size_t n = 1; n < lines.size(); ++n) {
        const auto fields = split(lines[n], ',');
        const auto field = [&](std::string_view name) {
            const auto at = column.find(name);
            return at == column.end() || at->second >= fields.size() ? std::string_view()
                                                                     : fields[at->second];
        };
        if (field("pxname").empty() || field("svname").empty()) continue;
        ServerStat stat;
        stat.status = field("status");
        auto check = field("check_status");
        stat.checkRunning = check.substr(0, 2) == "* ";
        if (stat.checkRunning) check.remove_prefix(2);
        stat.checkStatus = check;
        stat.checkCode = field("check_code");
        stat.checkDuration = field("check_duration");
        stat.checkSaid = printable(field("last_chk"));
        stat.current = static_cast<std::uint32_t>(number(field("scur")));
        stat.queued = static_cast<std::uint32_t>(number(field("qcur")));
        stat.totalConnections = number(field("connect"));
        stat.totalRequests = number(field("stot"));
        found[std::string(field("pxname")) + "/" + std::string(field("svname"))] = std::move(stat);
    }
    return found;
}

}
