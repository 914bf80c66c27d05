#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace headgate::domain {

/// A name that cannot be mistaken for a name of another kind.
template <typename Tag>
struct Name {
    std::string value;
    auto operator<=>(const Name&) const = default;
};

using ServerName = Name<struct ServerTag>;
using ApplicationName = Name<struct ApplicationTag>;
using ProfileName = Name<struct ProfileTag>;
using PoolName = Name<struct PoolTag>;
using ApplianceName = Name<struct ApplianceTag>;
using CredentialName = Name<struct CredentialTag>;

/// Counts up from 1 over the life of a state directory.
struct TransactionId {
    std::uint64_t value = 0;
    auto operator<=>(const TransactionId&) const = default;
};

}

template <typename Tag>
struct std::hash<headgate::domain::Name<Tag>> {
    std::size_t operator()(const headgate::domain::Name<Tag>& name) const noexcept {
        return std::hash<std::string>()(name.value);
    }
};
