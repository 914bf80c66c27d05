#include "telemetry/tables.hpp"

#include "telemetry/objects.hpp"
#include "telemetry/watch.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace headgate::telemetry {

namespace {

using domain::ReadingOrigin;

constexpr std::size_t mostConnections = 20'000;
constexpr std::uint16_t rowsAtOnce = 24; // of tcpConnectionTable: what fits into one Ethernet frame

bool wantsInterfaces(const Plan& plan) {
    return plan.wants("octets-in") || plan.wants("octets-out");
}

bool wantsColumns(const Role& role) {
    const auto& metrics = role.profile.metrics;
    return role.plan.wants("disk") || std::any_of(metrics.begin(), metrics.end(), isColumnMetric);
}

}

bool Tables::wanted(const Role& role) {
    return !role.applications.empty() || wantsInterfaces(role.plan) || wantsColumns(role);
}

Tables::Tables(Watch& watch, std::string address, std::string interface)
    : m_watch(watch)
    , m_address(std::move(address))
    , m_interface(std::move(interface))
    , m_reader(watch.m_surroundings.asker, watch.m_surroundings.clock)
    , m_columns(watch.m_role->profile) {}

void Tables::ask(domain::Sample sample, StandIns standIns) {
    m_sample = std::move(sample);
    m_awaited = 0;
    m_reader.begin();
    m_listening.begin(m_sample.restarted);
    const auto self = part();
    if (!m_watch.applications().empty()) {
        if (m_sample.restarted) m_agent.lookSoon();
        if (m_agent.lookDue(m_sample.at)) lookForAgent(false);
        askServices();
    }
    m_columns.standIn("cpu", standIns.processor);
    m_columns.standIn("memory", standIns.memory);
    if (m_sample.restarted) m_columns.lookSoon();
    m_looked = false;
    // What the cells that are known tell may be that others are to be looked for.
    if (!askRows()) lookForColumns();
    if (wantsInterfaces(m_watch.m_role->plan)) askInterfaces(std::make_shared<InterfaceRows>());
    partDone();
}

void Tables::learn(std::string_view metric, double reading, ReadingOrigin origin) {
    const auto& metrics = m_watch.m_role->profile.metrics;
    const auto own = [&](const domain::Metric& m) { return m.name == metric && !m.oid.empty(); };
    // Whoever gives a known name an OID wants that one and no other.
    if (std::any_of(metrics.begin(), metrics.end(), own)) return;
    // Whoever is beside the application knows best.
    const auto* told = m_sample.readings.find(metric);
    if (told && told->origin == ReadingOrigin::headgateAgent) return;
    m_sample.readings.set(metric, reading, origin);
}

void Tables::readAgent(const std::vector<snmp::Varbind>& varbinds, domain::Sample& sample) const {
    m_agent.read(varbinds, m_watch.applications(), sample);
}

void Tables::learnColumn(const std::string& metric, double reading, ReadingOrigin origin) {
    if (origin == ReadingOrigin::object)
        m_sample.readings.set(metric, reading);
    else
        learn(metric, reading, origin);
}

/// The cells that are known by their names.
bool Tables::askRows() {
    auto names = m_agent.names();
    const auto columns = m_columns.names();
    names.insert(names.end(), columns.begin(), columns.end());
    if (names.empty()) return false;
    m_reader.get(m_watch.target(), std::move(names), [self = part(), this](const snmp::Reply& reply) {
        if (reply) {
            readAgent(reply.varbinds, m_sample);
            if (!m_sample.revisions.empty()) m_sample.agent = true;
            m_columns.read(reply.varbinds, [this](auto&&... told) { learnColumn(told...); });
            if (m_agent.lost(reply.varbinds)) {
                m_agent.lookSoon();
                lookForAgent(true);
            }
        }
        lookForColumns();
        partDone();
    });
    return true;
}

void Tables::lookForAgent(bool again) {
    const auto took = [self = part(), this, again](const snmp::Reply& reply) {
        const auto before = m_agent.names();
        if (reply) m_sample.agent = m_agent.found(reply.varbinds, m_watch.applications(), m_sample.at);
        // The figures of a row that has just been found are of this poll too.
        if (again || m_agent.names() != before) askRows();
        partDone();
    };
    m_reader.walk(m_watch.target(), AgentTrack::whatToWalk(), {.rows = 1000}, took);
}

void Tables::lookForColumns() {
    if (std::exchange(m_looked, true)) return;
    m_columns.look(
        m_reader, m_watch.target(), m_sample.at, [this](auto&&... told) { learnColumn(told...); },
        [this, self = m_watch.shared_from_this()] { part(); },
        [this, self = m_watch.shared_from_this()] { partDone(); });
}

void Tables::askServices() {
    const auto& applications = m_watch.applications();
    std::vector<std::uint16_t> ports;
    for (const auto& application : applications)
        ports.push_back(application.port);
    survey(m_reader, m_watch.target(), m_address, ports, [self = part(), this](Survey found) {
        // An agent that has shown its listeners once and now shows none has none any more.
        m_showsListeners = m_showsListeners || found.anyListener;
        found.anyListener = m_showsListeners;
        for (const auto& application : m_watch.applications()) {
            const auto finding = findApplication(found, application);
            m_listening.found(application.name, finding);
            // headgate-agent has tried it, and knows better than who only listens.
            if (finding.state != domain::ApplicationState::unknown)
                m_sample.applications.try_emplace(application.name, finding.state);
        }
        if (wantsConnections()) askConnections(found);
        partDone();
    });
}

bool Tables::wantsConnections() const {
    const auto& plan = m_watch.m_role->plan;
    // Where there is no headgate-agent to tell the utilisation, they are what there is to be seen.
    return plan.wants("connections") || (plan.wants("utilisation") && m_agent.names().empty());
}

