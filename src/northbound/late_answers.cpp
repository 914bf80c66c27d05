#include "northbound/late_answers.hpp"

namespace headgate::northbound {
namespace {

std::string subject(const Request& asked) {
    std::string text(asked.commit && asked.kind != RequestKind::cancelCommit ? "commit"
                                                                             : toString(asked.kind));
    if (asked.pool) text += " of " + asked.pool->value;
    if (asked.server) text += " and " + asked.server->value;
    return text;
}

std::string endOf(AnswerKind kind) {
    switch (kind) {
    case AnswerKind::done:
    case AnswerKind::committed:
    case AnswerKind::differs: return "it was done";
    case AnswerKind::refused: return "it was refused";
    case AnswerKind::rolledBack: return "it was rolled back";
    case AnswerKind::indeterminate: return "its outcome is in doubt";
    }
    return "it is over";
}

}

Request lateAnswer(const Request& asked, const Answer& answer) {
    Request late;
    late.kind = RequestKind::lateAnswer;
    late.user = asked.user;
    late.pool = asked.pool;
    late.server = asked.server;
    late.late = asked.user + " had given up waiting for the " + subject(asked) + ": " + endOf(answer.kind) +
                (answer.reason.empty() ? "" : ": " + answer.reason);
    late.lateInVain = answer.kind != AnswerKind::done && answer.kind != AnswerKind::committed;
    return late;
}

}
