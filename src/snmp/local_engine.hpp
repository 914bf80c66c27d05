#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace headgate::snmp {

/// Our own authoritative engine: an id for life, and boots that grow with each start (RFC 3414 §2.2).
class LocalEngine {
  public:
    /// Reads `file`, counts one boot more, and writes it back before anything is said in the new boot's name.
    /// Makes an engine when there is no such file. Throws Error when it cannot be read or written, or is no
    /// such file.
    LocalEngine(const std::filesystem::path& file, base::Instant now);

    const std::string& id() const { return m_id; }
    std::uint32_t boots() const { return m_boots; }
    std::uint32_t time(base::Instant now) const; ///< seconds since the boot

  private:
    std::string m_id;
    std::uint32_t m_boots = 1;
    base::Instant m_started;
};

}
