#include "domain/plan.hpp"

namespace headgate::domain {

std::string_view toString(IntentKind kind) {
    switch (kind) {
    case IntentKind::nothing: return "nothing";
    case IntentKind::allocate: return "allocate";
    case IntentKind::release: return "release";
    case IntentKind::restore: return "restore";
    case IntentKind::withdraw: return "withdraw";
    case IntentKind::renew: return "renew";
    case IntentKind::ramp: return "ramp";
    }
    return "?";
}

std::string_view toString(OutcomeKind kind) {
    switch (kind) {
    case OutcomeKind::committed: return "committed";
    case OutcomeKind::rolledBack: return "rolled-back";
    case OutcomeKind::indeterminate: return "indeterminate";
    }
    return "?";
}

std::string_view toString(Accused accused) {
    switch (accused) {
    case Accused::nobody: return "nobody";
    case Accused::candidate: return "candidate";
    case Accused::appliance: return "appliance";
    }
    return "?";
}

}
