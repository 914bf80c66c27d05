#include "snmp/local_engine.hpp"

#include "snmp/error.hpp"
#include "snmp/hex.hpp"
#include "snmp/usm.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>

namespace headgate::snmp {

namespace {

/// RFC 3411 §5: the enterprise with the first bit set, format 5 (octets of our own choice).
std::string newId() {
    constexpr std::uint32_t enterprise = 32473;
    std::string id;
    for (const int shift : {24, 16, 8, 0})
        id += static_cast<char>((0x80000000U | enterprise) >> shift);
    id += '\x05';
    const auto random = randomNumber();
    for (int shift = 56; shift >= 0; shift -= 8)
        id += static_cast<char>(random >> shift);
    return id;
}

std::optional<std::string> fromHex(const std::string& text) {
    if (text.empty() || text.size() % 2 != 0) return std::nullopt;
    std::string octets;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        unsigned octet = 0;
        const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, octet, 16);
        if (error != std::errc() || end != text.data() + i + 2) return std::nullopt;
        octets += static_cast<char>(octet);
    }
    return octets;
}

void store(const std::filesystem::path& file, const std::string& content) {
    auto temporary = file;
    temporary += ".new";
    const auto fail = [&](const std::filesystem::path& which) {
        throw Error("SNMP engine file " + which.string() + " cannot be written: " + std::strerror(errno));
    };
    const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) fail(temporary);
    const bool written =
        ::write(descriptor, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
        ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (!written) fail(temporary);
    if (::rename(temporary.c_str(), file.c_str()) != 0) fail(file);
    // Else the boots of before may come back after a power cut, with less time than senders have seen. Best
    // effort: not every file system can.
    auto folder = file.parent_path();
    if (folder.empty()) folder = ".";
    const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;
    ::fsync(directory);
    ::close(directory);
}

}

LocalEngine::LocalEngine(const std::filesystem::path& file, base::Instant now)
    : m_started(now) {
    if (file.empty()) {
        m_id = newId();
        return;
    }
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored)) {
        std::ifstream in(file);
        std::string idWord;
        std::string idText;
        std::string bootsWord;
        std::uint32_t boots = 0;
        if (!(in >> idWord >> idText >> bootsWord >> boots) || idWord != "engine-id" || bootsWord != "boots")
            throw Error(
                "SNMP engine file " + file.string() +
                " is not of the form 'engine-id HEX' 'boots N': mend it, or remove it to get a new engine");
        const auto id = fromHex(idText);
        if (!id || id->size() < 5 || id->size() > 32)
            throw Error("SNMP engine file " + file.string() + " holds no engine id of 5 to 32 octets");
        m_id = *id;
        m_boots = boots < mostBoots ? boots + 1 : mostBoots;
    } else {
        m_id = newId();
    }
    store(file, "engine-id " + hex(m_id).substr(2) + "\nboots " + std::to_string(m_boots) + "\n");
}

std::uint32_t LocalEngine::time(base::Instant now) const {
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::seconds>(now - m_started).count());
}

}
