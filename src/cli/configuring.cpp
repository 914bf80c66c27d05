#include "cli/commands.hpp"
#include "cli/faulty.hpp"
#include "cli/fetch.hpp"
#include "cli/render.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <stdexcept>

namespace headgate::cli {
namespace {

std::string contentOf(const std::string& file) {
    std::string text;
    std::ifstream in;
    if (!std::filesystem::is_directory(file)) {
        in.open(file, std::ios::binary);
        text.assign(std::istreambuf_iterator<char>(in), {});
    }
    if (!in.is_open() || in.bad())
        throw std::runtime_error(file + " cannot be read: give a file of instance data, JSON or XML");
    return text;
}

/// What was running in that revision. Throws std::runtime_error when there is none.
std::string configurationOf(Fetcher& fetcher, const std::string& revision) {
    const auto answer = answerOf(fetcher.revision(revision));
    if (answer.outcome != "done") throw std::runtime_error("refused: " + answer.reason);
    return answer.configuration;
}

/// A line a fault of the file, and what to do.
int refuse(const std::vector<yang::Fault>& faults, const Invocation& invocation, const Streams& streams) {
    for (const auto& fault : faults)
        fail(streams, refused, yang::toString(fault, invocation.name));
    const auto what = faults.size() == 1 ? "that" : "these " + std::to_string(faults.size());
    return fail(streams, refused,
                said(invocation) + ": refused, nothing has changed: mend " + what + ", and load it again");
}

}

int showConfiguration(const Invocation& invocation, const Streams& streams) {
    auto client = connect(invocation);
    Fetcher fetcher(client);
    streams.out << (invocation.name.empty() ? fetcher.runningConfiguration()
                                            : configurationOf(fetcher, invocation.name))
                << "\n";
    return done;
}

int compareConfigurations(const Invocation& invocation, const Streams& streams) {
    auto client = connect(invocation);
    Fetcher fetcher(client);
    const auto before = configurationOf(fetcher, invocation.name);
    const auto after = invocation.server.empty() ? fetcher.runningConfiguration()
                                                 : configurationOf(fetcher, invocation.server);
    const auto found = fetcher.differences(before, after);
    streams.out << (invocation.json ? differencesJson(found) + "\n"
                                    : renderDifferences(found, streams.terminal));
    return done;
}

int loadConfiguration(const Invocation& invocation, const Streams& streams) {
    const auto& file = invocation.name;
    const auto text = contentOf(file);
    const auto format = yang::formatOf(text, file);
    auto client = connect(invocation);
    Fetcher fetcher(client);
    std::string xml;
    try {
        xml = fetcher.load(text, std::filesystem::absolute(file).parent_path().string());
    } catch (const netconf::Error& error) {
        // Where it has octets that no message can carry, the text itself is to blame.
        const auto faults = fetcher.faultsIn(text, format);
        if (error.kind() != netconf::Error::Kind::refused || faults.empty()) throw;
        return refuse(faults, invocation, streams);
    }
    const auto answer = answerOf(xml);
    if (answer.outcome == "done") {
        streams.out << (invocation.json ? answerJson(xml)
                                        : file + " is the running configuration: " + answer.reason)
                    << "\n";
        return done;
    }
    const auto faults = faultsOf(fetcher, answer, text, format);
    if (invocation.json) streams.out << answerJson(xml, faults) << "\n";
    if (faults.empty()) return fail(streams, refused, said(invocation) + ": refused: " + answer.reason);
    return refuse(faults, invocation, streams);
}

}
