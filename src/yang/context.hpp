#pragma once

#include "yang/error.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct ly_ctx;

namespace headgate::yang {

/// What a context knows of one module or submodule.
struct Module {
    std::string name;
    std::string revision; ///< Empty when the module has none.
    std::string nameSpace;
    std::vector<std::string> features; ///< Those that are enabled.
    bool implemented = false;          ///< False: only imported by another.
    std::string submoduleOf;           ///< The module that includes it; empty for a module.

    bool operator==(const Module&) const = default;
};

/// Where modules are searched for: HEADGATE_YANG_PATH (colons between folders) in place of ours when it is
/// set, else the tree's yang/ and yang/appliances/, else the installed ones; and Debian's IETF modules.
/// Folders that do not exist are left out. The last one's come first, where name and revision are the same.
std::vector<std::string> standardDirs();

/// Owns a set of YANG modules. Everything parsed with a context must be gone before it.
class Context {
  public:
    explicit Context(const std::vector<std::string>& searchDirs = standardDirs());
    ~Context();
    Context(Context&&) noexcept;
    Context& operator=(Context&&) noexcept;

    /// Implements a module, the newest found when no revision is given. `features` {"*"} enables all.
    /// Throws Error when it is not found or not valid.
    void load(const std::string& name, const std::optional<std::string>& revision = std::nullopt,
              const std::vector<std::string>& features = {"*"});

    /// The same from a text in YANG; returns the module's name.
    std::string loadText(const std::string& yang, const std::vector<std::string>& features = {"*"});

    /// The same from a file; its folder is searched for imports too. Returns the module's name.
    std::string loadFile(const std::string& path, const std::vector<std::string>& features = {"*"});

    /// Every module, internal ones of libyang included, and submodules after their module.
    std::vector<Module> modules() const;

    bool implements(std::string_view module) const;

    /// A module's or submodule's text in YANG; nothing when the context does not have it.
    std::optional<std::string> print(const std::string& name,
                                     const std::optional<std::string>& revision) const;

    /// For rooms that may include libyang's headers.
    ly_ctx* raw() const noexcept { return m_context.get(); }

  private:
    struct Free {
        void operator()(ly_ctx* context) const noexcept;
    };
    std::unique_ptr<ly_ctx, Free> m_context;
};

}
