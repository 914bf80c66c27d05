#include "daemon/flight_recorder.hpp"
#include "flight/decoder.hpp"
#include "lab_configuration.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>

using namespace headgate;
using namespace headgate::daemon;
using namespace std::chrono_literals;

namespace {

struct Flight {
    Folder folder;
    std::filesystem::path files = folder.path / "flight";
    controller::Controller controller{controller::Options{}};
    std::unique_ptr<FlightRecorder> recorder;
    domain::Instant now = noon;
    domain::Configuration configuration;

    explicit Flight(FlightLimits limits = {}) { start(limits); }

    void start(FlightLimits limits = {}) {
        recorder = std::make_unique<FlightRecorder>(files, limits);
        recorder->begin(now, domain::TransactionId{7});
        tell(controller::Configured{configuration});
    }

    void tell(controller::Input input) {
        std::vector<flight::Configuration> texts;
        if (std::holds_alternative<controller::Configured>(input)) texts.push_back({1, true, "{}"});
        recorder->told(now, input, texts);
        recorder->done(controller.handle(now, std::move(input)), controller);
    }

    void sample(double value) {
        domain::Sample made;
        made.server = {"real1"};
        made.at = now;
        made.readings.set("cpu", value);
        tell(std::move(made));
    }

    std::optional<domain::Event> second() {
        now += 1s;
        return recorder->write(now, controller);
    }

    std::vector<std::filesystem::path> segments() const {
        std::vector<std::filesystem::path> found(std::filesystem::directory_iterator(files), {});
        std::sort(found.begin(), found.end());
        return found;
    }

