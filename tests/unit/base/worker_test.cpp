#include "base/worker.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using headgate::base::Worker;

BOOST_AUTO_TEST_SUITE(worker)

BOOST_AUTO_TEST_CASE(does_work_in_order_and_on_one_thread) {
    std::vector<int> done;
    {
        Worker worker;
        for (int i = 0; i < 100; ++i)
            worker.post([&done, i] { done.push_back(i); });
    }
    BOOST_TEST(done.size() == 100u);
    for (std::size_t i = 0; i < done.size(); ++i)
        BOOST_TEST(done[i] == static_cast<int>(i));
}

BOOST_AUTO_TEST_CASE(returns_what_the_work_returns_and_throws_what_it_throws) {
    Worker worker;
    BOOST_TEST(worker.call([] { return std::string("answer"); }) == "answer");
    BOOST_TEST(*worker.call([] { return std::make_unique<int>(4); }) == 4);
    BOOST_CHECK_THROW(worker.call([] { throw std::out_of_range("no"); }), std::out_of_range);
    bool ran = false;
    worker.call([&] { ran = true; });
    BOOST_TEST(ran);
}

BOOST_AUTO_TEST_CASE(calls_itself_without_waiting_for_itself) {
    Worker worker;
    BOOST_TEST(!worker.isCurrent());
    BOOST_TEST(worker.call([&] { return worker.isCurrent() && worker.call([] { return true; }); }));
}

BOOST_AUTO_TEST_SUITE_END()
