#include "cli/fetch.hpp"

#include "netconf/server.hpp"
#include "netconf/xml.hpp"
#include "yang/context.hpp"

#include <nlohmann/json.hpp>

namespace headgate::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* nameSpace = "urn:headgate:yang:headgate";

/// Those whose data make up a configuration of Headgate.
yang::Context model() {
    yang::Context context;
    netconf::loadServerModules(context);
    for (const char* module : {"headgate", "ietf-netconf-acm", "ietf-alarms", "headgate-alarms"})
        context.load(module);
    return context;
}

std::string element(const std::string& name, const std::string& content, const char* inNamespace = nullptr) {
    const auto head = "<" + name + (inNamespace ? std::string(" xmlns=\"") + inNamespace + "\"" : "");
    return content.empty() ? head + "/>" : head + ">" + content + "</" + name + ">";
}

const char* listOf(Part part) {
    switch (part) {
    case Part::everything: return "";
    case Part::pools: return "pool";
    case Part::servers: return "server";
    case Part::appliances: return "appliance";
    case Part::transactions: return "transaction";
    case Part::events: return "event";
    }
    return "";
}

/// What has to be asked for, and which leaves of it are meant.
struct Wanted {
    std::string filter{};
    std::string xpath{};
};

Wanted wantedFor(Takes takes, const std::string& pool) {
    const auto names = [](const char* list) { return element(list, element("name", "")); };
    const auto members = element("pool", element("name", "") + element("member", element("server", "")));
    const std::string top = "/headgate:headgate/";
    switch (takes) {
    case Takes::pool: return {names("pool"), top + "pool/name"};
    case Takes::server: return {names("server"), top + "server/name"};
    case Takes::appliance: return {names("appliance"), top + "appliance/name"};
    case Takes::transaction: return {element("transaction", element("id", "")), top + "transaction/id"};
    case Takes::explained:
        return {names("pool") + element("transaction", element("id", "")),
                top + "pool/name | " + top + "transaction/id"};
    case Takes::candidate:
        return {names("server") + members, top + "server/name[not(. = " + top + "pool/member/server)]"};
    case Takes::member: return {members, top + "pool[name = " + yang::quoted(pool) + "]/member/server"};
    case Takes::subject:
        return {names("pool") + names("server") + names("appliance"),
                top + "pool/name | " + top + "server/name | " + top + "appliance/name"};
    default: return {};
    }
}

/// What a part's screen needs beside its own list.
std::string filterOf(Part part) {
    std::string lists;
    if (part != Part::everything) lists = element("daemon", "") + element(listOf(part), "");
    if (part == Part::pools) lists += element("server", "") + element("data-source", "");
    return element("headgate", lists, nameSpace);
}

bool isAbout(const Json& entry, Part part, const std::string& name) {
    const auto is = [&](const char* key) { return entry.value(key, Json()) == Json(name); };
    if (part == Part::transactions) return is("id");
    if (part == Part::events) return is("pool") || is("server") || is("appliance");
    return is("name");
}

/// The leaf-list of our model's operations.
constexpr const char* leafList = "difference";

/// RFC 7951, section 6: booleans and numbers of at most 32 bits are written without quotes.
Json valueOf(const std::string& name, const std::string& text) {
    if (name == "answered") return text == "true";
    if (name == "session-id") return std::stoul(text);
    return text;
}

/// Elements as an object: what has children is an entry of a list, so of an array.
Json objectOf(const std::vector<netconf::Element>& elements) {
    Json object = Json::object();
    for (const auto& one : elements) {
        const auto name = std::string(one.name());
        const auto children = one.children();
        if (name == leafList)
            object[name].push_back(one.text());
        else if (children.empty())
            object[name] = valueOf(name, one.text());
        else
            object[name].push_back(objectOf(children));
    }
    return object;
}

/// `xml`: any number of elements.
Json parsed(const std::string& xml) {
    const netconf::XmlParser parser;
    const auto document = parser.parse("<all xmlns=\"" + std::string(nameSpace) + "\">" + xml + "</all>");
    return objectOf(document.root().children());
}

