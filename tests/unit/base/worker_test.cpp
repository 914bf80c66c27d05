#include "base/worker.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using headgate::base::Worker;

BOOST_AUTO_TEST_CASE(a_worker_gives_back_what_the_work_returns_or_throws) {
    Worker worker;
    BOOST_TEST(worker.call([] { return std::string("done"); }) == "done");
    auto moved = worker.call([] { return std::make_unique<int>(7); });
    BOOST_TEST(*moved == 7);
    bool seen = false;
    worker.call([&] { seen = true; });
    BOOST_TEST(seen);
    BOOST_CHECK_EXCEPTION(worker.call([]() -> int { throw std::runtime_error("no"); }), std::runtime_error,
                          [](const std::runtime_error& error) { return std::string(error.what()) == "no"; });
    BOOST_CHECK_THROW(worker.call([] { throw 1; }), int);
}

BOOST_AUTO_TEST_CASE(on_the_workers_own_thread_a_call_is_a_call) {
    Worker worker;
    BOOST_TEST(worker.call([&] { return worker.call([&] { return worker.isCurrent(); }); }));
    BOOST_TEST(!worker.isCurrent());
}

BOOST_AUTO_TEST_CASE(many_may_call_at_once_and_each_gets_its_own_answer_or_error) {
    Worker worker;
    int sum = 0; // touched on the worker alone
    std::vector<std::thread> callers;
    for (int i = 0; i < 4; ++i)
        callers.emplace_back([&worker, &sum, i] {
            for (int n = 0; n < 100; ++n)
                try {
                    const auto answer = worker.call([&sum, i, n] {
                        ++sum;
                        if (n % 2) throw std::runtime_error(std::to_string(i * 1000 + n));
                        return i * 1000 + n;
                    });
                    if (answer != i * 1000 + n) std::terminate();
                } catch (const std::runtime_error& error) {
                    if (error.what() != std::to_string(i * 1000 + n)) std::terminate();
                }
        });
    for (auto& caller : callers)
        caller.join();
    BOOST_TEST(worker.call([&] { return sum; }) == 400);
}
