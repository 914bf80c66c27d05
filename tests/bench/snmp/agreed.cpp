#include "bench/snmp/agreed.hpp"

#include "snmp/error.hpp"

namespace headgate::bench {

namespace {

constexpr std::uint32_t first = 0x7f400000; // 127.64.0.0
constexpr std::uint32_t hosts = 254;        // .1 to .254

snmp::AuthProtocol authProtocol(std::string_view name) {
    if (name == "sha-1") return snmp::AuthProtocol::sha1;
    if (name == "sha-224") return snmp::AuthProtocol::sha224;
    if (name == "sha-256") return snmp::AuthProtocol::sha256;
    if (name == "sha-384") return snmp::AuthProtocol::sha384;
    if (name == "sha-512") return snmp::AuthProtocol::sha512;
    throw snmp::Error("no such authentication protocol: " + std::string(name));
}

}

std::uint32_t addressOf(std::uint32_t server) {
    return first + (server / hosts) * 256 + 1 + server % hosts;
}

std::uint32_t serverAt(std::uint32_t address) {
    return ((address - first) >> 8) * hosts + (address & 0xff) - 1;
}

std::string printAddress(std::uint32_t address) {
    std::string text;
    for (const int shift : {24, 16, 8, 0})
        text += std::to_string(address >> shift & 0xff) + (shift > 0 ? "." : "");
    return text;
}

bool isSilent(std::uint32_t server, std::uint32_t permille) {
    // Every tenth of ten thousand would be the same host number in each network: multiplied by a prime.
    return static_cast<std::uint64_t>(server) * 7919 % 1000 < permille;
}

const std::vector<Figure>& figures() {
    static const std::vector<Figure> all{
        {"memory-available", {1, 3, 6, 1, 4, 1, 2021, 4, 6, 0}},          // memAvailReal
        {"load-average", {1, 3, 6, 1, 4, 1, 2021, 10, 1, 5, 1}},          // laLoadInt
        {"idle", {1, 3, 6, 1, 4, 1, 2021, 11, 53, 0}, true},              // ssCpuRawIdle
        {"established", {1, 3, 6, 1, 2, 1, 6, 9, 0}},                     // tcpCurrEstab
        {"opened", {1, 3, 6, 1, 2, 1, 6, 6, 0}, true},                    // tcpPassiveOpens
        {"users", {1, 3, 6, 1, 2, 1, 25, 1, 5, 0}},                       // hrSystemNumUsers
        {"processes", {1, 3, 6, 1, 2, 1, 25, 1, 6, 0}},                   // hrSystemProcesses
        {"octets-received", {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, 2}, true}, // ifHCInOctets
        {"octets-sent", {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 10, 2}, true},    // ifHCOutOctets
    };
    return all;
}

std::vector<snmp::Oid> objects() {
    std::vector<snmp::Oid> all{{1, 3, 6, 1, 2, 1, 1, 3, 0},         // sysUpTime
                               {1, 3, 6, 1, 6, 3, 10, 2, 1, 2, 0},  // snmpEngineBoots
                               {1, 3, 6, 1, 6, 3, 10, 2, 1, 3, 0}}; // snmpEngineTime
    for (const auto& figure : figures())
        all.push_back(figure.oid);
    return all;
}

snmp::CredentialsPtr userCredentials(std::string_view auth, std::string_view priv) {
    if (priv != "aes" && priv != "none") throw snmp::Error("no such privacy protocol: " + std::string(priv));
    snmp::UserCredentials given;
    given.user = user;
    given.level = auth == "none"   ? snmp::SecurityLevel::noAuthNoPriv
                  : priv == "none" ? snmp::SecurityLevel::authNoPriv
                                   : snmp::SecurityLevel::authPriv;
    if (auth != "none") given.auth = authProtocol(auth);
    given.authPassword = snmp::Secret(std::string(authPassword));
    given.privPassword = snmp::Secret(std::string(privPassword));
    return snmp::Credentials::make(std::move(given));
}

}
