#include "adapters/native_objects.hpp"

#include "adapters/adapter.hpp"
#include "adapters/native_xml.hpp"
#include "adapters/object_names.hpp"
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

Beside besideOf(const domain::Change& change, const std::function<Needed(const domain::Member&)>& needed) {
    using domain::Operation;
    Beside beside;
    const auto put = [&](std::vector<domain::NativeObject> objects, ObjectEdit edit) {
        for (auto& object : objects)
            beside.objects.push_back({std::move(object), edit});
    };
    switch (change.operation) {
    case Operation::add: {
        auto made = needed(change.member);
        beside.references = std::move(made.references);
        put(std::move(made.objects), ObjectEdit::make);
        break;
    }
    case Operation::update: {
        auto made = needed(change.member);
        auto going = change.objects;
        std::erase_if(going, [&](const auto& object) {
            return std::any_of(made.objects.begin(), made.objects.end(),
                               [&](const auto& other) { return other.path == object.path; });
        });
        for (auto& reference : needed(*change.former).references)
            if (std::none_of(made.references.begin(), made.references.end(),
                             [&](const auto& other) { return other.first == reference.first; }))
                beside.gone.push_back(std::move(reference));
        beside.references = std::move(made.references);
        put(std::move(made.objects), ObjectEdit::make);
        put(std::move(going), ObjectEdit::remove);
        break;
    }
    case Operation::restore: put(change.objects, ObjectEdit::make); break;
    case Operation::remove: put(change.objects, ObjectEdit::remove); break;
    case Operation::drain:
    case Operation::resume:
    case Operation::setWeight: break;
    }
    return beside;
}

void writeReferences(XmlWriter& xml, const Beside& beside, const domain::Change& change) {
    // The entry that is made has no operation of a leaf's own.
    const auto* operation = change.operation == domain::Operation::update ? "merge" : "";
    for (const auto& [leaf, name] : beside.references)
        xml.leaf(leaf, name, operation);
    for (const auto& [leaf, name] : beside.gone)
        xml.leaf(leaf, name, "remove");
}

void writeObjects(XmlWriter& xml, const std::vector<ObjectKind>& kinds, std::string_view top,
                  const std::vector<ObjectChange>& changes, const std::string& where) {
    for (const auto& change : changes)
        if (std::none_of(kinds.begin(), kinds.end(),
                         [&](const auto& kind) { return isOf(kind, change.object); }))
            throw Error(where + ": '" + change.object.path + "' is no object of this family");
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
        for (const auto& change : changes) {
            if (!isOf(kind, change.object)) continue;
            inside(kind.container);
            writeObject(xml, kind, change.object, change.edit, where);
        }
    }
    inside({});
}

bool hasAnyBelow(std::string_view top, const std::vector<ObjectChange>& changes) {
    return std::any_of(changes.begin(), changes.end(), [&](const auto& change) {
        return change.object.path.substr(0, change.object.path.find('/')) == top;
    });
}

std::vector<std::string> foreignReferences(const std::map<std::string, std::string>& leaves,
                                           std::initializer_list<std::string_view> names) {
    std::vector<std::string> found;
    for (const auto name : names) {
        const auto leaf = leaves.find(std::string(name));
        // The word for the pool's own.
        if (leaf == leaves.end() || leaf->second.empty() || leaf->second == "default") continue;
        if (!isOurs(leaf->second)) found.push_back(std::string(name) + " '" + leaf->second + "'");
    }
    return found;
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
