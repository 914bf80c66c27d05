#include "controller/brain.hpp"

namespace headgate::controller {

void Controller::Brain::hear(const transaction::Observed& input) {
    step(input.transaction, input);
}
void Controller::Brain::hear(const Recover&) {}
void Controller::Brain::hear(const JournalFailed&) {}
void Controller::Brain::hear(const JournalStatus&) {}
void Controller::Brain::hear(const ApplianceChanged&) {}
void Controller::Brain::ask(const Request& request, const Check&) {
    answer(request, AnswerKind::refused, "not yet");
}
void Controller::Brain::ask(const Request& request, const Repair&) {
    answer(request, AnswerKind::refused, "not yet");
}

}
