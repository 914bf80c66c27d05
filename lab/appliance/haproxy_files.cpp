#include "appliance/haproxy_files.hpp"

#include "appliance/pem.hpp"

#include <algorithm>

namespace headgate::appliance {

namespace {

/// What HAProxy's buffer of 16 KiB holds of a command besides the command itself.
const std::size_t longestPayload = 15000;

/// Some header must always be there for the others to come with.
const std::string_view ownName = "headgate-appliance";

bool isControl(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool hasControl(std::string_view text) {
    return std::any_of(text.begin(), text.end(), isControl);
}

/// RFC 9110, section 5.6.2
bool isToken(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

/// What is wrong must not say what it is: these are secrets.
void requireHeaders(const Check& check, const std::string& where) {
    if (hasControl(check.user) || hasControl(check.password))
        throw Refused(where + ": a user or password with control characters cannot be sent");
    if (check.user.find(':') != std::string::npos)
        throw Refused(where + ": a user with a colon cannot be sent in basic authentication");
    std::size_t length = check.user.size() + check.password.size();
    for (const auto& [name, value] : check.headers) {
        if (!isToken(name)) throw Refused(where + ": what it sends has a line that is no header");
        if (hasControl(value))
            throw Refused(where + ": header " + name + " has control characters and cannot be sent");
        length += name.size() + value.size();
    }
    if (length > 4096) throw Refused(where + ": what it sends of itself is longer than 4096 characters");
}

/// A check without what it shows of itself and whether it is encrypted.
Check bare(Check check) {
    check.tls = false;
    check.user.clear();
    check.password.clear();
    check.headers.clear();
    return check;
}

void requireOwnCheck(const Check& own, const Check& pool, const std::string& where) {
    const std::string one = "; this data plane has one monitor for the whole pool";
    if (pool.kind == Check::Kind::none)
        throw Refused(where + " has a monitor of its own and the pool none" + one);
    if (own.kind != pool.kind) throw Refused(where + " has a monitor of another kind than the pool's" + one);
    if (own.method != pool.method || own.path != pool.path)
        throw Refused(where + " has a monitor that asks for " + own.method + " " + own.path +
                      " where the pool's asks for " + pool.method + " " + pool.path + one);
    if (bare(own) != bare(pool))
        throw Refused(where + " has a monitor that differs from the pool's in more than authentication" +
                      one);
}

void requireTls(const Tls& tls, const std::string& where) {
    // With SNI HAProxy holds the certificate against the name that it sent.
    if (!tls.serverName.empty() && !tls.verifyName.empty() && tls.serverName != tls.verifyName)
        throw Refused(where + ": this data plane cannot send one name (" + tls.serverName +
                      ") and verify another (" + tls.verifyName + ")");
    if (tidyPem(tls.trustAnchor).size() > longestPayload)
        throw Refused(where + ": its trust anchor is longer than " + std::to_string(longestPayload) +
                      " characters");
    if (tidyPem(tls.certificate).size() + tidyPem(tls.key).size() > longestPayload)
        throw Refused(where + ": its certificate and key are longer than " + std::to_string(longestPayload) +
                      " characters");
}

std::string headerLines(const Check& check) {
    std::string lines(ownName);
    if (!check.user.empty()) lines += "\r\nAuthorization: Basic " + base64(check.user + ":" + check.password);
    for (const auto& [name, value] : check.headers)
        lines.append("\r\n").append(name).append(": ").append(value);
    return lines;
}

}

std::string base64(std::string_view text) {
    static const char* letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        unsigned bits = 0;
        for (std::size_t k = 0; k < 3; ++k)
            bits = bits << 8 | (i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            out += i + k <= text.size() ? letters[bits >> (18 - 6 * k) & 63U] : '=';
    }
    return out;
}

std::vector<PemFile> pemFiles(const Member& member, const HaproxyOptions& options) {
    std::vector<PemFile> files;
    if (!member.tls) return files;
    const auto put = [&](PemFile::Kind kind, const std::string& text) {
        files.push_back({kind, options.stateDir + "/haproxy.pem/" + contentName(text) + ".pem", text});
    };
    if (member.tls->verify) put(PemFile::Kind::authorities, tidyPem(member.tls->trustAnchor));
    if (!member.tls->certificate.empty())
        put(PemFile::Kind::certificateAndKey, tidyPem(member.tls->certificate) + tidyPem(member.tls->key));
    return files;
}

std::string headerMap(const Pool& pool, const HaproxyOptions& options) {
    return options.stateDir + "/haproxy.map/" + haproxyName(pool.name) + ".map";
}

std::string headersInMap(const Check& check) {
    return base64(headerLines(check));
}

std::map<std::string, std::string> haproxyFiles(const Configuration& configuration,
                                                const HaproxyOptions& options) {
    std::map<std::string, std::string> files;
    for (const auto& pool : configuration.pools) {
        auto& map = files[headerMap(pool, options)];
        for (const auto& member : pool.members) {
            for (const auto& file : pemFiles(member, options))
                files[file.path] = file.text;
            if (member.check) map += haproxyName(member.name) + " " + headersInMap(*member.check) + "\n";
        }
    }
    return files;
}

void requireBearable(const Configuration& configuration) {
    for (const auto& pool : configuration.pools) {
        requireHeaders(pool.check, "pool " + pool.name + ": its monitor");
        for (const auto& member : pool.members) {
            const auto where = "pool " + pool.name + ": member " + member.name;
            if (member.tls) requireTls(*member.tls, where);
            if (!member.check) continue;
            requireHeaders(*member.check, where + ": its monitor");
            requireOwnCheck(*member.check, pool.check, where);
        }
    }
}

}
