#pragma once

#include "southbound/line.hpp"
#include "transaction/command.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::southbound {

/// The locks that a strategy needs of an appliance (RFC 6241, section 7.5), held for one transaction in one
/// session: with that session they are gone. `direct` locks running alone.
class Locks {
  public:
    /// Waits for at most so long; false when the waiting is in vain: we stop.
    using Pause = std::function<bool(base::Duration)>;

    Locks(Line& line, Pause pause);

    transaction::Result take(const transaction::Command& command, const transaction::Lock& lock);
    /// Done always: the end of the session, which releases its locks for certain, follows a refused unlock.
    transaction::Result release(domain::TransactionId transaction);

    /// For a moment; what goes wrong with either ends the session, which is the end of both locks.
    void unlockRunning();
    void lockRunningAgain();

    /// Look at the session before.
    bool heldFor(domain::TransactionId transaction) const;
    /// Is candidate ours alone?
    bool withCandidate() const { return m_held && m_held->strategy != domain::Strategy::direct; }

  private:
    struct Held {
        domain::TransactionId transaction;
        domain::Strategy strategy;
        std::uint64_t session;
    };
    const Held* held() const;
    transaction::Result takeAll(domain::Strategy strategy);
    Answer lockOne(std::string_view datastore);
    bool killed(const std::string& owner);
    transaction::Refused refusal(std::string_view datastore, const std::vector<yang::RpcError>& errors) const;
    std::string missing(domain::Strategy strategy) const;

    Line& m_line;
    Pause m_pause;
    std::optional<Held> m_held;
};

}
