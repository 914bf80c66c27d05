#pragma once

#include "snmp/agentx.hpp"
#include "snmp/view.hpp"

namespace headgate::snmp::agentx {

/// Answers a get, getNext or getBulk (RFC 2741 §7.2.3): a varbind for each range asked, in its order; of a
/// GETBULK as many as its repetitions, or as fit an answer that a manager takes.
Response answer(View& view, Type type, const Request& request);

}
