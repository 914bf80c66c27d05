#pragma once

#include "agent/functional.hpp"
#include "agent/material.hpp"

#include <atomic>
#include <functional>
#include <memory>

namespace headgate::base {
class EventLoop;
class Worker;
}

namespace headgate::agent {

/// Everything that one try of the probe needs.
struct ProbeTask {
    ProbeSettings settings;
    AuthenticationSettings authentication;
    Material material;
};

/// Tries the application once, as a client would: connects, and speaks TLS and HTTP where the settings say
/// so. Waits for at most the timeout; ends early when `cancelled` becomes true. No reason holds a secret.
ProbeResult probe(const ProbeTask& task, const std::atomic<bool>& cancelled);

/// Has an application tried again and again, on a thread of its own so that a slow one delays nobody.
class Prober {
  public:
    /// `told` is called on the loop's thread.
    Prober(base::EventLoop& loop, ProbeTask task, std::function<void(const ProbeResult&)> told);
    ~Prober();
    Prober(const Prober&) = delete;
    Prober& operator=(const Prober&) = delete;

  private:
    struct Impl;
    std::shared_ptr<Impl> m_impl;
    std::unique_ptr<base::Worker> m_worker;
};

/// "HTTP/1.1 503 …" → 503; empty for what is no status line.
std::optional<int> httpStatus(std::string_view answer);

}
