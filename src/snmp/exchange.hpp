#pragma once

#include "snmp/client.hpp"
#include "snmp/pdu.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace headgate::snmp {

/// One question on its way. Either a Question, whose listener is told, or a PDU of its own with a callback.
/// There are thousands at a time: what only some need is apart.
struct Exchange {
    struct General {
        TargetPtr target;
        Pdu pdu;
        OnReply done;
    };

    std::int32_t id = 0; ///< request id, and message id too; 0: nothing is on its way here
    int networkError = 0;
    const Target* target = nullptr;     ///< kept by its listener, or by `general`
    const Question* question = nullptr; ///< so is this
    std::shared_ptr<PollListener> listener;
    std::unique_ptr<General> general;
    base::Instant started{};
    std::int64_t sentAt = 0;              ///< wall clock, nanoseconds; 0: not yet
    std::unique_ptr<std::string> trouble; ///< why it could not be sent on our side
    std::uint16_t triesLeft = 0;
    std::uint8_t discoveries = 0;
    std::uint8_t resynchronisations = 0;
    bool tooLarge = false;

    /// `target`, for who keeps it longer.
    TargetPtr sharedTarget() const { return general ? general->target : TargetPtr(listener, target); }
};

/// The questions on their way, found by request id in one step. An id is a random number that nobody can
/// guess who does not see the traffic, of those whose place in the table is free.
class ExchangeTable {
  public:
    ExchangeTable();

    /// A free place, with a new id.
    std::uint32_t add();
    /// Frees it; what was there is the caller's now.
    Exchange take(std::uint32_t place);
    Exchange& at(std::uint32_t place) { return m_exchanges[place]; }

    static constexpr std::uint32_t none = 0xffffffff;
    /// Its place, or `none`.
    std::uint32_t find(std::int32_t id) const {
        const auto place = m_places[static_cast<std::uint32_t>(id) & m_mask];
        return place != none && m_exchanges[place].id == id ? place : none;
    }

    std::size_t size() const { return m_used; }
    /// Every place there is; those with id 0 are free.
    std::deque<Exchange>& all() { return m_exchanges; }

  private:
    std::int32_t freeId();
    void grow();

    std::deque<Exchange> m_exchanges;
    std::vector<std::uint32_t> m_free;
    std::vector<std::uint32_t> m_places; ///< by the id's last bits
    std::uint32_t m_mask;
    std::size_t m_used = 0;
    std::vector<std::int32_t> m_random; ///< drawn many at a time
};

}
