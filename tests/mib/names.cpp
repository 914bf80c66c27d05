// Prints what the code calls its things, for tests/mib/run to hold against the MIBs and the YANG module.
// Nobody keeps a list of them here: enumerators are found by their values, so a new one shows by itself.
//
//   oid NAME NUMBERS          an object identifier of mib/
//   value ENUM NAME NUMBER    an enumerator of mib/; those of headgate_mib.hpp are called manager.ENUM
//   text ENUM TEXT            what toString says of an enumerator of domain/ or transaction/, or a word of
//   mib/

#include "domain/approach.hpp"
#include "domain/event.hpp"
#include "domain/plan.hpp"
#include "domain/settings.hpp"
#include "domain/state.hpp"
#include "mib/headgate_mib.hpp"
#include "mib/server_mib.hpp"
#include "transaction/transaction.hpp"

#include <iostream>
#include <string_view>
#include <utility>

namespace {

namespace server = headgate::mib::server;
namespace manager = headgate::mib::manager;
namespace domain = headgate::domain;

/// Enough for each of these enumerations; what has more is told by the MIB's side.
constexpr int most = 64;

/// What the compiler calls an enumerator; empty for a number that is none ("(Level)7").
template <auto Value>
constexpr std::string_view nameOf() {
    std::string_view name = __PRETTY_FUNCTION__;
    name.remove_prefix(name.find("Value = ") + std::string_view("Value = ").size());
    name = name.substr(0, name.find_first_of(";]"));
    if (name.starts_with('(')) return {};
    return name.substr(name.rfind(':') + 1);
}

template <typename Enum, int... Numbers>
void printValues(const char* name, std::integer_sequence<int, Numbers...>) {
    const auto print = [&](std::string_view enumerator, int number) {
        if (!enumerator.empty()) std::cout << "value " << name << ' ' << enumerator << ' ' << number << '\n';
    };
    (print(nameOf<static_cast<Enum>(Numbers)>(), Numbers), ...);
}

template <typename Enum>
void values(const char* name) {
    printValues<Enum>(name, std::make_integer_sequence<int, most>());
}

/// toString says "?" of what is none.
template <typename Enum>
void texts(const char* name, std::string_view (*toString)(Enum)) {
    for (int number = 0; number < most; ++number)
        if (const auto text = toString(static_cast<Enum>(number)); text != "?")
            std::cout << "text " << name << ' ' << text << '\n';
}

void words(const char* name, const auto& list) {
    for (const auto word : list)
        std::cout << "text " << name << ' ' << word << '\n';
}

void oid(const char* name, const headgate::snmp::Oid& value) {
    std::cout << "oid " << name << ' ' << value.print() << '\n';
}

}

int main() {
    oid("headgate", headgate::mib::headgate);
    oid("module", server::module);
    oid("notifications", server::notifications);
    oid("objects", server::objects);
    oid("applicationEntry", server::applicationEntry);
    oid("authenticationEntry", server::authenticationEntry);
    values<server::Application>("Application");
    values<server::Authentication>("Authentication");
    values<server::Notification>("Notification");
    values<server::Transport>("Transport");
    values<server::Protocol>("Protocol");
    values<server::State>("State");
    values<server::Level>("Level");
    values<server::Kind>("Kind");
    values<server::DataSourceState>("DataSourceState");
    oid("manager.module", manager::module);
    oid("manager.notifications", manager::notifications);
    oid("manager.objects", manager::objects);
    oid("manager.Daemon", manager::daemonGroup);
    oid("manager.Summary", manager::summaryGroup);
    oid("manager.Counter", manager::counterGroup);
    oid("manager.Pool", manager::poolEntry);
    oid("manager.Member", manager::memberEntry);
    oid("manager.Appliance", manager::applianceEntry);
    oid("manager.Transaction", manager::transactionEntry);
    oid("manager.TransactionAppliance", manager::transactionApplianceEntry);
    oid("manager.Event", manager::eventGroup);
    oid("manager.Server", manager::serverEntry);
    oid("manager.Alarm", manager::alarmEntry);
    oid("manager.Target", manager::targetEntry);
    values<manager::Daemon>("manager.Daemon");
    values<manager::Summary>("manager.Summary");
    values<manager::Counter>("manager.Counter");
    values<manager::Pool>("manager.Pool");
    values<manager::Member>("manager.Member");
    values<manager::Appliance>("manager.Appliance");
    values<manager::Transaction>("manager.Transaction");
    values<manager::TransactionAppliance>("manager.TransactionAppliance");
    values<manager::Event>("manager.Event");
    values<manager::Server>("manager.Server");
    values<manager::Alarm>("manager.Alarm");
    values<manager::Target>("manager.Target");
    values<manager::Notification>("manager.Notification");
    words("states", manager::states);
    words("protocols", manager::protocols);
    words("families", manager::families);
    texts<domain::Level>("Level", domain::toString);
    texts<domain::Functional>("Functional", domain::toString);
    texts<domain::Strategy>("Strategy", domain::toString);
    texts<domain::IntentKind>("IntentKind", domain::toString);
    texts<domain::OutcomeKind>("OutcomeKind", domain::toString);
    texts<domain::EventSeverity>("EventSeverity", domain::toString);
    texts<domain::AuthenticationKind>("AuthenticationKind", domain::toString);
    texts<headgate::transaction::Phase>("Phase", headgate::transaction::toString);
}