std::string text(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Finding findingOf(const Json& object) {
    Finding finding;
    finding.appliance = text(object, "appliance");
    finding.pool = text(object, "pool");
    finding.answered = object.value("answered", false);
    finding.reason = text(object, "reason");
    finding.differences = object.value(leafList, std::vector<std::string>());
    return finding;
}

}

Fetcher::Fetcher(netconf::Client& client)
    : m_client(client)
    , m_context(model()) {}

yang::Tree Fetcher::get(Part part) {
    auto tree = yang::Tree::parse(m_context, m_client.get(filterOf(part)), yang::Format::xml);
    tree.addDefaults(yang::Content::everything);
    return tree;
}

std::string Fetcher::runningConfiguration() {
    const auto xml = m_client.getConfig(netconf::Datastore::running);
    return yang::Tree::parse(m_context, xml, yang::Format::xml)
        .print(yang::Format::json, yang::Defaults::asSet, yang::Layout::indented);
}

std::string Fetcher::act(const std::string& action, const std::string& pool, const std::string& server) {
    const auto input = server.empty() ? "" : element("server", netconf::escaped(server));
    if (pool.empty()) return m_client.rpc(element(action, input, nameSpace));
    const auto inPool = element("name", netconf::escaped(pool)) + element(action, input);
    return m_client.rpc(element("action", element("headgate", element("pool", inPool), nameSpace),
                                "urn:ietf:params:xml:ns:yang:1"));
}

std::string Fetcher::check(const std::string& appliance) {
    const auto input = appliance.empty() ? "" : element("appliance", netconf::escaped(appliance));
    return m_client.rpc(element("check", input, nameSpace));
}

std::string Fetcher::load(const std::string& configuration, const std::string& folder) {
    return m_client.rpc(element("load",
                                element("configuration", netconf::escaped(configuration)) +
                                    element("folder", netconf::escaped(folder)),
                                nameSpace));
}

std::string Fetcher::history() {
    return m_client.rpc(element("history", element("limit", "1000"), nameSpace));
}

std::string Fetcher::revision(const std::string& number) {
    return m_client.rpc(element("get-revision", element("number", netconf::escaped(number)), nameSpace));
}

std::string Fetcher::rollback(const std::string& number) {
    return m_client.rpc(element("rollback", element("number", netconf::escaped(number)), nameSpace));
}

std::string Fetcher::rebased(const std::string& before, const std::string& edited,
                             const std::string& now) const {
    const auto parse = [&](const std::string& text) {
        return yang::Tree::parse(m_context, text, yang::Format::json);
    };
    auto next = parse(now);
    next.rebase(parse(before), parse(edited));
    return next.print(yang::Format::json);
}

std::vector<yang::Fault> Fetcher::faultsIn(const std::string& text, yang::Format format) const {
    return yang::faultsIn(m_context, text, format);
}

std::vector<std::string> Fetcher::namesOf(Takes takes, const std::string& pool) {
    std::vector<std::string> names;
    if (takes == Takes::revision) {
        for (const auto& one : answerOf(history()).revisions)
            names.push_back(one.number);
        return names;
    }
    const auto wanted = wantedFor(takes, pool);
    if (wanted.xpath.empty()) return names;
    const auto filter = element("headgate", wanted.filter, nameSpace);
    const auto tree = yang::Tree::parse(m_context, m_client.get(filter), yang::Format::xml);
    for (const auto& leaf : tree.select(wanted.xpath))
        names.push_back(leaf.value());
    return names;
}

std::vector<yang::Difference> Fetcher::differences(const std::string& before,
                                                   const std::string& after) const {
    return yang::differences(yang::Tree::parse(m_context, before, yang::Format::json),
                             yang::Tree::parse(m_context, after, yang::Format::json));
}

std::string jsonOf(const yang::Tree& tree, Part part, const std::string& name) {
    const auto printed = tree.print(yang::Format::json, yang::Defaults::all);
    const auto document = printed.empty() ? Json::object() : Json::parse(printed);
    const auto top = document.value("headgate:headgate", Json::object());
    if (part == Part::everything) return top.dump(2);
    auto entries = Json::array();
    for (const auto& entry : top.value(listOf(part), Json::array()))
        if (name.empty() || isAbout(entry, part, name)) entries.push_back(entry);
    return entries.dump(2);
}

