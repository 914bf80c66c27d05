#include "domain/leaving.hpp"

#include <vector>

namespace headgate::domain {

void leave(Pool& pool, const ServerName& server) {
    const auto* leaving = pool.member(server);
    if (!leaving) return;
    const auto place = leaving->standsInFor;
    for (auto& member : pool.members)
        if (member.standsInFor == server) member.standsInFor = place;
    std::erase_if(pool.members, [&](const Member& member) { return member.server == server; });
}

}
