#pragma once

#include "store/store.hpp"

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace headgate::store::test {

/// A folder of its own, gone with it.
struct Folder {
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "headgate-store-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
        path = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path path;
};

inline domain::Instant at(int seconds) {
    return domain::Instant(std::chrono::seconds(1'700'000'000 + seconds));
}

inline domain::TransactionView begun(std::uint64_t id, const std::string& state = "gathering") {
    domain::TransactionView view;
    view.id = {id};
    view.pool = {"web"};
    view.kind = domain::IntentKind::allocate;
    view.server = {"real2"};
    view.state = state;
    view.cause = "real1 is full";
    view.reason = view.cause;
    view.started = at(0);
    return view;
}

inline domain::TransactionView ended(std::uint64_t id,
                                     domain::OutcomeKind outcome = domain::OutcomeKind::committed) {
    auto view = begun(id, std::string(domain::toString(outcome)));
    view.outcome = outcome;
    view.reason = "because";
    view.ended = at(9);
    return view;
}

inline NewRevision revision(const std::string& configuration) {
    NewRevision revision;
    revision.at = at(1);
    revision.author = "operator";
    revision.comment = "first";
    revision.configuration = configuration;
    return revision;
}

inline domain::Event event(const std::string& kind, const std::string& text = "text") {
    domain::Event event;
    event.at = at(2);
    event.kind = kind;
    event.text = text;
    return event;
}

}
