#pragma once

#include "datastore/validity.hpp"
#include "netconf/server.hpp"
#include "northbound/configuration.hpp"
#include "northbound/operation.hpp"
#include "northbound/rules.hpp"
#include "northbound/shipped_profiles.hpp"
#include "northbound/steps.hpp"
#include "northbound/translate.hpp"
#include "yang/context.hpp"
#include "yang/error.hpp"
#include "yang/tree.hpp"

#include <memory>
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
    domain::ShippedProfiles shipped;
    ModelRules rules{ModelRules::Shelves::asTheyAre};
    datastore::Validity validity;
    /// The revision that was judged last, valid: most are accepted at once, and need not be judged again.
    std::optional<std::pair<std::string, yang::Patch>> draft{};

    Impl()
        : tree(loaded(context))
        , shipped{std::make_shared<const std::vector<domain::Profile>>(shippedProfiles(context))}
        , validity(context, &rules) {}

    static const yang::Context& loaded(yang::Context& context) {
        // Rules of access control may name what is in them.
        netconf::loadServerModules(context);
        loadModel(context);
        return context;
    }

    yang::Tree parsed(const std::string& text, yang::Format format) const {
        return validity.whole(yang::Tree::parse(context, text, format));
    }

    /// What an operator has written, and is told of all that is wrong with it.
    yang::Tree written(const std::string& text, yang::Format format) const {
        auto made = parsed(text, format);
        checkShelves(made);
        return made;
    }

    void take(yang::Tree valid) {
        value = read(valid);
        value.shippedProfiles = shipped;
        tree = std::move(valid);
    }

    /// The entries of `change` as validation leaves them; the tree is another only meanwhile.
    yang::Patch valid(const yang::Patch& change) {
        if (!change.where) return {std::nullopt, validity.whole(change.part.duplicate())};
        const auto former = yang::cut(tree, *change.where);
        const auto back =
            std::shared_ptr<void>(nullptr, [&](void*) { yang::graft(tree, former, *change.where); });
        change.apply(tree);
        return {change.where, validity.part(former, tree, *change.where)};
    }

    const yang::Patch& judged(const std::string& revision) {
        if (!draft || draft->first != revision) {
            draft.reset();
            draft.emplace(revision, valid(yang::Patch::parse(context.raw(), revision)));
        }
        return draft->second;
    }

    /// The revision, made from the pool as it is by `change`.
    template <typename Change>
    std::string revision(const domain::PoolName& pool, Change change) {
        if (!tree.find(poolPath(pool)))
            throw InvalidConfiguration({}, {{poolPath(pool), "there is no such pool", 0}});
        try {
            const yang::Entries where{poolPath(pool)};
            yang::Patch patch{where, yang::cut(tree, where)};
            change(patch.part);
            patch.part.addDefaults();
            auto checked = valid(patch);
            auto text = checked.text();
            draft.emplace(text, std::move(checked));
            return text;
        } catch (const yang::Error& error) {
            throw InvalidConfiguration({}, problemsOf(error));
        }
    }

    Steps stepsTo(const yang::Tree& target, Told told, const std::vector<yang::Tree>& made = {}) const;

    static std::string print(const yang::Tree& tree) {
        return tree.print(yang::Format::json, yang::Defaults::asSet, yang::Layout::indented);
    }
};

}
