#include "northbound/alarms.hpp"

#include "northbound/alarm_yang.hpp"
#include "yang/error.hpp"
#include "yang/xpath_cost.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace headgate::northbound {
namespace {

constexpr std::size_t longestText = 4096; ///< octets
constexpr std::array writableStates{"none", "ack", "closed"};

/// An answer that is one number.
datastore::Answer counted(const lyd_node* operation, const char* leaf, std::size_t number) {
    auto output = datastore::outputFor(operation);
    output.setOutput(yang::Node(operation).path() + "/" + leaf, std::to_string(number));
    return output;
}

[[noreturn]] void refuse(const char* tag, const char* message, const char* element) {
    yang::RpcError error;
    error.tag = tag;
    error.message = message;
    error.info = {{"bad-element", element}};
    throw yang::RpcErrors(std::move(error));
}

}

Alarms::Alarms(const yang::Context& context, const datastore::Service& service, const base::Clock& clock,
               Announce announce)
    : m_context(context)
    , m_service(service)
    , m_clock(clock)
    , m_announce(std::move(announce))
    , m_list(
          [this](const std::string& xpath, const std::string& resource) { return selects(xpath, resource); },
          [this](const std::string& xpath, const std::string& resource) {
              return selectsAlone(xpath, resource);
          }) {}

/// Whatever raises an alarm can be selected, also where it is no configuration, or none any more.
bool Alarms::selects(const std::string& xpath, const std::string& resource) const {
    const auto among = [&](const yang::Tree& data) {
        yang::requireAffordable(xpath, yang::TreeShape(data));
        const auto found = data.select(xpath);
        return std::any_of(found.begin(), found.end(),
                           [&](const yang::Node& node) { return node.path() == resource; });
    };
    try {
        if (m_service.running().find(resource)) return among(m_service.running());
        auto data = m_service.running().duplicate();
        data.set(resource);
        return among(data);
    } catch (const yang::Error&) {
        return xpath == resource; // it is no XPath
    } catch (const yang::RpcErrors&) {
        return xpath == resource; // no XPath, or one that would hold up every alarm
    }
}

/// For whoever asks: by what is selected nobody learns what else there is.
bool Alarms::selectsAlone(const std::string& xpath, const std::string& resource) const {
    try {
        yang::Tree data(m_context);
        data.set(resource);
        if (!yang::xpathCost(xpath, yang::TreeShape(data))) return xpath == resource;
        yang::requireAffordable(xpath, yang::TreeShape(data));
        const auto found = data.select(xpath);
        return std::any_of(found.begin(), found.end(),
                           [&](const yang::Node& node) { return node.path() == resource; });
    } catch (const yang::Error&) {
        return xpath == resource;
    }
}

void Alarms::take(const domain::Event& event) {
    if (const auto news = m_list.take(event))
        m_announce(alarmNotification(m_context, news->key, news->change), news->change.at);
}

void Alarms::configure() {
    m_list.control(readAlarmControl(m_service.running()), m_clock.now());
}

void Alarms::fill(yang::Tree& data) const {
    fillAlarms(data, m_list);
}

void Alarms::addHandlers(datastore::Service& service) {
    struct Place {
        const char* container;
        const char* suffix;
        AlarmPlace place;
    };
    for (const auto& each : {Place{"alarm-list", "alarms", AlarmPlace::list},
                             Place{"shelved-alarms", "shelved-alarms", AlarmPlace::shelves}}) {
        const auto place = each.place;
        const auto path = std::string("/ietf-alarms:alarms/") + each.container + "/";
        service.addHandler(
            path + "purge-" + each.suffix, [this, place](const auto&, const lyd_node* operation) {
                const auto now = m_clock.now();
                return counted(operation, "purged-alarms",
                               m_list.purge(place, readAlarmFilter(yang::Node(operation), now), now));
            });
        service.addHandler(
            path + "compress-" + each.suffix, [this, place](const auto&, const lyd_node* operation) {
                return counted(operation, "compressed-alarms",
                               m_list.compress(place, readAlarmFilter(yang::Node(operation), m_clock.now())));
            });
    }
    service.addHandler("/ietf-alarms:alarms/alarm-list/alarm/set-operator-state",
                       [this](const auto& session, const lyd_node* operation) {
                           return setOperatorState(session, operation);
                       });
}

datastore::Answer Alarms::setOperatorState(const datastore::Session& session, const lyd_node* operation) {
    const yang::Node node(operation);
    const auto state = node.leaf("state");
    if (!state) refuse("missing-element", "The state is to be one of none, ack and closed.", "state");
    if (std::find(writableStates.begin(), writableStates.end(), *state) == writableStates.end())
        refuse("invalid-value", "The state is to be one of none, ack and closed.", "state");
    const auto key = readAlarmKey(*node.parent());
    OperatorChange change{m_clock.now(), session.user, *state, node.leafOr("text", "")};
    if (change.text.size() > longestText)
        refuse("invalid-value", "The text is of 4096 octets at most.", "text");
    if (!m_list.setOperatorState(key, change))
        refuse("data-missing", "There is no such alarm in the alarm list.", "alarm");
    change = m_list.alarms().at(key).operators.front();
    m_announce(operatorNotification(m_context, key, change), change.at);
    return std::nullopt;
}

}
