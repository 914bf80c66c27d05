#include "netconf/xml.hpp"

#include <libyang/libyang.h>

#include <set>

namespace headgate::netconf {

namespace {

void add(std::string& xml, const char* name, const std::string& value) {
    if (value.empty()) return;
    xml.append("<").append(name).append(">").append(escaped(value)).append("</").append(name).append(">");
}

/// Every word of a path that a colon follows, outside quotes.
std::set<std::string> prefixes(const std::string& path) {
    std::set<std::string> found;
    std::string word;
    char quote = 0;
    for (const char c : path) {
        if (quote) {
            if (c == quote) quote = 0;
            continue;
        }
        if (c == '\'' || c == '"') quote = c;
        if (c == ':' && !word.empty()) found.insert(word);
        const bool inName = std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
        if (inName)
            word += c;
        else
            word.clear();
    }
    return found;
}

void addPath(std::string& xml, const std::string& path, const ly_ctx* context) {
    if (path.empty()) return;
    xml += "<error-path";
    for (const auto& prefix : prefixes(path))
        if (const lys_module* module = ly_ctx_get_module_implemented(context, prefix.c_str()))
            xml += " xmlns:" + prefix + "=\"" + escaped(module->ns) + '"';
    xml += '>' + escaped(path) + "</error-path>";
}

void addInfo(std::string& xml, const std::vector<std::pair<std::string, std::string>>& info) {
    if (info.empty()) return;
    xml += "<error-info>";
    for (const auto& [name, value] : info) {
        const bool isYang = name.starts_with("yang:");
        const std::string local = isYang ? name.substr(5) : name;
        xml += '<' + local + (isYang ? " xmlns=\"urn:ietf:params:xml:ns:yang:1\">" : ">");
        xml += escaped(value) + "</" + local + '>';
    }
    xml += "</error-info>";
}

yang::RpcError::Type typeOf(const std::string& word) {
    using Type = yang::RpcError::Type;
    for (const auto type : {Type::transport, Type::rpc, Type::protocol})
        if (word == yang::toString(type)) return type;
    return Type::application;
}

}

std::string toXml(const yang::RpcError& error, const ly_ctx* context) {
    std::string xml = "<rpc-error xmlns=\"" + std::string(baseNamespace) + "\">";
    add(xml, "error-type", yang::toString(error.type));
    add(xml, "error-tag", error.tag);
    add(xml, "error-severity", error.severity);
    add(xml, "error-app-tag", error.appTag);
    addPath(xml, error.path, context);
    if (!error.message.empty())
        xml += "<error-message xml:lang=\"en\">" + escaped(error.message) + "</error-message>";
    addInfo(xml, error.info);
    return xml + "</rpc-error>";
}

yang::RpcError toRpcError(const Element& rpcError) {
    yang::RpcError error;
    for (const auto& field : rpcError.children()) {
        const auto name = field.name();
        if (name == "error-type") error.type = typeOf(field.text());
        if (name == "error-tag") error.tag = field.text();
        if (name == "error-severity") error.severity = field.text();
        if (name == "error-app-tag") error.appTag = field.text();
        if (name == "error-path") error.path = field.text();
        if (name == "error-message") error.message = field.text();
        if (name != "error-info") continue;
        for (const auto& item : field.children()) {
            const bool isYang = item.nameSpace() == "urn:ietf:params:xml:ns:yang:1";
            error.info.emplace_back((isYang ? "yang:" : "") + std::string(item.name()), item.text());
        }
    }
    return error;
}

}
