#include "lab_configuration.hpp"
#include "northbound/request.hpp"
#include "transaction/record.hpp"
#include "transaction/transaction.hpp"
#include "yang/context.hpp"

#include <boost/test/unit_test.hpp>
#include <libyang/libyang.h>

#include <algorithm>
#include <set>

// What an operator reads is one word in the model, in the code, in the journal and in the log.

using namespace headgate;
using namespace headgate::daemon;

BOOST_AUTO_TEST_SUITE(names_that_agree)

namespace {

using Names = std::set<std::string>;

struct Model {
    yang::Context context;
    Model() { context.load("headgate"); }

    const lysc_node* at(const std::string& path, bool output = false) const {
        const auto* node = lys_find_path(context.raw(), nullptr, path.c_str(), output);
        BOOST_REQUIRE_MESSAGE(node, path << " is not in the model");
        return node;
    }

    Names enumeration(const std::string& path, bool output = false) const {
        const auto* type = reinterpret_cast<const lysc_node_leaf*>(at(path, output))->type;
        BOOST_REQUIRE(type->basetype == LY_TYPE_ENUM);
        const auto* enums = reinterpret_cast<const lysc_type_enum*>(type)->enums;
        Names names;
        LY_ARRAY_COUNT_TYPE i = 0;
        LY_ARRAY_FOR(enums, i) names.insert(enums[i].name);
        return names;
    }

    Names operations() const {
        Names names;
        const auto* module = ly_ctx_get_module_implemented(context.raw(), "headgate");
        for (const auto* rpc = module->compiled->rpcs; rpc;
             rpc = reinterpret_cast<const lysc_node_action*>(rpc->next))
            names.insert(rpc->name);
        for (const auto* action = lysc_node_actions(at("/headgate:headgate/pool")); action;
             action = reinterpret_cast<const lysc_node_action*>(action->next))
            names.insert(action->name);
        return names;
    }
};

/// What the code calls them: every value from the first on that has a name.
template <typename Enum>
std::vector<Enum> all() {
    std::vector<Enum> values;
    for (int i = 0; toString(static_cast<Enum>(i)) != "?"; ++i)
        values.push_back(static_cast<Enum>(i));
    return values;
}

template <typename Enum>
Names names() {
    Names found;
    for (const auto value : all<Enum>())
        found.insert(std::string(toString(value)));
    return found;
}

domain::Plan joining(const std::string& server) {
    domain::Plan plan;
    plan.pool.name = {"web"};
    plan.pool.places = {{{"f5-1"}, "/Common/web"}};
    plan.member.server = {server};
    plan.reason = "real1 is full";
    return plan;
}

}

BOOST_AUTO_TEST_CASE(the_model_and_the_code_have_the_same_names) {
    const Model model;
    const std::string top = "/headgate:headgate/";
    BOOST_TEST(model.enumeration(top + "transaction/state") == names<transaction::Phase>(),
               boost::test_tools::per_element());
    BOOST_TEST(model.enumeration(top + "transaction/outcome") == names<domain::OutcomeKind>(),
               boost::test_tools::per_element());
    BOOST_TEST(model.enumeration(top + "transaction/kind") == names<domain::IntentKind>(),
               boost::test_tools::per_element());
    BOOST_TEST(model.enumeration(top + "transaction/appliance/strategy") == names<domain::Strategy>(),
               boost::test_tools::per_element());
    BOOST_TEST(model.enumeration(top + "appliance/strategy") == names<domain::Strategy>(),
               boost::test_tools::per_element());
    BOOST_TEST(model.enumeration(top + "pool/plan/intent", true) == names<domain::IntentKind>(),
               boost::test_tools::per_element());
    BOOST_TEST(model.enumeration(top + "pool/repair/outcome", true) == names<northbound::AnswerKind>(),
               boost::test_tools::per_element());
    BOOST_TEST(model.enumeration(top + "event/severity") == names<domain::EventSeverity>(),
               boost::test_tools::per_element());
    BOOST_TEST(model.enumeration(top + "server/functional") == names<domain::Functional>(),
               boost::test_tools::per_element());
    BOOST_TEST(model.enumeration(top + "pool/level") == names<domain::Level>(),
               boost::test_tools::per_element());
    auto kinds = names<northbound::RequestKind>();
    kinds.erase("cancel-commit"); // NETCONF's own
    kinds.erase("session-ended"); // no operation
    kinds.erase("read-log");      // a replay's
    kinds.erase("late-answer");   // tells how one ended
    kinds.erase("called");        // what came of a call
    BOOST_TEST(model.operations() == kinds, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_final_state_is_called_as_its_outcome) {
    const auto states = names<transaction::Phase>();
    for (const auto& outcome : names<domain::OutcomeKind>())
        BOOST_TEST(states.contains(outcome), outcome);
}

BOOST_AUTO_TEST_CASE(the_journal_keeps_the_name_of_each_state) {
    const Model model;
    const Folder folder;
    auto kept = recorder(folder);
    Names journalled;
    std::uint64_t id = 0;
    for (const auto phase : all<transaction::Phase>()) {
        auto state = transaction::begin({++id}, joining("real2"), noon);
        state.phase = phase;
        transaction::Journal entry;
        entry.view = transaction::view(state);
        entry.detail = "what happens now";
        entry.record = transaction::toRecord(state);
        kept.journal(entry, noon);
        journalled.insert(kept.latestTransactions(1).at(0).state);
    }
    BOOST_TEST(journalled == model.enumeration("/headgate:headgate/transaction/state"),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_journalled_and_what_is_logged_name_the_same_state) {
    const auto step =
        transaction::step(transaction::begin({1}, joining("real2"), noon), noon, transaction::Started{});
    std::string journalled;
    std::string logged;
    for (const auto& output : step.outputs) {
        if (const auto* entry = std::get_if<transaction::Journal>(&output)) journalled = entry->view.state;
        if (const auto* event = std::get_if<domain::Event>(&output);
            event && event->kind == "transaction-state")
            logged = event->text.substr(0, event->text.find(':'));
    }
    BOOST_TEST(journalled == toString(step.state.phase));
    BOOST_TEST(logged == journalled);
}

BOOST_AUTO_TEST_SUITE_END()