    static std::vector<flight::Turn> read(const std::filesystem::path& file) {
        std::ifstream in(file, std::ios::binary);
        const std::string octets{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
        std::vector<flight::Turn> turns;
        flight::Decoder::read(octets, [&](flight::Turn&& turn) { turns.push_back(std::move(turn)); });
        return turns;
    }

    static const flight::Head& headOf(const std::vector<flight::Turn>& turns) {
        return std::get<flight::Head>(turns.at(0).entries.at(0));
    }
};

}

BOOST_AUTO_TEST_SUITE(flight_record_on_the_disk)

BOOST_AUTO_TEST_CASE(what_was_told_is_in_a_file_that_only_its_owner_reads) {
    Flight flight;
    flight.sample(12);
    BOOST_TEST(!flight.second());
    flight.recorder.reset();
    const auto files = flight.segments();
    BOOST_REQUIRE_EQUAL(files.size(), 1U);
    BOOST_TEST(files[0].filename() == "00000001.flight");
    struct stat found {};
    BOOST_REQUIRE_EQUAL(::stat(files[0].c_str(), &found), 0);
    BOOST_TEST((found.st_mode & 0777U) == 0600U);
    const auto turns = Flight::read(files[0]);
    BOOST_REQUIRE_EQUAL(turns.size(), 3U);
    BOOST_TEST(Flight::headOf(turns).firstTransaction == 7U);
    BOOST_TEST(!Flight::headOf(turns).follows);
    BOOST_TEST(std::get<domain::Sample>(turns[2].entries[0]).readings.at("cpu") == 12);
}

BOOST_AUTO_TEST_CASE(a_start_begins_a_segment_that_does_not_follow) {
    Flight flight;
    flight.recorder.reset();
    flight.start();
    flight.recorder.reset();
    const auto files = flight.segments();
    BOOST_REQUIRE_EQUAL(files.size(), 2U);
    const auto head = Flight::headOf(Flight::read(files[1]));
    BOOST_TEST(head.segment == 2U);
    BOOST_TEST(!head.follows);
}

BOOST_AUTO_TEST_CASE(a_segment_that_is_full_or_old_is_followed_by_one_that_can_be_read_alone) {
    Flight flight({.age = 10s});
    flight.sample(12);
    for (int second = 1; second < 10; ++second)
        BOOST_TEST(!flight.second());
    flight.sample(13);
    BOOST_TEST(!flight.second());
    flight.sample(14);
    flight.recorder.reset();
    const auto files = flight.segments();
    BOOST_REQUIRE_EQUAL(files.size(), 2U);
    const auto turns = Flight::read(files[1]);
    BOOST_REQUIRE_EQUAL(turns.size(), 2U);
    BOOST_TEST(Flight::headOf(turns).follows);
    BOOST_REQUIRE_EQUAL(turns[0].entries.size(), 4U);
    BOOST_TEST(std::get<controller::Memory>(turns[0].entries[3]).nextTransaction == 1U);
    // A server is heard of when it is known.
    BOOST_TEST(std::get<flight::Configuration>(turns[0].entries[1]).whole);
    BOOST_TEST(std::get<domain::Sample>(turns[0].entries[2]).readings.at("cpu") == 13);
    BOOST_TEST(std::get<domain::Sample>(turns[1].entries[0]).readings.at("cpu") == 14);
}

BOOST_AUTO_TEST_CASE(what_was_changed_before_is_in_each_segment_of_each_pool_as_much_as_decisions_look_back) {
    Flight flight({.age = 5s});
    for (const auto* name : {"shop", "web"}) {
        domain::Pool pool;
        pool.name = {name};
        flight.configuration.pools.push_back(pool);
    }
    flight.tell(controller::Configured{flight.configuration});
    controller::Recover left;
    for (std::size_t i = 0; i < domain::rememberedChanges + 2; ++i) {
        domain::TransactionView change;
        change.pool = {i == 1 ? "shop" : "web"};
        change.server = {"real" + std::to_string(i)};
        change.ended = noon - 1h + i * 1s;
        left.changes.push_back(change);
    }
    flight.tell(std::move(left));
    for (int second = 1; second < 7; ++second)
        BOOST_TEST(!flight.second());
    flight.recorder.reset();
    const auto files = flight.segments();
    BOOST_REQUIRE_EQUAL(files.size(), 2U);
    const auto entries = Flight::read(files[1])[0].entries;
    const auto found = std::find_if(entries.begin(), entries.end(), [](const auto& entry) {
        return std::holds_alternative<controller::Memory>(entry);
    });
    BOOST_REQUIRE(found != entries.end());
    const auto& pools = std::get<controller::Memory>(*found).pools;
    BOOST_REQUIRE_EQUAL(pools.size(), 2U);
    BOOST_TEST(pools[0].pool.value == "shop");
    BOOST_TEST(pools[0].changes.size() == 1U);
    BOOST_REQUIRE_EQUAL(pools[1].changes.size(), domain::rememberedChanges);
    BOOST_TEST(pools[1].changes[0].server.value == "real2"); // 0 is too long ago
    BOOST_TEST((pools[1].changes[0].at == noon - 1h + 2s));
}

BOOST_AUTO_TEST_CASE(the_oldest_segments_go_when_there_are_too_many_octets) {
    Flight flight({.segment = 1, .kept = 400});
    for (int second = 0; second < 30; ++second) {
        flight.sample(second);
        (void)flight.second();
    }
    flight.recorder.reset();
    const auto files = flight.segments();
    BOOST_TEST(files.size() < 10U);
    BOOST_REQUIRE(!files.empty());
    // One follows when what is new in it is more than what it had to say again.
    BOOST_TEST(files.back().filename() == "00000011.flight");
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_written_is_told_once_and_keeps_nobody_waiting) {
    Flight flight({.age = 60s});
    flight.recorder.reset();
    std::filesystem::remove_all(flight.files);
    std::ofstream(flight.files) << "a file";
    flight.start({.age = 60s});
    std::size_t warnings = 0;
    for (int tries = 0; warnings == 0; ++tries) { // the worker is another thread
        flight.sample(tries);
        if (const auto told = flight.second()) {
            BOOST_TEST(told->kind == "flight-not-recorded");
            BOOST_TEST((told->severity == domain::EventSeverity::warning));
            ++warnings;
        }
        std::this_thread::yield();
    }
    BOOST_TEST(warnings == 1U);
    std::filesystem::remove(flight.files);
    bool again = false;
    for (int tries = 0; !again; ++tries) {
        flight.sample(tries);
        if (const auto told = flight.second()) {
            BOOST_TEST((told->severity == domain::EventSeverity::notice), told->text);
            again = true;
        }
        std::this_thread::yield();
    }
    BOOST_TEST(again);
    flight.recorder.reset();
    const auto files = flight.segments();
    BOOST_REQUIRE(!files.empty());
    const auto head = Flight::headOf(Flight::read(files.back()));
    BOOST_TEST(head.follows);
    BOOST_TEST(head.segment >= 3U); // after 1: a number is missing between
}

BOOST_AUTO_TEST_SUITE_END()