void Tables::askConnections(const Survey& found) {
    const auto port = m_watch.applications().front().port;
    if (found.failure && !found.anyListener) return;
    const auto subtrees = connectionSubtrees(m_address, port);
    if (subtrees.empty()) return;
    struct Count {
        std::size_t established = 0;
        std::size_t left = 0;
        bool failed = false;
    };
    auto count = std::make_shared<Count>();
    count->left = subtrees.size();
    const bool believeNone = found.anyListener;
    for (const auto& subtree : subtrees) {
        const snmp::WalkLimits limits{
            .rows = mostConnections, .time = std::chrono::seconds(5), .repetitions = rowsAtOnce};
        m_reader.walk(m_watch.target(), subtree, limits,
                      [self = part(), this, count, believeNone](const snmp::Reply& reply) {
                          if (reply.failure) count->failed = true;
                          count->established += countEstablished(reply.varbinds);
                          // No rows at all may as well be an agent without the table: one that shows its
                          // listeners has both (RFC 4022 §4).
                          const bool known = !count->failed && (believeNone || count->established > 0);
                          if (--count->left == 0 && known)
                              learn("connections", static_cast<double>(count->established),
                                    ReadingOrigin::tcp);
                          partDone();
                      });
    }
}

/// Of IF-MIB, by column.
struct Tables::InterfaceRows {
    enum Column : std::size_t { names, in, out, descriptions, columns };
    std::array<std::vector<snmp::Varbind>, columns> of;
    std::array<base::Instant, columns> at; ///< when each was answered

    static const snmp::Oid& object(std::size_t column) {
        static const std::array<const snmp::Oid*, columns> objects{
            &objects::ifName, &objects::ifHCInOctets, &objects::ifHCOutOctets, &objects::ifDescr};
        return *objects[column];
    }
    const snmp::Value* cell(Column column, std::uint32_t index) const {
        return snmp::find(of[column], object(column) + index);
    }
    bool says(Column column, std::uint32_t index, const std::string& wanted) const {
        const auto* value = cell(column, index);
        return value && snmp::textOf(*value) == wanted;
    }
    /// By its ifName, ifDescr or ifIndex.
    bool isCalled(std::uint32_t index, const std::string& wanted) const {
        return says(names, index, wanted) || says(descriptions, index, wanted) ||
               std::to_string(index) == wanted;
    }
    bool anyIsCalled(const std::string& wanted) const {
        return std::any_of(of[names].begin(), of[names].end(),
                           [&](const snmp::Varbind& row) { return isCalled(row.name.back(), wanted); });
    }
};

void Tables::askInterfaces(const std::shared_ptr<InterfaceRows>& rows, std::size_t column) {
    const auto took = [self = part(), this, rows, column](snmp::Reply reply) {
        const bool whole = !reply.failure;
        rows->of[column] = std::move(reply.varbinds);
        rows->at[column] = m_watch.m_surroundings.clock.now();
        const auto next = column + 1;
        // Most are called by their ifName: the last column is for those that are not.
        if (whole &&
            (next < InterfaceRows::descriptions || (next == InterfaceRows::descriptions &&
                                                    !m_interface.empty() && !rows->anyIsCalled(m_interface))))
            askInterfaces(rows, next);
        else if (whole)
            readInterfaces(*rows);
        partDone();
    };
    m_reader.walk(m_watch.target(), InterfaceRows::object(column), {.rows = 1000}, took);
}

void Tables::readInterfaces(const InterfaceRows& rows) {
    const auto sinceBefore = [&rows](base::Instant& before, InterfaceRows::Column column) {
        return rows.at[column] - std::exchange(before, rows.at[column]);
    };
    const auto sinceIn = sinceBefore(m_inAt, InterfaceRows::in);
    const auto sinceOut = sinceBefore(m_outAt, InterfaceRows::out);
    // One that is not shown this time is not the same one when it is shown again.
    auto before = std::exchange(m_interfaces, {});
    std::optional<double> bestIn;
    std::optional<double> bestOut;
    for (const auto& row : rows.of[InterfaceRows::names]) {
        const auto index = row.name.back();
        const auto* inOctets = rows.cell(InterfaceRows::in, index);
        const auto* outOctets = rows.cell(InterfaceRows::out, index);
        if (!inOctets || !outOctets) continue;
        auto& tracks = m_interfaces[index] = before[index];
        const auto inGrowth = tracks.in.next(*inOctets, sinceIn);
        const auto outGrowth = tracks.out.next(*outOctets, sinceOut);
        // The busiest of a server's own: what it says to itself is no load from outside.
        if (m_interface.empty() ? snmp::textOf(row.value) == "lo" : !rows.isCalled(index, m_interface))
            continue;
        const auto inRate = inGrowth ? inGrowth->perSecond() : std::nullopt;
        const auto outRate = outGrowth ? outGrowth->perSecond() : std::nullopt;
        if (!inRate || !outRate) continue;
        if (!bestIn || *inRate + *outRate > *bestIn + *bestOut) bestIn = inRate, bestOut = outRate;
    }
    if (!bestIn) return;
    learn("octets-in", *bestIn, ReadingOrigin::interfaces);
    learn("octets-out", *bestOut, ReadingOrigin::interfaces);
}

Tables::Self Tables::part() {
    ++m_awaited;
    return m_watch.shared_from_this();
}

void Tables::partDone() {
    if (--m_awaited > 0) return;
    m_listening.judge(m_sample);
    m_sample.at = m_watch.m_surroundings.clock.now();
    m_watch.finishTables(std::move(m_sample));
}

}
