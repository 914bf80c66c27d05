#include "northbound/request.hpp"

namespace headgate::northbound {

std::string_view toString(RequestKind kind) {
    switch (kind) {
    case RequestKind::plan: return "plan";
    case RequestKind::allocate: return "allocate";
    case RequestKind::release: return "release";
    case RequestKind::hold: return "hold";
    case RequestKind::resume: return "resume";
    case RequestKind::check: return "check";
    case RequestKind::repair: return "repair";
    case RequestKind::load: return "load";
    case RequestKind::history: return "history";
    case RequestKind::getRevision: return "get-revision";
    case RequestKind::rollback: return "rollback";
    case RequestKind::cancelCommit: return "cancel-commit";
    case RequestKind::sessionEnded: return "session-ended";
    case RequestKind::readLog: return "read-log";
    case RequestKind::lateAnswer: return "late-answer";
    case RequestKind::called: return "called";
    }
    return "?";
}

std::string_view toString(AnswerKind kind) {
    switch (kind) {
    case AnswerKind::done: return "done";
    case AnswerKind::refused: return "refused";
    case AnswerKind::committed: return "committed";
    case AnswerKind::rolledBack: return "rolled-back";
    case AnswerKind::indeterminate: return "indeterminate";
    case AnswerKind::differs: return "differs";
    }
    return "?";
}

}
