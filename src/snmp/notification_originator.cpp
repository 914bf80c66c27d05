#include "snmp/notification_originator.hpp"

#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "snmp/client.hpp"
#include "snmp/error.hpp"
#include "snmp/rate_limit.hpp"
#include "snmp/trap_sender.hpp"

#include <algorithm>
#include <deque>

namespace headgate::snmp {

namespace {

constexpr base::Log logger("snmp");

/// What waits for one receiver of informs.
constexpr std::size_t mostWaiting = 100;

const Oid uptimeName{1, 3, 6, 1, 2, 1, 1, 3, 0};
const Oid trapName{1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};

using Receiver = NotificationOriginator::Receiver;
using Notice = NotificationOriginator::Notice;

/// One receiver, and what is owed to it.
struct Line {
    Receiver receiver;
    TargetPtr target; ///< of informs
    RateLimit limit;
    NotificationOriginator::Figures figures{};
    std::uint64_t notTold = 0; ///< missed, and the receiver does not know
    std::deque<std::vector<Varbind>> waiting{};
    bool underway = false;
    bool silent = false; ///< said so in the log
    base::EventLoop::Handle later{};
};

}

class NotificationOriginator::Impl {
  public:
    Impl(base::EventLoop& loop, const base::Clock& clock, const std::filesystem::path& engineFile,
         Missed missed)
        : m_loop(loop)
        , m_clock(clock)
        , m_missed(std::move(missed))
        , m_started(clock.now())
        , m_traps(engineFile, m_started) {}

    void configure(const std::vector<Receiver>& receivers);
    void notify(const Notice& notice) {
        for (const auto& line : m_lines)
            tell(line, notice);
    }

    std::vector<std::pair<std::string, Figures>> figures() const {
        std::vector<std::pair<std::string, Figures>> all;
        for (const auto& line : m_lines)
            all.emplace_back(line->receiver.name, line->figures);
        return all;
    }
    const std::string& engineId() const { return m_traps.engine().id(); }

  private:
    using LinePtr = std::shared_ptr<Line>;

    void tell(const LinePtr& line, const Notice& notice);
    void send(const LinePtr& line, const Notice& notice);
    void miss(const LinePtr& line);
    void tellMissed(const LinePtr& line);
    void next(const LinePtr& line);
    void answered(const LinePtr& line, const Reply& reply);
    std::vector<Varbind> varbinds(const Notice& notice) const;

