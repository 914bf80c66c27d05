#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace headgate::base {

/// Octets that no log, error or debugger's print shows; wiped when it goes.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value);
    Secret(const Secret&) = default;
    Secret& operator=(const Secret& other);
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    /// The only way to the octets: easy to find in a review.
    std::string_view reveal() const { return m_value; }
    bool empty() const { return m_value.empty(); }
    bool operator==(const Secret&) const = default;

  private:
    void wipe() noexcept;
    std::string m_value;
};

/// Overwrites a text that was a secret, in a way that no optimiser leaves out.
void wipe(std::string& text) noexcept;

}
