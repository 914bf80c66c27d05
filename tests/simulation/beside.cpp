#include "simulation/beside.hpp"

#include <algorithm>

namespace headgate::simulation {
namespace {

bool uses(const Entry& entry, const std::string& path) {
    return std::find(entry.uses.begin(), entry.uses.end(), path) != entry.uses.end();
}

}

std::string monitorOf(const std::string& address) {
    return "monitor " + address;
}

bool isShared(const std::string& path) {
    return path.starts_with("anchor ");
}

Beside needed(const std::string& address, const domain::Authentication& authentication) {
    Beside made;
    if (authentication.kind == domain::AuthenticationKind::none) return made;
    made[monitorOf(address)] = authentication.user + " " + authentication.secret.text;
    if (!authentication.trustAnchor.empty())
        made["anchor " + authentication.trustAnchor] = authentication.trustAnchor;
    return made;
}

std::string presented(const domain::Authentication& authentication) {
    std::string text;
    for (const auto& [path, value] : needed({}, authentication))
        text += value + ";";
    return text;
}

std::string presented(const Entries& entries, const Entry& entry) {
    std::string text;
    for (const auto& path : entry.uses) {
        const auto found = entries.beside.find(path);
        text += (found == entries.beside.end() ? "nothing" : found->second) + ";";
    }
    return text;
}

std::vector<domain::NativeObject> servingAlone(const Entries& entries, const Entry& entry) {
    std::vector<domain::NativeObject> found;
    for (const auto& path : entry.uses) {
        const auto is = entries.beside.find(path);
        const auto users = std::count_if(entries.begin(), entries.end(),
                                         [&](const Entry& each) { return uses(each, path); });
        if (is != entries.beside.end() && users == 1) found.push_back({path, {{"is", is->second}}});
    }
    return found;
}

void use(Entries& entries, Entry& entry, const domain::Authentication& authentication) {
    entry.uses.clear();
    for (auto& [path, value] : needed(entry.address, authentication)) {
        entry.uses.push_back(path);
        entries.beside[path] = value;
    }
}

void takeOff(Entries& entries, const std::string& address) {
    const auto* entry = find(entries, address);
    if (!entry) return;
    for (const auto& object : servingAlone(entries, *entry))
        entries.beside.erase(object.path);
    std::erase_if(entries, [&](const Entry& each) { return each.address == address; });
}

void update(Entries& entries, Entry& entry, const domain::Change& change) {
    const auto& connection = change.member.connection;
    if (connection.weight != change.former->connection.weight) entry.weight = connection.weight;
    use(entries, entry, change.member.authentication);
    for (const auto& object : change.objects)
        if (!uses(entry, object.path)) entries.beside.erase(object.path);
}

}
