#include "controller/controller.hpp"

#include "controller/brain.hpp"

#include <utility>

namespace headgate::controller {
namespace {

constexpr domain::Duration figuresCount{1000};

}

Controller::Controller(Options options)
    : m_brain(std::make_unique<Brain>()) {
    m_brain->nextTransaction = options.firstTransaction.value;
    m_brain->options = options;
}

Controller::~Controller() = default;
Controller::Controller(Controller&&) noexcept = default;
Controller& Controller::operator=(Controller&&) noexcept = default;

std::vector<Effect> Controller::handle(domain::Instant now, Input input) {
    std::vector<Input> inputs;
    inputs.push_back(std::move(input));
    return handle(now, std::move(inputs));
}

std::vector<Effect> Controller::handle(domain::Instant now, std::vector<Input> inputs) {
    auto& brain = *m_brain;
    // Time never runs backwards for the brain, though a machine's clock may be set.
    brain.now = std::max(brain.now, now);
    brain.effects.clear();
    brain.decided.clear();
    brain.begun.clear();
    brain.monitored.clear();
    bool quiet = true; // most inputs are samples that change nothing but their own server's facts
    for (auto& input : inputs) {
        quiet = quiet && std::holds_alternative<domain::Sample>(input);
        std::visit([&](auto& what) { brain.hear(std::move(what)); }, input);
    }
    const bool passed = brain.passTime(quiet);
    if (brain.deliberateWhereNeeded() || passed) brain.timers = brain.nextTimer();
    return std::move(brain.effects);
}

void Controller::expect(std::span<const domain::Sample* const> samples) const {
    m_brain->assessment.expect(samples);
}

std::optional<domain::Instant> Controller::nextDeadline() const {
    return m_brain->nextDeadline();
}

domain::Snapshot Controller::snapshot(domain::Instant now) const {
    return m_brain->snapshot(now);
}

const domain::Configuration& Controller::configuration() const {
    return m_brain->configuration;
}

const std::vector<Decided>& Controller::decided() const {
    return m_brain->decided;
}

const std::vector<Begun>& Controller::begun() const {
    return m_brain->begun;
}

const std::vector<domain::Monitored>& Controller::monitored() const {
    return m_brain->monitored;
}

bool Controller::deliberated() const {
    return m_brain->deliberatedNow;
}

Decisions Controller::takeDecisions() {
    return std::exchange(m_brain->decisions, {});
}

Memory Controller::memory() const {
    return m_brain->memory();
}

const domain::PoolState* Controller::belief(const domain::PoolName& pool) const {
    return m_brain->assessment.pool(pool);
}

bool Controller::busy() const {
    return !m_brain->flights.empty();
}

void Controller::Brain::hear(const PoolsChanged& input) {
    for (const auto& pool : input.pools)
        if (auto* known = configuration.pool(pool.name)) {
            *known = pool;
            noteRamps(pool);
        }
    tellBeliefs(assessment.configure(input.pools, now));
    watchExpiry();
    deliberate = true;
}

void Controller::Brain::hear(const Configured& input) {
    configuration = input.configuration;
    std::map<domain::PoolName, PoolRecord> kept;
    for (const auto& pool : configuration.pools)
        kept[pool.name] = std::move(pools[pool.name]);
    pools.swap(kept);
    placeOf.clear();
    for (std::size_t place = 0; place < configuration.pools.size(); ++place)
        placeOf.emplace(configuration.pools[place].name, place);
    for (auto& [name, record] : kept) {
        if (pools.contains(name)) continue;
        if (record.comesBack) allocation.endPromise(record.comesBack->server);
        if (record.loan) comeBack(record.loan->server, record.loan->other, name, "that pool is gone");
        forget(name, std::move(record));
    }
    for (const auto& pool : configuration.pools)
        noteRamps(pool);
    forgetAppliances();
    tellBeliefs(assessment.configure(configuration, now));
    watchExpiry();
    deliberate = true;
}

void Controller::Brain::hear(const domain::Sample& input) {
    tellBeliefs(assessment.observe(input));
    noteRevisions(input);
    // Figures that change no belief may still make room for a release, or a candidate of a server.
    if (now >= deliberated + figuresCount) deliberate = true;
}

void Controller::Brain::hear(const domain::Gathered& input) {
    step(input.transaction, input);
}

void Controller::Brain::hear(const domain::Assigned& input) {
    step(input.transaction, input);
}

void Controller::Brain::hear(transaction::Reply&& input) {
    if (input.transaction.value == 0) return checkHeard(input);
    monitorsSay(input);
    const auto id = input.transaction;
    step(id, std::move(input));
}

void Controller::Brain::hear(const Tick&) {}

void Controller::Brain::hear(const transaction::Observed& input) {
    step(input.transaction, input);
}

void Controller::Brain::hear(const Recover& input) {
    for (const auto& state : input.transactions) {
        nextTransaction = std::max(nextTransaction, state.id.value + 1);
        // Promised by the daemon before; two that promise one server would be a bug of that one.
        if (state.plan.kind != domain::IntentKind::withdraw)
            (void)allocation.reserve(state.id, state.member.server);
        takeUpLoan(state.plan);
        Flight flight{state, std::nullopt, {}, true};
        note(flight);
        flights.emplace(state.id, std::move(flight));
    }
    recover(input.changes);
    recover(input.doubts);
    recover(input.alarms);
    deliberate = true;
    for (const auto& state : input.transactions)
        step(state.id, transaction::Recovered{});
}

void Controller::Brain::hear(const JournalFailed& input) {
    step(input.transaction, transaction::JournalFailed{input.reason});
}

void Controller::Brain::hear(const JournalStatus& input) {
    journalTrouble = input.writable ? "" : input.reason;
    deliberate = true;
}

void Controller::Brain::hear(const ApplianceChanged& input) {
    checkSoon(input.appliance, input.reason);
}

void Controller::Brain::hear(const ApplianceStatus& input) {
    auto& record = appliances[input.appliance];
    const bool was = record.connected;
    const bool first = record.capabilities.empty();
    record.connected = input.connected;
    record.reason = input.reason;
    if (!input.capabilities.empty()) record.capabilities = input.capabilities;
    // Nobody knows what happened there while nobody looked.
    if (input.connected && (first || !was)) checkSoon(input.appliance, "its session is new");
    if (was == input.connected) return;
    auto told =
        event(input.connected ? domain::EventSeverity::clear : domain::EventSeverity::alarm, "appliance-lost",
              input.appliance.value +
                  (input.connected ? " is connected again" : " is not connected: " + input.reason));
    told.appliance = input.appliance;
    tell(std::move(told));
    deliberate = true;
    if (!input.connected) return;
    // Whoever waited for it may try at once, unless that was in vain before.
    for (auto& [name, pool] : pools)
        if (pool.wait && pool.failures <= 1 &&
            std::find(pool.wait->appliances.begin(), pool.wait->appliances.end(), input.appliance) !=
                pool.wait->appliances.end())
            pool.wait->until = now;
}

void Controller::Brain::hear(const Request& input) {
    deliberate = true;
    std::visit([&](const auto& what) { ask(input, what); }, input.what);
}

domain::Event Controller::Brain::event(domain::EventSeverity severity, std::string kind,
                                       std::string text) const {
    domain::Event made;
    made.at = now;
    made.severity = severity;
    made.kind = std::move(kind);
    made.text = std::move(text);
    return made;
}

domain::Event Controller::Brain::eventOf(const transaction::State& state, domain::EventSeverity severity,
                                         std::string kind, std::string text) const {
    auto made = event(severity, std::move(kind), std::move(text));
    made.pool = state.plan.pool.name;
    made.server = state.member.server;
    made.transaction = state.id;
    return made;
}

void Controller::Brain::tellPool(domain::EventSeverity severity, std::string kind,
                                 const domain::PoolName& pool, std::string text) {
    auto told = event(severity, std::move(kind), std::move(text));
    told.pool = pool;
    tell(std::move(told));
}

void Controller::Brain::tellBeliefs(std::vector<assessment::BeliefChange> changes) {
    for (auto& change : changes) {
        // Growth may have become useless, or of use again, in any pool.
        if (change.kind == "data-source-full")
            deliberate = true;
        else if (change.pool)
            touched.insert(*change.pool);
        else
            spareChanged = true;
        believedOtherwise(change);
        tell(std::move(change));
    }
}

std::string inWords(const domain::Refusal& refusal) {
    constexpr std::size_t most = 20;
    std::string text = refusal.reason;
    std::size_t said = 0;
    for (const auto& [server, why] : refusal.servers) {
        if (text.ends_with(why)) continue;
        if (++said > most) return text + "; and so on";
        text += "; " + server.value + ": " + why;
    }
    return text;
}

}
