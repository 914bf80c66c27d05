#include "base/event_loop.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace headgate::base {

namespace asio = boost::asio;

struct EventLoop::Impl {
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
};

/// What a handle keeps alive. A pending completion holds it too, and sees `cancelled`.
struct EventLoop::Handle::State {
    virtual ~State() = default;
    virtual void cancel() = 0;
    bool cancelled = false;
};

namespace {

struct Timer final : EventLoop::Handle::State, std::enable_shared_from_this<Timer> {
    Timer(asio::io_context& context, Duration p, bool repeat, std::function<void()> w)
        : timer(context)
        , period(p)
        , repeats(repeat)
        , work(std::move(w)) {}

    void start(asio::steady_timer::time_point due) {
        timer.expires_at(due);
        timer.async_wait([self = shared_from_this(), due](const boost::system::error_code& error) {
            if (error || self->cancelled) return;
            if (self->repeats) {
                // A loop that was busy for several periods runs the work once, not once for each.
                auto next = due + self->period;
                const auto now = asio::steady_timer::clock_type::now();
                self->start(next < now ? now + self->period : next);
            }
            self->work();
        });
    }

    void cancel() override {
        cancelled = true;
        timer.cancel();
    }

    asio::steady_timer timer;
    Duration period;
    bool repeats;
    std::function<void()> work;
};

struct Watch final : EventLoop::Handle::State, std::enable_shared_from_this<Watch> {
    using For = asio::posix::stream_descriptor::wait_type;

    Watch(asio::io_context& context, int fd, For f, std::function<void()> w)
        : descriptor(context, fd)
        , what(f)
        , work(std::move(w)) {}

    void start() {
        descriptor.async_wait(what, [self = shared_from_this()](const boost::system::error_code& error) {
            if (error || self->cancelled) return;
            const Restart afterwards{*self};
            self->work();
        });
    }

    /// Also after work that threw: a loop that is run again watches what it watched.
    struct Restart {
        ~Restart() {
            if (!watch.cancelled) watch.start();
        }
        Watch& watch;
    };

    void cancel() override {
        cancelled = true;
        descriptor.release(); // the descriptor is the caller's: it must not be closed with the watch
    }

    asio::posix::stream_descriptor descriptor;
    For what;
    std::function<void()> work;
};

struct Signals final : EventLoop::Handle::State, std::enable_shared_from_this<Signals> {
    Signals(asio::io_context& context, std::function<void(int)> w)
        : set(context)
        , work(std::move(w)) {}

    void start() {
        set.async_wait([self = shared_from_this()](const boost::system::error_code& error, int number) {
            if (error || self->cancelled) return;
            self->start();
            self->work(number);
        });
    }

    void cancel() override {
        cancelled = true;
        set.cancel();
    }

    asio::signal_set set;
    std::function<void(int)> work;
};

}

EventLoop::Handle::Handle(std::shared_ptr<State> state)
    : m_state(std::move(state)) {}

EventLoop::Handle::~Handle() {
    cancel();
}

EventLoop::Handle& EventLoop::Handle::operator=(Handle&& other) noexcept {
    if (this != &other) {
        cancel();
        m_state = std::move(other.m_state);
    }
    return *this;
}

void EventLoop::Handle::cancel() {
    if (!m_state) return;
    const auto state = std::move(m_state);
    state->cancel();
}

EventLoop::EventLoop()
    : m_impl(std::make_unique<Impl>()) {}

EventLoop::~EventLoop() = default;

void EventLoop::run() {
    m_impl->context.run();
    m_impl->context.restart();
}

void EventLoop::stop() {
    m_impl->context.stop();
}

void EventLoop::post(std::function<void()> work) {
    asio::post(m_impl->context, std::move(work));
}

EventLoop::Handle EventLoop::after(Duration delay, std::function<void()> work) {
    auto timer = std::make_shared<Timer>(m_impl->context, delay, false, std::move(work));
    timer->start(asio::steady_timer::clock_type::now() + delay);
    return Handle(timer);
}

EventLoop::Handle EventLoop::every(Duration period, std::function<void()> work) {
    auto timer = std::make_shared<Timer>(m_impl->context, period, true, std::move(work));
    timer->start(asio::steady_timer::clock_type::now() + period);
    return Handle(timer);
}

EventLoop::Handle EventLoop::whenReadable(int descriptor, std::function<void()> work) {
    auto watch = std::make_shared<Watch>(m_impl->context, descriptor,
                                         asio::posix::stream_descriptor::wait_read, std::move(work));
    watch->start();
    return Handle(watch);
}

EventLoop::Handle EventLoop::whenWritable(int descriptor, std::function<void()> work) {
    auto watch = std::make_shared<Watch>(m_impl->context, descriptor,
                                         asio::posix::stream_descriptor::wait_write, std::move(work));
    watch->start();
    return Handle(watch);
}

EventLoop::Handle EventLoop::onSignal(std::initializer_list<int> signals, std::function<void(int)> work) {
    auto watch = std::make_shared<Signals>(m_impl->context, std::move(work));
    for (const int number : signals)
        watch->set.add(number);
    watch->start();
    return Handle(watch);
}

}
