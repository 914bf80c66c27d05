#include "southbound/worker.hpp"

#include <algorithm>

namespace headgate::southbound {
namespace {

using namespace transaction;
using SteadyClock = std::chrono::steady_clock;

constexpr base::Duration firstRetry(250);
constexpr base::Duration longestRetry(10000);

std::uint64_t seedOf(const Place& place) {
    return std::hash<std::string>()(place.endpoint.appliance.name.value);
}

}

Worker::Worker(Place place, Connect connect, std::function<void(Reply)> replies,
               std::function<void(Status)> statuses, std::function<void(Notice)> notices)
    : m_replies(std::move(replies))
    , m_conversation(
          place, std::move(connect), [this](base::Duration time) { return pause(time); },
          [this, tell = std::move(statuses)](Status status) {
              if (!m_mailbox.closed()) tell(std::move(status));
          },
          [this, tell = std::move(notices)](Notice notice) {
              if (tell && !m_mailbox.closed()) tell(std::move(notice));
          })
    , m_backoff(firstRetry, longestRetry, seedOf(place))
    , m_nextConnect(SteadyClock::now())
    , m_nextHeartbeat(SteadyClock::now())
    , m_thread([this] { run(); }) {}

Worker::~Worker() {
    retire();
    m_thread.join();
}

bool Worker::submit(Command command) {
    return m_mailbox.post(std::move(command));
}

void Worker::move(Place place) {
    m_mailbox.post(std::move(place));
}

void Worker::retire() {
    m_mailbox.close();
    m_wake.set();
}

void Worker::run() {
    while (!m_mailbox.closed()) {
        if (auto item = next())
            handle(std::move(*item));
        else if (!m_mailbox.closed())
            idle();
    }
    while (auto item = next())
        if (const auto* command = std::get_if<Command>(&*item))
            answer(*command, Unreachable{"the session with " + command->appliance.value +
                                         " is being closed: Headgate stops or no longer knows it"});
    m_conversation.close();
    m_finished = true;
}

std::optional<Worker::Item> Worker::next() {
    if (m_queue.empty()) {
        auto item = m_mailbox.tryReceive();
        if (item || m_mailbox.closed()) return item;
        m_conversation.wait(m_wake, untilIdleWork());
        return m_mailbox.tryReceive();
    }
    std::optional<Item> item(std::move(m_queue.front()));
    m_queue.pop_front();
    return item;
}

void Worker::handle(Item item) {
    if (auto* place = std::get_if<Place>(&item)) {
        m_conversation.move(std::move(*place));
        m_backoff.reset();
        m_nextConnect = SteadyClock::now();
        return;
    }
    const auto& command = std::get<Command>(item);
    auto result = m_conversation.carryOut(command);
    if (!std::holds_alternative<Unreachable>(result))
        m_nextHeartbeat = SteadyClock::now() + m_conversation.place().endpoint.appliance.heartbeat;
    answer(command, std::move(result));
}

void Worker::answer(const Command& command, Result result) {
    Reply reply{command.transaction, command.appliance, command.token, std::move(result)};
    if (!std::holds_alternative<Unreachable>(reply.result)) reply.session = m_conversation.session();
    m_replies(std::move(reply));
}

base::Duration Worker::untilIdleWork() const {
    const auto due = m_conversation.connected() ? m_nextHeartbeat : m_nextConnect;
    const auto left = std::chrono::ceil<base::Duration>(due - SteadyClock::now());
    return std::max(left, base::Duration(0));
}

void Worker::idle() {
    const auto now = SteadyClock::now();
    if (m_conversation.connected()) {
        if (now >= m_nextHeartbeat) {
            m_conversation.heartbeat();
            m_nextHeartbeat = SteadyClock::now() + m_conversation.place().endpoint.appliance.heartbeat;
        } else {
            m_conversation.look();
        }
        if (m_conversation.connected()) return;
        m_nextConnect = SteadyClock::now() + m_backoff.next();
    } else if (now >= m_nextConnect) {
        if (m_conversation.connect())
            m_backoff.reset();
        else
            m_nextConnect = SteadyClock::now() + m_backoff.next();
        m_nextHeartbeat = SteadyClock::now() + m_conversation.place().endpoint.appliance.heartbeat;
    }
}

/// A lock is waited for. What comes meanwhile is kept in order; only the end of the worker cuts the waiting
/// short.
bool Worker::pause(base::Duration time) {
    const auto deadline = SteadyClock::now() + time;
    while (true) {
        if (m_mailbox.closed()) return false;
        const auto left = std::chrono::ceil<base::Duration>(deadline - SteadyClock::now());
        if (left <= base::Duration(0)) return true;
        if (auto item = m_mailbox.receiveFor(left)) m_queue.push_back(std::move(*item));
    }
}

}
