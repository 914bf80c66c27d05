#include "daemon/flight_recorder.hpp"

#include "daemon/event_log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <mutex>
#include <utility>

namespace headgate::daemon {
namespace {

namespace fs = std::filesystem;

constexpr auto suffix = ".flight";
constexpr auto kind = "flight-not-recorded";

/// Zeros in front, so that they sort as they follow on one another.
std::string nameOf(std::uint64_t number) {
    const auto digits = std::to_string(number);
    return std::string(digits.size() < 8 ? 8 - digits.size() : 0, '0') + digits + suffix;
}

std::uint64_t numberOf(const fs::path& file) {
    const auto stem = file.stem().string();
    std::uint64_t number = 0;
    const auto end = stem.data() + stem.size();
    const bool good = file.extension() == suffix && std::from_chars(stem.data(), end, number).ptr == end;
    return good ? number : 0;
}

std::vector<fs::path> segmentsIn(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder, none))
        if (numberOf(entry.path()) > 0) found.push_back(entry.path());
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return numberOf(a) < numberOf(b); });
    return found;
}

}

/// The files, as the worker's thread has them.
class FlightRecorder::Files {
  public:
    Files(fs::path folder, std::size_t kept)
        : m_folder(std::move(folder))
        , m_kept(kept) {}
    ~Files() { close(); }

    /// `number`: another one than before begins its file.
    void write(std::uint64_t number, const std::string& block) {
        std::string trouble;
        if (number != m_number) trouble = open(number);
        for (std::size_t at = 0; m_file >= 0 && at < block.size();) {
            const auto written = ::write(m_file, block.data() + at, block.size() - at);
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) {
                const auto file = m_folder / nameOf(number);
                trouble = file.string() + ": " + std::strerror(errno);
                close(); // What follows on what is missing cannot be read.
                std::error_code none;
                if (std::exchange(m_fresh, false)) fs::remove(file, none); // nothing of it can
                break;
            }
            at += static_cast<std::size_t>(written);
        }
        m_fresh = false;
        if (!trouble.empty()) troubles.post(trouble);
        waiting -= block.size(); // last: whoever sees none waiting has been told of each
    }

    std::atomic<std::size_t> waiting = 0; ///< octets
    base::Channel<std::string> troubles;

  private:
    std::string open(std::uint64_t number) {
        close();
        m_number = number;
        std::error_code failed;
        fs::create_directories(m_folder, failed);
        fs::permissions(m_folder, fs::perms::owner_all, failed);
        prune();
        const auto file = m_folder / nameOf(number);
        m_fresh = true;
        m_file = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
        return m_file < 0 ? file.string() + ": " + std::strerror(errno) : std::string();
    }

    /// The oldest go, so that there is room for what is written next.
    void prune() const {
        auto files = segmentsIn(m_folder);
        std::size_t octets = 0;
        std::error_code failed;
        for (const auto& file : files)
            if (const auto size = fs::file_size(file, failed); !failed) octets += size;
        for (const auto& file : files) {
            if (octets <= m_kept) return;
            if (const auto size = fs::file_size(file, failed); !failed)
                octets -= std::min<std::size_t>(size, octets);
            fs::remove(file, failed);
        }
    }

    void close() {
        if (m_file >= 0) ::close(std::exchange(m_file, -1));
    }

    fs::path m_folder;
    std::size_t m_kept;
    std::uint64_t m_number = 0;
    int m_file = -1;
    bool m_fresh = false; ///< no block of it is written yet
};

FlightRecorder::FlightRecorder(fs::path folder, FlightLimits limits)
    : m_folder(std::move(folder))
    , m_limits(limits)
    , m_files(std::make_shared<Files>(m_folder, limits.kept - std::min(limits.segment, limits.kept))) {}

FlightRecorder::~FlightRecorder() {
    post();
}

void FlightRecorder::begin(domain::Instant now, domain::TransactionId firstTransaction) {
    const auto files = segmentsIn(m_folder);
    if (!files.empty()) m_number = numberOf(files.back());
    segment(now, firstTransaction.value, nullptr);
}

/// `memory`: with what the controller goes on, and what the servers told last, for whoever has lost the
/// segments before; null: it starts.
void FlightRecorder::segment(domain::Instant now, std::uint64_t firstTransaction,
                             const controller::Memory* memory) {
    post();
    m_lost = false;
    ++m_number;
    m_size = 0;
    m_begun = now;
    m_encoder.begin({HEADGATE_VERSION, now, m_number, memory != nullptr, firstTransaction});
    if (!m_whole.empty()) {
        m_encoder.add(flight::Configuration{m_revision, true, m_whole});
        for (const auto& [pool, text] : m_parts)
            m_encoder.add(text);
        m_encoder.recall();
    }
    if (memory) m_encoder.add(*memory);
    m_preamble = m_encoder.pending();
}

void FlightRecorder::goOn(domain::Instant now, const controller::Controller& controller) {
    const auto memory = controller.memory();
    segment(now, memory.nextTransaction, &memory);
}

void FlightRecorder::told(domain::Instant now, const controller::Input& input,
                          const std::vector<flight::Configuration>& configurations) {
    m_scribe.told(now, input, configurations);
    for (std::size_t i = 0; i < configurations.size(); ++i) {
        const auto& text = configurations[i];
        if (text.whole) {
            m_whole = text.text;
            m_revision = text.revision;
            m_parts.clear();
        } else if (const auto* changed = std::get_if<controller::PoolsChanged>(&input))
            m_parts.insert_or_assign(changed->pools.at(i).name.value, text);
    }
}

void FlightRecorder::post() {
    auto block = m_encoder.take();
    if (block.empty() || m_number == 0) return;
    // A segment of which a block is missing goes on in another one.
    const auto waiting = m_files->waiting.load();
    if (m_lost || (waiting > 0 && waiting + block.size() > m_limits.waiting)) {
        m_lost = true;
        return;
    }
    m_size += block.size();
    m_files->waiting += block.size();
    m_worker.post(
        [files = m_files, number = m_number, block = std::move(block)] { files->write(number, block); });
}

std::optional<domain::Event> FlightRecorder::write(domain::Instant now, controller::Controller& controller) {
    m_scribe.sum(controller);
    const bool idle = m_files->waiting == 0;
    post();
    std::string trouble;
    while (auto told = m_files->troubles.tryReceive())
        trouble = std::move(*told);
    if (m_lost && trouble.empty()) trouble = "the disk is slower than what is to be written";
    if (!trouble.empty()) m_lost = true;
    // What follows on what is lost could not be flown: it begins anew, when there is room again.
    if (m_lost && idle && now >= m_begun + m_limits.age / 60) {
        ++m_number; // Whoever reads it sees that one is missing.
        goOn(now, controller);
    } else if (!m_lost && (m_size > m_preamble + std::max(m_limits.segment, m_preamble) ||
                           now >= m_begun + m_limits.age))
        goOn(now, controller);
    return report(now, trouble, idle);
}

std::optional<domain::Event> FlightRecorder::report(domain::Instant now, const std::string& trouble,
                                                    bool idle) {
    if (!trouble.empty() && !std::exchange(m_told, true))
        return eventOf(now, domain::EventSeverity::warning, kind,
                       "a part of the flight record is lost, decisions are made all the same: " + trouble);
    if (m_lost || !trouble.empty() || !m_told || !idle || m_size == 0) return std::nullopt;
    m_told = false;
    return eventOf(now, domain::EventSeverity::notice, kind, "the flight record is written again");
}

}
