#include "telemetry/assigning.hpp"

#include "telemetry/agent_settings.hpp"

#include <utility>

namespace headgate::telemetry {
namespace {

using Column = mib::server::Application;
using mib::server::column;
using mib::server::DataSourceState;

constexpr base::Duration pause(500);
constexpr unsigned mostWaits = 180;     // 90 s: longer than an operator's hook may take
constexpr int resourceUnavailable = 13; // RFC 3416 §3

}

void Assigning::start(Asker& asker, Wish wish, OnAssigned done) {
    std::shared_ptr<Assigning> made(new Assigning(asker, std::move(wish), std::move(done)));
    made->findRow();
}

Assigning::Assigning(Asker& asker, Wish wish, OnAssigned done)
    : m_asker(asker)
    , m_wish(std::move(wish))
    , m_done(std::move(done)) {}

void Assigning::finish(bool done, std::string reason) {
    m_done({m_wish.transaction, m_wish.server, m_wish.dataSource, done, std::move(reason), false});
}

void Assigning::refused(std::string reason) {
    m_done({m_wish.transaction, m_wish.server, m_wish.dataSource, false, std::move(reason), true});
}

void Assigning::later(void (Assigning::*what)(), const std::string& reason) {
    if (++m_waits > mostWaits) return finish(false, reason);
    m_asker.later(pause, [self = shared_from_this(), what] { (*self.*what)(); });
}

void Assigning::findRow() {
    m_asker.walk(m_wish.target, column(Column::state), {.rows = 1000},
                 [self = shared_from_this()](const snmp::Reply& reply) {
                     if (reply.failure) return self->finish(false, reply.failure->text);
                     const auto rows = readRows(mib::server::applicationEntry, reply.varbinds);
                     if (const auto* row = rowOf(self->m_wish.application, rows)) {
                         self->m_row = row->first;
                         return self->tell();
                     }
                     self->finish(false, "its headgate-agent does not show the application " +
                                             self->m_wish.application.value);
                 });
}

void Assigning::tell() {
    m_asker.set(
        m_wish.target, {{column(Column::dataSourceWanted) + m_row.index(), snmp::Octets{m_wish.dataSource}}},
        [self = shared_from_this()](const snmp::Reply& reply) {
            if (!reply.failure) return self->look();
            if (reply.failure->errorStatus == resourceUnavailable)
                return self->later(&Assigning::tell, "it was busy with another data source all the time");
            // Whoever did not answer may have heard it all the same.
            if (reply.failure->kind == snmp::Failure::Kind::timeout) return self->look();
            self->refused("it may not be told so: " + reply.failure->text);
        });
}

void Assigning::look() {
    std::vector<snmp::Oid> names;
    for (const auto which : {Column::dataSource, Column::dataSourceState, Column::dataSourceReason})
        names.push_back(column(which) + m_row.index());
    m_asker.get(m_wish.target, std::move(names), [self = shared_from_this()](const snmp::Reply& reply) {
        if (reply.failure) return self->later(&Assigning::look, reply.failure->text);
        const auto rows = readRows(mib::server::applicationEntry, reply.varbinds);
        const auto row = rows.find(self->m_row);
        if (row == rows.end()) return self->later(&Assigning::look, "its headgate-agent shows it no more");
        self->heard(row->second);
    });
}

void Assigning::heard(const AgentRow& row) {
    const auto state = row.number(Column::dataSourceState).value_or(0);
    if (state == static_cast<int>(DataSourceState::working))
        return later(&Assigning::look, "it was still working at it after 90 s");
    if (row.text(Column::dataSource) == m_wish.dataSource) return finish(true);
    const auto why = shown(row.text(Column::dataSourceReason));
    const auto used = shown(row.text(Column::dataSource));
    auto reason = why.empty() ? "it uses " + (used.empty() ? "none" : used) : why;
    if (state == static_cast<int>(DataSourceState::failed)) return refused(std::move(reason));
    // An order that nobody answered may still be on its way.
    finish(false, std::move(reason));
}

}