    base::EventLoop& m_loop;
    const base::Clock& m_clock;
    const Missed m_missed;
    const base::Instant m_started;
    TrapSender m_traps;
    std::vector<LinePtr> m_lines;
    std::unique_ptr<Client> m_client; ///< while there are receivers of informs
};

void NotificationOriginator::Impl::configure(const std::vector<Receiver>& receivers) {
    const auto informs = [](const Receiver& receiver) { return receiver.inform; };
    if (!m_client && std::any_of(receivers.begin(), receivers.end(), informs))
        m_client = std::make_unique<Client>(m_loop, m_clock);
    std::vector<LinePtr> lines;
    for (const auto& receiver : receivers) {
        const auto known = std::find_if(m_lines.begin(), m_lines.end(), [&](const auto& line) {
            return line->receiver.name == receiver.name && line->receiver.inform == receiver.inform;
        });
        auto line = known == m_lines.end()
                        ? std::make_shared<Line>(Line{receiver, nullptr, RateLimit(receiver.perMinute)})
                        : *known;
        line->receiver = receiver;
        line->limit.change(receiver.perMinute);
        if (receiver.inform)
            line->target =
                makeTarget({receiver.address, receiver.credentials, receiver.timeout, receiver.retries});
        lines.push_back(std::move(line));
    }
    m_lines = std::move(lines);
}

std::vector<Varbind> NotificationOriginator::Impl::varbinds(const Notice& notice) const {
    const auto up = static_cast<std::uint64_t>((m_clock.now() - m_started).count()) / 10;
    // RFC 3416 §4.2.6; it wraps after 497 days, as everybody's does.
    std::vector<Varbind> all{{uptimeName, TimeTicks{static_cast<std::uint32_t>(up)}},
                             {trapName, notice.trap}};
    all.insert(all.end(), notice.objects.begin(), notice.objects.end());
    return all;
}

void NotificationOriginator::Impl::tell(const LinePtr& line, const Notice& notice) {
    if (!line->limit.take(m_clock.now(), notice.urgent)) return miss(line);
    send(line, notice);
}

void NotificationOriginator::Impl::send(const LinePtr& line, const Notice& notice) {
    const auto& receiver = line->receiver;
    if (receiver.inform) {
        if (line->waiting.size() >= mostWaiting) return miss(line);
        line->waiting.push_back(varbinds(notice));
        return next(line);
    }
    bool sent = false;
    try {
        sent = m_traps.send(receiver.address, receiver.credentials, varbinds(notice), m_clock.now());
    } catch (const Error& error) {
        logger.debug("a trap was not sent", {{"target", receiver.name}, {"because", error.what()}});
    }
    if (!sent) return miss(line);
    ++line->figures.sent;
}

/// It is told of it as soon as the rate allows, by whatever way it is told everything.
void NotificationOriginator::Impl::miss(const LinePtr& line) {
    ++line->figures.missed;
    if (line->notTold++ == 0 && !line->silent)
        logger.warning("a target is not told everything: it is told how much when there is room again",
                       {{"target", line->receiver.name}});
    if (line->later || line->silent) return;
    line->later = m_loop.after(line->limit.wait(m_clock.now()), [this, weak = std::weak_ptr(line)] {
        const auto still = weak.lock();
        if (!still) return;
        still->later.cancel();
        tellMissed(still);
    });
}

void NotificationOriginator::Impl::tellMissed(const LinePtr& line) {
    // Behind so much that waits it would not fit: the next answer makes room.
    if (line->notTold == 0 || line->waiting.size() >= mostWaiting) return;
    if (!line->limit.take(m_clock.now(), false)) {
        --line->notTold, --line->figures.missed; // counted already
        return miss(line);
    }
    const auto count = std::exchange(line->notTold, 0);
    logger.info("a target is told how much it was not told",
                {{"target", line->receiver.name}, {"notifications", std::to_string(count)}});
    send(line, m_missed(line->receiver.name, count));
}

void NotificationOriginator::Impl::next(const LinePtr& line) {
    if (line->underway || line->waiting.empty()) return;
    line->underway = true;
    auto varbinds = std::move(line->waiting.front());
    line->waiting.pop_front();
    m_client->inform(line->target, std::move(varbinds),
                     [this, weak = std::weak_ptr(line)](const Reply& reply) {
                         if (const auto still = weak.lock()) answered(still, reply);
                     });
}

void NotificationOriginator::Impl::answered(const LinePtr& line, const Reply& reply) {
    line->underway = false;
    if (reply) {
        ++line->figures.sent;
        if (std::exchange(line->silent, false))
            logger.info("a target answers informs again", {{"target", line->receiver.name}});
        if (line->notTold > 0 && !line->later) tellMissed(line);
    } else {
        if (!std::exchange(line->silent, true))
            logger.warning("a target does not take informs", {{"target", line->receiver.name},
                                                              {"address", line->receiver.address.print()},
                                                              {"because", reply.failure->text}});
        miss(line);
    }
    next(line);
}

NotificationOriginator::NotificationOriginator(base::EventLoop& loop, const base::Clock& clock,
                                               const std::filesystem::path& engineFile, Missed missed)
    : m_impl(std::make_unique<Impl>(loop, clock, engineFile, std::move(missed))) {}

NotificationOriginator::~NotificationOriginator() = default;

void NotificationOriginator::configure(const std::vector<Receiver>& receivers) {
    m_impl->configure(receivers);
}

void NotificationOriginator::notify(const Notice& notice) {
    m_impl->notify(notice);
}

std::vector<std::pair<std::string, NotificationOriginator::Figures>> NotificationOriginator::figures() const {
    return m_impl->figures();
}

const std::string& NotificationOriginator::engineId() const {
    return m_impl->engineId();
}

}
