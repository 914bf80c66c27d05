#include "base/event_loop.hpp"
#include "mib/headgate_mib.hpp"
#include "northbound/snmp_face.hpp"
#include "snmp/notification_receiver.hpp"
#include "support.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::northbound;
using namespace std::chrono_literals;
namespace mm = headgate::mib::manager;

namespace {

/// A face, and a target of it that hears.
struct Rig {
    explicit Rig(std::vector<domain::Event> standing = {})
        : face({folder.path / "engine", std::move(standing)}) {
        domain::Configuration configuration;
        domain::NotificationTarget target;
        target.name = "nms";
        target.address = receiver.addresses().front().print();
        target.credential = {"word"};
        target.inform = true;
        configuration.notificationTargets = {target};
        configuration.snmpAgent = {true, "unix:/nonexistent/master"}; // it is looked for meanwhile
        face.configure(
            std::make_shared<const domain::Configuration>(configuration),
            {{{"word"}, snmp::Credentials::make(snmp::CommunityCredentials{snmp::Secret("word")})}});
    }
    std::vector<std::string> hear(std::size_t number) {
        const auto limit = loop.after(10s, [&] { loop.stop(); });
        const auto look = loop.every(1ms, [&] {
            if (heard.size() >= number) loop.stop();
        });
        loop.run();
        return heard;
    }
    static domain::Event event(domain::EventSeverity severity, const std::string& kind) {
        domain::Event made;
        made.severity = severity;
        made.kind = kind;
        made.pool = domain::PoolName{"web"};
        return made;
    }

    test::TemporaryFolder folder;
    base::SteadyWallClock clock;
    base::EventLoop loop;
    std::vector<std::string> heard; ///< the last number of the notification, and what it is about
    snmp::NotificationReceiver receiver{
        loop, clock, {{*snmp::Endpoint::parse("127.0.0.1:0")}, {}}, [this](const snmp::Notification& told) {
            heard.push_back(std::to_string(told.trapOid.back()) + " " +
                            *snmp::textOf(*snmp::find(told.varbinds, mm::scalar(mm::Event::kind) + 0)));
        }};
    SnmpFace face;
};

}

BOOST_AUTO_TEST_SUITE(snmp_face)

BOOST_AUTO_TEST_CASE(what_happens_is_told_once_and_in_order) {
    using enum domain::EventSeverity;
    Rig rig({Rig::event(alarm, "drift")});
    rig.face.post(Rig::event(alarm, "drift")); // it stood before
    rig.face.post(Rig::event(alarm, "no-candidate"));
    rig.face.post(Rig::event(alarm, "no-candidate"));
    rig.face.post(Rig::event(notice, "server-full"));
    rig.face.post(Rig::event(notice, "pool-full"));
    domain::TransactionView view;
    view.id = {1};
    view.outcome = domain::OutcomeKind::committed;
    rig.face.ended(view);
    rig.face.post(Rig::event(notice, "pool-grown"));
    rig.face.post(Rig::event(clear, "no-candidate"));
    rig.face.post(Rig::event(clear, "no-candidate"));
    rig.face.post(Rig::event(clear, "drift"));
    const std::vector<std::string> wanted{"5 no-candidate", "1 pool-full",    "4 transaction-over",
                                          "2 pool-grown",   "6 no-candidate", "6 drift"};
    BOOST_TEST(rig.hear(wanted.size()) == wanted);
}

BOOST_AUTO_TEST_CASE(its_engine_is_kept_in_a_file_and_a_file_that_is_none_costs_only_that) {
    const test::TemporaryFolder folder;
    std::string engine;
    {
        const SnmpFace face({folder.path / "engine"});
        engine = face.engineId();
        BOOST_TEST(engine.starts_with("0x80007ed905"));
    }
    BOOST_TEST(SnmpFace({folder.path / "engine"}).engineId() == engine);
    folder.write("engine", "nonsense");
    BOOST_TEST(SnmpFace({folder.path / "engine"}).engineId() != engine);
}

BOOST_AUTO_TEST_SUITE_END()
