#include "unit/northbound/rig.hpp"

using namespace headgate;
using namespace headgate::northbound;
using namespace headgate::northbound::test;

namespace {

RunningConfiguration sources() {
    return RunningConfiguration::fromFile(instanceData("valid/headgate-data-sources.json"));
}

/// Of an entry: its revision.
std::string entry(const std::string& path, const std::string& content) {
    return "/headgate:headgate/" + path + "\n\n{\"headgate:headgate\": {" + content + "}}";
}

std::string host(const std::string& name) {
    return entry("server[name='" + name + "']",
                 R"("server": [{"name": ")" + name +
                     R"(", "address": "192.0.2.1", "profile": "linux", "snmp": {"credential": "lab-v3"}}])");
}

bool namesNoApplication(const InvalidConfiguration& refused) {
    const auto& problem = refused.problems().at(0);
    BOOST_TEST(problem.rule == "Name its application; only the server of a data source needs none.");
    return true;
}

domain::DataSourceState full(const std::string& name, int permille) {
    return {name, domain::Level::full, permille, "cpu", "full: cpu is " + std::to_string(permille)};
}

}

BOOST_AUTO_TEST_SUITE(data_sources)

BOOST_AUTO_TEST_CASE(each_is_read_with_the_server_that_measures_it_and_its_upper_level) {
    const auto running = sources();
    const std::vector<domain::DataSource> expected{{"db1", {"dbhost1"}, 850}, {"db2", {}, 800}};
    BOOST_TEST((running.value().dataSources == expected));
    BOOST_TEST((running.value().server({"real1"})->dataSources == std::vector<std::string>{"db1", "db2"}));
    BOOST_TEST(running.value().server({"dbhost1"})->applications.empty());
    BOOST_TEST(running.value().pool({"web"})->member({"real1"})->dataSource == "db2");
}

BOOST_AUTO_TEST_CASE(what_a_member_uses_is_written_and_read_again) {
    auto running = sources();
    domain::Member member;
    member.server.value = "real2";
    member.connection = {"127.77.0.102", 8080, "http", 1, 0};
    member.dataSource = "db1";
    running.accept(running.withMember({"web"}, member));
    BOOST_TEST((*running.value().pool({"web"})->member({"real2"}) == member));
    member.dataSource.clear();
    running.accept(running.withMember({"web"}, member));
    BOOST_TEST((*running.value().pool({"web"})->member({"real2"}) == member));
}

BOOST_AUTO_TEST_CASE(a_server_without_an_application_that_measures_nothing_is_refused_by_its_line) {
    try {
        RunningConfiguration::fromFile(instanceData("rules/headgate-server-without-application.json"));
        BOOST_TEST(false, "it was taken");
    } catch (const InvalidConfiguration& refused) {
        namesNoApplication(refused);
        BOOST_TEST(refused.problems()[0].path == "/headgate:headgate/server[name='real3']");
        BOOST_TEST(refused.problems()[0].line == 81U);
    }
}

BOOST_AUTO_TEST_CASE(a_change_that_leaves_a_server_with_neither_is_refused) {
    auto running = sources();
    running.accept(host("dbhost1"));
    BOOST_CHECK_EXCEPTION(running.accept(host("real3")), InvalidConfiguration, namesNoApplication);
    BOOST_CHECK_EXCEPTION(
        running.accept(entry("data-source[name='db1']", R"("data-source": [{"name": "db1"}])")),
        InvalidConfiguration, namesNoApplication);
    BOOST_TEST(running.value().dataSources[0].server.value == "dbhost1");
}

BOOST_AUTO_TEST_CASE(what_is_believed_of_it_and_what_limits_its_servers_stands_there) {
    Daemon daemon;
    daemon.northbound->commitRunning(sources().text());
    domain::Snapshot told;
    for (const auto* name : {"real1", "real2", "dbhost1"}) {
        domain::ServerState server;
        server.name = {name};
        server.binding = "octets-in";
        if (server.name.value != "real2") server.dataSource = "db1";
        told.servers.push_back(server);
    }
    told.dataSources = {full("db1", 930), {"gone", domain::Level::normal, 1, "cpu", "gone meanwhile"}};
    daemon.northbound->post(std::move(told), {});
    auto client = daemon.client();
    const auto source = getUntil(client, filtered("<data-source/>"), "930");
    BOOST_TEST(has(source, "<server>dbhost1</server><upper>850</upper><level>full</level><utilisation>930"
                           "</utilisation><binding>cpu</binding><reason>full: cpu is 930</reason>"),
               source);
    BOOST_TEST(!has(source, "gone"));
    const auto real1 = client.get(filtered("<server><name>real1</name></server>"));
    BOOST_TEST(has(real1, "<resource>its data source db1 (CPU)</resource>"), real1);
    BOOST_TEST(has(real1, "<current-data-source>db1</current-data-source>"), real1);
    const auto real2 = client.get(filtered("<server><name>real2</name></server>"));
    BOOST_TEST(has(real2, "<resource>network (in)</resource>"), real2);
    BOOST_TEST(!has(real2, "<current-data-source>"), real2);
}

BOOST_AUTO_TEST_CASE(a_pool_shows_where_it_is_narrow_and_each_member_its_companions) {
    Daemon daemon;
    domain::Snapshot told;
    domain::PoolState pool;
    pool.name = {"web"};
    pool.growthUseless = "the data source db1 is full";
    pool.forecast = domain::Forecast{domain::Instant{1795348860000ms}, 840, 20};
    pool.fullAhead = "will be full in 60 s";
    pool.diagnosis = {1, 2, 3, 4, 5, {{{"real1"}, "CPU"}}, {}};
    domain::Companionship one{{"real1"}, 300, 150000, {1, 2, 3, 4, 5, 6}, {7, 8, 9, 10, 11, 12}};
    domain::Companionship gone = one;
    gone.server = {"gone"};
    pool.diagnosis.members = {gone, one};
    told.pools = {pool};
    daemon.northbound->post(std::move(told), {});
    auto client = daemon.client();
    const auto shown = getUntil(client, filtered("<pool/>"), "<companions>");
    const auto counts = [](int from) {
        std::string text;
        for (const auto* name : {"down", "unknown", "bottlenecked", "without-room", "together", "alone"}) {
            text += "<" + std::string(name) + ">" + std::to_string(from++) + "</" + name + ">";
        }
        return text;
    };
    BOOST_TEST(has(shown, "<companions><load>300</load><room>150000</room><absorbed>true</absorbed>" +
                              counts(1) + "<for-them>" + counts(7) + "</for-them></companions>"),
               shown);
    BOOST_TEST(has(shown, "<growth-useless>the data source db1 is full</growth-useless>"));
    BOOST_TEST(has(shown, "<forecast><expected>840</expected><band>20</band><at>2026-11-22T12:01:00"), shown);
    BOOST_TEST(has(shown, "<full-ahead>will be full in 60 s</full-ahead></forecast>"), shown);
    BOOST_TEST(has(shown, "<diagnosis><down>1</down><unknown>2</unknown><absorbed-by-one>3</absorbed-by-one>"
                          "<absorbed-together>4</absorbed-together><not-absorbed>5</not-absorbed>"
                          "<bottleneck><server>real1</server><resource>CPU</resource></bottleneck>"
                          "</diagnosis>"),
               shown);
    BOOST_TEST(!has(client.getConfig(netconf::Datastore::running), "<companions>"));
}

BOOST_AUTO_TEST_SUITE_END()
