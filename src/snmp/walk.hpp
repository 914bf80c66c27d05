#pragma once

#include "snmp/client.hpp"
#include "snmp/pdu.hpp"

#include <functional>
#include <memory>

namespace headgate::snmp {

/// One subtree, a GETBULK after the other; or a GETNEXT, where the limits say no repetitions: SNMPv1 has
/// nothing else. Lives as long as a question of it is on its way.
class Walk : public std::enable_shared_from_this<Walk> {
  public:
    using Ask = std::function<void(Pdu, OnReply)>;
    using Now = std::function<base::Instant()>;

    static void start(Ask ask, Now now, const Oid& subtree, const WalkLimits& limits, OnReply done);

  private:
    Walk(Ask ask, Now now, const Oid& subtree, const WalkLimits& limits, OnReply done);
    void next();
    void onReply(Reply reply);
    /// False when the walk ended with this batch.
    bool take(std::vector<Varbind> batch);
    void finish();

    Ask m_ask;
    Now m_now;
    Oid m_subtree;
    WalkLimits m_limits;
    OnReply m_done;
    base::Instant m_started;
    Oid m_last;
    Reply m_result;
};

}
