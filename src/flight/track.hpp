#pragma once

#include "domain/time.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace headgate::flight {

/// The values of a server's latest sample of one shape, which the next one of that shape is compared with.
struct Known {
    std::uint64_t shape = 0;
    std::vector<double> values{};
    domain::Instant at{};
    std::int64_t took = 0; ///< µs
};

/// A server's latest samples of a few shapes: polls and notifications in turn tell different things.
class Track {
  public:
    /// That shape's, from now on the first; with zeros where it is not known.
    Known& of(std::uint64_t shape, std::size_t values) {
        auto found = std::find_if(m_known.begin(), m_known.end(),
                                  [&](const Known& each) { return each.shape == shape; });
        if (found == m_known.end()) {
            if (m_known.size() == most) m_known.pop_back();
            found = m_known.insert(m_known.end(), Known{shape, std::vector<double>(values), {}, 0});
        }
        std::rotate(m_known.begin(), found, found + 1);
        return m_known.front();
    }
    const std::vector<Known>& known() const { return m_known; }

  private:
    static constexpr std::size_t most = 4;
    std::vector<Known> m_known;
};

}
