#include "southbound/operations.hpp"

namespace headgate::southbound {
namespace {

std::string element(std::string_view name, std::string_view content) {
    std::string text = "<";
    text.append(name).append(">").append(content).append("</").append(name).append(">");
    return text;
}

std::string empty(std::string_view name) {
    return "<" + std::string(name) + "/>";
}

/// The operation itself, in NETCONF's own namespace whatever is around it. One without content has no end
/// tag: there are servers (netconfd 2.13) that answer <discard-changes></discard-changes> with ok and do
/// nothing.
std::string operation(std::string_view name, std::string_view content) {
    std::string text = "<";
    text.append(name).append(R"( xmlns="urn:ietf:params:xml:ns:netconf:base:1.0")");
    if (content.empty()) return text + "/>";
    return text.append(">").append(content).append("</").append(name).append(">");
}

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '&')
            result += "&amp;";
        else if (c == '<')
            result += "&lt;";
        else if (c == '>')
            result += "&gt;";
        else
            result += c;
    }
    return result;
}

std::string confirmedOf(domain::Duration window, std::string_view persistId) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(window).count();
    return empty("confirmed") + element("confirm-timeout", std::to_string(seconds)) +
           element("persist", escaped(persistId));
}

std::string subtree(std::string_view filter) {
    return R"(<filter type="subtree">)" + std::string(filter) + "</filter>";
}

}

std::string lockOf(std::string_view datastore) {
    return operation("lock", element("target", empty(datastore)));
}

std::string unlockOf(std::string_view datastore) {
    return operation("unlock", element("target", empty(datastore)));
}

std::string readOf(std::string_view filter, bool operational) {
    return operational ? operation("get", subtree(filter)) : configOf("running", filter);
}

std::string configOf(std::string_view datastore, std::string_view filter) {
    return operation("get-config", element("source", empty(datastore)) + subtree(filter));
}

std::string editOf(std::string_view datastore, std::string_view config, bool rollback,
                   std::string_view testOption) {
    return operation("edit-config", element("target", empty(datastore)) +
                                        element("default-operation", "none") +
                                        (testOption.empty() ? "" : element("test-option", testOption)) +
                                        (rollback ? element("error-option", "rollback-on-error") : "") +
                                        element("config", config));
}

std::string validateOf() {
    return operation("validate", element("source", empty("candidate")));
}

std::string confirmedCommitOf(domain::Duration window, std::string_view persistId) {
    return operation("commit", confirmedOf(window, persistId));
}

std::string extendOf(domain::Duration window, std::string_view persistId) {
    return operation("commit", confirmedOf(window, persistId) + element("persist-id", escaped(persistId)));
}

std::string commitOf() {
    return operation("commit", "");
}

std::string confirmOf(std::string_view persistId) {
    return operation("commit", element("persist-id", escaped(persistId)));
}

std::string cancelOf(std::string_view persistId) {
    return operation("cancel-commit", element("persist-id", escaped(persistId)));
}

std::string saveOf() {
    return operation("copy-config",
                     element("target", empty("startup")) + element("source", empty("running")));
}

std::string discardOf() {
    return operation("discard-changes", "");
}

std::string killOf(std::string_view sessionId) {
    return operation("kill-session", element("session-id", escaped(sessionId)));
}

std::string heartbeatOf() {
    // Not a get: that one may be expensive on a real box even when nothing is selected.
    return readOf({}, false);
}

}
