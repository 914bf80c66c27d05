#include "agent/functional.hpp"

namespace headgate::agent {

void Functional::take(const ProbeResult& result) {
    const auto seen = result.good ? State::up : State::down;
    if (seen == m_state) {
        m_row = 0;
        m_reason = result.good ? "" : result.reason;
        return;
    }
    ++m_row;
    const int needed = seen == State::down         ? m_settings.fall
                       : m_state == State::unknown ? 1
                                                   : m_settings.rise;
    if (m_row < needed) return;
    m_state = seen;
    m_reason = result.good ? "" : result.reason;
    m_row = 0;
}

}
