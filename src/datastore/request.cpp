#include "datastore/request.hpp"

#include "datastore/refusal.hpp"

#include <libyang/libyang.h>

#include <charconv>
#include <cstring>

namespace headgate::datastore {

const lyd_node* Request::child(const char* name) const {
    for (const auto* node = lyd_child(m_operation); node; node = node->next)
        if (!std::strcmp(LYD_NAME(node), name)) return node;
    return nullptr;
}

const lyd_node* Request::required(const char* name) const {
    if (const auto* node = child(name)) return node;
    throw refusal("missing-element", std::string("<") + name + "> is missing", {{"bad-element", name}});
}

std::optional<std::string> Request::leaf(const char* name) const {
    const auto* node = child(name);
    if (!node) return std::nullopt;
    const char* value = lyd_get_value(node);
    return value ? value : "";
}

bool Request::isOffered(Datastore datastore) const {
    return (datastore != Datastore::candidate || m_options.candidate) &&
           (datastore != Datastore::startup || m_options.startup);
}

void Request::requireOffered(Datastore datastore) const {
    if (!isOffered(datastore))
        throw refusal("operation-not-supported", std::string(toString(datastore)) + " is not offered here");
}

Request::Place Request::place(const char* name) const {
    const auto* container = required(name);
    const auto* first = lyd_child(container);
    if (!first)
        throw refusal("missing-element", std::string("<") + name + "> is empty", {{"bad-element", name}});
    if (first->next)
        throw refusal("bad-element", std::string("<") + name + "> holds more than one element",
                      {{"bad-element", LYD_NAME(first->next)}});
    const std::string what = LYD_NAME(first);
    if (what == "config") return {std::nullopt, first};
    // RFC 8526 adds the datastores' identities to the choices of RFC 6241.
    const std::string_view identity = what == "datastore" ? lyd_get_value(first) : "";
    const auto datastore = datastoreOf(what == "datastore" ? identity.substr(identity.find(':') + 1) : what);
    if (what == "datastore" && (!datastore || !isOffered(*datastore)))
        throw refusal("invalid-value", std::string(identity) + " is no datastore for this",
                      {{"bad-element", "datastore"}});
    if (!datastore) throw refusal("operation-not-supported", "<" + what + "> is not supported");
    requireOffered(*datastore);
    return {datastore, nullptr};
}

Datastore Request::datastore(const char* name) const {
    const auto found = place(name);
    if (!found.datastore)
        throw refusal("bad-element", std::string("<") + name + "> must name a datastore",
                      {{"bad-element", "config"}});
    return *found.datastore;
}

EditRequest editRequest(const Request& request, const Options& options) {
    EditRequest edit;
    const auto unknown = [](const char* name, const std::string& value) {
        return refusal("invalid-value", std::string(name) + " cannot be \"" + value + "\"",
                       {{"bad-element", name}});
    };
    const auto operation = request.leaf("default-operation").value_or("merge");
    if (operation == "replace")
        edit.options.defaultOperation = Operation::replace;
    else if (operation == "none")
        edit.options.defaultOperation = Operation::none;
    else if (operation != "merge")
        throw unknown("default-operation", operation);

    const auto error = request.leaf("error-option").value_or("stop-on-error");
    if (error == "continue-on-error")
        edit.options.errorOption = ErrorOption::proceed;
    else if (error == "rollback-on-error" && options.rollbackOnError)
        edit.options.errorOption = ErrorOption::rollback;
    else if (error != "stop-on-error")
        throw unknown("error-option", error);

    using Test = EditRequest::Test;
    const auto test = request.leaf("test-option");
    if (test && !options.validate) throw unknown("test-option", *test);
    // RFC 6241, section 8.6.4.1: test-then-set is the default; without :validate there is no test.
    const auto chosen = test.value_or(options.validate ? "test-then-set" : "set");
    if (chosen == "set")
        edit.test = Test::setOnly;
    else if (chosen == "test-only")
        edit.test = Test::testOnly;
    else if (chosen != "test-then-set")
        throw unknown("test-option", chosen);
    return edit;
}

CommitRequest commitRequest(const Request& request, const Options& options) {
    CommitRequest commit;
    commit.confirmed = request.has("confirmed");
    commit.persist = request.leaf("persist");
    commit.persistId = request.leaf("persist-id");
    for (const char* name : {"confirmed", "confirm-timeout", "persist", "persist-id"}) {
        if (!request.has(name)) continue;
        if (!options.confirmedCommit)
            throw refusal("operation-not-supported", "confirmed commit is not offered",
                          {{"bad-element", name}});
        if (!commit.confirmed && std::strcmp(name, "persist-id") != 0)
            throw refusal("bad-element", std::string(name) + " makes sense with <confirmed/> only",
                          {{"bad-element", name}});
    }
    if (const auto text = request.leaf("confirm-timeout")) {
        std::uint32_t seconds = 0;
        const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), seconds);
        if (fault != std::errc{} || end != text->data() + text->size() || seconds == 0)
            throw refusal("invalid-value", "confirm-timeout must be 1 or more",
                          {{"bad-element", "confirm-timeout"}});
        commit.timeout = std::chrono::seconds(seconds);
    }
    return commit;
}

}
