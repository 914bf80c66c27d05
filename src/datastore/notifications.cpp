#include "datastore/notifications.hpp"

#include "yang/capture.hpp"

#include <libyang/libyang.h>

namespace headgate::datastore {
namespace {

const std::string root = "/ietf-netconf-notifications:";

void setSession(yang::Tree& tree, const std::string& path, const Session& session) {
    tree.set(path + "/username", session.user);
    tree.set(path + "/session-id", std::to_string(session.id));
    if (session.host.empty()) return;
    try {
        tree.set(path + "/source-host", session.host);
    } catch (const yang::Error&) {
        // The leaf takes an address; a name or a socket's path is left out.
    }
}

/// The list has no key, so it cannot be made by path.
void addEdit(lyd_node* notification, const yang::Difference& edit) {
    const yang::Capture capture(LYD_CTX(notification));
    lyd_node* entry = nullptr;
    capture.check(lyd_new_list(notification, nullptr, "edit", 0, &entry), "cannot add an edit");
    // A target that cannot be written as an instance-identifier is left out: it is optional.
    lyd_new_term(entry, nullptr, "target", edit.path.c_str(), 0, nullptr);
    capture.check(lyd_new_term(entry, nullptr, "operation", toString(edit.kind), 0, nullptr),
                  "cannot add an edit");
}

const char* toString(SessionEnd reason) noexcept {
    switch (reason) {
    case SessionEnd::closed: return "closed";
    case SessionEnd::killed: return "killed";
    case SessionEnd::dropped: return "dropped";
    case SessionEnd::timeout: return "timeout";
    case SessionEnd::badHello: return "bad-hello";
    case SessionEnd::other: return "other";
    }
    return "other";
}

}

yang::Tree configChangeNotification(const yang::Context& context, const std::optional<Session>& session,
                                    Datastore datastore, const std::vector<yang::Difference>& edits) {
    yang::Tree tree(context);
    const auto path = root + "netconf-config-change";
    tree.set(path);
    if (session && session->id != 0)
        setSession(tree, path + "/changed-by", *session);
    else
        tree.set(path + "/changed-by/server");
    tree.set(path + "/datastore", toString(datastore));
    for (const auto& edit : edits)
        addEdit(tree.get(), edit);
    return tree;
}

yang::Tree confirmedCommitNotification(const yang::Context& context, const std::optional<Session>& session,
                                       ConfirmedCommit event, std::optional<std::chrono::seconds> timeout) {
    yang::Tree tree(context);
    const auto path = root + "netconf-confirmed-commit";
    tree.set(path);
    if (event != ConfirmedCommit::timeout) setSession(tree, path, session.value_or(Session{}));
    tree.set(path + "/confirm-event", toString(event));
    if (timeout) tree.set(path + "/timeout", std::to_string(timeout->count()));
    return tree;
}

yang::Tree sessionStartNotification(const yang::Context& context, const Session& session) {
    yang::Tree tree(context);
    const auto path = root + "netconf-session-start";
    tree.set(path);
    setSession(tree, path, session);
    return tree;
}

yang::Tree sessionEndNotification(const yang::Context& context, const Session& session, SessionEnd reason,
                                  std::optional<SessionId> killedBy) {
    yang::Tree tree(context);
    const auto path = root + "netconf-session-end";
    tree.set(path);
    setSession(tree, path, session);
    if (killedBy && reason == SessionEnd::killed) tree.set(path + "/killed-by", std::to_string(*killedBy));
    tree.set(path + "/termination-reason", toString(reason));
    return tree;
}

}
