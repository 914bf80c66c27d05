#pragma once

#include "base/channel.hpp"
#include "base/worker.hpp"
#include "domain/event.hpp"
#include "flight/encoder.hpp"
#include "flight/scribe.hpp"

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headgate::daemon {

/// How large a flight record becomes.
struct FlightLimits {
    std::size_t segment = std::size_t(16) << 20; ///< octets; then a new one is begun …
    base::Duration age{3600000};                 ///< … or after that
    std::size_t kept = std::size_t(256) << 20;   ///< octets of all segments; the oldest go
    std::size_t waiting = std::size_t(32)
                          << 20; ///< octets that are not on the disk yet; what is more is lost
};

/// Keeps the flight record: files of mode 0600 in a folder, NUMBER.flight, written by a thread of its own. It
/// never keeps its caller waiting, and no failure of it keeps pools from being looked after.
class FlightRecorder {
  public:
    explicit FlightRecorder(std::filesystem::path folder, FlightLimits limits = {});
    /// Writes what it has.
    ~FlightRecorder();
    FlightRecorder(const FlightRecorder&) = delete;
    FlightRecorder& operator=(const FlightRecorder&) = delete;

    /// The controller starts, and its next transaction will have that number.
    void begin(domain::Instant now, domain::TransactionId firstTransaction);
    /// Before and after each of its turns.
    void told(domain::Instant now, const controller::Input& input,
              const std::vector<flight::Configuration>& configurations);
    void done(const std::vector<controller::Effect>& effects, const controller::Controller& controller) {
        m_scribe.done(effects, controller);
    }

    /// Once a second: what was told and done goes to the disk. A warning once when that fails, or when some
    /// is lost, and a notice when it is written again.
    std::optional<domain::Event> write(domain::Instant now, controller::Controller& controller);

  private:
    class Files;
    void segment(domain::Instant now, std::uint64_t firstTransaction, const controller::Memory* memory);
    void goOn(domain::Instant now, const controller::Controller& controller);
    void post();
    std::optional<domain::Event> report(domain::Instant now, const std::string& trouble, bool idle);

    std::filesystem::path m_folder;
    FlightLimits m_limits;
    flight::Encoder m_encoder;
    flight::Scribe m_scribe{m_encoder};
    std::string m_whole;                                  ///< the configuration, of the next segment …
    std::map<std::string, flight::Configuration> m_parts; ///< … and pools that have changed since
    std::uint64_t m_revision = 0, m_number = 0;
    std::size_t m_size = 0;     ///< octets of this segment …
    std::size_t m_preamble = 0; ///< … of them what the ones before said, too
    domain::Instant m_begun{};
    bool m_lost = false, m_told = false;
    std::shared_ptr<Files> m_files;
    base::Worker m_worker;
};

}
