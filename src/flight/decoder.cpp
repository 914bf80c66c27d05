#include "flight/decoder.hpp"

#include "flight/format.hpp"
#include "flight/narrow.hpp"

#include <optional>
#include <utility>

namespace headgate::flight {
namespace {

/// Of one turn: more than all servers told last.
constexpr std::size_t mostEntries = 1'000'000;

std::uint32_t fourOctets(std::string_view text) {
    std::uint32_t number = 0;
    for (unsigned i = 0; i < 4; ++i)
        number |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(text[i])) << (8 * i);
    return number;
}

}

bool Decoder::read(std::string_view segment, const std::function<void(Turn&&)>& take) {
    if (magic.starts_with(segment) || magic1.starts_with(segment))
        throw TornRecord("it ends before its first entry");
    if (!segment.starts_with(magic.substr(0, magic.size() - 2)))
        throw BadRecord("it is no flight record of Headgate");
    if (!segment.starts_with(magic) && !segment.starts_with(magic1))
        throw BadRecord("it is of another version of Headgate: replay it with the headgate of that version");
    Decoder decoder(take);
    decoder.m_first = segment.starts_with(magic1);
    const auto end = segment.size();
    bool whole = true;
    for (auto at = magic.size(); at < end;) {
        const auto left = end - at;
        const auto size = left < blockHead ? left : fourOctets(segment.substr(at));
        whole = left >= blockHead && size <= left - blockHead;
        if (!whole) break;
        const auto entries = segment.substr(at + blockHead, size);
        if (checksum(entries) != fourOctets(segment.substr(at + 4))) {
            whole = at + blockHead + size < end;
            if (whole) throw BadRecord("it is damaged at octet " + std::to_string(at));
            break;
        }
        decoder.block(entries);
        at += blockHead + size;
    }
    if (!decoder.m_begun) throw TornRecord("it ends before its first entry");
    decoder.m_take(std::move(decoder.m_turn));
    return whole;
}

void Decoder::block(std::string_view entries) {
    In in(entries);
    while (!in.empty()) {
        const auto octet = in.octet();
        if (!m_begun && octet != (static_cast<std::uint8_t>(Tag::head) | sameTurn))
            throw BadRecord("it does not begin with what it is");
        if (!(octet & sameTurn)) {
            const auto since = inRange(narrow<std::int64_t>(in.number()));
            const auto at = inRange(m_turn.at.time_since_epoch().count() + since);
            m_take(std::exchange(m_turn, {}));
            m_turn.at = domain::Instant(domain::Duration(at));
        }
        const auto tag = static_cast<std::uint8_t>(octet & ~sameTurn);
        if (tag == static_cast<std::uint8_t>(Tag::time)) continue;
        if (m_turn.entries.size() >= mostEntries) throw BadRecord("more happens in it at a time than can be");
        m_turn.entries.push_back(entry(tag, in));
    }
}

Entry Decoder::entry(std::uint8_t tag, In& in) {
    switch (static_cast<Tag>(tag)) {
    case Tag::time: break;
    case Tag::head: return head(in);
    case Tag::configuration: {
        Configuration made;
        made.revision = in.number();
        made.whole = in.octet() != 0;
        made.text = in.text();
        return made;
    }
    case Tag::sample: return sample(in);
    case Tag::applianceStatus: return applianceStatus(in);
    case Tag::journalStatus: {
        controller::JournalStatus made;
        made.writable = in.octet() != 0;
        made.reason = in.text();
        return made;
    }
    case Tag::request: return request(in);
    case Tag::course: return course(in);
    case Tag::proved: return controller::Proved{{name(in)}};
    case Tag::membership: return membership(in);
    case Tag::begun: return begun(in);
    case Tag::decided: return decided(in);
    case Tag::decisions: {
        controller::Decisions made;
        made.count = in.number();
        made.digest = in.number();
        return made;
    }
    case Tag::deliberate: return controller::Deliberate{};
    case Tag::changes: return changes(in);
    case Tag::monitored: return monitored(in);
    case Tag::memory: return memory(in);
    }
    throw BadRecord("an entry in it is of a kind that is not known");
}

