#pragma once

#include "domain/companions.hpp"
#include "domain/configuration.hpp"
#include "domain/state.hpp"

#include <vector>

namespace headgate::assessment {

/// A member as diagnose() looks at it. `state` is null of one that is no configured server, `dataSource`
/// where it uses none that is known.
struct MemberView {
    const domain::ServerName* name = nullptr;
    const domain::ServerState* state = nullptr;
    const domain::DataSourceState* dataSource = nullptr;
};

/// What the members of a pool could do for each other.
///
/// One that leaves has to be absorbed below upper − tolerance, which is where a pool stops shrinking; so a
/// companion's room is what is missing there, and it absorbs a load alone when its room is as much. Together
/// each absorbs up to its room. A permille of one is a permille of another: members count as equally strong.
/// Whoever is down, full, behind a data source that is full, or of a utilisation that is not fully known,
/// absorbs nothing. The load of who is down is with the others already.
///
/// n·log n for n members, so that a large pool may be asked for at any time.
domain::Diagnosis diagnose(const domain::PoolPolicy& policy, std::vector<MemberView> members);

}
