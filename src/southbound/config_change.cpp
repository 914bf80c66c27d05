#include "southbound/config_change.hpp"

#include "netconf/xml.hpp"

namespace headgate::southbound {
namespace {

using netconf::Element;

constexpr std::string_view nameSpace = "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications";

std::string textOf(const Element& parent, std::string_view name) {
    const auto child = parent.child(name);
    return child ? child->text() : std::string();
}

/// RFC 6470, section 2.1, common-session-parms; a server that did it by itself says <server/>.
std::string userOf(const Element& by) {
    if (by.child("server")) return "the appliance itself";
    const auto user = textOf(by, "username");
    const auto session = textOf(by, "session-id");
    const auto host = textOf(by, "source-host");
    auto text = user.empty() ? "somebody" : user;
    if (!session.empty() && session != "0") text += " (session " + session + ")";
    if (!host.empty()) text += " from " + host;
    return text;
}

std::string targetsOf(const Element& change) {
    std::string text;
    int more = 0;
    for (const auto& edit : change.children()) {
        if (!edit.is("edit", nameSpace)) continue;
        constexpr int shown = 3;
        if (++more > shown) continue;
        text += (text.empty() ? ": " : ", ") + textOf(edit, "operation") + " " + textOf(edit, "target");
    }
    return more > 3 ? text + " and " + std::to_string(more - 3) + " more" : text;
}

}

std::optional<std::string> configChange(const std::string& notification,
                                        const std::function<bool(const std::string&)>& ours) {
    // Every commit of ours brings several: what has nothing to say is not parsed.
    const auto has = [&](const char* word) { return notification.find(word) != std::string::npos; };
    if (!has("netconf-config-change") && !has(">timeout<") && !has(">cancel<")) return std::nullopt;
    // Most are of our own session, as most write it: they need no parser to be left alone.
    constexpr std::string_view begin = "<session-id>";
    const auto at = notification.find(begin);
    if (at != std::string::npos && !has(">timeout<")) {
        const auto id = at + begin.size();
        if (ours(notification.substr(id, notification.find('<', id) - id))) return std::nullopt;
    }
    const auto document = netconf::XmlParser().parse(notification);
    const auto event = document.root();
    if (event.is("netconf-config-change", nameSpace)) {
        if (textOf(event, "datastore") == "startup") return std::nullopt;
        const auto by = event.child("changed-by");
        if (by && ours(textOf(*by, "session-id"))) return std::nullopt;
        return "running was changed by " + (by ? userOf(*by) : "somebody") + targetsOf(event);
    }
    if (event.is("netconf-confirmed-commit", nameSpace)) {
        const auto what = textOf(event, "confirm-event");
        if (what == "timeout") return "a confirmed commit was not confirmed in time and was taken back";
        if (what == "cancel" && !ours(textOf(event, "session-id")))
            return "a confirmed commit was cancelled by " + userOf(event);
    }
    return std::nullopt;
}

}
