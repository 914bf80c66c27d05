#pragma once

#include "domain/configuration.hpp"

#include <filesystem>
#include <memory>
#include <set>
#include <string>

namespace headgate::northbound {

/// Reads the configurations of flight records (RunningConfiguration::forRecord), as they were or with another
/// policy. They lack what is secret, so that they are no valid configurations.
class RecordedConfigurations {
  public:
    RecordedConfigurations();
    ~RecordedConfigurations();
    RecordedConfigurations(RecordedConfigurations&&) noexcept;

    /// Throws InvalidConfiguration for a text that does not fit the model of this version.
    domain::Configuration read(const std::string& text) const;

    /// Instance data that has pools with nothing but `name` and `policy`, and whatever else policies are made
    /// of. Throws InvalidConfiguration.
    void takePolicies(const std::filesystem::path& file);
    /// Its pools; for the caller to see that the record has them.
    const std::set<domain::PoolName>& policyPools() const;
    /// The same as `read`, with what those policies say in place of what was recorded; what they leave out
    /// stays. Throws InvalidConfiguration.
    domain::Configuration readWithPolicies(const std::string& text) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}
