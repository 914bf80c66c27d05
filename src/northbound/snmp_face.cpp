#include "northbound/snmp_face.hpp"

#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "mib/headgate_mib.hpp"
#include "northbound/snmp_notices.hpp"
#include "snmp/error.hpp"
#include "snmp/subagent.hpp"

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

namespace headgate::northbound {
namespace {

constexpr base::Log logger("northbound");

using Originator = snmp::NotificationOriginator;

std::string hexadecimal(const std::string& octets) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text = "0x";
    for (const unsigned char octet : octets) {
        text += digits[octet >> 4];
        text += digits[octet & 15];
    }
    return text;
}

}

class SnmpFace::Impl final : public snmp::View {
  public:
    explicit Impl(const SnmpFaceOptions& options)
        : m_originator(makeOriginator(options.engineFile))
        , m_engineId(hexadecimal(m_originator->engineId()))
        , m_alarms(options.standing) {
        m_picture.started = m_clock.now();
        m_picture.engineId = m_originator->engineId();
        m_picture.configuration = std::make_shared<const domain::Configuration>();
        m_picture.seen = std::make_shared<const SnmpSeen>();
        m_thread = std::thread([this] { run(); });
    }

    ~Impl() override {
        m_loop.post([this] { m_loop.stop(); }); // after what is still to be told
        m_thread.join();
    }

    /// Does `work` on the face's thread.
    template <typename Work>
    void post(Work work) {
        m_loop.post(std::move(work));
    }

    void configure(std::shared_ptr<const domain::Configuration> configuration,
                   const SnmpCredentials& credentials);
    void show(std::shared_ptr<const domain::Configuration> configuration) {
        m_picture.configuration = std::move(configuration);
        m_view.reset();
    }
    void show(std::shared_ptr<const SnmpSeen> seen) {
        m_picture.seen = std::move(seen);
        m_view.reset();
    }
    void hear(const domain::Event& event);
    void hear(const domain::TransactionView& ended);

    const std::string& engineId() const { return m_engineId; }

  private:
    void run();
    std::unique_ptr<Originator> makeOriginator(const std::filesystem::path& engineFile);
    void serve(const domain::SnmpAgent& wanted);
    MibView& view();

    snmp::Value get(const snmp::Oid& name) override { return view().get(name); }
    std::optional<snmp::Varbind> next(const snmp::Oid& name, bool inclusive) override {
        return view().next(name, inclusive);
    }

    base::SteadyWallClock m_clock;
    base::EventLoop m_loop;
    std::unique_ptr<Originator> m_originator;
    const std::string m_engineId;
    StandingAlarms m_alarms;
    MibPicture m_picture;
    std::optional<MibView> m_view; ///< of the picture; none while nobody has looked at it
    bool m_engineTold = false;     ///< in the log
    domain::SnmpAgent m_served;
    std::unique_ptr<snmp::Subagent> m_subagent;
    std::thread m_thread; // last: it uses all of the above
};

std::unique_ptr<Originator> SnmpFace::Impl::makeOriginator(const std::filesystem::path& engineFile) {
    const auto missed = [this](const std::string&, std::uint64_t count) {
        return noticeNotTold(count, m_clock.now());
    };
    try {
        return std::make_unique<Originator>(m_loop, m_clock, engineFile, missed);
    } catch (const snmp::Error& error) {
        // Pools are looked after all the same.
        logger.error("SNMPv3 traps are sent by an engine for this run only, which no receiver knows",
                     {{"because", error.what()}});
        return std::make_unique<Originator>(m_loop, m_clock, std::filesystem::path(), missed);
    }
}

void SnmpFace::Impl::run() {
    while (true) {
        try {
            m_loop.run();
            return;
        } catch (const std::exception& error) {
            logger.error("something of SNMP failed", {{"error", error.what()}});
        }
    }
}

