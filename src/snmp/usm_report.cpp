#include "snmp/usm_report.hpp"

#include <array>

namespace headgate::snmp {

namespace {

const Oid usmStats{1, 3, 6, 1, 6, 3, 15, 1, 1};

struct ReportWords {
    Report report;
    Oid counter;
    std::string_view words;
};

const std::array<ReportWords, 7> reports{{
    {Report::unsupportedSecurityLevel, usmStats + Oid{1, 0},
     "usmStatsUnsupportedSecLevels (the agent has no such security level for this user)"},
    {Report::notInTimeWindow, usmStats + Oid{2, 0},
     "usmStatsNotInTimeWindows (its clock and ours do not agree)"},
    {Report::unknownUser, usmStats + Oid{3, 0},
     "usmStatsUnknownUserNames (the agent does not know this user)"},
    {Report::unknownEngine, usmStats + Oid{4, 0}, "usmStatsUnknownEngineIDs (its engine id keeps changing)"},
    {Report::wrongDigest, usmStats + Oid{5, 0},
     "usmStatsWrongDigests (wrong authentication password or protocol)"},
    {Report::decryptionError, usmStats + Oid{6, 0},
     "usmStatsDecryptionErrors (wrong privacy password or protocol)"},
    {Report::unknownContext, Oid{1, 3, 6, 1, 6, 3, 12, 1, 5, 0},
     "snmpUnknownContexts (the agent has no such context)"},
}};

}

std::string_view print(Report report) {
    for (const auto& known : reports)
        if (known.report == report) return known.words;
    return "a report of a kind not known";
}

Report reportOf(const Pdu& pdu) {
    for (const auto& known : reports)
        if (!pdu.varbinds.empty() && pdu.varbinds.front().name == known.counter) return known.report;
    return Report::other;
}

Oid counterOf(Report report) {
    for (const auto& known : reports)
        if (known.report == report) return known.counter;
    return usmStats + Oid{1, 0};
}

}
