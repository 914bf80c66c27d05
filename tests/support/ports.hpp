#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace headgate::test {

/// A port of 127.0.0.1, of TCP (SOCK_STREAM) or UDP (SOCK_DGRAM), that is free and stays so until its server
/// binds it: none of those that the kernel gives to clients, and given to no other test (lab/parts/ports.py
/// does the same).
inline std::uint16_t freePort(int kind) {
    unsigned low = 0;
    unsigned high = 0;
    std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> low >> high;
    std::vector<std::uint16_t> choices;
    for (unsigned port = 10000; port < 65536; ++port)
        if (port < low || port > high) choices.push_back(static_cast<std::uint16_t>(port));
    std::shuffle(choices.begin(), choices.end(), std::random_device());
    for (const auto port : choices) {
        // Abstract: of this network namespace, and gone with this process.
        const int mark = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        const auto name = "headgate-port-" + std::to_string(port);
        sockaddr_un own{};
        own.sun_family = AF_UNIX;
        std::copy(name.begin(), name.end(), own.sun_path + 1);
        const int probe = ::socket(AF_INET, kind | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
        const bool ours = ::bind(mark, reinterpret_cast<sockaddr*>(&own), length) == 0 &&
                          ::bind(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
        ::close(probe);
        if (ours) return port; // and `mark` is left open until this process ends
        ::close(mark);
    }
    throw std::runtime_error("no port of 127.0.0.1 is free outside those that the kernel gives to clients");
}

inline std::uint16_t freeUdpPort() {
    return freePort(SOCK_DGRAM);
}

}
