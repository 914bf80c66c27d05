// Against the model headgate: what is told is for whoever writes its configuration.

#include "yang/faults.hpp"
#include "yang/positions.hpp"

#include <boost/test/unit_test.hpp>
#include <places.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace headgate::yang::test {
namespace {

const std::filesystem::path instances = HEADGATE_SOURCE_DIR "/tests/yang";

std::string textOf(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct Model {
    Model() { context.load("headgate"); }
    std::vector<Fault> faults(const std::string& text) const {
        return faultsIn(context, text, formatOf(text));
    }
    /// A line each, as an operator sees them.
    std::string told(const std::string& text) const {
        std::string all;
        for (const auto& fault : faults(text))
            all += toString(fault, "f") + "\n";
        return all;
    }
    Context context;
};

/// Of the module headgate: its alarms' have a module of their own.
bool isConfiguration(const std::string& file) {
    return file.starts_with("headgate-") && file.ends_with(".json") && !file.starts_with("headgate-alarms") &&
           file.find(".rpc") == std::string::npos;
}

/// The lab's configuration with other words in it.
std::string labWith(const std::vector<std::pair<std::string, std::string>>& changes) {
    auto text = textOf(instances / "valid/headgate-lab.json");
    for (const auto& [from, to] : changes) {
        const auto at = text.find(from);
        BOOST_REQUIRE_MESSAGE(at != std::string::npos, from);
        text.replace(at, from.size(), to);
    }
    return text;
}

}

BOOST_AUTO_TEST_SUITE(faults)

BOOST_FIXTURE_TEST_CASE(a_valid_configuration_has_none, Model) {
    for (const auto& entry : std::filesystem::directory_iterator(instances / "valid")) {
        const auto file = entry.path().filename().string();
        if (isConfiguration(file)) BOOST_TEST(told(textOf(entry.path())) == "", file);
    }
}

BOOST_FIXTURE_TEST_CASE(what_is_wrong_is_told_once_by_its_line_and_nothing_that_only_follows, Model) {
    for (const auto& entry : std::filesystem::directory_iterator(instances / "invalid")) {
        const auto file = entry.path().filename().string();
        if (!isConfiguration(file)) continue;
        const auto text = textOf(entry.path());
        if (text.find("headgate:headgate\"") == std::string::npos) continue;
        const auto found = faults(text);
        BOOST_TEST(found.size() == 1U, file << ":\n" << told(text));
        for (const auto& fault : found)
            BOOST_TEST(fault.line > 1U, file << ": " << toString(fault));
    }
}

BOOST_FIXTURE_TEST_CASE(each_kind_of_rule_says_where_what_and_what_is_wanted, Model) {
    const auto one = [&](const std::string& from, const std::string& to) {
        return told(labWith({{from, to}}));
    };
    const std::string policy = "/headgate:headgate/pool[name='web']/policy";
    BOOST_TEST(one("\"upper\": 800", "\"upper\": 200") ==
               "f:55: " + policy + ": The lower level must be less than the upper level.\n");
    BOOST_TEST(one("\"upper\": 800", "\"upper\": 200000") ==
               "f:56: " + policy + "/upper = '200000': It takes 1..100000.\n");
    BOOST_TEST(one("\"upper\": 800", "\"upper\": \"high\"") ==
               "f:56: " + policy + "/upper = 'high': It takes 1..100000.\n");
    BOOST_TEST(one("\"maximum\": 8", "\"maximum\": 70000") ==
               "f:57: " + policy + "/maximum = '70000': It takes 1..65535.\n");
    BOOST_TEST(one("\"confirm-window\": \"30.0\"", "\"confirm-window\": \"0.5\"") ==
               "f:58: " + policy + "/confirm-window = '0.5': It takes 1..86400.\n");
    BOOST_TEST(one("\"name\": \"web\", \"process\"", "\"name\": \"we b\", \"process\"")
                   .starts_with("f:10: /headgate:headgate/application"));
    BOOST_TEST(
        one("\"uppe", "\"upe")
            .starts_with("f:56: " + policy + "/uper = '800': policy has no uper. It has inherit, upper"));
    BOOST_TEST(one("\"kind\": \"ssh\"", "\"kind\": \"shs\"") ==
               "f:7: /headgate:headgate/credential[name='lab-ssh']/kind = 'shs': It is one of snmp-v1, "
               "snmp-v2c, snmp-v3, ssh.\n");
    BOOST_TEST(
        one("\"server\": \"real1\", \"conn", "\"server\": \"real9\", \"conn") ==
        "f:62: /headgate:headgate/pool[name='web']/member[server='real9']/server = 'real9': There is no "
        "server called real9.\n");
    BOOST_TEST(one("\"application\": \"web\",\n        \"appliance\"", "\"appliance\"") ==
               "f:48: /headgate:headgate/pool[name='web']/application: application is missing.\n");
    BOOST_TEST(one("\"name\": \"real2\",", "") ==
               "f:27: /headgate:headgate/server: It is a list, of which each entry needs its name.\n");
    BOOST_TEST(one("\"name\": \"real2\"", "\"name\": \"real1\"") ==
               "f:27: /headgate:headgate/server[name='real1']: There are two of this server.\n");
    BOOST_TEST(one("\"upper\": 800,", "\"upper\": 800") ==
               "f:56: syntax error while parsing object - unexpected string literal; expected '}'\n");
}

BOOST_FIXTURE_TEST_CASE(all_that_can_be_told_is_told_in_the_order_of_the_lines, Model) {
    const auto text = labWith({{"\"server\": \"real1\", \"conn", "\"server\": \"real9\", \"conn"},
                               {"\"priority\": 102", "\"priority\": -1"},
                               {"\"upper\": 800", "\"uper\": 800"},

                               {"\"port\": 8080, \"protocol\": \"http\"", "\"protocol\": \"http\""},
                               {"\"family\": \"f5\", ", ""}});
    std::string lines;
    for (const auto& fault : faults(text))
        lines += std::to_string(fault.line) + " " + fault.path.substr(fault.path.rfind('/') + 1) + "\n";
    BOOST_TEST(lines == "10 port\n33 priority\n38 family\n56 uper\n62 server\n", told(text));
}

BOOST_FIXTURE_TEST_CASE(no_more_than_a_screenful_is_told, Model) {
    std::string servers;
    for (int i = 0; i < 200; ++i)
        servers += (i ? ",\n" : "") + std::string("{\"name\": \"s") + std::to_string(i) +
                   "\", \"address\": \"no no\"}";
    const auto found = faults("{\"headgate:headgate\": {\"server\": [\n" + servers + "]}}");
    BOOST_TEST(found.size() == mostFaults);
    BOOST_TEST(found.front().line == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_secret_in_clear_is_refused_and_not_shown, Model) {
    for (const auto& secret :
         std::vector<std::string>{"\"hunter2\"", "42", "\"" + std::string(70000, 'x') + "\""}) {
        const auto text = labWith({{"\"port\": 8080 }", "\"port\": 8080 }, \"authentication\": {\"kind\": "
                                                        "\"password\", \"user\": \"u\", \"secret\": " +
                                                            secret + "}"}});
        const auto said = told(text);
        BOOST_TEST(said.find("/authentication/secret: ") != std::string::npos, said);
        for (const auto* part : {"hunter2", "42", "xxxx"})
            BOOST_TEST(said.find(part) == std::string::npos, said.substr(0, 400));
    }
}

BOOST_FIXTURE_TEST_CASE(a_private_key_in_place_of_a_certificate_is_not_shown_either, Model) {
    for (const std::size_t length : {std::size_t(10), std::size_t(20000)}) {
        const auto text =
            labWith({{"\"port\": 8080 }", "\"port\": 8080 }, \"authentication\": {\"trust-anchor\": "
                                          "\"-----BEGIN PRIVATE KEY-----" +
                                              std::string(length, 'k') + "\"}"}});
        const auto said = told(text);
        BOOST_TEST(said.find("/authentication/trust-anchor: ") != std::string::npos, said.substr(0, 400));
        BOOST_TEST(said.find("kkk") == std::string::npos, said.substr(0, 400));
    }
    const auto said = told(labWith(
        {{"\"port\": 8080 }", "\"port\": 8080, \"health-check\": \"" + std::string(300, 'x') + "\" }"}}));
    BOOST_TEST(said.find("health-check = '" + std::string(60, 'x') + "...'") != std::string::npos, said);
    BOOST_TEST(said.find(std::string(61, 'x')) == std::string::npos, said);
}

BOOST_FIXTURE_TEST_CASE(xml_is_told_by_its_lines_too, Model) {
    const std::string text = R"(<?xml version="1.0"?>
<!-- one > two
-->
<hg:headgate xmlns:hg="urn:headgate:yang:headgate">
  <hg:application><hg:name>web</hg:name>
    <hg:process><![CDATA[<nginx>]]></hg:process>
    <hg:port
      >0</hg:port>
  </hg:application>
  <hg:application>
    <hg:name>mail</hg:name>
    <hg:process>postfix</hg:process>
    <hg:nonsense/>
  </hg:application>
</hg:headgate>
)";
    BOOST_TEST(
        told(text) ==
        "f:7: /headgate:headgate/application[name='web']/port = '0': It takes 1..65535.\n"
        "f:10: /headgate:headgate/application[name='mail']/port: port is missing.\n"
        "f:13: /headgate:headgate/application[name='mail']/nonsense: application has no nonsense. It has "
        "name, process, port, protocol.\n");
}

BOOST_FIXTURE_TEST_CASE(a_text_that_is_none_is_told_by_its_line, Model) {
    BOOST_TEST(told("{\n \"headgate:headgate\": {\n  \"pool\": [,]\n }\n}\n").starts_with("f:3: "));
    BOOST_TEST(
        told("<headgate\n xmlns='urn:headgate:yang:headgate'>\n<pool></headgate>").starts_with("f:3: "));
    BOOST_TEST(told("{\"headgate:headgate\":\n ")
                   .starts_with("f:2: syntax error while parsing value - unexpected end"));
}

BOOST_AUTO_TEST_CASE(a_place_is_found_by_keys_and_else_the_nearest_above) {
    const Positions positions(
        "{\"m:top\":\n {\"list\": [\n  {\"key\": \"a\"},\n  {\"key\": \"b\",\n   \"leaf\": "
        "17\n  }],\n  \"words\": [\"x\",\n   \"y\"]}}",
        Format::json);
    BOOST_TEST(positions.at("/m:top").line == 1U);
    BOOST_TEST(positions.at("/m:top/list[key='b']").line == 4U);
    BOOST_TEST(positions.at("/m:top/list[key=\"b\"]/leaf").line == 5U);
    BOOST_TEST(positions.at("/m:top/list[key='b']/leaf").value == "17");
    BOOST_TEST(positions.at("/m:top/list[key='b']/other").line == 4U);
    BOOST_TEST(positions.at("/m:top/words[.='y']").line == 8U);
    BOOST_TEST(positions.at("/nobody:x").line == 0U);
    BOOST_TEST(positions.at("").line == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}
