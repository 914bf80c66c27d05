#pragma once

#include "daemon/daemon.hpp"
#include "daemon/families.hpp"
#include "daemon/inbound.hpp"
#include "daemon/recorder.hpp"
#include "daemon/secrets.hpp"
#include "northbound/northbound.hpp"
#include "northbound/snmp_face.hpp"
#include "telemetry/read_credentials.hpp"

#include <functional>
#include <memory>

namespace headgate::daemon {

/// The rooms with threads of their own: all that they tell goes to one `post`, which is called on those
/// threads, and never after the end of this.
class Rooms {
  public:
    /// Each of the arguments must outlive it, but for `options` and `post`.
    Rooms(const Options& options, Recorder& recorder, const vault::Vault& vault,
          const std::function<void(Inbound)>& post);
    ~Rooms();
    Rooms(const Rooms&) = delete;
    Rooms& operator=(const Rooms&) = delete;

    /// Whom to change and whom to watch from now on.
    void configure(const domain::Configuration& configuration, const Families& families);

    /// It has changed, but for what `configure` is for.
    void showConfiguration(const domain::Configuration& configuration);

    northbound::SnmpFace& snmp() { return *m_snmp; }
    northbound::Northbound& north() { return *m_northbound; }
    southbound::Southbound& south() { return *m_southbound; }
    telemetry::Telemetry& telemetry() { return *m_telemetry; }

  private:
    const vault::Vault& m_vault;
    telemetry::CredentialReader m_credentials;
    std::unique_ptr<northbound::SnmpFace> m_snmp;
    std::unique_ptr<northbound::Northbound> m_northbound;
    std::unique_ptr<southbound::Southbound> m_southbound;
    std::unique_ptr<telemetry::Telemetry> m_telemetry;
};

}
