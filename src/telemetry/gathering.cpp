#include "telemetry/gathering.hpp"

#include "domain/text.hpp"
#include "telemetry/survey.hpp"

#include <utility>

namespace headgate::telemetry {
namespace {

using mib::server::Application;
using Column = mib::server::Authentication;
using mib::server::column;

constexpr std::size_t mostCells = 4096; // of hgsAppTable: a server has a few applications
constexpr std::int64_t yes = 1;         // TruthValue (RFC 2579)

bool isUp(const AgentRow& row) {
    return row.number(Application::state) == static_cast<int>(mib::server::State::up);
}

/// For people: the first few of them.
std::string offered(const std::map<RowName, AgentRow>& rows) {
    constexpr unsigned enough = 8;
    unsigned count = 0;
    std::string names;
    for (const auto& [name, row] : rows) {
        if (++count > enough) return names + ", …";
        names += (names.empty() ? "" : ", ") + shown(name.application);
    }
    return names;
}

}

void Gathering::start(Asker& asker, Candidate candidate, Seal seal, OnGathered done) {
    std::shared_ptr<Gathering> made(
        new Gathering(asker, std::move(candidate), std::move(seal), std::move(done)));
    made->askApplications();
}

Gathering::Gathering(Asker& asker, Candidate candidate, Seal seal, OnGathered done)
    : m_asker(asker)
    , m_candidate(std::move(candidate))
    , m_seal(std::move(seal))
    , m_done(std::move(done)) {}

Gathering::~Gathering() {
    m_authentication.wipe();
}

domain::Gathered Gathering::blank() const {
    domain::Gathered gathered;
    gathered.transaction = m_candidate.transaction;
    gathered.server = m_candidate.server;
    return gathered;
}

void Gathering::refuse(std::string reason, bool answered) {
    auto gathered = blank();
    gathered.answered = answered;
    gathered.reason = std::move(reason);
    m_done(std::move(gathered));
}

/// An agent on a busy machine may be silent for seconds, and a candidate that does not answer is left alone
/// for long: it is asked all of it again.
void Gathering::failed(const snmp::Failure& failure) {
    constexpr unsigned most = 3;
    if (failure.kind != snmp::Failure::Kind::timeout || m_silences++ == most)
        return refuse(failure.text, false);
    m_authentication.wipe();
    askApplications();
}

void Gathering::askApplications() {
    m_asker.walk(m_candidate.target, mib::server::applicationEntry, {.rows = mostCells},
                 [self = shared_from_this()](const snmp::Reply& reply) {
                     if (reply.failure) return self->failed(*reply.failure);
                     const auto rows = readRows(mib::server::applicationEntry, reply.varbinds);
                     if (rows.empty()) return self->askStandardMibs();
                     self->choose(rows);
                 });
}

void Gathering::choose(const std::map<RowName, AgentRow>& rows) {
    const auto& application = m_candidate.expected.application.name.value;
    const auto* chosen = rowOf(m_candidate.expected.application.name, rows);
    if (!chosen)
        return refuse("its headgate-agent offers " + offered(rows) + ", and no " + application +
                      ": give it a file for that one");
    m_name = chosen->first;
    m_application = chosen->second;
    if (!isUp(m_application)) {
        const auto why = shown(m_application.text(Application::stateReason));
        return refuse("its headgate-agent says that " + application + " is not up" +
                      (why.empty() ? "" : ": " + why));
    }
    if (m_application.number(Application::authenticated) != yes) return judge();
    if (m_candidate.target->credentials->level() != snmp::SecurityLevel::authPriv)
        return refuse(
            "its port authenticates whoever connects, and the settings for that are told to authPriv "
            "only: give the server a credential of kind snmp-v3 with privacy");
    askAuthentication();
}

void Gathering::askAuthentication() {
    std::vector<snmp::Oid> names;
    for (const auto which : {Column::kind, Column::user, Column::realm, Column::serverName,
                             Column::fingerprint, Column::header, Column::notAfter})
        names.push_back(column(which) + m_name.index());
    m_asker.get(m_candidate.target, std::move(names), [self = shared_from_this()](snmp::Reply reply) {
        if (!self->take(reply)) return;
        const auto kind = self->m_authentication.number(Column::kind);
        if (!kind)
            return self->refuse("its port authenticates whoever connects, and its agent does not show this "
                                "credential how: let its VACM view include hgsAuthTable");
        using mib::server::Kind;
        std::vector<Column> texts;
        if (*kind != static_cast<int>(Kind::none) && *kind != static_cast<int>(Kind::serverTls))
            texts.push_back(Column::secret);
        if (*kind == static_cast<int>(Kind::clientCertificate)) texts.push_back(Column::certificate);
        texts.push_back(Column::trustAnchor);
        self->askTexts(std::move(texts));
    });
}

/// Each long text in a question of its own: an answer has room for one.
void Gathering::askTexts(std::vector<Column> texts) {
    if (texts.empty()) return judgeUnchanged();
    const auto which = texts.back();
    texts.pop_back();
    m_asker.get(m_candidate.target, {column(which) + m_name.index()},
                [self = shared_from_this(), texts = std::move(texts)](snmp::Reply reply) mutable {
                    if (self->take(reply)) self->askTexts(std::move(texts));
                });
}

/// Settings that are another's by half are nobody's.
void Gathering::judgeUnchanged() {
    m_asker.get(m_candidate.target, {column(Application::settingsRevision) + m_name.index()},
                [self = shared_from_this()](const snmp::Reply& reply) {
                    if (reply.failure) return self->failed(*reply.failure);
                    const auto* now = snmp::find(reply.varbinds, column(Application::settingsRevision) +
                                                                     self->m_name.index());
                    const auto before = self->m_application.number(Application::settingsRevision);
                    if (now && snmp::numberOf(*now) == before) return self->judge();
                    if (std::exchange(self->m_again, true))
                        return self->refuse("its settings change while they are asked for");
                    self->m_authentication.wipe();
                    self->askApplications();
                });
}

bool Gathering::take(snmp::Reply& reply) {
    if (reply.failure) {
        failed(*reply.failure);
        return false;
    }
    for (auto& varbind : reply.varbinds) {
        const auto tail = varbind.name.after(mib::server::authenticationEntry);
        if (!tail.empty() && !snmp::isMissing(varbind.value))
            m_authentication.put(tail.front(), varbind.value);
        // What may be a secret is not left in memory.
        if (auto* octets = std::get_if<snmp::Octets>(&varbind.value)) base::wipe(octets->value);
    }
    return true;
}

void Gathering::judge() {
    auto judged = judgeSettings(m_application, m_authentication, m_candidate.expected);
    m_authentication.wipe();
    if (!judged.connection) return refuse(std::move(judged.reason));
    auto gathered = blank();
    gathered.connection = std::move(judged.connection);
    gathered.authentication = std::move(judged.authentication);
    if (!judged.secret.empty()) gathered.authentication.secret.text = m_seal(judged.secret);
    gathered.revision =
        static_cast<std::uint32_t>(m_application.number(Application::settingsRevision).value_or(0));
    // As it is, so that it can be told again; what nobody could be told is only shown.
    gathered.dataSource = m_application.text(Application::dataSource);
    constexpr std::size_t longest = 64; // HEADGATE-SERVER-MIB, hgsAppDataSource
    if (gathered.dataSource.size() > longest || !domain::isText(gathered.dataSource))
        gathered.dataSource = shown(gathered.dataSource);
    m_done(std::move(gathered));
}

void Gathering::askStandardMibs() {
    const auto& expected = m_candidate.expected;
    survey(m_asker, m_candidate.target, expected.address, {expected.application.port},
           [self = shared_from_this()](const Survey& found) {
               if (found.failure) return self->failed(*found.failure);
               const auto& wanted = self->m_candidate.expected;
               const auto finding = findApplication(found, wanted.application);
               if (finding.state != domain::ApplicationState::running) return self->refuse(finding.reason);
               auto gathered = self->blank();
               gathered.connection.emplace();
               gathered.connection->address = wanted.address;
               gathered.connection->port = wanted.application.port;
               gathered.connection->protocol = wanted.application.protocol;
               self->m_done(std::move(gathered));
           });
}

}
