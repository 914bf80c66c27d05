#pragma once

#include "base/clock.hpp"
#include "snmp/credentials.hpp"
#include "snmp/endpoint.hpp"
#include "snmp/objects.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace headgate::base {
class EventLoop;
}

namespace headgate::snmp {

/// Answers managers on UDP, over SNMPv2c and SNMPv3 (USM): to read only. Belongs to its loop's thread.
class Agent {
  public:
    struct Options {
        Endpoint listen;                   ///< port 0: any free one, see address()
        std::vector<Secret> communities;   ///< v2c; without any, v2c is not answered
        std::vector<CredentialsPtr> users; ///< v3
        /// Keeps the engine's id and boots across restarts (RFC 3414 §2.2); made when absent. Empty: an
        /// engine for this run only.
        std::filesystem::path engineFile;
    };
    /// What there is to see now; asked for each question, valid until the next one.
    using Look = std::function<const Objects&()>;

    /// The loop and the clock must outlive it. Throws Error when the address cannot be had or the engine file
    /// is unusable.
    Agent(base::EventLoop& loop, const base::Clock& clock, const Options& options, Look look);
    ~Agent();
    Agent(const Agent&) = delete;
    Agent& operator=(const Agent&) = delete;

    Endpoint address() const; ///< as bound
    const std::string& engineId() const;

    /// An SNMPv2c trap from this address, once: nobody knows whether it arrived.
    void trap(const Endpoint& to, std::string_view community, std::vector<Varbind> varbinds);

  private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

}
