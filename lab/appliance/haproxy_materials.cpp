#include "appliance/haproxy_materials.hpp"

#include "base/log.hpp"

#include <set>

namespace headgate::appliance {

namespace {

const base::Log logger("appliance");

std::string wordsOf(PemFile::Kind kind, const std::string& path) {
    return (kind == PemFile::Kind::authorities ? " ssl ca-file " : " ssl cert ") + haproxyWord(path);
}

}

void HaproxyMaterials::tryCommand(const std::string& command) noexcept {
    try {
        m_runtime.command(command);
    } catch (const std::exception& error) {
        logger.warning("haproxy did not take a command", {{"reason", error.what()}});
    }
}

void HaproxyMaterials::adopt(const std::vector<const Member*>& members) {
    m_loaded.clear();
    for (const auto* member : members)
        for (const auto& file : pemFiles(*member, m_options))
            m_loaded.emplace(file.path, file.kind);
}

bool HaproxyMaterials::loadOne(const PemFile& file, std::string& answer) {
    const auto words = wordsOf(file.kind, file.path);
    m_runtime.command("new" + words);
    answer = m_runtime.command("set" + words, file.text);
    const auto said = m_runtime.command("commit" + words);
    if (!said.empty()) answer = said;
    if (answer.find("Success") != std::string::npos) return true;
    tryCommand("abort" + words);
    tryCommand("del" + words);
    return false;
}

void HaproxyMaterials::load(const Member& member) {
    for (const auto& file : pemFiles(member, m_options)) {
        std::string answer;
        if (m_loaded.count(file.path)) continue;
        if (!loadOne(file, answer))
            throw Refused("member " + member.name + ": HAProxy does not take its certificates: " + answer);
        m_loaded.emplace(file.path, file.kind);
    }
}

void HaproxyMaterials::keepOnly(const std::vector<const Member*>& members) {
    if (m_loaded.empty()) return;
    std::set<std::string> used;
    for (const auto* member : members)
        for (const auto& file : pemFiles(*member, m_options))
            used.insert(file.path);
    for (auto at = m_loaded.begin(); at != m_loaded.end();) {
        if (used.count(at->first)) {
            ++at;
            continue;
        }
        tryCommand("del" + wordsOf(at->second, at->first));
        at = m_loaded.erase(at);
    }
}

void HaproxyMaterials::setHeaders(const std::string& map, const Member& member) {
    const auto entry = " map " + haproxyWord(map) + " " + haproxyName(member.name);
    tryCommand("del" + entry); // there may be several of a name
    if (!member.check) return;
    const auto answer = m_runtime.command("add" + entry + " " + headersInMap(*member.check));
    if (!answer.empty())
        throw Refused("member " + member.name + ": HAProxy does not take its headers: " + answer);
}

void HaproxyMaterials::dropHeaders(const std::string& map, const Member& member) noexcept {
    if (member.check) tryCommand("del map " + haproxyWord(map) + " " + haproxyName(member.name));
}

}
