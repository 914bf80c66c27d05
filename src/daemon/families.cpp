#include "daemon/families.hpp"

#include "adapters/citrix/citrix.hpp"
#include "adapters/f5/f5.hpp"

namespace headgate::daemon {

Families::Families(adapters::Seal seal) {
    for (std::shared_ptr<const adapters::Adapter> adapter : {
             std::shared_ptr<const adapters::Adapter>(adapters::makeF5(seal)),
             std::shared_ptr<const adapters::Adapter>(adapters::makeCitrix(seal)),
         })
        m_adapters.emplace(adapter->family(), adapter);
}

std::shared_ptr<const adapters::Adapter> Families::find(const std::string& family) const {
    const auto found = m_adapters.find(family);
    return found == m_adapters.end() ? nullptr : found->second;
}

std::vector<std::string> Families::names() const {
    std::vector<std::string> names;
    for (const auto& [name, adapter] : m_adapters)
        names.push_back(name);
    return names;
}

}
