#include "simulation/expected.hpp"

#include <algorithm>

namespace headgate::simulation {
namespace {

std::string inWords(const Entry* entry) {
    if (!entry) return "not there";
    std::string text = "weight " + std::to_string(entry->weight) + ", " + std::string(toString(entry->admin));
    for (const auto& [leaf, value] : entry->leaves)
        text += ", " + leaf + " " + value;
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
}

void Expected::acceptUnsure(const std::string& object, const Objects& running) {
    const auto all = m_unsure;
    for (const auto& place : all)
        if (place.first == object) accept(place, running);
}

void Expected::committed(const Place& place, const Entry& added) {
    auto& entries = objects[place.first];
    if (!find(entries, place.second)) entries.push_back(added);
}

void Expected::removed(const Place& place) {
    std::erase_if(objects[place.first], [&](const Entry& entry) { return entry.address == place.second; });
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
    return {};
}

}
