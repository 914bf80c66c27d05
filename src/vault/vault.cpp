#include "vault/vault.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace headgate::vault {
namespace {

constexpr std::size_t nonceOctets = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tagOctets = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t keyOctets = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t padding = 32;
constexpr char context[] = "headgate"; // of crypto_kdf, eight octets
static_assert(sizeof context - 1 == crypto_kdf_CONTEXTBYTES && keyOctets == crypto_kdf_KEYBYTES);

const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* octets(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

void begin() {
    if (sodium_init() < 0) throw Error("libsodium cannot be used on this machine");
}

base::Secret derived(const base::Secret& key, std::uint64_t number) {
    std::string made(keyOctets, '\0');
    crypto_kdf_derive_from_key(octets(made), made.size(), number, context, octets(key.reveal()));
    base::Secret secret(made);
    base::wipe(made);
    return secret;
}

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why) {
    throw Error(file.string() + ": " + why);
}

/// A descriptor that is closed with its scope.
struct File {
    int descriptor = -1;
    ~File() {
        if (descriptor >= 0) ::close(descriptor);
    }
};

constexpr mode_t ofOthers = S_IRWXG | S_IRWXO;

base::Secret read(const std::filesystem::path& file, mode_t forbidden) {
    const File from{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    const int descriptor = from.descriptor;
    if (descriptor < 0) refuse(file, std::string("the key cannot be read: ") + std::strerror(errno));
    struct stat about {};
    if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) refuse(file, "is no file with a key");
    if ((about.st_mode & forbidden) != 0)
        refuse(file, "others than its owner may read the key: chmod 600 it");
    std::array<char, 2 * keyOctets + 2> text{};
    const auto length = ::read(descriptor, text.data(), text.size());
    std::string key(keyOctets, '\0');
    std::size_t got = 0;
    const char* end = nullptr;
    const auto wanted = length < 0 ? 0U : static_cast<std::size_t>(length);
    sodium_hex2bin(octets(key), key.size(), text.data(), std::min(wanted, 2 * keyOctets), nullptr, &got,
                   &end);
    const std::string_view rest(text.data() + std::min(wanted, 2 * keyOctets),
                                wanted - std::min(wanted, 2 * keyOctets));
    const bool good = got == keyOctets && (rest.empty() || rest == "\n");
    sodium_memzero(text.data(), text.size());
    if (!good) refuse(file, "is no key: 64 hexadecimal digits, as `openssl rand -hex 32` prints them");
    base::Secret secret(key);
    base::wipe(key);
    return secret;
}

/// The superuser seals a secret before the service's first start: the key is the service's all the same.
bool giveToOwnerOf(const File& folder, const File& file) {
    struct stat owner {};
    if (::geteuid() != 0 || ::fstat(folder.descriptor, &owner) != 0 || owner.st_uid == 0) return true;
    return ::fchown(file.descriptor, owner.st_uid, owner.st_gid) == 0;
}

/// As a whole or not at all: whoever finds a file finds a key in it.
void makeKey(const std::filesystem::path& file) {
    std::array<unsigned char, keyOctets> key{};
    std::array<char, 2 * keyOctets + 1> text{};
    randombytes_buf(key.data(), key.size());
    sodium_bin2hex(text.data(), text.size(), key.data(), key.size());
    text.back() = '\n';
    const auto draft = file.string() + "." + std::to_string(::getpid()) + ".new";
    ::unlink(draft.c_str());
    const File folder{::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    bool made = false;
    {
        const File to{::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
        made = to.descriptor >= 0 && giveToOwnerOf(folder, to) &&
               ::write(to.descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
               ::fsync(to.descriptor) == 0;
    }
    const int why = errno;
    sodium_memzero(key.data(), key.size());
    sodium_memzero(text.data(), text.size());
    // A link never takes the place of a key that another program has made meanwhile: that one is read.
    if (!made || (::link(draft.c_str(), file.c_str()) != 0 && errno != EEXIST))
        refuse(file, std::string("a key cannot be made there: ") + std::strerror(made ? errno : why));
    ::unlink(draft.c_str());
    if (folder.descriptor >= 0) ::fsync(folder.descriptor);
}

bool isBase64(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=';
}

void appendEscaped(std::string& to, std::string_view text) {
    for (const char c : text) {
        switch (c) {
        case '&': to += "&amp;"; break;
        case '<': to += "&lt;"; break;
        case '>': to += "&gt;"; break;
        case '\r': to += "&#13;"; break; // else the parser at the other end makes it a line feed
        default: to += c;
        }
    }
}

}

Vault::Vault(base::Secret key)
    : m_sealing(derived(key, 1))
    , m_naming(derived(key, 2)) {}

Vault Vault::open(const std::filesystem::path& file, Make make) {
    begin();
    if (make == Make::ifAbsent && ::access(file.c_str(), F_OK) != 0 && errno == ENOENT) makeKey(file);
    return Vault(read(file, ofOthers));
}

Vault Vault::openCredential(const std::filesystem::path& file) {
    begin();
    return Vault(read(file, ofOthers & ~static_cast<mode_t>(S_IRGRP)));
}

Vault Vault::ofThisRun() {
    begin();
    std::string key(keyOctets, '\0');
    randombytes_buf(key.data(), key.size());
    base::Secret secret(key);
    base::wipe(key);
    return Vault(std::move(secret));
}

std::string Vault::seal(const base::Secret& secret) const {
    // The length is hidden by padding (ISO/IEC 7816-4), the secret named by a keyed hash of it.
    std::string padded(secret.reveal());
    const auto length = padded.size();
    padded.resize(length + padding);
    std::size_t whole = 0;
    sodium_pad(&whole, octets(padded), length, padding, padded.size());
    std::string box(nonceOctets + whole + tagOctets, '\0');
    crypto_generichash(octets(box), nonceOctets, octets(padded), whole, octets(m_naming.reveal()), keyOctets);
    crypto_aead_xchacha20poly1305_ietf_encrypt(octets(box) + nonceOctets, nullptr, octets(padded), whole,
                                               octets(sealMark), sealMark.size(), nullptr, octets(box),
                                               octets(m_sealing.reveal()));
    base::wipe(padded);
    std::string text(sodium_base64_encoded_len(box.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), octets(box), box.size(), sodium_base64_VARIANT_ORIGINAL);
    text.resize(std::strlen(text.c_str()));
    return std::string(sealMark) + text;
}

base::Secret Vault::unseal(std::string_view sealed) const {
    const auto fail = [] {
        throw Error("a sealed secret cannot be opened: it is damaged, or was sealed under another key");
    };
    if (!sealed.starts_with(sealMark)) fail();
    sealed.remove_prefix(sealMark.size());
    std::string box(sealed.size(), '\0');
    std::size_t length = 0;
    const char* end = nullptr;
    if (sodium_base642bin(octets(box), box.size(), sealed.data(), sealed.size(), nullptr, &length, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        end != sealed.data() + sealed.size() || length < nonceOctets + tagOctets)
        fail();
    std::string padded(length - nonceOctets - tagOctets, '\0');
    std::size_t whole = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            octets(padded), nullptr, nullptr, octets(box) + nonceOctets, length - nonceOctets,
            octets(sealMark), sealMark.size(), octets(box), octets(m_sealing.reveal())) != 0 ||
        sodium_unpad(&whole, octets(padded), padded.size(), padding) != 0)
        fail();
    base::Secret secret(padded.substr(0, whole));
    base::wipe(padded);
    return secret;
}

std::string Vault::revealed(std::string_view xml, std::vector<base::Secret>& secrets) const {
    std::string made;
    for (;;) {
        const auto at = std::min(xml.find(sealMark), xml.size());
        made.append(xml.substr(0, at));
        xml.remove_prefix(at);
        if (xml.empty()) return made;
        auto end = sealMark.size();
        while (end < xml.size() && isBase64(xml[end]))
            ++end;
        // Room first: what is wiped at the end is all that there ever was.
        const auto& secret = secrets.emplace_back(unseal(xml.substr(0, end)));
        const auto needed = made.size() + 5 * secret.reveal().size() + xml.size();
        if (made.capacity() < needed) {
            std::string larger;
            larger.reserve(needed);
            larger += made;
            base::wipe(made);
            made = std::move(larger);
        }
        appendEscaped(made, secret.reveal());
        xml.remove_prefix(end);
    }
}

}
