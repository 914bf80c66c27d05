#include "netconf/client.hpp"

#include "netconf/client_session.hpp"

#include <algorithm>

namespace headgate::netconf {

namespace {

std::string element(std::string_view name, std::string_view content) {
    if (content.empty()) return '<' + std::string(name) + "/>";
    return '<' + std::string(name) + '>' + std::string(content) + "</" + std::string(name) + '>';
}

/// A leaf that is left out when it has no value.
std::string leaf(std::string_view name, std::string_view value) {
    return value.empty() ? std::string() : element(name, escaped(value));
}

std::string target(Datastore datastore) {
    return element("target", element(toString(datastore), {}));
}

std::string source(Datastore datastore) {
    return element("source", element(toString(datastore), {}));
}

std::string config(std::string_view content) {
    return "<config xmlns:nc=\"" + std::string(baseNamespace) + "\">" + std::string(content) + "</config>";
}

std::string filter(std::string_view content) {
    return content.empty() ? std::string() : "<filter type=\"subtree\">" + std::string(content) + "</filter>";
}

std::string options(const EditOptions& edit) {
    using E = EditOptions;
    std::string xml;
    if (edit.defaultOperation) {
        const auto op = *edit.defaultOperation;
        xml += leaf("default-operation", op == E::DefaultOperation::merge     ? "merge"
                                         : op == E::DefaultOperation::replace ? "replace"
                                                                              : "none");
    }
    if (edit.testOption)
        xml += leaf("test-option", *edit.testOption == E::TestOption::testThenSet ? "test-then-set"
                                   : *edit.testOption == E::TestOption::set       ? "set"
                                                                                  : "test-only");
    if (edit.errorOption)
        xml += leaf("error-option", *edit.errorOption == E::ErrorOption::stopOnError ? "stop-on-error"
                                    : *edit.errorOption == E::ErrorOption::continueOnError
                                        ? "continue-on-error"
                                        : "rollback-on-error");
    return xml;
}

}

const char* toString(Datastore datastore) noexcept {
    switch (datastore) {
    case Datastore::running: return "running";
    case Datastore::candidate: return "candidate";
    case Datastore::startup: return "startup";
    }
    return "unknown";
}

std::string toString(const Endpoint& endpoint) {
    if (const auto* ssh = std::get_if<SshEndpoint>(&endpoint))
        return "ssh://" + ssh->user + '@' + ssh->host + ':' + std::to_string(ssh->port);
    return "unix:" + std::get<UnixEndpoint>(endpoint).path;
}

struct Client::Impl {
    ClientSession session;
};

Client::Client(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Client Client::connect(const Endpoint& endpoint, Timeouts timeouts) {
    return Client(std::unique_ptr<Impl>(new Impl{ClientSession(endpoint, timeouts)}));
}

const std::vector<std::string>& Client::capabilities() const noexcept {
    return m_impl->session.capabilities();
}

bool Client::has(std::string_view name) const {
    std::string wanted(name);
    if (!wanted.starts_with("urn:") && wanted.find("://") == std::string::npos) {
        if (wanted.starts_with(':')) wanted.erase(0, 1);
        wanted = "urn:ietf:params:netconf:" + std::string(wanted.starts_with("base") ? "" : "capability:") +
                 wanted;
    }
    return std::ranges::any_of(capabilities(), [&](const std::string& capability) {
        const auto uri = std::string_view(capability).substr(0, capability.find('?'));
        return uri.starts_with(wanted) && (uri.size() == wanted.size() || uri[wanted.size()] == ':');
    });
}

std::uint32_t Client::sessionId() const noexcept {
    return m_impl->session.id();
}

const Endpoint& Client::endpoint() const noexcept {
    return m_impl->session.endpoint();
}

void Client::setRpcTimeout(base::Duration timeout) noexcept {
    m_impl->session.setRpcTimeout(timeout);
}

void Client::lock(Datastore datastore) {
    rpc(element("lock", target(datastore)));
}

void Client::unlock(Datastore datastore) {
    rpc(element("unlock", target(datastore)));
}

void Client::editConfig(Datastore datastore, std::string_view configXml, const EditOptions& edit) {
    rpc(element("edit-config", target(datastore) + options(edit) + config(configXml)));
}

void Client::validate(Datastore datastore) {
    rpc(element("validate", source(datastore)));
}

void Client::commit() {
    rpc("<commit/>");
}

void Client::confirmedCommit(base::Duration timeout, const std::string& persist,
                             const std::string& persistId) {
    const auto seconds = std::max<long long>(1, std::chrono::ceil<std::chrono::seconds>(timeout).count());
    rpc(element("commit", "<confirmed/>" + leaf("confirm-timeout", std::to_string(seconds)) +
                              leaf("persist", persist) + leaf("persist-id", persistId)));
}

void Client::confirm(const std::string& persistId) {
    rpc(element("commit", leaf("persist-id", persistId)));
}

void Client::cancelCommit(const std::string& persistId) {
    rpc(element("cancel-commit", leaf("persist-id", persistId)));
}

void Client::discardChanges() {
    rpc("<discard-changes/>");
}

void Client::copyConfig(Datastore from, Datastore to) {
    rpc(element("copy-config", target(to) + source(from)));
}

void Client::copyConfig(std::string_view configXml, Datastore to) {
    rpc(element("copy-config", target(to) + element("source", config(configXml))));
}

void Client::deleteConfig(Datastore datastore) {
    rpc(element("delete-config", target(datastore)));
}

std::string Client::getConfig(Datastore from, std::string_view subtreeFilter) {
    return m_impl->session.data(element("get-config", source(from) + filter(subtreeFilter)));
}

std::string Client::get(std::string_view subtreeFilter) {
    return m_impl->session.data(element("get", filter(subtreeFilter)));
}

std::string Client::rpc(std::string_view operationXml) {
    return m_impl->session.rpc(operationXml);
}

void Client::onNotification(std::function<void(const Notification&)> receiver) {
    m_impl->session.onNotification(std::move(receiver));
}

void Client::subscribe(const std::string& stream, std::string_view subtreeFilter,
                       const std::string& startTime) {
    rpc("<create-subscription xmlns=\"" + std::string(notificationNamespace) + "\">" +
        leaf("stream", stream) + filter(subtreeFilter) + leaf("startTime", startTime) +
        "</create-subscription>");
}

std::size_t Client::poll(base::Duration timeout) {
    return m_impl->session.poll(timeout);
}

void Client::wait(Wake& wake, base::Duration timeout) {
    m_impl->session.wait(wake, timeout);
}

void Client::keepalive() {
    rpc("<get><filter type=\"subtree\"/></get>");
}

bool Client::alive() {
    return m_impl && m_impl->session.alive();
}

void Client::close() noexcept {
    if (m_impl) m_impl->session.close();
}

}
