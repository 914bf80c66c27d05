#pragma once

#include "southbound/conversation.hpp"
#include "unit/southbound/fake_appliance.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::southbound::test {

using Names = std::vector<std::string>;

/// A conversation with a FakeAppliance, and what is told of it.
struct Talk {
    FakeAppliance appliance;
    std::vector<Status> statuses;
    std::vector<Notice> notices;
    int pauses = 0;
    std::function<bool()> onPause = [] { return true; };
    Conversation conversation{placeOf("lb1"), appliance.connect(),
                              [this](base::Duration) {
                                  ++pauses;
                                  return onPause();
                              },
                              [this](Status status) { statuses.push_back(std::move(status)); },
                              [this](Notice notice) { notices.push_back(std::move(notice)); }};

    transaction::Result ask(transaction::Request request, std::uint64_t transaction = 1) {
        return conversation.carryOut(command(transaction, std::move(request)));
    }
    /// Answers the named operation so, everything else with ok.
    void answer(const std::string& name, Answer answer) {
        appliance.script = [=](const std::string& asked, int) { return asked == name ? answer : ok(); };
    }
    /// The same in the first session only.
    void answerOnce(const std::string& name, Answer answer) {
        appliance.script = [=](const std::string& asked, int session) {
            return asked == name && session == 0 ? answer : ok();
        };
    }
};

inline void checkNames(Talk& talk, const Names& expected) {
    const auto asked = talk.appliance.askedSoFar();
    BOOST_CHECK_EQUAL_COLLECTIONS(asked.begin(), asked.end(), expected.begin(), expected.end());
}

}
