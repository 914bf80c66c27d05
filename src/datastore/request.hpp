#pragma once

#include "datastore/edit.hpp"
#include "datastore/locks.hpp"
#include "datastore/service.hpp"

#include <optional>
#include <string>

struct lyd_node;

namespace headgate::datastore {

/// Reads an operation's parameters. Everything throws yang::RpcErrors for what is missing, doubled or not
/// offered.
class Request {
  public:
    Request(const lyd_node* operation, const Options& options)
        : m_operation(operation)
        , m_options(options) {}

    /// A <target> or <source>: a datastore, or the inline <config>.
    struct Place {
        std::optional<Datastore> datastore;
        const lyd_node* config = nullptr;
    };
    Place place(const char* name) const;
    /// The same where only a datastore will do.
    Datastore datastore(const char* name) const;

    const lyd_node* child(const char* name) const;
    const lyd_node* required(const char* name) const;
    bool has(const char* name) const { return child(name) != nullptr; }
    std::optional<std::string> leaf(const char* name) const;

    const lyd_node* operation() const noexcept { return m_operation; }

    bool isOffered(Datastore datastore) const;

  private:
    void requireOffered(Datastore datastore) const;

    const lyd_node* m_operation;
    const Options& m_options;
};

/// What <edit-config> says beside its content.
struct EditRequest {
    EditOptions options;
    enum class Test { thenSet, setOnly, testOnly } test = Test::thenSet;
};
EditRequest editRequest(const Request& request, const Options& options);

CommitRequest commitRequest(const Request& request, const Options& options);

}
