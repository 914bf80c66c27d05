#include "agent/command.hpp"
#include "agent/data_source.hpp"
#include "agent/measurer.hpp"
#include "base/event_loop.hpp"
#include "folder.hpp"

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>

using namespace headgate;
using namespace headgate::agent;
using namespace std::chrono_literals;
using headgate::test::Folder;
using State = mib::server::DataSourceState;

namespace {

Command::Result run(const std::vector<std::string>& words, base::Duration limit = 10s) {
    std::fflush(stdout); // a sanitizer's _exit in the child would write what is still buffered here
    base::EventLoop loop;
    Command::Result told;
    const Command command(loop, words, {"X=planted"}, limit, [&](const Command::Result& result) {
        told = result;
        loop.stop();
    });
    loop.run();
    return told;
}

Command::Result shell(const std::string& script, base::Duration limit = 10s) {
    return run({"/bin/sh", "-c", script}, limit);
}

/// A data source with a hook, driven by a loop until it works no more.
struct Hooked {
    explicit Hooked(const std::string& hook, base::Duration limit = 10s, Remembered remembered = {})
        : settings(make(hook, limit))
        , source(loop, settings, remembered, [this] {
            if (source.status().state != State::working) loop.stop();
        }) {}

    static Settings make(const std::string& hook, base::Duration limit) {
        Settings settings;
        settings.application = "shop";
        settings.dataSource = {{"db-a", "db-b"}, "db-a", {"/bin/sh", "-c", hook}, limit};
        return settings;
    }

    DataSource::Status ask(const std::string& name) {
        BOOST_TEST((source.prepare(name) == SetError::none));
        loop.post([this] { source.commit(); });
        loop.run();
        return source.status();
    }

    base::EventLoop loop;
    Settings settings;
    DataSource source;
};

}

BOOST_AUTO_TEST_CASE(the_last_line_that_is_not_empty_is_kept) {
    const auto result = shell("echo one; echo two >&2; echo; echo");
    BOOST_TEST(result.good);
    BOOST_TEST(result.lastLine == "two");
}

BOOST_AUTO_TEST_CASE(a_program_that_says_much_is_read_to_its_end) {
    const auto result = shell("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done");
    BOOST_TEST(result.good);
    BOOST_TEST(result.lastLine == "line 19999");
}

BOOST_AUTO_TEST_CASE(how_it_ended_is_said) {
    BOOST_TEST(shell("echo no room; exit 3").reason == "exit status 3");
    BOOST_TEST(shell("exit 0").reason == "");
    BOOST_TEST(shell("kill -9 $$").reason == "ended by signal 9");
    const auto missing = run({"/nowhere/hook"});
    BOOST_TEST(!missing.good);
    BOOST_TEST(missing.reason == "exit status 127");
    BOOST_TEST(missing.lastLine == "cannot be run: No such file or directory");
}

BOOST_AUTO_TEST_CASE(a_program_that_writes_without_end_is_ended_in_time) {
    const auto began = std::chrono::steady_clock::now();
    BOOST_TEST(shell("exec yes", 300ms).reason == "killed after 300 ms");
    BOOST_TEST((std::chrono::steady_clock::now() - began < 10s));
}

BOOST_AUTO_TEST_CASE(it_is_killed_at_the_limit_with_all_its_children) {
    const Folder folder;
    const auto pid = folder.path() / "pid";
    const auto began = std::chrono::steady_clock::now();
    // A busy machine takes its time to get as far as that.
    const auto result = shell("echo begun; sleep 60 & echo $! > " + pid.string() + "; wait", 2s);
    const auto took = std::chrono::steady_clock::now() - began;
    BOOST_TEST(result.reason == "killed after 2 s");
    BOOST_TEST(result.lastLine == "begun");
    BOOST_TEST((took >= 2s));
    BOOST_TEST((took < 20s));
    int child = 0;
    std::ifstream(pid) >> child;
    BOOST_REQUIRE(child > 0);
    // Whoever inherits it may take a moment to bury it: a corpse is no process that works.
    const auto gone = [&] {
        std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
        std::string id, name, state;
        return !(stat >> id >> name >> state) || state == "Z" || state == "X";
    };
    for (int i = 0; i < 200 && !gone(); ++i)
        usleep(10000);
    BOOST_TEST(gone());
}

