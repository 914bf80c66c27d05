#pragma once

#include "datastore/datastores.hpp"
#include "datastore/request.hpp"
#include "datastore/service.hpp"

#include <map>
#include <optional>
#include <string>

namespace headgate::datastore {

/// One function an operation of NETCONF: reads its parameters, asks the datastores, answers.
class Operations {
  public:
    Operations(const yang::Context& context, const Options& options, const Ports& ports,
               const base::Clock& clock);

    Answer dispatch(const Session& session, const lyd_node* operation);
    void addHandler(std::string path, Service::Handler handler);

    void setCapabilities(std::vector<std::string> told) {
        m_capabilities = std::move(told);
        m_library.reset();
    }

    Datastores& stores() noexcept { return m_stores; }
    const Datastores& stores() const noexcept { return m_stores; }
    const yang::Context& context() const noexcept { return m_context; }

  private:
    using Method = Answer (Operations::*)(const Session&, const Request&);
    /// An operation of ours, and the option without which it is not offered (null: always).
    struct Entry {
        Method method;
        bool Options::*needs;
    };
    static const std::map<std::string, Entry>& methods();

    yang::Tree filtered(const Session& session, const Request& request, yang::Tree data);
    yang::Tree contentOf(const Request::Place& place);
    yang::Tree selectable(const lyd_node* filter, const yang::Tree& tree) const;
    /// Running with its state; of entries at least those that a subtree filter of the request may select.
    yang::Tree state(const Request& request);
    /// The datastore that an operation of RFC 8526 names; nothing for operational.
    static std::optional<Datastore> conventional(const Request& request);
    static yang::Tree answerWith(const lyd_node* operation, yang::Tree data);
    void applyTo(const Session& session, Datastore target, const lyd_node* config, const EditRequest& edit);

    void editEntries(const Session& session, const lyd_node* content, const EditOptions& options,
                     EditRequest::Test test, const yang::Entries& where);

    Answer get(const Session& session, const Request& request);
    Answer getConfig(const Session& session, const Request& request);
    Answer getData(const Session& session, const Request& request);
    Answer editData(const Session& session, const Request& request);
    Answer getSchema(const Session& session, const Request& request);
    Answer editConfig(const Session& session, const Request& request);
    Answer copyConfig(const Session& session, const Request& request);
    Answer deleteConfig(const Session& session, const Request& request);
    Answer lock(const Session& session, const Request& request);
    Answer unlock(const Session& session, const Request& request);
    Answer commit(const Session& session, const Request& request);
    Answer cancelCommit(const Session& session, const Request& request);
    Answer discardChanges(const Session& session, const Request& request);
    Answer validate(const Session& session, const Request& request);
    Answer killSession(const Session& session, const Request& request);

    const yang::Context& m_context;
    Options m_options;
    Ports m_ports;
    const base::Clock& m_clock;
    Datastores m_stores;
    std::map<std::string, Service::Handler> m_handlers;
    std::vector<std::string> m_capabilities;
    std::optional<yang::Tree> m_library; ///< What yang-library and the schema list say; it never changes.
};

}
