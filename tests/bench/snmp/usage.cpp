#include "bench/snmp/usage.hpp"

#include <malloc.h>
#include <sys/resource.h>

#include <fstream>
#include <stdexcept>
#include <string>

namespace headgate::bench {

double cpuUsed() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto of = [](const timeval& time) {
        return 1e6 * static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec);
    };
    return of(used.ru_utime) + of(used.ru_stime);
}

std::chrono::milliseconds monotonic() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
}

double resident() {
    ::malloc_trim(0);
    // Not status or statm: the kernel counts those a processor each, and adds them up now and then.
    std::ifstream in("/proc/self/smaps_rollup");
    std::string word;
    while (in >> word)
        if (double kilobytes = 0; word == "Rss:" && in >> kilobytes) return kilobytes * 1024;
    throw std::runtime_error("the kernel does not say how much memory this process has");
}

}