BOOST_AUTO_TEST_CASE(its_environment_is_clean_and_it_has_no_descriptors_of_ours) {
    BOOST_TEST(shell("env | sort | sed 's/=.*//' | grep -v '^\\(PWD\\|_\\|SHLVL\\|OLDPWD\\)$' | tr '\\n' ' '")
                   .lastLine == "LANG PATH X");
    BOOST_TEST(shell("ls /proc/self/fd | wc -l").lastLine == "4"); // with that of ls itself
    BOOST_TEST(shell("pwd").lastLine == "/");
}

BOOST_AUTO_TEST_CASE(a_command_that_is_not_wanted_any_more_is_killed) {
    base::EventLoop loop;
    const Folder folder;
    const auto pid = folder.path() / "pid";
    bool told = false;
    int child = 0;
    {
        const Command command(loop, {"/bin/sh", "-c", "echo $$ > " + pid.string() + "; exec sleep 60"}, {},
                              60s, [&](const Command::Result&) { told = true; });
        // The file is there before anything is in it.
        for (int i = 0; i < 500 && child == 0; ++i) {
            std::ifstream(pid) >> child;
            if (child == 0) usleep(10000);
        }
    }
    BOOST_REQUIRE(child > 0);
    BOOST_TEST(kill(child, 0) == -1);
    BOOST_TEST(!told);
}

BOOST_AUTO_TEST_CASE(text_from_outside_becomes_plain) {
    BOOST_TEST(plainText("a\x1b[31mb\n") == "a?[31mb?");
    BOOST_TEST(plainText("gr\xc3\xbc\xc3\x9f\xff") == "gr\xc3\xbc\xc3\x9f?");
    BOOST_TEST(plainText("\xc2\x9b") == "??"); // a control character of C1
    BOOST_TEST(plainText(std::string(254, 'a') + "\xc3\xbc") == std::string(254, 'a'));
    BOOST_TEST(plainText(std::string(253, 'a') + "\xc3\xbc").size() == 255U);
}

BOOST_AUTO_TEST_CASE(a_hook_that_succeeds_changes_the_data_source) {
    Hooked hooked("[ $0 = db-b ] && [ $HEADGATE_DATA_SOURCE = db-a ] && [ $HEADGATE_APPLICATION = shop ]");
    const auto status = hooked.ask("db-b");
    BOOST_TEST((status.state == State::done));
    BOOST_TEST(status.current == "db-b");
    BOOST_TEST(status.reason == "");
    Remembered state;
    hooked.source.remember(state);
    BOOST_TEST(state.dataSource == "db-b");
    BOOST_TEST(state.working == "");
}

BOOST_AUTO_TEST_CASE(a_hook_that_fails_changes_nothing_and_says_why) {
    Hooked hooked("echo the database does not know us; exit 1");
    const auto status = hooked.ask("db-b");
    BOOST_TEST((status.state == State::failed));
    BOOST_TEST(status.current == "db-a");
    BOOST_TEST(status.wanted == "db-b");
    BOOST_TEST(status.reason == "exit status 1: the database does not know us");
    // And it can be asked again.
    BOOST_TEST((hooked.source.test("db-b") == SetError::none));
}

BOOST_AUTO_TEST_CASE(a_hook_that_takes_too_long_has_failed) {
    Hooked hooked("echo waiting; sleep 60", 200ms);
    BOOST_TEST(hooked.ask("db-b").reason == "killed after 200 ms: waiting");
}

BOOST_AUTO_TEST_CASE(the_data_source_in_use_is_done_without_the_hook) {
    Hooked hooked("exit 9");
    const auto status = hooked.ask("db-a");
    BOOST_TEST((status.state == State::done));
    BOOST_TEST(status.reason == "");
}

