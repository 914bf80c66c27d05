#pragma once

#include "base/clock.hpp"
#include "mib/server_mib.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace headgate::agent {

/// How it is found out whether the application is functional.
struct ProbeSettings {
    enum class Kind { none, tcp, http, tls, https };
    Kind kind = Kind::tcp;
    std::string address = "127.0.0.1"; ///< the application's, when that has one
    std::uint16_t port = 0;
    std::string path = "/";
    std::vector<int> expect; ///< HTTP statuses; empty: 200..399
    base::Duration interval{5000};
    base::Duration timeout{2000};
    int fall = 2; ///< failures in a row until it is down
    int rise = 1; ///< successes in a row until it is up again
    std::string serverName;
    std::filesystem::path trustAnchor; ///< empty: the certificate is not verified, only learned
    bool useCredentials = false;       ///< ask with the user and password, or the token, of [authentication]
    bool operator==(const ProbeSettings&) const = default;
};

/// Where full and under-used begin, in permille.
struct LevelSettings {
    int upper = 800;
    int lower = 300;
    int tolerance = 50;        ///< a level is left only this far beyond its border
    base::Duration hold{5000}; ///< and a new one must hold for so long
    bool operator==(const LevelSettings&) const = default;
};

/// Which figures make up the utilisation, and what counts as 1000 permille of each.
struct MeasureSettings {
    enum class Figure { cpu, memory, pressure, connections, backlog, command, file };
    std::vector<Figure> figures{Figure::cpu, Figure::memory};
    base::Duration interval{2000};
    // Whose CPU, memory and pressure; without any of these, the machine's.
    std::string cgroup;
    std::string unit;
    std::filesystem::path pidFile;
    std::string process;
    std::uint32_t connectionsFullAt = 0;
    std::uint32_t backlogFullAt = 0; ///< 0: what the listening socket was given
    int pressureFullAt = 50;         ///< per cent of the time that somebody had to wait
    std::vector<std::string> command;
    base::Duration commandTimeout{2000};
    double commandFullAt = 0;
    std::filesystem::path file;
    double fileFullAt = 0;
    bool operator==(const MeasureSettings&) const = default;
    bool takes(Figure figure) const;
};

std::string_view toString(MeasureSettings::Figure figure);

/// How the application's port authenticates. Nothing here is secret: the secrets are in the files.
struct AuthenticationSettings {
    mib::server::Kind kind = mib::server::Kind::none;
    std::string user;
    std::string realm;
    std::string serverName;
    std::string header;
    std::filesystem::path trustAnchor;
    std::filesystem::path certificate;
    std::filesystem::path secretFile;
    std::filesystem::path keyFile;
    std::filesystem::path serverCertificate;
    bool operator==(const AuthenticationSettings&) const = default;
};

/// Which data sources the application can use, and who tells it to.
struct DataSourceSettings {
    std::vector<std::string> names;
    std::string current; ///< until a manager has said otherwise
    std::vector<std::string> hook;
    base::Duration timeout{30000};
    bool operator==(const DataSourceSettings&) const = default;
};

/// What one file says of one application.
struct Settings {
    std::filesystem::path source; ///< the file
    std::string application;
    std::string instance;
    std::string version;
    std::string address; ///< empty: the one that the manager knows the server by
    std::uint16_t port = 0;
    mib::server::Transport transport = mib::server::Transport::tcp;
    mib::server::Protocol protocol = mib::server::Protocol::tcp;
    int weight = 1;
    std::uint32_t connectionLimit = 0;
    std::uint32_t warmUp = 0; ///< seconds
    std::string healthCheck;
    ProbeSettings probe;
    LevelSettings levels;
    MeasureSettings measure;
    AuthenticationSettings authentication;
    DataSourceSettings dataSource;
    bool operator==(const Settings&) const = default;

    /// hgsAppName and hgsAppInstance, as a person reads them: "shop" or "shop/2".
    std::string name() const { return instance.empty() ? application : application + '/' + instance; }
};

}
