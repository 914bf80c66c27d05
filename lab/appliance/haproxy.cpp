#include "appliance/haproxy.hpp"

#include "appliance/child_process.hpp"
#include "appliance/haproxy_files.hpp"
#include "appliance/haproxy_servers.hpp"
#include "appliance/haproxy_socket.hpp"
#include "base/backoff.hpp"
#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "base/worker.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace headgate::appliance {

namespace {

const base::Log logger("appliance");
const base::Duration tickPeriod{100};
const base::Duration startLimit{5000};

/// Members aside: what HAProxy cannot be told at runtime.
Configuration structure(Configuration configuration) {
    for (auto& pool : configuration.pools)
        pool.members.clear();
    return configuration;
}

std::string textOf(const std::string& path) {
    std::ifstream in(path);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

void writePrivately(const std::string& path, const std::string& text) {
    const auto before = ::umask(0077);
    std::ofstream out(path, std::ios::trunc);
    ::umask(before);
    out << text << std::flush;
    if (!out) throw Refused("cannot write " + path);
}

void makePrivateFolder(const std::filesystem::path& folder) {
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        throw Refused("cannot make " + folder.string());
}

/// What HAProxy complained about in its log since `offset`, without its decoration, on one line.
std::string complaints(const std::string& logFile, std::uintmax_t offset) {
    std::ifstream in(logFile);
    in.seekg(static_cast<std::streamoff>(offset));
    std::string out;
    for (std::string line; std::getline(in, line);) {
        const auto at = line.find("[ALERT]");
        if (at == std::string::npos || line.find("Fatal errors found") != std::string::npos) continue;
        const auto colon = line.find(" : ", at);
        const auto words = colon == std::string::npos ? line : line.substr(colon + 3);
        out += (out.empty() ? "" : "; ") + words;
    }
    return out;
}

std::uintmax_t sizeOf(const std::string& file) {
    std::error_code none;
    const auto size = std::filesystem::file_size(file, none);
    return none ? 0 : size;
}

}

/// Everything lives on the keeper's thread; it is the thread that HAProxy's life hangs on, too.
struct Haproxy::Keeper {
    explicit Keeper(HaproxyOptions given)
        : options(std::move(given))
        , socket(options.stateDir + "/haproxy.sock")
        , servers(socket, options) {}

    std::string file(const char* name) const { return options.stateDir + "/" + name; }

    /// What it reads beside its configuration.
    void writeFiles(const Configuration& wanted) const {
        for (const auto& [path, text] : haproxyFiles(wanted, options)) {
            makePrivateFolder(std::filesystem::path(path).parent_path());
            if (!std::filesystem::exists(path) || textOf(path) != text) writePrivately(path, text);
        }
    }

    /// Nobody's keys are kept longer than they are used.
    void removeOtherFiles() const noexcept {
        const auto used = haproxyFiles(configuration, options);
        for (const auto* folder : {"haproxy.pem", "haproxy.map"}) {
            std::error_code none;
            for (const auto& entry : std::filesystem::directory_iterator(file(folder), none))
                if (!used.count(entry.path().string())) std::filesystem::remove(entry.path(), none);
        }
    }

    void check(const std::string& config) const {
        const auto log = file("haproxy.check");
        std::filesystem::remove(log);
        ChildProcess checker({program("haproxy"), "-c", "-q", "-f", config}, log);
        if (!checker.waitFor(startLimit)) throw Refused("HAProxy does not finish checking its configuration");
        if (*checker.ended() == "exit 0") return;
        const auto words = complaints(log, 0);
        throw Refused(words.empty() ? "haproxy -c: " + *checker.ended() : words);
    }

    /// A HAProxy with this configuration that answers on the socket; the present one goes on until then.
    void start(const Configuration& wanted, bool takeOver) {
        const auto waiting =
            takeOver ? servers.notYetGood(wanted) : std::set<std::pair<std::string, std::string>>{};
        const auto next = file("haproxy.cfg.new");
        writePrivately(next, haproxyConfiguration(wanted, options, waiting));
        try {
            writeFiles(wanted);
            launch(next, takeOver);
        } catch (...) {
            writeFiles(configuration);
            removeOtherFiles();
            throw;
        }
        std::filesystem::rename(next, file("haproxy.cfg"));
        configuration = wanted;
        removeOtherFiles();
        servers.adopt(wanted, waiting, clock.now());
    }

