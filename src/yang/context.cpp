#include "yang/context.hpp"

#include "yang/capture.hpp"

#include <libyang/libyang.h>
#include <places.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace headgate::yang {
namespace {

namespace fs = std::filesystem;

void addIfThere(std::vector<std::string>& dirs, const fs::path& dir) {
    std::error_code ignored;
    if (fs::is_directory(dir, ignored)) dirs.push_back(dir.string());
}

/// Feature names as the null-terminated array that libyang takes.
struct Features {
    explicit Features(const std::vector<std::string>& names) {
        for (const auto& name : names)
            m_pointers.push_back(name.c_str());
        m_pointers.push_back(nullptr);
    }
    const char** get() { return m_pointers.data(); }

  private:
    std::vector<const char*> m_pointers;
};

std::vector<std::string> enabledFeatures(const lys_module* module) {
    std::vector<std::string> names;
    if (!module->implemented || !module->parsed) return names;
    std::uint32_t index = 0;
    const lysp_feature* feature = nullptr;
    while ((feature = lysp_feature_next(feature, module->parsed, &index)))
        if (feature->flags & LYS_FENABLED) names.emplace_back(feature->name);
    return names;
}

std::string orEmpty(const char* text) {
    return text ? text : "";
}

std::string loadedText(ly_ctx* context, const std::string& text, const std::vector<std::string>& features,
                       const std::string& what) {
    const Capture capture(context);
    ly_in* input = nullptr;
    capture.check(ly_in_new_memory(text.c_str(), &input), what);
    Features wanted(features);
    const lys_module* module = nullptr;
    const auto code = lys_parse(context, input, LYS_IN_YANG, wanted.get(), const_cast<lys_module**>(&module));
    ly_in_free(input, 0);
    capture.check(code, what);
    return module->name;
}

}

std::vector<std::string> standardDirs() {
    std::vector<std::string> dirs;
    for (const char* part : {"ietf", "ietf-derived", "netconfcentral"})
        addIfThere(dirs, fs::path("/usr/share/yuma/modules") / part);
    addIfThere(dirs, "/usr/share/yang/modules/libyang");
    if (const char* path = std::getenv("HEADGATE_YANG_PATH"); path && *path) {
        std::istringstream parts(path);
        for (std::string dir; std::getline(parts, dir, ':');)
            addIfThere(dirs, dir);
    } else {
        const fs::path inTree = fs::path(HEADGATE_SOURCE_DIR) / "yang";
        const fs::path ours = fs::is_directory(inTree) ? inTree : fs::path(HEADGATE_YANG_DIR);
        addIfThere(dirs, ours);
        addIfThere(dirs, ours / "appliances");
    }
    return dirs;
}

void Context::Free::operator()(ly_ctx* context) const noexcept {
    ly_ctx_destroy(context);
}

Context::Context(const std::vector<std::string>& searchDirs) {
    silenceLibyang();
    ly_ctx* context = nullptr;
    const Capture capture(nullptr);
    // The working directory is no place to find modules in by accident.
    capture.check(ly_ctx_new(nullptr, LY_CTX_DISABLE_SEARCHDIR_CWD, &context), "cannot make a YANG context");
    m_context.reset(context);
    for (const auto& dir : searchDirs) {
        const auto code = ly_ctx_set_searchdir(context, dir.c_str());
        if (code != LY_EEXIST && code != LY_SUCCESS)
            throw Error("cannot search for YANG modules in " + dir, Capture(context).problems());
    }
}

Context::~Context() = default;
Context::Context(Context&&) noexcept = default;
Context& Context::operator=(Context&&) noexcept = default;

void Context::load(const std::string& name, const std::optional<std::string>& revision,
                   const std::vector<std::string>& features) {
    const Capture capture(raw());
    Features wanted(features);
    if (!ly_ctx_load_module(raw(), name.c_str(), revision ? revision->c_str() : nullptr, wanted.get()))
        capture.fail("cannot load YANG module " + name + (revision ? "@" + *revision : ""));
}

std::string Context::loadText(const std::string& yang, const std::vector<std::string>& features) {
    return loadedText(raw(), yang, features, "cannot load a YANG module");
}

std::string Context::loadFile(const std::string& path, const std::vector<std::string>& features) {
    std::ifstream file(path);
    if (!file) throw Error("cannot read YANG module " + path, {});
    std::ostringstream text;
    text << file.rdbuf();
    auto dir = fs::path(path).parent_path();
    const Capture capture(raw());
    ly_ctx_set_searchdir(raw(), (dir.empty() ? fs::path(".") : dir).c_str());
    return loadedText(raw(), text.str(), features, "cannot load YANG module " + path);
}

std::vector<Module> Context::modules() const {
    std::vector<Module> modules;
    std::uint32_t index = 0;
    while (const auto* module = ly_ctx_get_module_iter(raw(), &index)) {
        modules.push_back({module->name,
                           orEmpty(module->revision),
                           module->ns,
                           enabledFeatures(module),
                           module->implemented != 0,
                           {}});
        if (!module->parsed) continue;
        for (LY_ARRAY_COUNT_TYPE i = 0; i < LY_ARRAY_COUNT(module->parsed->includes); ++i) {
            const auto* submodule = module->parsed->includes[i].submodule;
            if (!submodule) continue;
            const auto* revs = submodule->revs;
            modules.push_back({submodule->name,
                               revs ? std::string(revs[0].date) : std::string{},
                               module->ns,
                               {},
                               module->implemented != 0,
                               module->name});
        }
    }
    return modules;
}

bool Context::implements(std::string_view module) const {
    return ly_ctx_get_module_implemented(raw(), std::string(module).c_str()) != nullptr;
}

std::optional<std::string> Context::print(const std::string& name,
                                          const std::optional<std::string>& revision) const {
    const Capture capture(raw());
    const char* rev = revision && !revision->empty() ? revision->c_str() : nullptr;
    const auto* module =
        rev ? ly_ctx_get_module(raw(), name.c_str(), rev) : ly_ctx_get_module_latest(raw(), name.c_str());
    const auto* submodule = rev ? ly_ctx_get_submodule(raw(), name.c_str(), rev)
                                : ly_ctx_get_submodule_latest(raw(), name.c_str());
    if (!module && !submodule) return std::nullopt;
    char* text = nullptr;
    ly_out* out = nullptr;
    capture.check(ly_out_new_memory(&text, 0, &out), "cannot print YANG module " + name);
    const auto code = module ? lys_print_module(out, module, LYS_OUT_YANG, 0, 0)
                             : lys_print_submodule(out, submodule, LYS_OUT_YANG, 0, 0);
    ly_out_free(out, nullptr, 0);
    const std::unique_ptr<char, decltype(&std::free)> owned(text, &std::free);
    capture.check(code, "cannot print YANG module " + name);
    return std::string(text ? text : "");
}

}