std::string explanationJson(const yang::Tree& tree, Part part, const std::string& name,
                            const std::string& plan) {
    const auto printed = tree.print(yang::Format::json, yang::Defaults::all);
    const auto top =
        (printed.empty() ? Json::object() : Json::parse(printed)).value("headgate:headgate", Json::object());
    const auto entriesWith = [&](const char* list, const char* key) {
        auto found = Json::array();
        for (const auto& entry : top.value(list, Json::array()))
            if (entry.value(key, Json()) == Json(name)) found.push_back(entry);
        return found;
    };
    Json object = Json::object();
    if (part == Part::pools) {
        object["pool"] = entriesWith("pool", "name").at(0);
        object["server"] = entriesWith("server", "member-of");
        object["plan"] = parsed(plan);
        object["transaction"] = entriesWith("transaction", "pool");
        object["event"] = entriesWith("event", "pool");
    } else {
        object["transaction"] = entriesWith("transaction", "id");
        object["event"] = entriesWith("event", "transaction");
    }
    return object.dump(2);
}

Answer answerOf(const std::string& xml) {
    const auto object = parsed(xml);
    Answer answer;
    answer.outcome = text(object, "outcome");
    answer.reason = text(object, "reason");
    answer.transaction = text(object, "transaction");
    answer.server = text(object, "server");
    answer.intent = text(object, "intent");
    for (const auto& refusal : object.value("refusal", Json::array()))
        answer.refusals.emplace_back(text(refusal, "server"), text(refusal, "reason"));
    for (const auto& planned : object.value("appliance", Json::array()))
        answer.appliances.push_back({text(planned, "name"), text(planned, "edit"), text(planned, "inverse"),
                                     text(planned, "strategy"), text(planned, "risk")});
    for (const auto& finding : object.value("finding", Json::array()))
        answer.findings.push_back(findingOf(finding));
    for (const auto& one : object.value("revision", Json::array()))
        answer.revisions.push_back({text(one, "number"), timeOf(text(one, "time")), text(one, "author"),
                                    text(one, "comment"), text(one, "by-transaction"),
                                    one.contains("session-id") ? one["session-id"].dump() : "",
                                    text(one, "source-host")});
    answer.configuration = text(object, "configuration");
    for (const auto& one : object.value("problem", Json::array()))
        answer.problems.push_back({text(one, "path"), text(one, "rule")});
    return answer;
}

std::string answerJson(const std::string& xml, const std::vector<yang::Fault>& faults) {
    auto object = parsed(xml);
    if (const auto problems = object.find("problem"); problems != object.end())
        for (auto& problem : *problems)
            problem.erase("number"); // only the list's key
    if (!faults.empty()) object["problem"] = Json::array();
    for (const auto& fault : faults) {
        Json one{{"path", fault.path}, {"rule", fault.rule}};
        if (!fault.value.empty()) one["value"] = fault.value;
        if (fault.line) one["line"] = fault.line;
        object["problem"].push_back(std::move(one));
    }
    return object.dump(2);
}

bool isEvent(const std::string& xml) {
    const netconf::XmlParser parser;
    return parser.parse(xml).root().is("event", nameSpace);
}

Event eventOf(const std::string& xml) {
    const netconf::XmlParser parser;
    const auto object = objectOf(parser.parse(xml).root().children());
    Event event;
    event.time = timeOf(text(object, "time"));
    event.severity = text(object, "severity");
    event.kind = text(object, "kind");
    event.server = text(object, "server");
    event.pool = text(object, "pool");
    event.appliance = text(object, "appliance");
    event.transaction = text(object, "transaction");
    event.text = text(object, "text");
    return event;
}

std::string eventJson(const std::string& xml) {
    const netconf::XmlParser parser;
    return objectOf(parser.parse(xml).root().children()).dump();
}

std::string differencesJson(const std::vector<yang::Difference>& differences) {
    auto all = Json::array();
    for (const auto& one : differences) {
        Json object{{"operation", yang::toString(one.kind)}, {"path", one.path}};
        if (!one.before.empty()) object["before"] = one.before;
        if (!one.after.empty()) object["after"] = one.after;
        all.push_back(std::move(object));
    }
    return all.dump(2);
}

}
