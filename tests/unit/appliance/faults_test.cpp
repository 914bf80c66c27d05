#include "appliance/faults.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate::appliance;

BOOST_AUTO_TEST_CASE(a_fault_is_used_up_by_its_operation_alone) {
    Faults faults;
    faults.inject({"commit", Fault::Effect::refuse, 2, "no", {}});
    BOOST_TEST(!faults.take({"edit-config"}));
    BOOST_TEST(faults.take({"confirmed-commit", "commit"})->message == "no");
    BOOST_TEST(faults.take({"commit"}).has_value());
    BOOST_TEST(!faults.take({"commit"}));
}

BOOST_AUTO_TEST_CASE(the_oldest_fault_comes_first_and_clearing_counts_calls) {
    Faults faults;
    faults.inject({"get", Fault::Effect::slow, 3, "", {}});
    faults.inject({"get", Fault::Effect::hang, 1, "", {}});
    BOOST_TEST((faults.take({"get"})->effect == Fault::Effect::slow));
    BOOST_TEST(faults.clear() == 3U);
    BOOST_TEST(!faults.take({"get"}));
}
