#include "adapters/native_objects.hpp"

#include "adapters/adapter.hpp"
#include "adapters/native_xml.hpp"
#include "adapters/restoration.hpp"

#include <algorithm>

namespace headgate::adapters {
namespace {

std::string listPath(const ObjectKind& kind) {
    return std::string(kind.top) + "/" + std::string(kind.container) + (kind.container.empty() ? "" : "/") +
           std::string(kind.list);
}

bool isOf(const ObjectKind& kind, const domain::NativeObject& object) {
    return object.path.substr(0, object.path.find('[')) == listPath(kind);
}

void writeObject(XmlWriter& xml, const ObjectKind& kind, const domain::NativeObject& object, ObjectEdit edit,
                 const std::string& where) {
    const std::string key(kind.key);
    if (edit == ObjectEdit::make) {
        writeEntry(xml, kind.list, kind.shared ? "merge" : "replace", {key}, object.leaves,
                   where + ": " + object.path);
        return;
    }
    const auto name = object.leaves.find(key);
    if (name == object.leaves.end()) throw Error(where + ": " + object.path + " has no " + key);
    // It may be gone already: what is wanted is that it is not there.
    xml.open(kind.list, "remove").leaf(kind.key, name->second).close();
}

}

std::string pathOf(const ObjectKind& kind, std::string_view name) {
    const char quote = name.find('\'') == std::string_view::npos ? '\'' : '"';
    return listPath(kind) + "[" + std::string(kind.key) + "=" + quote + std::string(name) + quote + "]";
}

ObjectChange objectChange(const std::string& pool, const domain::Change& change,
                          NeededObjects (*needed)(const std::string& pool, const domain::Member& member)) {
    switch (change.operation) {
    case domain::Operation::add: return {needed(pool, change.member), ObjectEdit::make};
    case domain::Operation::restore: return {{change.objects, {}}, ObjectEdit::make};
    case domain::Operation::remove: return {{change.objects, {}}, ObjectEdit::remove};
    default: return {};
    }
}

void writeObjects(XmlWriter& xml, const std::vector<ObjectKind>& kinds, std::string_view top,
                  const std::vector<domain::NativeObject>& objects, ObjectEdit edit,
                  const std::string& where) {
    for (const auto& object : objects)
        if (std::none_of(kinds.begin(), kinds.end(), [&](const auto& kind) { return isOf(kind, object); }))
            throw Error(where + ": '" + object.path + "' is no object of this family");
    std::string_view open;
    const auto inside = [&](std::string_view container) {
        if (open == container) return;
        if (!open.empty()) xml.close();
        // Without anything in it, it is not there (RFC 7950, section 7.5.1), and default-operation none
        // fails.
        if (!container.empty()) xml.open(container, "merge");
        open = container;
    };
    for (const auto& kind : kinds) {
        if (kind.top != top) continue;
        for (const auto& object : objects) {
            if (!isOf(kind, object)) continue;
            inside(kind.container);
            writeObject(xml, kind, object, edit, where);
        }
    }
    inside({});
}

bool hasAnyBelow(std::string_view top, const std::vector<domain::NativeObject>& objects) {
    return std::any_of(objects.begin(), objects.end(), [&](const auto& object) {
        return object.path.substr(0, object.path.find('/')) == top;
    });
}

void ObjectUses::add(domain::NativeObject ours) {
    auto path = ours.path;
    m_ours.insert_or_assign(std::move(path), std::move(ours));
}

void ObjectUses::use(const std::string& user, const std::string& used) {
    m_users[used].insert(user);
}

std::vector<domain::NativeObject> ObjectUses::servingAlone(const std::string& user) const {
    std::set<std::string> going{user};
    std::vector<domain::NativeObject> found;
    for (bool more = true; more;) {
        more = false;
        for (const auto& [path, object] : m_ours) {
            const auto users = m_users.find(path);
            if (going.contains(path) || users == m_users.end() ||
                !std::includes(going.begin(), going.end(), users->second.begin(), users->second.end()))
                continue;
            going.insert(path);
            found.push_back(object);
            more = true;
        }
    }
    return found;
}

std::map<std::string, std::string> ObjectUses::leaves() const {
    std::map<std::string, std::string> all;
    for (const auto& [path, object] : m_ours)
        for (const auto& [leaf, value] : object.leaves)
            all.emplace(path + "/" + leaf, value);
    return all;
}

}
