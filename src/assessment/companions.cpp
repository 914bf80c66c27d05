#include "assessment/companions.hpp"

#include <algorithm>
#include <limits>

namespace headgate::assessment {

using domain::Companionship;
using domain::Functional;
using domain::HelpCounts;
using domain::Level;

namespace {

enum class Standing { down, unknown, bottlenecked, able };

struct Judged {
    Standing standing = Standing::unknown;
    int room = 0;            ///< of one that is able; not positive: none
    std::optional<int> load; ///< permille
};

bool isKnown(const domain::ServerState& state) {
    return state.functional == Functional::functional && state.utilisation && state.unknownMetrics.empty();
}

bool isFull(const domain::DataSourceState* dataSource) {
    return dataSource && dataSource->level == Level::full;
}

Judged judge(const domain::PoolPolicy& policy, const MemberView& member) {
    Judged judged;
    if (!member.state) return judged;
    const auto& state = *member.state;
    if (state.warmUntil) return judged; // what it tells does not count yet
    if (state.functional == Functional::down) return {Standing::down, 0, 0};
    if (isKnown(state)) judged.load = state.utilisation;
    // A lower bound is enough for that.
    if (state.functional == Functional::functional &&
        (state.level == Level::full || isFull(member.dataSource)))
        judged.standing = Standing::bottlenecked;
    else if (isKnown(state))
        judged = {Standing::able, policy.upper - policy.tolerance - 1 - *state.utilisation, judged.load};
    return judged;
}

/// Counts among sorted numbers.
class Sorted {
  public:
    void add(int number) { m_numbers.push_back(number); }
    void sort() { std::sort(m_numbers.begin(), m_numbers.end()); }
    unsigned below(int limit) const {
        return static_cast<unsigned>(std::lower_bound(m_numbers.begin(), m_numbers.end(), limit) -
                                     m_numbers.begin());
    }
    unsigned all() const { return static_cast<unsigned>(m_numbers.size()); }

  private:
    std::vector<int> m_numbers;
};

/// What one with that room could do for that load.
bool absorbsAlone(int room, int load) {
    return room >= 0 && room >= load;
}

/// All members in numbers; a member's view is that without itself.
struct Pool {
    HelpCounts counts; ///< of those that are not able
    Sorted rooms;      ///< of those that are
    Sorted loads;      ///< those that are known
    unsigned loadless = 0;
    long long room = 0;

    void add(const Judged& one) {
        if (one.standing == Standing::down) ++counts.down;
        if (one.standing == Standing::unknown) ++counts.unknown;
        if (one.standing == Standing::bottlenecked) ++counts.bottlenecked;
        if (one.standing == Standing::able) {
            rooms.add(one.room);
            room += std::max(one.room, 0);
        }
        if (one.load)
            loads.add(*one.load);
        else
            ++loadless;
    }
    HelpCounts forIt(const Judged& one) const;
    HelpCounts forThem(const Judged& one) const;
};

HelpCounts Pool::forIt(const Judged& one) const {
    auto made = counts;
    if (one.standing == Standing::down) --made.down;
    if (one.standing == Standing::unknown) --made.unknown;
    if (one.standing == Standing::bottlenecked) --made.bottlenecked;
    const bool able = one.standing == Standing::able;
    const int load = one.load.value_or(std::numeric_limits<int>::max());
    const int little = std::min(load, 1); // from there on it is some room
    made.withoutRoom = rooms.below(little) - (able && one.room < little);
    made.alone = rooms.all() - rooms.below(load) - (able && absorbsAlone(one.room, load));
    made.together = rooms.all() - able - made.withoutRoom - made.alone;
    return made;
}

HelpCounts Pool::forThem(const Judged& one) const {
    HelpCounts made;
    const auto others = loads.all() + loadless - 1;
    switch (one.standing) {
    case Standing::down: made.down = others; return made;
    case Standing::unknown: made.unknown = others; return made;
    case Standing::bottlenecked: made.bottlenecked = others; return made;
    case Standing::able: break;
    }
    if (one.room >= 0)
        made.alone = loads.below(one.room + 1) - (one.load && absorbsAlone(one.room, *one.load));
    (one.room > 0 ? made.together : made.withoutRoom) = others - made.alone;
    return made;
}

int capped(long long room) {
    return static_cast<int>(std::min<long long>(room, std::numeric_limits<int>::max()));
}

}

domain::Diagnosis diagnose(const domain::PoolPolicy& policy, std::vector<MemberView> members) {
    std::sort(members.begin(), members.end(),
              [](const MemberView& a, const MemberView& b) { return *a.name < *b.name; });
    std::vector<Judged> judged;
    Pool pool;
    judged.reserve(members.size());
    for (const auto& member : members) {
        judged.push_back(judge(policy, member));
        pool.add(judged.back());
    }
    pool.rooms.sort();
    pool.loads.sort();
    domain::Diagnosis made;
    made.down = pool.counts.down;
    made.unknown = pool.counts.unknown;
    made.members.reserve(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) {
        const auto& one = judged[i];
        const bool able = one.standing == Standing::able;
        const Companionship companions{*members[i].name, one.load,
                                       capped(pool.room - (able ? std::max(one.room, 0) : 0)),
                                       pool.forIt(one), pool.forThem(one)};
        if (one.standing == Standing::bottlenecked)
            made.bottlenecks.push_back(
                {*members[i].name, domain::limitInWords(*members[i].state, members[i].dataSource)});
        auto& kind = companions.forIt.alone > 0 ? made.absorbedByOne
                     : companions.absorbed()    ? made.absorbedTogether
                                                : made.notAbsorbed;
        if (one.standing != Standing::down) ++kind;
        made.members.push_back(companions);
    }
    return made;
}

}
