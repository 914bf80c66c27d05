#include "appliance/appliance.hpp"
#include "appliance/options.hpp"
#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "netconf/error.hpp"

#include <csignal>
#include <iostream>

namespace {

using namespace headgate;

const base::Duration tickPeriod{50};

int run(const appliance::Options& options) {
    base::EventLoop loop;
    const auto ending = loop.onSignal({SIGTERM, SIGINT}, [&loop](int) { loop.stop(); });
    appliance::Appliance appliance(options);
    const auto ticking = loop.every(tickPeriod, [&appliance] { appliance.tick(); });
    std::cout << "ready " << appliance.addresses() << std::endl;
    loop.run();
    return 0;
}

int fail(const std::exception& error, int status) {
    std::cerr << "headgate-appliance: " << error.what() << '\n';
    return status;
}

}

int main(int count, char** words) {
    ::signal(SIGPIPE, SIG_IGN);
    const auto parsed = appliance::parseOptions(count, words, std::cout, std::cerr);
    if (!parsed.options) return parsed.status;
    base::setLogLevel(parsed.options->logLevel);
    try {
        return run(*parsed.options);
    } catch (const netconf::Error& error) {
        return fail(error, 2);
    } catch (const std::exception& error) {
        return fail(error, 1);
    }
}
