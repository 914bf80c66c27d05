#include "appliance/options.hpp"

#include "appliance/family.hpp"
#include "base/log.hpp"

#include <CLI/CLI.hpp>
#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace headgate::appliance {

namespace {

/// What the command line gives as text, before it is understood.
struct Raw {
    std::vector<std::string> listen;
    std::vector<std::string> users;
    double drainDeadline = 5;
    unsigned checkInterval = 0;
    unsigned slow = 0;
    std::string haState;
    SnmpOptions snmp;
    std::string snmpUser;
};

void mustBeReadable(const std::string& option, const std::string& file) {
    if (::access(file.c_str(), R_OK) != 0)
        throw CLI::ValidationError(option, "cannot read " + file + ": " + std::strerror(errno));
}

std::pair<std::string, std::uint16_t> addressAndPort(const std::string& option, const std::string& text) {
    const auto at = text.rfind(':');
    auto address = text.substr(0, at);
    if (address.size() > 2 && address.front() == '[' && address.back() == ']')
        address = address.substr(1, address.size() - 2);
    unsigned char bytes[16];
    const bool good = ::inet_pton(AF_INET, address.c_str(), bytes) == 1 ||
                      ::inet_pton(AF_INET6, address.c_str(), bytes) == 1;
    unsigned long port = 65536;
    const auto digits = at == std::string::npos ? "" : text.substr(at + 1);
    if (!digits.empty() && digits.size() <= 5 && digits.find_first_not_of("0123456789") == std::string::npos)
        port = std::stoul(digits);
    if (!good || port > 65535)
        throw CLI::ValidationError(option, "'" + text + "' is no ADDRESS:PORT, as in 127.0.0.1:8300");
    return {address, static_cast<std::uint16_t>(port)};
}

std::pair<std::string, std::string> nameAndFile(const std::string& option, const std::string& text,
                                                const std::string& kind) {
    const auto at = text.find('=');
    if (at == std::string::npos || at == 0 || at + 1 == text.size())
        throw CLI::ValidationError(option, "'" + text + "' is no NAME=" + kind);
    mustBeReadable(option, text.substr(at + 1));
    return {text.substr(0, at), text.substr(at + 1)};
}

void declare(CLI::App& app, Options& options, Raw& raw) {
    app.add_option("--name", options.name, "What it calls itself in its log")->capture_default_str();
    auto* family = app.add_option("--family", options.family, "The vendor whose model it shows: f5 or citrix")
                       ->check(CLI::IsMember(families()));
    auto* model = app.add_option("--model", options.model, "Serves any YANG module, without a data plane")
                      ->type_name("FILE.yang");
    family->excludes(model);
    app.add_option("--data-plane", options.dataPlane,
                   "What commits drive: haproxy (the default with --family) or none")
        ->check(CLI::IsMember(std::vector<std::string>{"haproxy", "none"}));
    app.add_option("--listen", raw.listen, "NETCONF over SSH here; may be repeated; port 0 takes a free one")
        ->type_name("ADDRESS:PORT");
    app.add_option("--unix", options.unixSocket, "NETCONF on a UNIX socket")->type_name("PATH");
    app.add_option("--host-key", options.hostKey, "Private key of the SSH server, without passphrase")
        ->type_name("FILE");
    app.add_option("--user", raw.users, "Who may log in, and with which public keys; may be repeated")
        ->type_name("NAME=AUTHORIZED_KEYS_FILE");
    app.add_option("--state", options.stateDir,
                   "Keeps the startup datastore and HAProxy's files; made when it is missing")
        ->type_name("DIR")
        ->required();
    app.add_option("--startup", options.startup,
                   "Instance data, JSON or XML: the first startup datastore, when --state holds none")
        ->type_name("FILE");
    app.add_option("--drain-deadline", raw.drainDeadline,
                   "Seconds that a removed member has to finish what is open")
        ->check(CLI::Range(0.0, 3600.0))
        ->capture_default_str();
    app.add_option("--check-interval", raw.checkInterval,
                   "Milliseconds between health checks, in place of the monitors' own")
        ->check(CLI::Range(50U, 3600000U));
    app.add_option("--without", options.without,
                   "A capability that it shall not offer; may be repeated. Without candidate, running is "
                   "edited directly (writable-running)")
        ->type_name("CAPABILITY")
        ->check(CLI::IsMember(capabilities()));
    app.add_option("--slow", raw.slow,
                   "Milliseconds that every RPC takes longer; sessions do not wait for each other")
        ->check(CLI::Range(0U, 3600000U));
    app.add_option("--ha-state", raw.haState,
                   "It has a peer, and is active or standby until the RPC set-ha-state says otherwise")
        ->check(CLI::IsMember(std::vector<std::string>{"active", "standby"}));
    app.add_option("--snmp", raw.snmp.listen,
                   "SNMP here, with the family's own objects; port 0 takes a free one")
        ->type_name("ADDRESS:PORT");
    app.add_option("--snmp-community", raw.snmp.communityFile,
                   "SNMPv2c: a file of mode 0600 with the community in it")
        ->type_name("FILE");
    app.add_option(
           "--snmp-user", raw.snmpUser,
           "SNMPv3 (SHA-256, AES): a file of mode 0600 with the lines auth=PASSWORD and priv=PASSWORD")
        ->type_name("NAME=FILE");
    app.add_option("--snmp-trap", raw.snmp.traps,
                   "Tells this manager what happens, in SNMPv3 informs if there is a user, else in SNMPv2c "
                   "traps; may "
                   "be repeated")
        ->type_name("ADDRESS:PORT");
    app.add_option("--log-level", options.logLevel, "error, warning, info or debug")
        ->check(CLI::IsMember(std::vector<std::string>{"error", "warning", "info", "debug"}))
        ->capture_default_str();
    app.set_version_flag("--version", HEADGATE_VERSION);
    app.footer("Prints `ready` with its addresses once it serves. SIGTERM ends it, and its HAProxy.\n"
               "Exit status: 0 ended as asked, 1 it cannot run, 2 misuse.");
}

void understandSnmp(Options& options, const Raw& raw) {
    auto snmp = raw.snmp;
    if (snmp.listen.empty()) {
        if (!snmp.traps.empty() || !snmp.communityFile.empty() || !raw.snmpUser.empty())
            throw CLI::ValidationError("--snmp", "is needed with the other --snmp options");
        return;
    }
    if (options.family.empty())
        throw CLI::ValidationError("--snmp", "needs --family: only families have objects to show");
    addressAndPort("--snmp", snmp.listen);
    for (const auto& trap : snmp.traps)
        if (addressAndPort("--snmp-trap", trap).second == 0)
            throw CLI::ValidationError("--snmp-trap", "'" + trap + "': nobody listens at port 0");
    if (!snmp.communityFile.empty()) mustBeReadable("--snmp-community", snmp.communityFile);
    if (!raw.snmpUser.empty()) snmp.user = nameAndFile("--snmp-user", raw.snmpUser, "SECRET_FILE");
    if (snmp.communityFile.empty() && raw.snmpUser.empty())
        throw CLI::ValidationError("--snmp", "needs --snmp-community or --snmp-user: nobody could ask");
    options.snmp = std::move(snmp);
}

void understand(Options& options, const Raw& raw) {
    if (options.family.empty() && options.model.empty())
        throw CLI::ValidationError("--family", "or --model is needed");
    if (!options.model.empty()) mustBeReadable("--model", options.model);
    if (!options.startup.empty()) mustBeReadable("--startup", options.startup);
    if (!options.model.empty() && options.dataPlane == "haproxy")
        throw CLI::ValidationError("--data-plane",
                                   "haproxy needs --family: only families know how to drive it");
    if (options.dataPlane.empty()) options.dataPlane = options.model.empty() ? "haproxy" : "none";
    for (const auto& text : raw.listen)
        options.listen.push_back(addressAndPort("--listen", text));
    for (const auto& text : raw.users)
        options.users.push_back(nameAndFile("--user", text, "AUTHORIZED_KEYS_FILE"));
    if (options.listen.empty() && options.unixSocket.empty())
        throw CLI::ValidationError("--listen", "or --unix is needed: nobody could reach it");
    if (!options.listen.empty() && options.hostKey.empty())
        throw CLI::ValidationError("--host-key", "is needed with --listen");
    if (!options.listen.empty() && options.users.empty())
        throw CLI::ValidationError("--user", "is needed with --listen: nobody could log in");
    if (!options.hostKey.empty()) mustBeReadable("--host-key", options.hostKey);
    options.drainDeadline = base::Duration(static_cast<long>(raw.drainDeadline * 1000));
    understandSnmp(options, raw);
    options.slow = base::Duration(raw.slow);
    options.haState = haStateOf(raw.haState);
    if (options.haState && options.family.empty())
        throw CLI::ValidationError("--ha-state", "needs --family: only families say so in their models");
    if (raw.checkInterval) options.checkInterval = base::Duration(raw.checkInterval);
}

}

const std::vector<std::string>& capabilities() {
    static const std::vector<std::string> words = {"confirmed-commit", "candidate",         "startup",
                                                   "validate",         "rollback-on-error", "notification"};
    return words;
}

Parsed parseOptions(int count, const char* const* words, std::ostream& output, std::ostream& errors) {
    CLI::App app("A virtual appliance: NETCONF in front of a real data plane.", "headgate-appliance");
    Options options;
    Raw raw;
    declare(app, options, raw);
    try {
        app.parse(count, words);
        understand(options, raw);
    } catch (const CLI::CallForHelp&) {
        output << app.help();
        return {std::nullopt, 0};
    } catch (const CLI::CallForVersion&) {
        output << HEADGATE_VERSION << '\n';
        return {std::nullopt, 0};
    } catch (const CLI::ParseError& error) {
        std::string line = error.what();
        std::replace(line.begin(), line.end(), '\n', ' ');
        errors << "headgate-appliance: " << line << "; see --help\n";
        return {std::nullopt, 2};
    }
    return {std::move(options), 0};
}

}