BOOST_AUTO_TEST_CASE(only_names_that_the_operator_lists_are_taken_and_one_at_a_time) {
    Hooked hooked("exit 0");
    for (const auto* bad : {"", "db-c", "db-a ", "../db-a"})
        BOOST_TEST((hooked.source.test(bad) == SetError::wrongValue), bad);
    BOOST_TEST((hooked.source.prepare("db-b") == SetError::none));
    BOOST_TEST((hooked.source.test("db-a") == SetError::resourceUnavailable));
    BOOST_TEST((hooked.source.prepare("db-a") == SetError::resourceUnavailable));
    hooked.source.undo();
    BOOST_TEST((hooked.source.status().state == State::idle));
    BOOST_TEST(hooked.source.status().wanted == "");
}

BOOST_AUTO_TEST_CASE(after_a_restart_the_data_source_is_what_it_was_told_unless_the_file_says_another) {
    const Remembered told{"db-b", "db-a", "", 0};
    BOOST_TEST(Hooked("exit 0", 1s, told).source.status().current == "db-b");
    const Remembered before{"db-b", "db-b", "", 0}; // the file said db-b then, and says db-a now
    BOOST_TEST(Hooked("exit 0", 1s, before).source.status().current == "db-a");
    const Remembered unknown{"db-gone", "db-a", "", 0};
    BOOST_TEST(Hooked("exit 0", 1s, unknown).source.status().current == "db-a");
}

BOOST_AUTO_TEST_CASE(a_hook_that_was_cut_off_by_a_restart_has_failed) {
    const Hooked hooked("exit 0", 1s, {"", "db-a", "db-b", 0});
    BOOST_TEST((hooked.source.status().state == State::failed));
    BOOST_TEST(hooked.source.status().wanted == "db-b");
    BOOST_TEST(hooked.source.status().current == "db-a");
}

BOOST_AUTO_TEST_CASE(what_is_kept_is_read_again_and_nonsense_is_not) {
    const Folder folder;
    StateStore store(folder.path());
    const Remembered state{"db-b", "db a", "", 77};
    store.save("shop", "a/../b", state);
    BOOST_TEST((store.load("shop", "a/../b") == state));
    BOOST_TEST((store.load("shop", "") == Remembered{}));
    BOOST_TEST((store.fileOf("shop", "a/../b").parent_path() == folder.path()));
    for (const auto* bad : {"x", "revision=-1\n", "revision=1", "=\nrevision=99999999999\n"})
        BOOST_TEST(!parseState(bad), bad);
    BOOST_TEST(StateStore("/nowhere/at/all").problem() != "");
    BOOST_TEST(store.problem() == "");
}

BOOST_AUTO_TEST_CASE(a_figure_of_ones_own_comes_from_a_command_or_a_file) {
    const Folder folder;
    base::EventLoop loop;
    Settings settings;
    settings.application = "shop";
    settings.port = 1;
    settings.measure.figures = {MeasureSettings::Figure::command, MeasureSettings::Figure::file};
    settings.measure.command = {"/bin/echo", "30"};
    settings.measure.commandFullAt = 40;
    settings.measure.file = folder.write("queue", "5\n");
    settings.measure.fileFullAt = 50;
    Measurer measurer(loop, settings);
    const base::Instant now{1s};
    auto measured = measurer.look(now);
    BOOST_TEST(!measured.readings[0].permille); // it runs
    BOOST_TEST((measured.readings[1].permille == 100));
    int looks = 0;
    const auto timer = loop.every(20ms, [&] {
        measured = measurer.look(now);
        if (measured.readings[0].permille || ++looks > 500) loop.stop();
    });
    loop.run();
    BOOST_TEST((measured.readings[0].permille == 750));
    std::filesystem::remove(settings.measure.file);
    BOOST_TEST(!measurer.look(now).readings[1].permille);
}