    void launch(const std::string& next, bool takeOver) {
        check(next);
        std::vector<std::string> words = {program("haproxy"), "-db", "-f", next};
        if (takeOver)
            words.insert(words.end(), {"-x", file("haproxy.sock"), "-sf", std::to_string(process->id())});
        const auto log = file("haproxy.log");
        const auto offset = sizeOf(log);
        ChildProcess fresh(words, log);
        waitUntilServing(fresh, log, offset);
        if (takeOver) retiring.push_back(std::move(*process));
        process.emplace(std::move(fresh));
    }

    void waitUntilServing(ChildProcess& fresh, const std::string& log, std::uintmax_t offset) {
        const auto end = clock.now() + startLimit;
        const auto mark = "Pid: " + std::to_string(fresh.id()) + "\n";
        for (;;) {
            try {
                if (socket.command("show info").find(mark) != std::string::npos) return;
            } catch (const Refused&) {
                // Not there yet.
            }
            if (const auto how = fresh.ended()) {
                const auto said = complaints(log, offset);
                throw Refused(said.empty() ? "HAProxy: " + *how : said);
            }
            if (clock.now() >= end) throw Refused("HAProxy does not answer on its socket");
            socket.pause();
        }
    }

    void apply(const Configuration& before, const Configuration& after) {
        if (!begun) {
            start(after, false);
            begun = true;
            return;
        }
        if (!process) throw Refused("HAProxy is not running and is being restarted");
        if (structure(before) != structure(after)) return start(after, true);
        servers.apply(before, after, clock.now());
        configuration = after;
        try {
            writeFiles(after);
            removeOtherFiles();
        } catch (const std::exception& error) {
            // HAProxy has them; they are written again when it starts again.
            logger.warning("haproxy's files are not written", {{"reason", error.what()}});
        }
    }

    void tick() noexcept {
        try {
            retiring.erase(std::remove_if(retiring.begin(), retiring.end(),
                                          [](ChildProcess& old) { return old.ended().has_value(); }),
                           retiring.end());
            if (process && process->ended()) {
                logger.error("haproxy ended; it is started again", {{"how", *process->ended()}});
                if (options.interrupted) options.interrupted(*process->ended());
                process.reset();
                againAt = clock.now();
            }
            if (begun && !process && clock.now() >= againAt) restart();
            if (process) servers.tick(clock.now());
        } catch (const std::exception& error) {
            logger.warning("haproxy is not reached", {{"reason", error.what()}});
        }
    }

    void restart() {
        againAt = clock.now() + backoff.next();
        start(configuration, false);
        backoff.reset();
        logger.info("haproxy serves again", {{"pid", std::to_string(process->id())}});
    }

    void run() {
        auto ticking = loop.every(tickPeriod, [this] { tick(); });
        loop.run();
        ticking.cancel();
        if (!process) return;
        process->signal(SIGTERM);
        process->waitFor(std::chrono::seconds(2));
        process.reset();
        retiring.clear();
    }

    /// Does it on the keeper's thread and waits.
    template <typename F>
    auto call(F work) {
        return base::callThrough(
            [this](std::function<void()> piece) {
                loop.post(std::move(piece));
                return true;
            },
            work);
    }

    HaproxyOptions options;
    base::SteadyWallClock clock;
    HaproxySocket socket;
    HaproxyServers servers;
    Configuration configuration;
    bool begun = false; ///< The first `apply` starts HAProxy.
    std::optional<ChildProcess> process;
    std::vector<ChildProcess> retiring;
    base::Backoff backoff{base::Duration(100), base::Duration(5000)};
    base::Instant againAt{};
    base::EventLoop loop;
    std::thread thread;
};

Haproxy::Haproxy(HaproxyOptions options)
    : m_keeper(std::make_unique<Keeper>(std::move(options))) {
    auto& keeper = *m_keeper;
    keeper.thread = std::thread([&keeper] { keeper.run(); });
}

Haproxy::~Haproxy() {
    m_keeper->loop.stop();
    m_keeper->thread.join();
}

void Haproxy::apply(const Configuration& before, const Configuration& after) {
    m_keeper->call([&] { m_keeper->apply(before, after); });
}

Status Haproxy::status() {
    return m_keeper->call([this] { return m_keeper->servers.status(); });
}

}
