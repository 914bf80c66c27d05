#include "agent/state_store.hpp"

#include "agent/files.hpp"
#include "base/log.hpp"

#include <unistd.h>

#include <charconv>

namespace headgate::agent {

namespace {

constexpr base::Log logger("agent");

/// A name as part of a file's name: everything but letters, digits, - and . is %XX.
std::string escaped(const std::string& name) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (const char each : name) {
        const auto c = static_cast<unsigned char>(each);
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           c == '-' || c == '.';
        if (plain)
            out += each;
        else
            out += {'%', digits[c >> 4], digits[c & 15]};
    }
    return out;
}

}

// A line a value, "key=value": no value has a new line in it (they are checked where they come in).
std::string printState(const Remembered& state) {
    return "data-source=" + state.dataSource + "\nconfigured=" + state.configured +
           "\nworking=" + state.working + "\nrevision=" + std::to_string(state.revision) + '\n';
}

std::optional<Remembered> parseState(std::string_view text) {
    Remembered out;
    while (!text.empty()) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos) return std::nullopt;
        const auto line = text.substr(0, end);
        text.remove_prefix(end + 1);
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        const auto key = line.substr(0, equals), value = line.substr(equals + 1);
        if (key == "data-source")
            out.dataSource = value;
        else if (key == "configured")
            out.configured = value;
        else if (key == "working")
            out.working = value;
        else if (key == "revision") {
            const auto [stop, error] =
                std::from_chars(value.data(), value.data() + value.size(), out.revision);
            if (error != std::errc() || stop != value.data() + value.size()) return std::nullopt;
        }
    }
    return out;
}

std::filesystem::path StateStore::fileOf(const std::string& application, const std::string& instance) const {
    return m_folder / (escaped(application) + (instance.empty() ? "" : '_' + escaped(instance)) + ".state");
}

Remembered StateStore::load(const std::string& application, const std::string& instance) const {
    if (m_folder.empty()) return {};
    const auto path = fileOf(application, instance);
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return {};
    const auto file = readFile(path, 4096);
    const auto state = file.text ? parseState(*file.text) : std::nullopt;
    if (!state)
        logger.warning("a state file is not used",
                       {{"file", path.string()}, {"because", file.text ? "it is damaged" : file.error}});
    return state.value_or(Remembered{});
}

void StateStore::save(const std::string& application, const std::string& instance, const Remembered& state) {
    if (m_folder.empty()) return;
    const auto because = replaceFile(fileOf(application, instance), printState(state));
    if (!because.empty() && because != m_said)
        logger.error("what a restart must know is not kept", {{"because", because}});
    m_said = because;
}

std::string StateStore::problem() const {
    if (m_folder.empty()) return {};
    std::error_code error;
    if (!std::filesystem::is_directory(m_folder, error)) return m_folder.string() + " is no folder; make it";
    if (access(m_folder.c_str(), W_OK | X_OK) != 0)
        return m_folder.string() + " cannot be written; give it to the agent's user";
    return {};
}

}
