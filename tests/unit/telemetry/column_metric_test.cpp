#include "fakes.hpp"
#include "telemetry/column_metrics.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::telemetry;
using namespace headgate::telemetry::test;
using domain::Aggregate;
using snmp::Integer;

namespace {

const snmp::Oid table = oid("1.3.6.1.4.1.99999.7.1");
const auto used = table + 6U, size = table + 5U, type = table + 2U;

/// A metric of the table: what is used of its sizes, in permille, of all rows or those of a type.
domain::Metric ratio(Aggregate rows, const std::string& ofType = {}) {
    domain::Metric metric;
    metric.name = "storage";
    metric.oid = used.print();
    metric.divisor = size.print();
    metric.rows = rows;
    metric.scale = 1000;
    if (!ofType.empty()) {
        metric.whereOid = type.print();
        metric.whereValue = ofType;
    }
    return metric;
}

struct ColumnField : Field {
    void row(std::uint32_t index, std::int32_t ofUsed, std::int32_t ofSize, snmp::Value ofType = Integer{1}) {
        agent()[used + index] = Integer{ofUsed};
        agent()[size + index] = Integer{ofSize};
        agent()[type + index] = std::move(ofType);
    }
    void gone(std::uint32_t index) {
        for (const auto& column : {used, size, type})
            agent().erase(column + index);
    }
    void want(const domain::Metric& metric) { configuration.configuration.profiles[0].metrics = {metric}; }
    std::optional<double> read(base::Duration later = 10s) {
        const auto sample = poll(later);
        const auto* found = sample.readings.find("storage");
        return found ? std::optional(found->value) : std::nullopt;
    }
    std::ptrdiff_t walks() const {
        return std::count_if(asker.asked.begin(), asker.asked.end(), [](const auto& asked) {
            return asked.starts_with(std::string(Field::one) + " walk 1.3.6.1.4.1.99999.7.");
        });
    }
};

}

BOOST_FIXTURE_TEST_SUITE(columns, ColumnField)

BOOST_AUTO_TEST_CASE(a_column_makes_one_reading_of_its_rows) {
    struct Case {
        Aggregate rows;
        double reading;
    };
    for (const auto& each : {Case{Aggregate::average, 60.0},
                             {Aggregate::sum, 180.0},
                             {Aggregate::maximum, 90.0},
                             {Aggregate::minimum, 30.0}}) {
        ColumnField tables;
        auto metric = ratio(each.rows);
        metric.divisor.clear();
        metric.scale = 1;
        tables.want(metric);
        tables.row(1, 30, 1);
        tables.row(2, 90, 1);
        tables.row(3, 60, 1);
        BOOST_TEST(tables.read().value() == each.reading);
    }
}

BOOST_AUTO_TEST_CASE(a_ratio_is_made_row_by_row_and_a_sum_over_the_whole) {
    for (const auto& [rows, reading] : {std::pair{Aggregate::average, 550.0},
                                        {Aggregate::maximum, 1000.0},
                                        {Aggregate::minimum, 100.0},
                                        {Aggregate::sum, 190.0}}) {
        ColumnField tables;
        tables.want(ratio(rows));
        tables.row(1, 90, 900);
        tables.row(2, 100, 100);
        BOOST_TEST(tables.read().value() == reading, boost::test_tools::tolerance(1e-9));
    }
}

BOOST_AUTO_TEST_CASE(only_rows_that_fit_the_condition_take_part) {
    struct Case {
        const char* value;
        snmp::Value fits, other;
    };
    for (const auto& each :
         {Case{"4", Integer{4}, Integer{5}}, Case{"eth0", snmp::Octets{"eth0"}, snmp::Octets{"eth01"}},
          Case{"1.3.6.1.2.1.25.2.1.2", oid("1.3.6.1.2.1.25.2.1.2"), oid("1.3.6.1.2.1.25.2.1.21")}}) {
        ColumnField tables;
        tables.want(ratio(Aggregate::maximum, each.value));
        tables.row(1, 50, 100, each.other);
        BOOST_TEST(!tables.read(), "no row fits: unknown");
        tables.row(2, 20, 100, each.fits);
        BOOST_TEST(tables.read(1min).value() == 200.0);
    }
}

BOOST_AUTO_TEST_CASE(a_row_without_a_size_takes_no_part_and_alone_makes_nothing_known) {
    want(ratio(Aggregate::average));
    row(1, 0, 0);
    BOOST_TEST(!read());
    row(2, 30, 100);
    agent()[used + 3U] = Integer{7}; // no size at all
    BOOST_TEST(read(1min).value() == 300.0);
}

