// Asks headgate-snmp-farm, and says what that cost: one JSON object.
//
//     headgate-snmp-bench floor PORT SERVERS SECONDS [--rate N [--tick MS]] [--window N]
//     headgate-snmp-bench poll PORT SERVERS SECONDS INTERVAL_MS [--auth PROTOCOL --priv PROTOCOL]
//                              [--warm SECONDS]
//     headgate-snmp-bench objects
//
// `floor` sends datagrams made before and decodes nothing; `poll` is telemetry as headgated has it, SNMPv3
// where --auth is given. `objects` prints what both ask for, one OID a line.
#include "bench/snmp/agreed.hpp"
#include "bench/snmp/floor.hpp"
#include "bench/snmp/options.hpp"
#include "bench/snmp/poll.hpp"

#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>

namespace headgate::bench {

namespace {

std::uint16_t portOf(const Options& options) {
    return static_cast<std::uint16_t>(options.numberAt(1));
}

std::uint32_t serversOf(const Options& options) {
    const auto servers = options.numberAt(2);
    if (servers == 0 || servers > mostServers)
        throw std::runtime_error("not 1 to " + std::to_string(mostServers) + " servers: " + options.word(2));
    return servers;
}

void runFloor(const Options& options) {
    Floor floor{portOf(options), serversOf(options), std::chrono::seconds(options.numberAt(3))};
    floor.rate = options.number("rate", floor.rate);
    floor.tick = std::chrono::milliseconds(options.number("tick", 10));
    floor.window = options.number("window", floor.window);
    measure(floor);
}

void runPoll(const Options& options) {
    Poll poll{portOf(options),
              serversOf(options),
              std::chrono::seconds(options.numberAt(3)),
              std::chrono::milliseconds(options.numberAt(4)),
              {},
              {}};
    poll.warm = std::chrono::seconds(options.number("warm", 0));
    poll.credentials =
        options.has("auth")
            ? userCredentials(options.text("auth", ""), options.text("priv", "aes"))
            : snmp::Credentials::make(snmp::CommunityCredentials{snmp::Secret(std::string(community))});
    measure(poll);
}

void run(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "floor") return runFloor(Options(argc, argv, 4, {"rate", "tick", "window"}));
    if (what == "poll") return runPoll(Options(argc, argv, 5, {"auth", "priv", "warm"}));
    if (what != "objects") throw std::runtime_error("wants one of: floor, poll, objects");
    for (const auto& object : objects())
        std::printf("%s\n", object.print().c_str());
}

}

}

int main(int argc, char** argv) {
    try {
        headgate::bench::run(argc, argv);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "headgate-snmp-bench: %s\n", error.what());
        return 1;
    }
}
