#pragma once

#include "adapters/adapter.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace headgate::daemon {

/// The appliance families that this daemon speaks: a new one is a folder in adapters/ and a line in the .cpp.
class Families {
  public:
    /// `seal`: for what appliances show of secrets. Without one, each reads as "hidden".
    explicit Families(adapters::Seal seal = [](std::string_view) { return std::string("hidden"); });

    /// Null for a family without an adapter.
    std::shared_ptr<const adapters::Adapter> find(const std::string& family) const;
    std::vector<std::string> names() const;

  private:
    std::map<std::string, std::shared_ptr<const adapters::Adapter>> m_adapters;
};

}
