#include "agent/cgroup.hpp"
#include "agent/figures.hpp"
#include "agent/kernel_text.hpp"
#include "agent/measurer.hpp"
#include "base/event_loop.hpp"
#include "folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::agent;
using namespace std::chrono_literals;
using headgate::test::Folder;

namespace {

const base::Instant start{1000s};

/// A machine as the kernel shows it: cgroup v1 beside v2 without controllers, as Debian 10 had it.
struct OldMachine : Folder {
    KernelPlaces places{path() / "proc", path() / "cgroup"};

    OldMachine() {
        write("cgroup/unified/cgroup.controllers", "hugetlb\n");
        write("cgroup/unified/shop/cpu.stat", "usage_usec 5000000\nuser_usec 4000000\nsystem_usec 1000000\n");
        write("cgroup/cpu,cpuacct/shop/cpu.cfs_quota_us", "50000\n");
        write("cgroup/cpu,cpuacct/shop/cpu.cfs_period_us", "100000\n");
        write("cgroup/cpu,cpuacct/shop/cpuacct.usage", "5000000000\n");
        write("cgroup/memory/shop/memory.limit_in_bytes", "1073741824\n");
        write("cgroup/memory/shop/memory.usage_in_bytes", "805306368\n");
        write("cgroup/memory/shop/memory.stat", "cache 1\ninactive_file 5\ntotal_inactive_file 268435456\n");
        write("proc/stat", "cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 100 0 100 700 100 0 0 0 0 0\n");
        write("proc/meminfo", "MemTotal:        1000 kB\nMemFree:  1 kB\nMemAvailable:    400 kB\n");
        write("proc/41/comm", "shopd\n");
        write("proc/42/comm", "shopd\n");
        write("proc/41/cgroup", "9:name=systemd:/shop\n4:memory:/shop\n2:cpu,cpuacct:/shop\n0::/shop\n");
    }
};

/// The same with v2 only, as systemd sets it up today.
struct NewMachine : Folder {
    KernelPlaces places{path() / "proc", path() / "cgroup"};

