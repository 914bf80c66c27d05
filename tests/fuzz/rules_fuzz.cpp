// What a notification's varbinds mean: naming, conditions of rules, and numbers that are texts. An input: who
// sends it, then the PDU of a trap or inform.
#include "octets.hpp"
#include "snmp/notification_content.hpp"
#include "telemetry/figure.hpp"
#include "telemetry/interpreter.hpp"

#include <algorithm>
#include <cmath>
#include <set>

using namespace headgate;
using namespace headgate::fuzz;

namespace {

using Names = domain::NamingVarbind::Names;
using Action = domain::NotificationRule::Action;

const std::string enterprise = "1.3.6.1.4.1.99999";

telemetry::Configure field() {
    telemetry::Configure made;
    auto& configuration = made.configuration;
    for (const auto* number : {"1", "2"}) {
        domain::Server server;
        server.name = {std::string("real") + number};
        server.address = std::string("192.0.2.") + number;
        server.snmpAddress = server.address + ":161";
        configuration.servers.push_back(server);
    }
    domain::Appliance appliance;
    appliance.name = {"lb1"};
    appliance.host = "2001:db8::9";
    appliance.snmpAddress = "192.0.2.9:161";
    configuration.appliances = {appliance};
    domain::Pool pool;
    pool.name = {"web"};
    pool.places = {{{"lb1"}, "/Common/web-pool"}};
    configuration.pools = {pool};
    return made;
}

domain::NotificationRule rule(const std::string& name, const std::string& number, Action action) {
    domain::NotificationRule made;
    made.name = name;
    made.trapOid = number;
    made.subtree = true;
    made.action = action;
    return made;
}

std::vector<domain::NotificationRule> rules() {
    auto naming = rule("naming", enterprise, Action::look);
    naming.varbinds = {{enterprise + ".1", Names::any}, {enterprise + ".2", Names::pool}};
    auto down = rule("down", enterprise + ".0", Action::tell);
    down.conditions = {{enterprise + ".3", "down", {}}};
    auto noise = rule("noise", enterprise + ".0", Action::ignore);
    noise.conditions = {{enterprise + ".3", {}, "noise"}};
    return {naming, down, noise};
}

bool isPlain(const std::string& text) {
    return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 32 || c == 127; });
}

void isOf(const std::vector<telemetry::Number>& numbers, std::size_t count) {
    const std::set<telemetry::Number> once(numbers.begin(), numbers.end());
    require(once.size() == numbers.size(), "nobody is looked at twice");
    require(once.empty() || *once.rbegin() < count, "who is looked at is there");
}

void isANumber(const snmp::Value& value) {
    const auto figure = telemetry::figureOf(value);
    require(!figure || std::isfinite(*figure), "a figure is a number");
    const auto text = snmp::textOf(value);
    if (!text) return;
    require(telemetry::numberIn(*text) == figure, "a text's figure is the number in it");
    require(telemetry::plainText(value) == *text, "a text is a condition's as it is");
    require(!figure || text->find('\0') == std::string::npos, "a number is all of its text");
}

/// The readings of a server that has a metric for each number.
std::optional<domain::Sample> sampleOf(const domain::ServerName& server,
                                       const std::vector<snmp::Varbind>& all) {
    domain::Sample sample;
    sample.server = server;
    for (const auto& varbind : all)
        if (const auto figure = telemetry::figureOf(varbind.value))
            sample.readings.set("m" + varbind.name.print(), *figure);
    return sample;
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const telemetry::Directory directory(field());
    static const telemetry::Rules all(rules(), {}, directory);
    telemetry::Interpreter interpreter(directory, all, sampleOf);
    interpreter.learnEngine({"real1"}, "engine-1");

    Input input({data, size});
    const auto sender = input.octet();
    const Guarded octets(input.rest());
    snmp::BerReader in(octets.octets());
    auto pdu = snmp::readPdu(in);
    snmp::Notification heard;
    if (!pdu || !snmp::take(std::move(*pdu), heard)) return 0;
    heard.source = *snmp::Endpoint::parse("192.0.2." + std::to_string(sender & 15) + ":40000");
    heard.authenticated = (sender & 16) != 0;
    if (heard.authenticated) heard.engineId = "engine-1";

    const auto* matched = all.match(heard);
    const auto meaning = interpreter.interpret(heard, domain::Instant{} + std::chrono::hours(1));
    isOf(meaning.looks.servers, directory.serverCount());
    isOf(meaning.looks.appliances, directory.applianceCount());
    isOf(meaning.looks.pools, directory.poolCount());
    require(!matched || matched->action == Action::look || meaning.looks.empty(),
            "only a rule that looks has anybody looked at");
    require(!meaning.sample || heard.authenticated, "only what is signed is a sample");
    if (meaning.seen) require(isPlain(meaning.seen->text), "what is told is one line, fit for a terminal");
    for (const auto& varbind : heard.varbinds)
        isANumber(varbind.value);
    return 0;
}
