#include "flight/encoder.hpp"

#include <algorithm>
#include <utility>

namespace headgate::flight {
namespace {

std::int64_t milliseconds(domain::Instant at) {
    return at.time_since_epoch().count();
}

/// All of a sample but its server, its times and its figures. It fails to compile when a sample has more than
/// is written here, or in Encoder::add.
void shape(Out& out, const domain::Sample& sample) {
    const auto& [server, at, source, answered, failure, readings, applications, restarted, agent, reasons,
                 revisions, took, failureKind, contradicted] = sample;
    out.clear();
    std::uint8_t flags = 0;
    if (source == domain::SampleSource::notification) flags |= shapeNotification;
    if (answered) flags |= shapeAnswered;
    if (restarted) flags |= shapeRestarted;
    if (agent) flags |= shapeAgentKnown;
    if (agent.value_or(false)) flags |= shapeAgent;
    if (took) flags |= shapeTook;
    if (!contradicted.empty()) flags |= shapeContradicted;
    out.octet(flags);
    out.octet(static_cast<std::uint8_t>(failureKind));
    out.text(failure);
    out.number(readings.size());
    for (const auto& reading : readings) {
        out.text(reading.name);
        out.octet(static_cast<std::uint8_t>(reading.origin));
    }
    out.number(applications.size());
    for (const auto& [name, state] : applications) {
        out.text(name.value);
        out.octet(static_cast<std::uint8_t>(state));
    }
    out.number(reasons.size());
    for (const auto& [name, reason] : reasons) {
        out.text(name.value);
        out.text(reason);
    }
    out.number(revisions.size());
    for (const auto& [name, revision] : revisions) {
        out.text(name.value);
        out.number(revision);
    }
    if (contradicted.empty()) return;
    out.number(contradicted.size());
    for (const auto& [name, text] : contradicted) {
        out.text(name.value);
        out.text(text);
    }
}

}

void Encoder::begin(const Head& head) {
    m_names.clear();
    m_former = {std::exchange(m_servers, {}), std::exchange(m_shapes, {}), std::exchange(m_tracks, {})};
    m_out.clear();
    m_first = true;
    m_now = m_told = head.at;
    m_turned = true;
    tag(Tag::head);
    m_out.text(head.version);
    m_out.signedNumber(milliseconds(head.at));
    m_out.number(head.segment);
    m_out.octet(head.follows ? 1 : 0);
    m_out.number(head.firstTransaction);
}

/// The oldest first, so that the newest is what is known last.
void Encoder::recall() {
    const auto former = std::exchange(m_former, {});
    std::vector<std::string> servers(former.servers.size()), shapes(former.shapes.size());
    for (const auto& [text, number] : former.servers)
        servers[number] = text;
    for (const auto& [text, number] : former.shapes)
        shapes[number] = text;
    for (std::size_t server = 0; server < servers.size(); ++server) {
        const auto& known = former.tracks[server].known();
        for (auto each = known.rbegin(); each != known.rend(); ++each) {
            m_told = m_now;
            m_turned = true;
            tag(Tag::sample);
            const auto number = m_servers.emplace(servers[server], m_servers.size()).first->second;
            m_out.number(number);
            if (number == m_tracks.size()) {
                m_out.text(servers[server]);
                m_tracks.emplace_back();
            }
            const auto& text = shapes[each->shape];
            const auto [at, isNew] = m_shapes.emplace(text, m_shapes.size());
            m_out.number(at->second);
            if (isNew) m_out.octets(text);
            auto& track = m_tracks[number].of(at->second, each->values.size());
            m_out.signedNumber(milliseconds(m_now) - milliseconds(each->at));
            for (std::size_t i = 0; i < each->values.size(); ++i)
                m_out.value(each->values[i], track.values[i]);
            if (static_cast<std::uint8_t>(text[0]) & shapeTook) m_out.signedNumber(each->took - track.took);
            const auto shapeNumber = track.shape;
            track = *each;
            track.shape = shapeNumber;
        }
    }
}

void Encoder::turn(domain::Instant now) {
    // A turn in which nothing was added is told all the same: time went by.
    if (!m_turned) tag(Tag::time);
    m_now = std::max(m_now, now);
    m_turned = false;
}

void Encoder::tag(Tag tag) {
    const auto octet = static_cast<std::uint8_t>(tag);
    if (m_turned) return m_out.octet(octet | sameTurn);
    m_out.octet(octet);
    m_out.number(static_cast<std::uint64_t>((m_now - m_told).count()));
    m_told = m_now;
    m_turned = true;
}

void Encoder::name(std::string_view text) {
    const auto [at, isNew] = m_names.emplace(std::string(text), m_names.size());
    m_out.number(at->second);
    if (isNew) m_out.text(text);
}

void Encoder::add(const Configuration& configuration) {
    tag(Tag::configuration);
    m_out.number(configuration.revision);
    m_out.octet(configuration.whole ? 1 : 0);
    m_out.text(configuration.text);
}

void Encoder::add(const domain::Sample& sample) {
    tag(Tag::sample);
    const auto server = m_servers.emplace(sample.server.value, m_servers.size()).first->second;
    m_out.number(server);
    if (server == m_tracks.size()) {
        m_out.text(sample.server.value);
        m_tracks.emplace_back();
    }
    Out form;
    shape(form, sample);
    const auto [at, isNew] = m_shapes.emplace(form.view(), m_shapes.size());
    m_out.number(at->second);
    if (isNew) m_out.octets(form.view());
    auto& known = m_tracks[server].of(at->second, sample.readings.size());
    m_out.signedNumber(milliseconds(m_now) - milliseconds(sample.at));
    std::size_t index = 0;
    for (const auto& reading : sample.readings) {
        m_out.value(reading.value, known.values[index]);
        known.values[index++] = reading.value;
    }
    known.at = sample.at;
    if (!sample.took) return;
    m_out.signedNumber(sample.took->count() - known.took);
    known.took = sample.took->count();
}

void Encoder::add(const controller::ApplianceStatus& status) {
    tag(Tag::applianceStatus);
    put(status);
}

void Encoder::put(const controller::ApplianceStatus& status) {
    name(status.appliance.value);
    m_out.octet(status.connected ? 1 : 0);
    m_out.text(status.reason);
    m_out.number(status.capabilities.size());
    for (const auto& capability : status.capabilities)
        name(capability);
}

void Encoder::add(const domain::Monitored& told) {
    tag(Tag::monitored);
    name(told.appliance.value);
    name(told.pool.value);
    m_out.number(told.members.size());
    for (const auto& [server, up, text] : told.members) {
        name(server.value);
        m_out.octet(up ? 1 : 0);
        m_out.text(text);
    }
}

void Encoder::add(const controller::JournalStatus& status) {
    tag(Tag::journalStatus);
    m_out.octet(status.writable ? 1 : 0);
    m_out.text(status.reason);
}

void Encoder::add(const controller::Request& request) {
    const auto& what = request.what;
    if (!std::holds_alternative<controller::Allocate>(what) &&
        !std::holds_alternative<controller::Release>(what) &&
        !std::holds_alternative<controller::Hold>(what) && !std::holds_alternative<controller::Resume>(what))
        return;
    tag(Tag::request);
    put(request);
}

void Encoder::put(const controller::Request& request) {
    const auto put = [&](Asked what, const std::optional<domain::PoolName>& pool,
                         const std::optional<domain::ServerName>& server) {
        m_out.octet(static_cast<std::uint8_t>(what));
        name(pool ? pool->value : "");
        name(server ? server->value : "");
        m_out.number(request.id);
        name(request.user);
    };
    if (const auto* grow = std::get_if<controller::Allocate>(&request.what))
        put(Asked::allocate, grow->pool, grow->server);
    else if (const auto* shrink = std::get_if<controller::Release>(&request.what))
        put(Asked::release, shrink->pool, shrink->server);
    else if (const auto* hold = std::get_if<controller::Hold>(&request.what))
        put(Asked::hold, hold->pool, std::nullopt);
    else if (const auto* resume = std::get_if<controller::Resume>(&request.what))
        put(Asked::resume, resume->pool, std::nullopt);
}

/// Without its authentication: nothing secret is in a record.
void Encoder::put(const domain::Member& member) {
    // All by name, so that none is forgotten that comes later: this does not compile then.
    const auto& [server, connection, authentication, origin, revision, dataSource, isProtected, standsInFor,
                 rampsTo] = member;
    const auto& [address, port, protocol, weight, connectionLimit, warmUp, healthCheck] = connection;
    static_cast<void>(authentication);
    name(server.value);
    name(address);
    m_out.number(port);
    name(protocol);
    m_out.signedNumber(weight);
    m_out.number(connectionLimit);
    m_out.signedNumber(warmUp.count());
    name(healthCheck);
    m_out.octet(static_cast<std::uint8_t>((origin == domain::Origin::allocated ? memberAllocated : 0) |
                                          (isProtected ? memberProtected : 0)));
    m_out.number(revision);
    name(dataSource);
    name(standsInFor.value);
    m_out.signedNumber(rampsTo);
}

void Encoder::add(const controller::Course& course) {
    tag(Tag::course);
    m_out.number(course.transaction.value);
    put(course.outcome);
    put(course.member);
    name(course.failure);
}

void Encoder::put(const domain::Outcome& outcome) {
    m_out.octet(static_cast<std::uint8_t>(outcome.kind));
    m_out.octet(static_cast<std::uint8_t>(outcome.accused));
    m_out.number(outcome.appliances.size());
    for (const auto& appliance : outcome.appliances)
        name(appliance.value);
    m_out.text(outcome.reason);
}

void Encoder::add(const controller::Proved& proved) {
    tag(Tag::proved);
    name(proved.pool.value);
}

void Encoder::add(const controller::MembershipChange& change) {
    tag(Tag::membership);
    name(change.pool.value);
    name(change.removed ? change.removed->value : "");
    m_out.octet(change.added ? 1 : 0);
    if (change.added) put(*change.added);
}

void Encoder::add(const controller::Begun& begun) {
    tag(Tag::begun);
    put(begun);
}

void Encoder::put(const controller::Begun& begun) {
    m_out.number(begun.transaction.value);
    m_out.octet(static_cast<std::uint8_t>(begun.kind));
    name(begun.pool.value);
    put(begun.member);
    const bool lentTo = !begun.lentTo.value.empty(), lentBy = !begun.lentBy.value.empty();
    m_out.octet(static_cast<std::uint8_t>((begun.byOperator ? begunByOperator : 0) |
                                          (begun.recovered ? begunRecovered : 0) |
                                          (lentTo ? begunLentTo : 0) | (lentBy ? begunLentBy : 0)));
    m_out.number(begun.round);
    m_out.text(begun.reason);
    if (lentTo) name(begun.lentTo.value);
    if (lentBy) name(begun.lentBy.value);
}

void Encoder::add(const controller::Decided& decided) {
    tag(Tag::decided);
    name(decided.pool.value);
    m_out.octet(static_cast<std::uint8_t>(decided.kind));
    name(decided.server ? decided.server->value : "");
    m_out.text(decided.reason);
    m_out.text(decided.hindrance);
    m_out.number(decided.transaction ? decided.transaction->value : 0);
}

void Encoder::add(const controller::Decisions& decisions) {
    tag(Tag::decisions);
    m_out.number(decisions.count);
    m_out.number(decisions.digest);
}

void Encoder::add(const Changes& changes) {
    if (changes.all.empty()) return;
    tag(Tag::changes);
    m_out.number(changes.all.size());
    for (const auto& change : changes.all) {
        name(change.pool.value);
        put(change.change);
    }
}

std::string Encoder::take() {
    if (!m_turned) tag(Tag::time);
    if (m_out.size() == 0) return {};
    const auto entries = m_out.take();
    std::string block(std::exchange(m_first, false) ? magic : std::string_view());
    for (const std::uint32_t number : {static_cast<std::uint32_t>(entries.size()), checksum(entries)})
        for (unsigned shift = 0; shift < 32; shift += 8)
            block += static_cast<char>(number >> shift);
    return block + entries;
}

}
