#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headgate::daemon {

struct Options {
    std::optional<std::filesystem::path>
        config; ///< the first configuration, when the state directory has none
    std::filesystem::path state = "/var/lib/headgate";
    std::string socket = "/run/headgate/netconf.sock";
    std::optional<std::filesystem::path> key{}; ///< that secrets are sealed under; else see keyFile
    std::vector<std::uint64_t> abandoned{};     ///< open transactions that are not gone on with
};

/// headgated: makes every part, connects them, and lends the controller its thread.
class Daemon {
  public:
    /// Throws what the parts throw: each error says what, where and what to do.
    explicit Daemon(const Options& options);
    ~Daemon();

    /// Until SIGTERM or SIGINT, also if that came while this was made; a transaction in flight is finished
    /// first, unless a second signal comes.
    void run();

  private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

}