Head Decoder::head(In& in) {
    if (std::exchange(m_begun, true)) throw BadRecord("it begins twice");
    Head made;
    made.version = in.text();
    made.at = domain::Instant(domain::Duration(milliseconds(in)));
    made.segment = in.number();
    made.follows = in.octet() != 0;
    made.firstTransaction = in.number();
    m_turn.at = made.at;
    return made;
}

const std::string& Decoder::name(In& in) {
    const auto number = in.number();
    if (number > m_names.size()) throw BadRecord("a name in it was never told");
    if (number == m_names.size()) m_names.push_back(in.text());
    return m_names[static_cast<std::size_t>(number)];
}

Decoder::Shape Decoder::shape(In& in) {
    Shape made;
    auto& sample = made.sample;
    const auto flags = in.octet();
    sample.source =
        flags & shapeNotification ? domain::SampleSource::notification : domain::SampleSource::poll;
    sample.answered = flags & shapeAnswered;
    sample.restarted = flags & shapeRestarted;
    if (flags & shapeAgentKnown) sample.agent = (flags & shapeAgent) != 0;
    made.took = flags & shapeTook;
    sample.failureKind = oneOf(in, domain::PollFailure::malformed);
    sample.failure = in.text();
    for (auto left = in.count(); left > 0; --left) {
        auto reading = in.text();
        made.readings.emplace_back(std::move(reading), oneOf(in, domain::ReadingOrigin::interfaces));
    }
    for (auto left = in.count(); left > 0; --left) {
        auto application = in.text();
        sample.applications[{std::move(application)}] = oneOf(in, domain::ApplicationState::notRunning);
    }
    for (auto left = in.count(); left > 0; --left) {
        auto application = in.text();
        sample.reasons[{std::move(application)}] = in.text();
    }
    for (auto left = in.count(); left > 0; --left) {
        auto application = in.text();
        sample.revisions[{std::move(application)}] = narrow<std::uint32_t>(in.number());
    }
    for (auto left = flags & shapeContradicted ? in.count() : 0; left > 0; --left) {
        auto application = in.text();
        sample.contradicted[{std::move(application)}] = in.text();
    }
    return made;
}

domain::Sample Decoder::sample(In& in) {
    const auto server = in.number();
    if (server > m_servers.size()) throw BadRecord("a server in it was never told");
    if (server == m_servers.size()) {
        m_servers.push_back(in.text());
        m_tracks.emplace_back();
    }
    const auto number = in.number();
    if (number > m_shapes.size()) throw BadRecord("a sample in it has no shape");
    if (number == m_shapes.size()) m_shapes.push_back(shape(in));
    const auto& form = m_shapes[static_cast<std::size_t>(number)];
    auto& known = m_tracks[static_cast<std::size_t>(server)].of(number, form.readings.size());
    auto made = form.sample;
    made.server.value = m_servers[static_cast<std::size_t>(server)];
    made.at = instant(in);
    made.readings.reserve(form.readings.size());
    for (std::size_t i = 0; i < form.readings.size(); ++i) {
        known.values[i] = in.value(known.values[i]);
        made.readings.set(form.readings[i].first, known.values[i], form.readings[i].second);
    }
    if (!form.took) return made;
    known.took = inRange(known.took + milliseconds(in));
    made.took = domain::RoundTrip(known.took);
    return made;
}

controller::ApplianceStatus Decoder::applianceStatus(In& in) {
    controller::ApplianceStatus made;
    made.appliance.value = name(in);
    made.connected = in.octet() != 0;
    made.reason = in.text();
    for (auto left = in.count(); left > 0; --left)
        made.capabilities.push_back(name(in));
    return made;
}

Entry Decoder::monitored(In& in) {
    domain::Monitored made;
    made.appliance.value = name(in);
    made.pool.value = name(in);
    for (auto left = in.count(); left > 0; --left) {
        domain::Monitored::Word word;
        word.server.value = name(in);
        word.up = in.octet() != 0;
        word.text = in.text();
        made.members.push_back(std::move(word));
    }
    return made;
}

controller::Request Decoder::request(In& in) {
    controller::Request made;
    const auto what = oneOf(in, Asked::resume);
    const auto pool = ifAny<domain::PoolName>(name(in));
    const auto server = ifAny<domain::ServerName>(name(in));
    made.id = in.number();
    made.user = name(in);
    switch (what) {
    case Asked::allocate: made.what = controller::Allocate{pool.value_or(domain::PoolName{}), server}; break;
    case Asked::release:
        made.what =
            controller::Release{pool.value_or(domain::PoolName{}), server.value_or(domain::ServerName{})};
        break;
    case Asked::hold: made.what = controller::Hold{pool}; break;
    case Asked::resume: made.what = controller::Resume{pool}; break;
    }
    return made;
}

