#include "simulation/expected.hpp"

#include "simulation/beside.hpp"

#include <algorithm>

namespace headgate::simulation {
namespace {

std::string inWords(const Entry* entry) {
    if (!entry) return "not there";
    std::string text = "weight " + std::to_string(entry->weight) + ", " + std::string(toString(entry->admin));
    for (const auto& [leaf, value] : entry->leaves)
        text += ", " + leaf + " " + value;
    for (const auto& path : entry->uses)
        text += ", uses " + path;
    return text;
}

const Entry* entryAt(const Objects& objects, const Expected::Place& place) {
    const auto found = objects.find(place.first);
    if (found == objects.end()) return nullptr;
    for (const auto& entry : found->second)
        if (entry.address == place.second) return &entry;
    return nullptr;
}

}

bool Expected::touchedSince(const Place& place, domain::Instant since) const {
    const auto found = m_touched.find(place);
    return found != m_touched.end() && found->second >= since;
}

void Expected::accept(const Place& place, const Objects& running) {
    m_unsure.erase(place);
    auto& entries = objects[place.first];
    std::erase_if(entries, [&](const Entry& entry) { return entry.address == place.second; });
    if (const auto* entry = entryAt(running, place)) entries.push_back(*entry);
    const auto found = running.find(place.first);
    const auto concerned = [&](const auto& each) {
        return isShared(each.first) || each.first == monitorOf(place.second);
    };
    std::erase_if(entries.beside, concerned);
    if (found == running.end()) return;
    for (const auto& each : found->second.beside)
        if (concerned(each)) entries.beside.insert(each);
}

void Expected::acceptUnsure(const std::string& object, const Objects& running) {
    const auto all = m_unsure;
    for (const auto& place : all)
        if (place.first == object) accept(place, running);
}

void Expected::committed(const Place& place, const domain::Member& added) {
    auto& entries = objects[place.first];
    if (find(entries, place.second)) return;
    const auto& connection = added.connection;
    entries.push_back({connection.address, connection.port, connection.weight});
    use(entries, entries.back(), added.authentication);
}

void Expected::renewed(const Place& place, const domain::Member& former, const domain::Member& now) {
    auto& entries = objects[place.first];
    auto* entry = find(entries, place.second);
    if (!entry) return;
    domain::Change change{domain::Operation::update, now};
    change.former = former;
    change.objects = servingAlone(entries, *entry);
    update(entries, *entry, change);
}

void Expected::ramped(const Place& place, int weight) {
    if (auto* entry = find(objects[place.first], place.second)) entry->weight = weight;
}

void Expected::removed(const Place& place) {
    takeOff(objects[place.first], place.second);
}

bool Expected::anyUnsure(const std::string& object) const {
    return std::any_of(m_unsure.begin(), m_unsure.end(),
                       [&](const Place& place) { return place.first == object; });
}

/// Whom a shared thing serves nobody knows as long as one of the members is unsure.
std::string Expected::differenceBeside(const std::string& object, const Objects& running) const {
    const auto is = running.find(object);
    const auto should = objects.find(object);
    static const Beside none;
    const auto& there = is == running.end() ? none : is->second.beside;
    const auto& wanted = should == objects.end() ? none : should->second.beside;
    if (there == wanted) return {};
    std::set<std::string> paths;
    for (const auto* side : {&there, &wanted})
        for (const auto& [path, value] : *side)
            paths.insert(path);
    const auto valueIn = [](const Beside& beside, const std::string& path) {
        const auto found = beside.find(path);
        return found == beside.end() ? "not there" : "'" + found->second + "'";
    };
    const auto used = [&](const std::string& path) {
        return should != objects.end() &&
               std::any_of(should->second.begin(), should->second.end(), [&](const Entry& entry) {
                   return std::find(entry.uses.begin(), entry.uses.end(), path) != entry.uses.end();
               });
    };
    for (const auto& path : paths) {
        // What an operator left of a member may go with it when that one is added and taken off again.
        if (!there.contains(path) && !used(path)) continue;
        const bool excused = isShared(path)
                                 ? anyUnsure(object)
                                 : std::any_of(m_unsure.begin(), m_unsure.end(), [&](const Place& place) {
                                       return place.first == object && monitorOf(place.second) == path;
                                   });
        const auto a = valueIn(wanted, path), b = valueIn(there, path);
        if (!excused && a != b) return object + ", " + path + ": should be " + a + ", is " + b;
    }
    return {};
}

std::string Expected::difference(const std::string& object, const Objects& running) const {
    std::set<std::string> addresses;
    for (const auto* side : {&objects, &running})
        if (const auto found = side->find(object); found != side->end())
            for (const auto& entry : found->second)
                addresses.insert(entry.address);
    for (const auto& address : addresses) {
        const Place place{object, address};
        if (m_unsure.contains(place)) continue;
        const auto* should = entryAt(objects, place);
        const auto* is = entryAt(running, place);
        if (should == is || (should && is && should->same(*is))) continue;
        return object + ", " + address + ": should be " + inWords(should) + ", is " + inWords(is);
    }
    return differenceBeside(object, running);
}

}
