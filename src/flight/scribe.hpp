#pragma once

#include "flight/encoder.hpp"

#include <vector>

namespace headgate::flight {

/// Writes down a controller's turns: `told` before each `handle`, `done` after it. Of the dialogue with
/// appliances only how it ended is kept, and what their monitors said.
class Scribe {
  public:
    explicit Scribe(Encoder& encoder)
        : m_encoder(encoder) {}

    /// `configurations`: as text what Configured or PoolsChanged says.
    void told(domain::Instant now, const controller::Input& input,
              const std::vector<Configuration>& configurations = {});
    void done(const std::vector<controller::Effect>& effects, const controller::Controller& controller);
    /// All decisions up to here, so that a replay can be held against each of them.
    void sum(controller::Controller& controller) { m_encoder.add(controller.takeDecisions()); }

  private:
    void recover(const controller::Recover& input);

    Encoder& m_encoder;
    bool m_sample = false; ///< by which alone a replay knows when to deliberate
};

}