int Decoder::weight(In& in) {
    const auto weight = in.signedNumber();
    if (weight < 0 || weight > 1000000) throw BadRecord("a weight in it cannot be");
    return static_cast<int>(weight);
}

domain::Member Decoder::member(In& in) {
    domain::Member made;
    made.server.value = name(in);
    auto& connection = made.connection;
    connection.address = name(in);
    connection.port = narrow<std::uint16_t>(in.number());
    connection.protocol = name(in);
    connection.weight = weight(in);
    connection.connectionLimit = narrow<std::uint32_t>(in.number());
    connection.warmUp = domain::Duration(milliseconds(in));
    connection.healthCheck = name(in);
    const auto kind = in.octet();
    made.origin = kind & memberAllocated ? domain::Origin::allocated : domain::Origin::configured;
    made.isProtected = kind & memberProtected;
    made.revision = narrow<std::uint32_t>(in.number());
    made.dataSource = name(in);
    made.standsInFor.value = name(in);
    if (!m_first) made.rampsTo = weight(in);
    return made;
}

Entry Decoder::course(In& in) {
    controller::Course made;
    made.transaction.value = in.number();
    made.outcome = outcome(in);
    made.member = member(in);
    made.failure = name(in);
    return made;
}

domain::Outcome Decoder::outcome(In& in) {
    domain::Outcome made;
    made.kind = oneOf(in, domain::OutcomeKind::indeterminate);
    made.accused = oneOf(in, domain::Accused::appliance);
    for (auto left = in.count(); left > 0; --left)
        made.appliances.push_back({name(in)});
    made.reason = in.text();
    return made;
}

Entry Decoder::membership(In& in) {
    controller::MembershipChange made;
    made.pool.value = name(in);
    made.removed = ifAny<domain::ServerName>(name(in));
    if (in.octet() != 0) made.added = member(in);
    if (!made.added && !made.removed) throw BadRecord("a change in it changes nobody");
    return made;
}

controller::Begun Decoder::begun(In& in) {
    controller::Begun made;
    made.transaction.value = in.number();
    made.kind = oneOf(in, domain::lastIntentKind);
    made.pool.value = name(in);
    made.member = member(in);
    const auto flags = in.octet();
    made.byOperator = flags & begunByOperator;
    made.recovered = flags & begunRecovered;
    made.round = narrow<unsigned>(in.number());
    made.reason = in.text();
    if (flags & begunLentTo) made.lentTo.value = name(in);
    if (flags & begunLentBy) made.lentBy.value = name(in);
    return made;
}

Changes Decoder::changes(In& in) {
    Changes made;
    for (auto left = in.count(); left > 0; --left) {
        Change one;
        one.pool.value = name(in);
        one.change = change(in);
        made.all.push_back(std::move(one));
    }
    return made;
}

domain::PastChange Decoder::change(In& in) {
    domain::PastChange made;
    made.kind = oneOf(in, domain::lastIntentKind);
    made.server.value = name(in);
    made.at = instant(in);
    if (m_first) return made;
    made.transaction.value = in.number();
    const auto flags = in.octet();
    made.forLoad = flags & changeForLoad;
    if (!(flags & changeRelief)) return made;
    domain::Relief relief;
    relief.measured = flags & reliefMeasured;
    if (flags & reliefKnown) relief.helped = (flags & reliefHelped) != 0;
    relief.before = burden(in);
    relief.words = in.text();
    made.relief = std::move(relief);
    return made;
}

domain::Instant Decoder::instant(In& in) {
    return domain::Instant(
        domain::Duration(inRange(m_turn.at.time_since_epoch().count() - milliseconds(in))));
}

Entry Decoder::decided(In& in) {
    controller::Decided made;
    made.pool.value = name(in);
    made.kind = oneOf(in, domain::lastIntentKind);
    made.server = ifAny<domain::ServerName>(name(in));
    made.reason = in.text();
    made.hindrance = in.text();
    if (const auto transaction = in.number()) made.transaction = domain::TransactionId{transaction};
    return made;
}

}