void SnmpFace::Impl::configure(std::shared_ptr<const domain::Configuration> configuration,
                               const SnmpCredentials& credentials) {
    std::vector<Originator::Receiver> receivers;
    for (const auto& target : configuration->notificationTargets) {
        const auto address = snmp::Endpoint::parse(target.address, 162);
        const auto credential = credentials.find(target.credential);
        if (!address || credential == credentials.end()) continue; // the model forbids it
        receivers.push_back({target.name, *address, credential->second, target.inform, target.timeout,
                             static_cast<int>(target.retries), target.rateLimit});
    }
    m_originator->configure(receivers);
    const auto traps = [](const auto& receiver) { return !receiver.inform && receiver.credentials->isV3(); };
    if (std::any_of(receivers.begin(), receivers.end(), traps) && !std::exchange(m_engineTold, true))
        logger.info("SNMPv3 traps are sent in this engine's name: their receivers must know it",
                    {{"engine", m_engineId}});
    serve(configuration->snmpAgent);
    show(std::move(configuration));
}

void SnmpFace::Impl::serve(const domain::SnmpAgent& wanted) {
    if (m_served == wanted) return;
    m_served = wanted;
    m_subagent.reset();
    if (!wanted.enabled) return;
    snmp::Subagent::Options options;
    options.master = wanted.master;
    options.subtree = mib::manager::module;
    options.description = "headgated " HEADGATE_VERSION;
    m_subagent = std::make_unique<snmp::Subagent>(m_loop, m_clock, std::move(options), *this);
}

/// Made when somebody asks: a picture that nobody looks at costs nothing.
MibView& SnmpFace::Impl::view() {
    m_picture.discontinuity = 0;
    if (const auto since = m_subagent ? m_subagent->masterStarted() : std::nullopt)
        m_picture.discontinuity =
            static_cast<std::uint32_t>(std::max(m_picture.started - *since, base::Duration(0)).count() / 10);
    m_picture.targets.clear();
    for (const auto& [name, figures] : m_originator->figures())
        m_picture.targets[name] = {figures.sent, figures.missed};
    if (!m_view) {
        m_picture.alarms = m_alarms.all();
        m_view.emplace(mibView(m_picture));
    }
    return *m_view;
}

void SnmpFace::Impl::hear(const domain::Event& event) {
    auto& tally = m_picture.tally;
    const auto heard = m_alarms.hear(event);
    if (event.kind == "pool-grown") ++tally.grown;
    if (event.kind == "pool-shrunk") ++tally.shrunk;
    if (heard.news == StandingAlarms::News::raised && event.kind == "no-candidate") ++tally.candidatesMissed;
    if (event.severity == domain::EventSeverity::alarm || heard.news != StandingAlarms::News::none)
        m_view.reset(); // also for another text
    if (heard.news != StandingAlarms::News::none) m_originator->notify(noticeOfAlarm(heard.event));
    if (const auto notice = noticeOfPool(event)) m_originator->notify(*notice);
}

void SnmpFace::Impl::hear(const domain::TransactionView& ended) {
    auto& tally = m_picture.tally;
    switch (ended.outcome.value_or(domain::OutcomeKind::indeterminate)) {
    case domain::OutcomeKind::committed: ++tally.committed; break;
    case domain::OutcomeKind::rolledBack: ++tally.rolledBack; break;
    case domain::OutcomeKind::indeterminate: ++tally.indeterminate; break;
    }
    m_originator->notify(noticeOfEnd(ended));
}

SnmpFace::SnmpFace(const SnmpFaceOptions& options)
    : m_impl(std::make_unique<Impl>(options)) {}

SnmpFace::~SnmpFace() = default;

void SnmpFace::configure(std::shared_ptr<const domain::Configuration> configuration,
                         SnmpCredentials credentials) {
    m_impl->post([impl = m_impl.get(), c = std::move(configuration), k = std::move(credentials)] {
        impl->configure(c, k);
    });
}

void SnmpFace::post(std::shared_ptr<const domain::Configuration> configuration) {
    m_impl->post([impl = m_impl.get(), c = std::move(configuration)] { impl->show(c); });
}

void SnmpFace::post(std::shared_ptr<const SnmpSeen> seen) {
    m_impl->post([impl = m_impl.get(), s = std::move(seen)] { impl->show(s); });
}

void SnmpFace::post(domain::Event event) {
    m_impl->post([impl = m_impl.get(), e = std::move(event)] { impl->hear(e); });
}

void SnmpFace::ended(domain::TransactionView transaction) {
    m_impl->post([impl = m_impl.get(), t = std::move(transaction)] { impl->hear(t); });
}

const std::string& SnmpFace::engineId() const {
    return m_impl->engineId();
}

}
