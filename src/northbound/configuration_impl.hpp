#pragma once

#include "netconf/server.hpp"
#include "northbound/configuration.hpp"
#include "northbound/operation.hpp"
#include "northbound/steps.hpp"
#include "northbound/translate.hpp"
#include "yang/context.hpp"
#include "yang/error.hpp"
#include "yang/tree.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace headgate::northbound {

/// libyang's problems in an operator's words.
std::vector<Problem> problemsOf(const yang::Error& error);

struct RunningConfiguration::Impl {
    yang::Context context;
    yang::Tree tree;
    domain::Configuration value;
    /// The revision that was drafted last: most are accepted at once, and need not be parsed again.
    mutable std::optional<std::pair<std::string, yang::Tree>> draft{};

    Impl()
        : tree(loaded(context)) {}

    static const yang::Context& loaded(yang::Context& context) {
        // Rules of access control may name what is in them.
        netconf::loadServerModules(context);
        loadModel(context);
        return context;
    }

    yang::Tree parsed(const std::string& text, yang::Format format) const {
        auto made = yang::Tree::parse(context, text, format);
        made.validate();
        return made;
    }

    void take(yang::Tree valid) {
        value = read(valid);
        tree = std::move(valid);
    }

    /// The text of a valid revision, made from the present one by `change`.
    template <typename Change>
    std::string revision(const domain::PoolName& pool, Change change) const {
        if (!tree.find(poolPath(pool)))
            throw InvalidConfiguration({}, {{poolPath(pool), "there is no such pool", 0}});
        try {
            auto next = tree.duplicate();
            change(next);
            next.validate();
            auto text = print(next);
            draft.emplace(text, std::move(next));
            return text;
        } catch (const yang::Error& error) {
            throw InvalidConfiguration({}, problemsOf(error));
        }
    }

    Steps stepsTo(const yang::Tree& target, Told told) const;

    static std::string print(const yang::Tree& tree) {
        return tree.print(yang::Format::json, yang::Defaults::asSet, yang::Layout::indented);
    }
};

}
