#pragma once

#include "domain/configuration.hpp"
#include "domain/sample.hpp"
#include "telemetry/asker.hpp"
#include "telemetry/plan.hpp"
#include "telemetry/rate.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headgate::telemetry {

class Tables;

/// What there is to know of one server: its entry, and what its names stand for.
struct Subject {
    domain::Server server;
    RolePtr role;
    snmp::CredentialsPtr credentials;
};

/// Polls one server when told to: one poll at a time, each giving one Sample. Keeps the counters between
/// polls. There are as many as there are servers: what only some need is apart, in Tables.
class Watch : public snmp::PollListener, public std::enable_shared_from_this<Watch> {
  public:
    /// Whoever polls. `number` is what it calls the server.
    class Owner {
      public:
        virtual ~Owner() = default;
        /// `requests`: what the poll took, with retries.
        virtual void onSample(std::uint32_t number, domain::Sample sample, std::uint32_t requests) = 0;
        /// Its SNMP engine is known now, or another one than before: as its signed answer told.
        virtual void onEngine(std::uint32_t number, const snmp::EngineState& engine) = 0;
    };
    /// The same for all.
    struct Surroundings {
        Asker& asker;
        const base::Clock& clock;
        Owner& owner;
        Plan::Row scratch{}; ///< of the answer in hand
    };

    Watch(Surroundings& surroundings, std::uint32_t number, const Subject& subject);
    ~Watch() override;

    /// False: its address or credential cannot be used.
    bool canBePolled() const { return m_target.credentials != nullptr; }
    /// Is it polled as `subject` wants it?
    bool isOf(const Subject& subject) const;

    /// Not while `polling`.
    void poll(base::Instant now);
    bool polling() const { return m_polling; }
    /// Nothing more is told of it.
    void retire();

    const domain::ServerName& name() const { return m_name; }
    snmp::TargetPtr target() const { return {shared_from_this(), &m_target}; }
    const snmp::Endpoint& endpoint() const { return m_target.endpoint; }
    /// Where its applications are, if it has any.
    std::string address() const;
    const std::vector<domain::Application>& applications() const { return m_role->applications; }

    /// What these varbinds of a notification say of it; counters are left out. Its time is for the caller to
    /// set.
    domain::Sample sampleOf(const std::vector<snmp::Varbind>& varbinds) const;

    void onPollReply(const snmp::PollReply& reply) override;

  private:
    friend class Tables;

    /// What it takes to ask this one otherwise than all of its role.
    struct Special {
        std::vector<std::uint64_t> lacks; ///< by page: the names that it is known to lack
        snmp::QuestionPtr question;       ///< the one on its way, or the last
    };
    Special& special();

    void askAll(base::Instant now);
    void askNext();
    bool advance();
    void takeCells(const snmp::PollReply& reply, std::size_t page, Plan::Row& row);
    void onFailure(const snmp::PollReply& reply);
    bool goOnWithout(const snmp::Failure& failure);
    void onAll(const snmp::PollReply& reply);
    void onWhole(const Plan::Row& row, const snmp::PollReply& reply);
    /// How long before this answer the one before was.
    base::Duration judgeAge(const Plan::Row& row, const snmp::PollReply& reply, domain::Sample& sample);
    void noteEngine(const snmp::PollReply& reply);
    /// The names of a page that it is not known to lack.
    std::uint64_t wanted(std::size_t page) const {
        return m_role->plan.whole(page) & ~(m_special ? m_special->lacks[page] : 0);
    }
    void lacks(std::size_t page, std::uint64_t names);
    void tell(domain::Sample sample);
    void finishTables(domain::Sample sample);

    Surroundings& m_surroundings;
    std::uint32_t m_number;
    bool m_polling = false;
    bool m_retired = false;
    std::uint8_t m_most = Plan::pageSize; ///< names in a question: fewer for an agent that said tooBig
    std::uint8_t m_page = 0;
    snmp::Target m_target;
    RolePtr m_role;

    // Of the poll under way.
    std::uint64_t m_left = 0;         ///< of the page
    std::uint64_t m_chunk = 0;        ///< of it, what is on its way
    std::unique_ptr<Plan::Row> m_row; ///< of a poll of several questions

    // Between polls.
    base::Instant m_askAllAt{};
    AgeTrack m_age;
    std::unique_ptr<CounterTrack[]> m_counters; ///< as many as its plan has
    std::unique_ptr<Tables> m_tables;
    std::unique_ptr<Special> m_special; ///< null: there is none
    std::uint32_t m_engine = 0;         ///< of the hash of its id
    std::uint32_t m_requests = 0;       ///< of the poll under way
    domain::ServerName m_name;
};

}
