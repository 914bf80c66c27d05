#include "northbound/shipped_profiles.hpp"

#include "northbound/translate.hpp"
#include "yang/error.hpp"
#include "yang/tree.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

namespace headgate::northbound {
namespace {

namespace fs = std::filesystem;

/// By name; what comes later of the folders is taken, as with modules.
std::map<std::string, fs::path> files() {
    std::map<std::string, fs::path> found;
    for (const auto& dir : yang::standardDirs()) {
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(fs::path(dir) / "profiles", ignored))
            if (entry.path().extension() == ".json") found[entry.path().stem()] = entry.path();
    }
    return found;
}

domain::Profile profileIn(const yang::Context& context, const std::string& name, const fs::path& file) {
    const auto refuse = [&](const std::string& why, std::vector<yang::Problem> problems) {
        return yang::Error(file.string() + " " + why + ": install Headgate's yang/profiles anew",
                           std::move(problems));
    };
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    try {
        auto tree = yang::Tree::parse(context, text, yang::Format::json);
        tree.validate();
        auto profiles = read(tree).profiles;
        if (profiles.size() == 1 && profiles.front().name.value == name) return std::move(profiles.front());
    } catch (const yang::Error& error) {
        throw refuse("is not valid", error.problems());
    }
    throw refuse("is not of one profile, called " + name, {});
}

}

std::set<std::string> shippedProfileNames() {
    std::set<std::string> names;
    for (const auto& [name, file] : files())
        names.insert(name);
    return names;
}

std::vector<domain::Profile> shippedProfiles(const yang::Context& context) {
    std::vector<domain::Profile> profiles;
    for (const auto& [name, file] : files())
        profiles.push_back(profileIn(context, name, file));
    return profiles;
}

}
