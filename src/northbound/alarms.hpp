#pragma once

#include "datastore/service.hpp"
#include "northbound/alarm_list.hpp"
#include "yang/context.hpp"
#include "yang/tree.hpp"

#include <functional>
#include <vector>

namespace headgate::northbound {

/// The alarms as ietf-alarms has them (RFC 8632): configuration, state, actions, notifications. For one
/// thread, the service's.
class Alarms {
  public:
    /// Tells a notification to who has subscribed.
    using Announce = std::function<void(yang::Tree, domain::Instant)>;
    /// `service` has the running datastore; all must outlive it.
    Alarms(const yang::Context& context, const datastore::Service& service, const base::Clock& clock,
           Announce announce);

    /// What stood before: nothing is told of it.
    void restore(const std::vector<domain::Event>& history, const std::vector<domain::Event>& standing) {
        m_list.restore(history, standing);
    }
    void take(const domain::Event& event);
    /// The running datastore is another one.
    void configure();
    void fill(yang::Tree& data) const;
    void addHandlers(datastore::Service& service);

  private:
    bool selectsAlone(const std::string& xpath, const std::string& resource) const;
    bool selects(const std::string& xpath, const std::string& resource) const;
    datastore::Answer setOperatorState(const datastore::Session& session, const lyd_node* operation);

    const yang::Context& m_context;
    const datastore::Service& m_service;
    const base::Clock& m_clock;
    Announce m_announce;
    AlarmList m_list;
};

}