BOOST_AUTO_TEST_CASE(a_ratio_knows_sizes_that_have_outgrown_their_integer) {
    want(ratio(Aggregate::maximum));
    row(1, 1'073'741'824, -2'147'483'647 - 1); // 2^30 of 2^31
    BOOST_TEST(read().value() == 500.0);
    row(1, -1, -1);
    BOOST_TEST(read().value() == 1000.0);
}

BOOST_AUTO_TEST_CASE(known_rows_are_asked_for_by_name_and_looked_for_again_in_five_minutes) {
    want(ratio(Aggregate::maximum, "1"));
    row(1, 10, 100);
    BOOST_TEST(read().value() == 100.0);
    BOOST_TEST(walks() == 3);
    row(1, 20, 100);
    row(2, 90, 100);
    BOOST_TEST(read(4min + 59s).value() == 200.0);
    BOOST_TEST(walks() == 3);
    BOOST_TEST(read(1s).value() == 900.0, "the new row");
    BOOST_TEST(walks() == 6);
}

BOOST_AUTO_TEST_CASE(a_row_that_has_gone_is_looked_for_at_once) {
    want(ratio(Aggregate::maximum));
    row(1, 10, 100);
    row(2, 90, 100);
    BOOST_TEST(read().value() == 900.0);
    gone(2);
    BOOST_TEST(read().value() == 100.0);
    gone(1);
    BOOST_TEST(!read(), "never zero");
}

BOOST_AUTO_TEST_CASE(a_table_that_is_not_there_is_looked_for_once_a_minute) {
    want(ratio(Aggregate::maximum));
    BOOST_TEST(!read());
    BOOST_TEST(walks() == 2);
    read(59s);
    BOOST_TEST(walks() == 2);
    read(1s);
    BOOST_TEST(walks() == 4);
}

BOOST_AUTO_TEST_CASE(a_restart_makes_it_look_again_for_rows_may_have_other_indexes) {
    want(ratio(Aggregate::maximum, "1"));
    agent()[objects::sysUpTime] = snmp::TimeTicks{500'000};
    row(1, 10, 100);
    row(2, 50, 100, Integer{2});
    BOOST_TEST(read().value() == 100.0);
    agent()[objects::sysUpTime] = snmp::TimeTicks{300};
    row(1, 50, 100, Integer{2});
    row(2, 10, 100);
    BOOST_TEST(read().value() == 100.0);
}

BOOST_AUTO_TEST_CASE(of_more_rows_than_are_named_the_table_is_walked) {
    want(ratio(Aggregate::maximum));
    for (std::uint32_t index = 1; index <= 32; ++index)
        row(index, 10, 100);
    read();
    read();
    BOOST_TEST(walks() == 2, "32 are named");
    row(33, 70, 100);
    read(5min);
    BOOST_TEST(walks() == 4);
    BOOST_TEST(read().value() == 700.0);
    BOOST_TEST(walks() == 6, "33 are walked");
    const auto named = static_cast<std::size_t>(std::count_if(
        asker.named.begin(), asker.named.end(), [](const auto& name) { return used.isPrefixOf(name); }));
    BOOST_TEST(named == 2U * 32U, "in the second poll and the third");
}

BOOST_AUTO_TEST_CASE(a_ratio_of_two_objects_is_asked_for_in_the_poll_itself) {
    domain::Metric metric;
    metric.name = "storage";
    metric.oid = "1.3.6.1.4.1.99999.8.1.0";
    metric.divisor = "1.3.6.1.4.1.99999.8.2.0";
    metric.scale = 1000;
    want(metric);
    agent()[oid("1.3.6.1.4.1.99999.8.1.0")] = snmp::Gauge{25};
    BOOST_TEST(!read());
    agent()[oid("1.3.6.1.4.1.99999.8.2.0")] = snmp::Gauge{200};
    BOOST_TEST(read(10min).value() == 125.0);
    agent()[objects::sysUpTime] = snmp::TimeTicks{500'000};
    read();
    agent()[objects::sysUpTime] = snmp::TimeTicks{300};
    BOOST_TEST(read().value() == 125.0, "a restart does not make it a table");
    BOOST_TEST(asker.polls(one) == 4U);
    BOOST_TEST(std::none_of(asker.asked.begin(), asker.asked.end(),
                            [](const auto& asked) { return asked.find("99999.8") != std::string::npos; }));
}

BOOST_AUTO_TEST_SUITE_END()
