#include "cli/commands.hpp"
#include "cli/render_replay.hpp"
#include "flight/decoder.hpp"
#include "northbound/configuration.hpp"
#include "northbound/recorded.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <set>

namespace headgate::cli {
namespace {

namespace fs = std::filesystem;

/// Their names sort as they follow on one another.
std::vector<fs::path> segmentsOf(const fs::path& record) {
    if (!fs::is_directory(record)) return {record};
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(record))
        if (entry.path().extension() == ".flight") found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    if (found.empty()) throw flight::BadRecord(record.string() + ": there is no flight record in it");
    return found;
}

/// Headgate's own are of some ten MiB.
constexpr std::uintmax_t largest = std::uintmax_t(1) << 30;

std::string contentOf(const fs::path& file) {
    const auto refuse = [&](const std::string& why) { throw flight::BadRecord(file.string() + ": " + why); };
    std::error_code failed;
    const auto status = fs::status(file, failed);
    if (!failed && fs::exists(status) && !fs::is_regular_file(status)) refuse("it is no file");
    if (const auto size = fs::file_size(file, failed); !failed && size > largest)
        refuse("it is larger than a flight record can be");
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    std::string octets{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in.is_open() || in.bad())
        refuse("it cannot be read: " + std::string(std::strerror(errno)) +
               ": give a file of the folder flight in headgated's state directory, or that folder");
    return octets;
}

/// What a crash has left unfinished is at an end, and told.
void fly(const std::vector<fs::path>& segments, replay::Replay& replay, const Streams* told) {
    for (const auto& file : segments)
        try {
            const bool whole =
                flight::Decoder::read(contentOf(file), [&](flight::Turn&& turn) { replay.fly(turn); });
            if (!whole && told)
                told->err << "headgate: replay: " << file.string()
                          << ": its last entries are not whole: it is read up to there\n";
        } catch (const flight::TornRecord& torn) {
            // A full disk, or a crash, left it: the others are whole.
            if (segments.size() == 1) throw flight::BadRecord(file.string() + ": " + torn.what());
            if (told)
                told->err << "headgate: replay: " << file.string() << ": " << torn.what()
                          << ": it is passed over\n";
        } catch (const flight::BadRecord& bad) {
            const std::string what = bad.what();
            throw flight::BadRecord(what.starts_with(file.string()) ? what : file.string() + ": " + what);
        }
}

void checkPools(const northbound::RecordedConfigurations& configurations,
                const std::set<domain::PoolName>& known, const std::string& file) {
    for (const auto& pool : configurations.policyPools())
        if (!known.contains(pool))
            throw flight::BadRecord(file + ": pool " + pool.value + " is not in the record");
}

}

int replayRecord(const Invocation& invocation, const Streams& streams) {
    northbound::RecordedConfigurations configurations;
    try {
        if (!invocation.policy.empty()) configurations.takePolicies(invocation.policy);
        std::set<domain::PoolName> pools;
        const auto read = [&](const flight::Configuration& text) {
            auto value = configurations.read(text.text);
            for (const auto& pool : value.pools)
                pools.insert(pool.name);
            return value;
        };
        const auto segments = segmentsOf(invocation.name);
        replay::Replay recorded(read);
        fly(segments, recorded, &streams);
        auto report = recorded.report();
        if (!invocation.policy.empty()) {
            checkPools(configurations, pools, invocation.policy);
            replay::Replay both(
                read,
                [&](const flight::Configuration& text) { return configurations.readWithPolicies(text.text); },
                recorded.medians());
            fly(segments, both, nullptr);
            report = both.report();
        }
        streams.out << (invocation.json ? replayJson(report) + "\n" : renderReplay(report, streams.terminal));
        return report.mismatches == 0 ? done : refused;
    } catch (const flight::BadRecord& bad) {
        return fail(streams, refused, std::string("replay: ") + bad.what());
    } catch (const northbound::InvalidConfiguration& invalid) {
        return fail(streams, refused, std::string("replay: ") + invalid.what());
    } catch (const fs::filesystem_error& error) {
        return fail(streams, refused, std::string("replay: ") + error.what());
    }
}

}
