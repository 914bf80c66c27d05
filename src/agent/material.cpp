#include "agent/material.hpp"

#include "agent/files.hpp"

#include <unistd.h>

#include <algorithm>

namespace headgate::agent {

namespace {

using mib::server::Kind;

/// Reads the files of one [authentication], and says what is wrong with each by its key.
struct Reader {
    const Document& document;
    const Settings& settings;
    const Places& places;
    base::Instant now;
    Problems& problems;

    /// `key` is one of [authentication], or "probe." and one of [probe].
    void complain(std::string_view key, std::string what, std::string advice, bool passing = false) const {
        const bool ofProbe = key.starts_with("probe.");
        const std::string section = ofProbe ? "probe" : "authentication";
        if (ofProbe) key.remove_prefix(6);
        problems.push_back({document.file, lineOf(document, section, key), section + '.' + std::string(key),
                            std::move(what), std::move(advice), passing});
    }

    std::optional<std::string> read(const char* key, const std::filesystem::path& named,
                                    std::size_t most) const {
        if (named.empty()) return std::nullopt;
        const auto path = places.resolve(named, settings.source);
        auto file = readFile(path, most);
        if (!file.text)
            complain(key, path.string() + ' ' + file.error, "the agent's user must be able to read it");
        return std::move(file.text);
    }

    std::optional<base::Secret> readSecret(const char* key, const std::filesystem::path& named,
                                           std::size_t most) const {
        if (named.empty()) return std::nullopt;
        const auto path = places.resolve(named, settings.source);
        auto file = readFile(path, most);
        if (!file.text) {
            complain(key, path.string() + ' ' + file.error,
                     "make it a file of mode 0600 that the agent can read");
            return std::nullopt;
        }
        base::Secret secret(std::move(*file.text));
        // systemd gives its credentials to the service by an access list, which shows as the group's
        // permission.
        const bool credential = !places.credentials.empty() && path.parent_path() == places.credentials;
        if (file.mode & (credential ? 0037U : 0077U)) {
            complain(key, path.string() + " can be read by others", "chmod 600 it, then change the secret");
            return std::nullopt;
        }
        if (file.owner != 0 && file.owner != geteuid()) {
            complain(key, path.string() + " belongs to somebody else",
                     "chown it to root or to the agent's user");
            return std::nullopt;
        }
        return secret;
    }

    /// One line: a password or a token.
    base::Secret line() const {
        const auto file = readSecret("secret-file", settings.authentication.secretFile, mostSecret + 1);
        if (!file) return {};
        auto text = file->reveal();
        if (text.ends_with('\n')) text.remove_suffix(1);
        const auto control = [](unsigned char c) { return c < 32 || c == 127; };
        if (text.empty())
            complain("secret-file", "is empty", "write the secret into it, in one line");
        else if (text.size() > mostSecret)
            complain("secret-file", "is too long", "a secret has at most 1024 octets");
        else if (std::any_of(text.begin(), text.end(), control))
            complain("secret-file", "has more than one line, or control characters",
                     "write one line into it");
        return base::Secret(std::string(text));
    }

    std::vector<pki::Certificate> certificates(const char* key, const std::filesystem::path& named) const {
        const auto text = read(key, named, mostPem);
        if (!text) return {};
        try {
            auto found = pki::readCertificates(*text);
            for (const auto& each : found)
                checkTime(key, each);
            return found;
        } catch (const pki::Error& error) {
            complain(key, error.what(), "give certificates in PEM");
            return {};
        }
    }

    void checkTime(const char* key, const pki::Certificate& certificate) const {
        const auto day = [](std::chrono::sys_seconds at) { return base::rfc3339(at).substr(0, 10); };
        if (certificate.notAfter <= now)
            complain(key, "has a certificate that was over on " + day(certificate.notAfter), "renew it",
                     true);
        else if (certificate.notBefore > now)
            complain(key, "has a certificate that begins on " + day(certificate.notBefore),
                     "look at the clock, or wait", true);
    }

    base::Secret privateKey(const std::vector<pki::Certificate>& certificate) const {
        const auto file = readSecret("key-file", settings.authentication.keyFile, mostPem);
        if (!file) return {};
        try {
            auto key = pki::readPrivateKey(*file);
            if (!certificate.empty() && !pki::keyFits(certificate.front(), key))
                complain("key-file", "is not the key of the certificate",
                         "give the two that belong together");
            return key;
        } catch (const pki::Error& error) {
            complain("key-file", error.what(), "give a private key in PEM, without a passphrase");
            return {};
        }
    }
};

void takeEnd(Material& material, const std::vector<pki::Certificate>& certificates) {
    for (const auto& each : certificates)
        if (!material.notAfter || each.notAfter < *material.notAfter) material.notAfter = each.notAfter;
}

}

std::filesystem::path Places::resolve(const std::filesystem::path& named,
                                      const std::filesystem::path& source) const {
    if (named.is_absolute()) return named;
    std::error_code ignored;
    if (!credentials.empty() && std::filesystem::exists(credentials / named, ignored))
        return credentials / named;
    return source.parent_path() / named;
}

Material readMaterial(const Document& document, const Settings& settings, const Places& places,
                      base::Instant now, Problems& problems) {
    const Reader reader{document, settings, places, now, problems};
    const auto& authentication = settings.authentication;
    Material material;
    const auto anchors = reader.certificates("trust-anchor", authentication.trustAnchor);
    const auto client = reader.certificates("certificate", authentication.certificate);
    const auto server = reader.certificates("server-certificate", authentication.serverCertificate);
    material.trustAnchor = pki::joinPem(anchors);
    material.probeAnchor =
        settings.probe.trustAnchor == authentication.trustAnchor
            ? material.trustAnchor
            : pki::joinPem(reader.certificates("probe.trust-anchor", settings.probe.trustAnchor));
    material.certificate = pki::joinPem(client);
    if (authentication.kind == Kind::clientCertificate)
        material.secret = reader.privateKey(client);
    else if (authentication.kind == Kind::password || authentication.kind == Kind::token)
        material.secret = reader.line();
    if (!server.empty()) {
        material.fingerprint = server.front().fingerprint;
        if (!authentication.serverName.empty() && !pki::hasName(server.front(), authentication.serverName))
            reader.complain("server-certificate", "does not have the name " + authentication.serverName,
                            "give the certificate and the server-name that belong together");
    }
    for (const auto& certificates : {anchors, client, server})
        takeEnd(material, certificates);
    return material;
}

}
