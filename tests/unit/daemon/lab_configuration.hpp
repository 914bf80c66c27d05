#pragma once

#include "daemon/recorder.hpp"
#include "store/database.hpp"

#include <places.hpp>

#include <filesystem>

namespace headgate::daemon {

inline const std::filesystem::path labFile = HEADGATE_SOURCE_DIR "/tests/yang/valid/headgate-lab.json";
inline const base::Instant noon{std::chrono::hours(12)};

/// A state directory that ends with the test.
struct Folder {
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "headgate-daemon-XXXXXX").string();
        path = mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path path;
};

/// A recorder of the lab's configuration; what an earlier one left in the folder is found again.
inline Recorder recorder(const Folder& folder) {
    auto store = store::Store::open(folder.path);
    if (const auto latest = store.latestRevision()) {
        auto running = northbound::RunningConfiguration::fromText(latest->configuration, latest->changes);
        return {std::move(store), std::move(running)};
    }
    auto running = northbound::RunningConfiguration::fromFile(labFile);
    store.addRevision({noon, "test", "first", running.text(), std::nullopt});
    return {std::move(store), std::move(running)};
}

inline domain::TransactionView allocation(std::uint64_t id, const std::string& state) {
    domain::TransactionView view;
    view.id = {id};
    view.pool = {"web"};
    view.server = {"real2"};
    view.state = state;
    view.cause = "real1 is functional but full";
    view.started = noon;
    return view;
}

inline domain::Member memberReal2() {
    return {{"real2"}, {"127.77.0.102", 8080, "http", 1, 0}, {}, domain::Origin::allocated};
}

inline controller::Ended committed(std::uint64_t id) {
    controller::Ended end;
    end.view = allocation(id, "committed");
    end.view.outcome = domain::OutcomeKind::committed;
    end.view.ended = noon;
    end.membership = controller::MembershipChange{{"web"}, memberReal2(), std::nullopt};
    return end;
}

/// What is written to that table fails until it has its name back.
inline void renameTable(const Folder& folder, const std::string& from, const std::string& to) {
    store::Database(folder.path / "headgate.db").run("ALTER TABLE " + from + " RENAME TO " + to);
}

}