    NewMachine() {
        write("cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
        const std::string unit = "cgroup/system.slice/system-shop.slice/shop.service/";
        write(unit + "cpu.max", "200000 100000\n");
        write(unit + "cpu.stat", "usage_usec 1000000\nnr_throttled 3\n");
        write(unit + "memory.max", "max\n");
        write(unit + "memory.current", "1\n");
        write(unit + "cpu.pressure", "some avg10=12.50 avg60=1.00 avg300=0.00 total=9\n");
        write(unit + "memory.pressure",
              "some avg10=25.00 avg60=1.00 avg300=0.00 total=9\nfull avg10=99.00\n");
        write("proc/pressure/cpu", "some avg10=99.00 avg60=1.00 avg300=0.00 total=9\n");
        write("proc/meminfo", "MemTotal:        1000 kB\nMemAvailable:    900 kB\n");
    }
    std::filesystem::path unit() const {
        return path() / "cgroup/system.slice/system-shop.slice/shop.service";
    }
};

MeasureSettings by(const std::string& cgroup) {
    MeasureSettings settings;
    settings.cgroup = cgroup;
    return settings;
}

}

BOOST_AUTO_TEST_CASE(quotas_of_v2_are_parts_of_a_cpu_or_none) {
    BOOST_TEST((parseCpuMax("50000 100000\n").value() == 0.5));
    BOOST_REQUIRE(parseCpuMax("max 100000\n"));
    BOOST_TEST(!*parseCpuMax("max 100000\n"));
    for (const auto* bad :
         {"", "max", "50000", "0 100000", "50000 0", "-1 100000", "x 100000", "50000 100000 1"})
        BOOST_TEST(!parseCpuMax(bad), bad);
}

BOOST_AUTO_TEST_CASE(pressure_is_what_some_waited_in_ten_seconds) {
    BOOST_TEST((parsePressure("some avg10=88.46 avg60=64.70 avg300=50.62 total=416107927\n"
                              "full avg10=1.00 avg60=0.00 avg300=0.00 total=0\n") == 88.46));
    for (const auto* bad :
         {"", "full avg10=1.00\n", "some avg60=1.00\n", "some avg10=x\n", "some avg10=101\n"})
        BOOST_TEST(!parsePressure(bad), bad);
}

BOOST_AUTO_TEST_CASE(a_keyed_number_is_that_of_the_whole_word) {
    BOOST_TEST((parseKeyed("total_inactive_file 7\ninactive_file 5\n", "inactive_file") == 5U));
    BOOST_TEST((parseKeyed("MemTotal:        2031 kB\n", "MemTotal:") == 2031U));
    BOOST_TEST(!parseKeyed("inactive_file_x 5\n", "inactive_file"));
    BOOST_TEST(!parseKeyed("inactive_file -5\n", "inactive_file"));
    BOOST_TEST(!parseKeyed("inactive_file\n", "inactive_file"));
}

BOOST_AUTO_TEST_CASE(waiting_for_io_is_no_work_of_a_cpu) {
    const auto seen = parseProcStat("cpu  10 1 5 100 50 2 3 4 0 0\n");
    BOOST_REQUIRE(seen);
    BOOST_TEST(seen->busy == 25U);
    BOOST_TEST(seen->total == 175U);
    BOOST_TEST(!parseProcStat("cpu 1 2 3\n"));
    BOOST_TEST(!parseProcStat("intr 1\n"));
}

BOOST_AUTO_TEST_CASE(a_process_is_in_one_cgroup_of_each_hierarchy) {
    const std::string text = "9:name=systemd:/a\n4:memory:/process_api/0e\n2:cpu,cpuacct:/b:c\n0::/d\n";
    BOOST_TEST((parseCgroupPath(text, "memory") == "/process_api/0e"));
    BOOST_TEST((parseCgroupPath(text, "cpuacct") == "/b:c"));
    BOOST_TEST((parseCgroupPath(text, "") == "/d"));
    BOOST_TEST(!parseCgroupPath(text, "pids"));
}

BOOST_AUTO_TEST_CASE(a_cgroup_is_found_by_any_of_its_paths) {
    const OldMachine machine;
    const auto cgroup = machine.path() / "cgroup";
    const Cgroup expected{cgroup / "unified/shop", cgroup / "cpu,cpuacct/shop", cgroup / "cpu,cpuacct/shop",
                          cgroup / "memory/shop"};
    for (const auto& path : {std::string("shop"), std::string("/shop"), (cgroup / "memory/shop").string(),
                             (cgroup / "shop").string()})
        BOOST_TEST((locate(by(path), machine.places).cgroup == expected), path);
    BOOST_TEST(locate(by("nowhere"), machine.places).error == "there is no cgroup nowhere");
    BOOST_TEST(locate(by("/"), machine.places).cgroup.empty());
}

BOOST_AUTO_TEST_CASE(a_cgroup_is_found_by_process_pid_file_and_unit) {
    const OldMachine old;
    MeasureSettings process;
    process.process = "shopd";
    BOOST_TEST((locate(process, old.places).cgroup.memory == old.path() / "cgroup/memory/shop"));
    BOOST_TEST(locate(process, old.places).process == 41);
    // One that is known is not left for another of its name, until it is gone.
    old.write("proc/42/cgroup", "0::/shop\n");
    BOOST_TEST(locate(process, old.places, 42).process == 42);
    BOOST_TEST(locate(process, old.places, 43).process == 41);
    process.process = "other";
    BOOST_TEST(locate(process, old.places).error == "there is no process called other");

    MeasureSettings pid;
    pid.pidFile = old.write("pid", "41\n");
    BOOST_TEST((locate(pid, old.places).cgroup.unified == old.path() / "cgroup/unified/shop"));
    pid.pidFile = old.write("pid", "4141\n");
    BOOST_TEST(locate(pid, old.places).error == "there is no process 4141");

    const NewMachine fresh;
    MeasureSettings unit;
    unit.unit = "shop";
    BOOST_TEST((locate(unit, fresh.places).cgroup.unified == fresh.unit()));
    unit.unit = "gone.service";
    BOOST_TEST(locate(unit, fresh.places).cgroup.empty());
}

BOOST_AUTO_TEST_CASE(cpu_of_v1_is_its_use_against_its_quota) {
    const OldMachine machine;
    auto cgroup = locate(by("shop"), machine.places).cgroup;
    cgroup.unified.clear(); // a machine without v2
    CpuFigure cpu;
    BOOST_TEST(!cpu.read(&cgroup, machine.places, start).permille); // one look is none
    machine.write("cgroup/cpu,cpuacct/shop/cpuacct.usage", "5250000000\n");
    // A quarter of a second of CPU in one second, of half a CPU.
    BOOST_TEST((cpu.read(&cgroup, machine.places, start + 1s).permille == 500));
    // It was restarted: less than before is a new beginning.
    machine.write("cgroup/cpu,cpuacct/shop/cpuacct.usage", "10\n");
    BOOST_TEST(!cpu.read(&cgroup, machine.places, start + 2s).permille);
}

BOOST_AUTO_TEST_CASE(cpu_of_v2_is_its_use_against_its_quota) {
    const NewMachine machine;
    const auto cgroup = locate(by("system.slice/system-shop.slice/shop.service"), machine.places).cgroup;
    CpuFigure cpu;
    cpu.read(&cgroup, machine.places, start);
    machine.write("cgroup/system.slice/system-shop.slice/shop.service/cpu.stat", "usage_usec 2500000\n");
    BOOST_TEST((cpu.read(&cgroup, machine.places, start + 1s).permille == 750));
}

BOOST_AUTO_TEST_CASE(cpu_without_a_quota_is_the_machines) {
    const OldMachine machine;
    machine.write("cgroup/cpu,cpuacct/shop/cpu.cfs_quota_us", "-1\n");
    auto cgroup = locate(by("shop"), machine.places).cgroup;
    CpuFigure cpu;
    cpu.read(&cgroup, machine.places, start);
    machine.write("proc/stat", "cpu  150 0 125 720 105 0 0 0 0 0\n");
    BOOST_TEST((cpu.read(&cgroup, machine.places, start + 1s).permille == 750));
    machine.write("proc/stat", "nonsense\n");
    const auto gone = cpu.read(&cgroup, machine.places, start + 2s);
    BOOST_TEST(!gone.permille);
    BOOST_TEST(gone.because != "");
}

BOOST_AUTO_TEST_CASE(memory_is_without_the_cache_that_the_kernel_gives_up) {
    const OldMachine machine;
    const auto cgroup = locate(by("shop"), machine.places).cgroup;
    BOOST_TEST((memoryFigure(&cgroup, machine.places).permille == 500));
    machine.write("cgroup/memory/shop/memory.limit_in_bytes", "9223372036854771712\n"); // v1's "none"
    BOOST_TEST((memoryFigure(&cgroup, machine.places).permille == 600));
    const NewMachine fresh;
    const auto unlimited = locate(by("system.slice/system-shop.slice/shop.service"), fresh.places).cgroup;
    BOOST_TEST((memoryFigure(&unlimited, fresh.places).permille == 100));
    fresh.write("cgroup/system.slice/system-shop.slice/shop.service/memory.max", "4\n");
    BOOST_TEST((memoryFigure(&unlimited, fresh.places).permille == 250));
}

BOOST_AUTO_TEST_CASE(pressure_is_the_cgroups_own_where_it_has_one) {
    const NewMachine machine;
    const auto cgroup = locate(by("system.slice/system-shop.slice/shop.service"), machine.places).cgroup;
    BOOST_TEST((pressureFigure(&cgroup, machine.places, 50).permille == 500));
    BOOST_TEST((pressureFigure(nullptr, machine.places, 100).permille == 990));
    const OldMachine old;
    BOOST_TEST(!pressureFigure(nullptr, old.places, 50).permille);
}

BOOST_AUTO_TEST_CASE(a_figure_of_a_cgroup_that_is_not_there_is_unknown_and_never_the_machines) {
    const OldMachine machine;
    base::EventLoop loop;
    Settings settings;
    settings.application = "shop";
    settings.port = 1;
    settings.measure = by("nowhere");
    Measurer measurer(loop, settings, machine.places);
    for (const auto& reading : measurer.look(start).readings) {
        BOOST_TEST(!reading.permille);
        BOOST_TEST(reading.because == "there is no cgroup nowhere");
    }
}

BOOST_AUTO_TEST_CASE(an_own_number_is_the_first_word_and_not_negative) {
    BOOST_TEST((ownNumber(" 12.5 jobs\n") == 12.5));
    BOOST_TEST((ownNumber("0") == 0.0));
    for (const auto* bad : {"", " \n", "x", "-1", "1x", "inf", "nan"})
        BOOST_TEST(!ownNumber(bad), bad);
}
