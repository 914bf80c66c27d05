// What leads from one configuration to another: see Steps.

#include "northbound/steps.hpp"

#include "northbound/configuration_impl.hpp"
#include "northbound/operation.hpp"
#include "northbound/translate.hpp"

#include <algorithm>
#include <set>

namespace headgate::northbound {
namespace {

/// Whether a pool is in both trees, by its name.
bool isInBoth(const std::string& pool, const yang::Tree& one, const yang::Tree& other) {
    const auto path = poolPath({pool});
    return one.find(path) && other.find(path);
}

/// The pools that both have, with other members or members of other settings.
std::set<std::string> poolsOfOtherMembers(const yang::Tree& running, const yang::Tree& target) {
    std::set<std::string> pools;
    for (const auto& change : yang::changedNodes(running, target)) {
        std::optional<yang::Node> node = change.node;
        while (node && node->name() != "member")
            node = node->parent();
        if (!node || node->module() != moduleName) continue;
        const auto pool = node->parent()->leafOr("name", "");
        if (isInBoth(pool, running, target)) pools.insert(pool);
    }
    return pools;
}

/// `target`, with the members of `running` in the pools that both have; `but` says which stay as they are.
template <typename But>
yang::Tree withMembersOf(const yang::Tree& running, yang::Tree target, But but) {
    for (const auto& changed : poolsOfOtherMembers(running, target)) {
        const domain::PoolName name{changed};
        const auto pool = *running.find(poolPath(name));
        std::vector<std::string> gone;
        for (const auto& member : target.find(poolPath(name))->children("member"))
            if (!but(name.value, member.leafOr("server", ""))) gone.push_back(member.path());
        for (const auto& path : gone)
            target.remove(path);
        for (const auto& member : pool.children("member"))
            if (!but(name.value, member.leafOr("server", ""))) target.merge(running.only(member));
    }
    return target;
}

}

std::vector<Request> memberSteps(const yang::Tree& running, const yang::Tree& target, Told told) {
    using Kind = yang::Difference::Kind;
    std::vector<Request> steps;
    for (const auto& [kind, node] : yang::changedNodes(running, target)) {
        if (node.module() != moduleName || node.name() != "member") continue;
        if (kind != Kind::create && kind != Kind::remove) continue;
        const auto pool = node.parent()->leafOr("name", "");
        if (!isInBoth(pool, running, target)) continue;
        Request step;
        step.kind = kind == Kind::create ? RequestKind::allocate : RequestKind::release;
        step.pool = domain::PoolName{pool};
        step.server = domain::ServerName{node.leafOr("server", "")};
        if (kind == Kind::create) step.asked = askedOf(node, told);
        steps.push_back(std::move(step));
    }
    std::stable_partition(steps.begin(), steps.end(),
                          [](const Request& step) { return step.kind == RequestKind::allocate; });
    return steps;
}

namespace {

const domain::Member* memberOf(const domain::Configuration& configuration, const std::string& pool,
                               const std::string& server) {
    const auto* found = configuration.pool({pool});
    return found ? found->member({server}) : nullptr;
}

/// It is in both, and connected to in the same way: what else is said of it may be loaded.
bool keepsSettings(const domain::Member* one, const domain::Member* other) {
    return one && other && one->connection == other->connection &&
           one->authentication == other->authentication;
}

/// What a commit says otherwise of members that stay: a transaction gives a member what its server tells, and
/// nothing else does. `keeps` says of whom it is the same, in other words.
template <typename Keeps>
std::vector<Problem> membersOfOtherSettings(const yang::Tree& running, const yang::Tree& target,
                                            Keeps keeps) {
    std::vector<Problem> problems;
    for (const auto& change : yang::changedNodes(running, target)) {
        std::optional<yang::Node> node = change.node.parent();
        while (node && node->name() != "member")
            node = node->parent();
        if (!node || node->module() != moduleName || change.node.name() == "origin") continue;
        if (keeps(node->parent()->leafOr("name", ""), node->leafOr("server", ""))) continue;
        problems.push_back(
            {change.node.path(),
             "What is recorded of a member is what its server tells, and is renewed by itself: commit "
             "it as headgate config show prints it.",
             0});
    }
    return problems;
}

/// `target`, with the members of `running` in the pools that both have, but for those that these steps
/// release, and those that it keeps as they are.
template <typename Keeps>
yang::Tree withoutLeaving(const yang::Tree& running, const yang::Tree& target,
                          const std::vector<Request>& steps, Keeps keeps) {
    return withMembersOf(running, target.duplicate(), [&](const auto& pool, const auto& server) {
        return keeps(pool, server) || std::ranges::any_of(steps, [&](const Request& step) {
                   return step.kind == RequestKind::release && step.pool->value == pool &&
                          step.server->value == server;
               });
    });
}

/// The members that Headgate may have to look after in pools which `target` has not.
std::vector<yang::Node> allocatedWherePoolsGo(const yang::Tree& running, const yang::Tree& target) {
    auto members = running.select("/headgate:headgate/pool/member[origin='allocated']");
    std::erase_if(members, [&](const yang::Node& member) {
        return target.find(poolPath({member.parent()->leafOr("name", "")})).has_value();
    });
    return members;
}

/// A pool that goes is emptied first: of what Headgate has taken into it since it was `made`. What it was
/// made with stays on the appliances, as it was there before. What it returns is to be loaded
/// before that.
yang::Tree emptyFirst(Steps& steps, const yang::Tree& running, const yang::Tree& target,
                      const std::vector<yang::Tree>& made) {
    auto opening = running.duplicate();
    for (const auto& member : allocatedWherePoolsGo(running, target)) {
        const domain::PoolName pool{member.parent()->leafOr("name", "")};
        // Those that followed the one that made it had what it has taken in since.
        const auto maker = std::ranges::find_if(
            made, [&](const yang::Tree& one) { return one.find(poolPath(pool)).has_value(); });
        const bool itsOwn = maker != made.end() && maker->find(member.path());
        opening.set(poolPath(pool) + "/held", "true");
        if (itsOwn) {
            opening.set(member.path() + "/origin", "configured");
            continue;
        }
        opening.set(poolPath(pool) + "/policy/minimum", "0");
        Request release;
        release.kind = RequestKind::release;
        release.pool = pool;
        release.server = domain::ServerName{member.leafOr("server", "")};
        steps.members.push_back(std::move(release));
        steps.restFirst = false;
    }
    return opening;
}

}

Steps RunningConfiguration::Impl::stepsTo(const yang::Tree& target, Told told,
                                          const std::vector<yang::Tree>& made) const {
    Steps steps;
    const auto wanted = read(target);
    const auto keeps = [&](const std::string& pool, const std::string& server) {
        return keepsSettings(memberOf(value, pool, server), memberOf(wanted, pool, server));
    };
    if (told == Told::byOperator)
        if (auto problems = membersOfOtherSettings(tree, target, keeps); !problems.empty())
            throw InvalidConfiguration({}, std::move(problems));
    try {
        steps.members = memberSteps(tree, target, told);
    } catch (const yang::RpcErrors& refused) {
        throw InvalidConfiguration({}, {{refused.first().path, refused.first().message, 0}});
    }
    if (told == Told::byHistory)
        if (const auto opening = emptyFirst(steps, tree, target, made); !yang::equal(tree, opening))
            steps.opening = print(opening);
    if (!steps.restFirst) {
        steps.rest = print(withoutLeaving(tree, target, steps.members, keeps));
        return steps;
    }
    auto rest = withMembersOf(tree, target.duplicate(), keeps);
    const bool differs = !yang::equal(tree, rest);
    try {
        auto text = print(rest);
        rest = validity.whole(std::move(rest));
        if (differs) steps.rest = std::move(text);
    } catch (const yang::Error&) {
        // It takes away what a member that leaves still needs: that one goes first.
        steps.restFirst = false;
        steps.rest = print(withoutLeaving(tree, target, steps.members, keeps));
    }
    return steps;
}

Steps RunningConfiguration::stepsTo(const std::string& target) const {
    try {
        const auto change = yang::Patch::parse(m_impl->context.raw(), target);
        if (!change.where)
            return m_impl->stepsTo(m_impl->validity.whole(change.part.duplicate()), Told::byOperator);
        const auto& valid = m_impl->judged(target);
        if (poolsOfOtherMembers(yang::cut(m_impl->tree, *valid.where), valid.part).empty()) {
            Steps steps;
            steps.rest = target;
            return steps;
        }
        auto next = m_impl->tree.duplicate();
        valid.apply(next);
        return m_impl->stepsTo(next, Told::byOperator);
    } catch (const yang::Error& error) {
        throw InvalidConfiguration({}, problemsOf(error));
    }
}

namespace {

/// What a commit that is taken back was judged against, and what it made of that.
struct Made {
    domain::Configuration from, to;
    std::vector<Request> members;
};

bool isBroughtOrTaken(const std::vector<Made>& commits, const std::string& pool, const std::string& server) {
    return std::ranges::any_of(commits, [&](const Made& one) {
        return std::ranges::any_of(one.members, [&](const Request& step) {
            return step.pool->value == pool && step.server->value == server;
        });
    });
}

/// Was it brought in or taken out, or is something else said of it, by one of them?
bool isTouched(const std::vector<Made>& commits, const std::string& pool, const std::string& server) {
    return isBroughtOrTaken(commits, pool, server) || std::ranges::any_of(commits, [&](const Made& one) {
               const auto* from = memberOf(one.from, pool, server);
               const auto* to = memberOf(one.to, pool, server);
               return from && to && *from != *to;
           });
}

/// Holds of pools that no commit has changed stay as they are now.
void keepHolds(yang::Tree& target, const domain::Configuration& now, const std::vector<Made>& commits) {
    for (const auto& pool : now.pools) {
        const bool changed = std::ranges::any_of(commits, [&](const Made& one) {
            const auto* from = one.from.pool(pool.name);
            const auto* to = one.to.pool(pool.name);
            return from && to && from->held != to->held;
        });
        const auto held = poolPath(pool.name) + "/held";
        if (changed || !target.find(poolPath(pool.name)) || (target.value(held) == "true") == pool.held)
            continue;
        target.remove(held);
        if (pool.held) target.set(held, "true");
    }
}

}

Steps RunningConfiguration::stepsBack(const std::string& before, const std::vector<std::string>& after,
                                      const std::vector<std::string>& seen) const {
    try {
        const auto former = m_impl->parsed(before, yang::Format::json);
        const auto was = read(former);
        std::vector<Made> commits;
        std::vector<yang::Tree> made;
        for (std::size_t i = 0; i < after.size(); ++i) {
            made.push_back(m_impl->parsed(after[i], yang::Format::json));
            const auto from =
                i < seen.size() ? m_impl->parsed(seen[i], yang::Format::json) : former.duplicate();
            commits.push_back(
                {read(from), read(made.back()), memberSteps(from, made.back(), Told::byHistory)});
        }
        // Of a member that is there, and was, its settings are what its server has told.
        const auto goesBack = [&](const std::string& pool, const std::string& server) {
            const auto* then = memberOf(was, pool, server);
            const auto* now = memberOf(value(), pool, server);
            if (then && now) return isTouched(commits, pool, server) && keepsSettings(then, now);
            return isBroughtOrTaken(commits, pool, server);
        };
        auto target = withMembersOf(m_impl->tree, former.duplicate(), goesBack);
        keepHolds(target, value(), commits);
        target.addDefaults();
        return m_impl->stepsTo(target, Told::byHistory, made);
    } catch (const yang::Error& error) {
        throw InvalidConfiguration({}, problemsOf(error));
    }
}

}
