#pragma once

#include "appliance/data_plane.hpp"
#include "appliance/haproxy_files.hpp"
#include "appliance/haproxy_runtime.hpp"

#include <map>
#include <string>
#include <vector>

namespace headgate::appliance {

/// What HAProxy holds for its servers beside them: certificates and keys, and its checks' headers. None of it
/// is ever logged.
class HaproxyMaterials {
  public:
    HaproxyMaterials(Runtime& runtime, const HaproxyOptions& options)
        : m_runtime(runtime)
        , m_options(options) {}

    /// HAProxy has just been started with what these need.
    void adopt(const std::vector<const Member*>& members);

    /// Gives it the certificates of a server to come. Throws Refused.
    void load(const Member& member);
    /// Takes from it the certificates that none of these needs.
    void keepOnly(const std::vector<const Member*>& members);

    /// What the check of this server sends from now on. Throws Refused.
    void setHeaders(const std::string& map, const Member& member);
    /// Where it had some of its own.
    void dropHeaders(const std::string& map, const Member& member) noexcept;

  private:
    bool loadOne(const PemFile& file, std::string& answer);
    void tryCommand(const std::string& command) noexcept;

    Runtime& m_runtime;
    const HaproxyOptions& m_options;
    std::map<std::string, PemFile::Kind> m_loaded; ///< By path.
};

}
