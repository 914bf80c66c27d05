#include "cli/verbs.hpp"

#include <algorithm>

namespace headgate::cli {
namespace {

constexpr const char* endsWithIt =
    "Ends when the transaction has: exit code 0 committed, 4 rolled back, 5 indeterminate.";

std::vector<VerbEntry> shows() {
    return {
        {Verb::status,
         "",
         "status",
         "One screen: pools, servers, appliances, what happened last",
         "A pool's level bar has marks at its lower and upper level. With --follow the screen is\n"
         "drawn again and again, until you press Ctrl-C.",
         "headgate status --follow",
         {},
         true,
         {"--follow", "--interval"}},
        {Verb::pools,
         "",
         "pools",
         "The pools, their levels and why",
         "LOAD is the average utilisation of the members, in permille of the limits that the profile names.",
         "headgate pools\nheadgate pools web",
         {{"NAME", Takes::pool, false, "Everything about this one"}}},
        {Verb::servers,
         "",
         "servers",
         "The real servers, what is believed of them and why",
         "BY is the metric that makes the utilisation what it is. SEEN is when the agent last answered a\n"
         "poll, TRIP how long that took, ERRORS how many polls went wrong since the daemon was started, and\n"
         "TRUST how far what it tells is relied on: trusted, doubtful, stale, contradictory or silent. With "
         "a NAME it\n"
         "says why.",
         "headgate servers real1\nheadgate servers --json | jq -r '.[] | select(.functional == \"down\") | "
         ".name'",
         {{"NAME", Takes::server, false, "Everything about this one"}}},
        {Verb::appliances,
         "",
         "appliances",
         "The load balancers and their sessions",
         "",
         "headgate appliances f5-1",
         {{"NAME", Takes::appliance, false, "Everything about this one"}}},
        {Verb::transactions,
         "",
         "transactions",
         "The transactions in flight and the latest that ended",
         "With a number also what each appliance did, and what proves a rollback.",
         "headgate transactions 7",
         {{"NUMBER", Takes::transaction, false, "The one to show everything about"}}},
        {Verb::events,
         "",
         "events",
         "What happened last",
         "",
         "headgate events web",
         {{"NAME", Takes::subject, false, "Only what is about this pool, server or appliance"}}},
        {Verb::explain,
         "",
         "explain",
         "Why a pool or a transaction is as it is, in plain words",
         "Of a pool: what its members' readings say, what follows from them, what its policy says to that, "
         "what\n"
         "is done now and why nothing else, and what came of the last change. Of a transaction: why it was\n"
         "begun, whom it chose, what happened in which order, and how it ended.",
         "headgate explain web\nheadgate explain 7",
         {{"POOL|NUMBER", Takes::explained, true, "The pool, or the transaction's number"}}},
        {Verb::replay,
         "",
         "replay",
         "Fly recorded hours again, with the recorded policy or another one",
         "RECORD is a segment of headgated's flight record, or the folder of them (flight in its state\n"
         "directory), or a copy; no daemon is asked. Without --policy every decision has to be as it was:\n"
         "exit code 1 when one is not. FILE is instance data of pools with name and policy; what it leaves\n"
         "out stays as recorded. Where other servers would have been members, a pool's load is the sum of\n"
         "what its recorded functional members were utilised, spread evenly; a change that was not recorded\n"
         "succeeds, and takes the median of the recorded ones of its kind, or 10 s.",
         "headgate replay /var/lib/headgate/flight\nheadgate replay flight --policy calmer.json",
         {{"RECORD", Takes::file, true, "A segment, or the folder of segments"}},
         true,
         {"--policy"}},
        {Verb::watch,
         "",
         "watch",
         "Print events as they happen, until you press Ctrl-C",
         "With --json an object a line. It ends with exit code 3 when the daemon does; with --reconnect it "
         "waits\n"
         "for the next one, and prints first what happened in between.",
         "headgate watch web\nheadgate watch --reconnect --json | jq 'select(.severity == \"alarm\")'",
         {{"NAME", Takes::subject, false, "Only what is about this pool, server or appliance"}},
         true,
         {"--reconnect"}}};
}

std::vector<VerbEntry> actions() {
    const Argument pool{"POOL", Takes::pool, true, "The pool"};
    const Argument anyPool{"POOL", Takes::pool, false, "The pool; each if left out"};
    return {
        {Verb::plan,
         "",
         "plan",
         "Dry run: what would be done now, why, and with which edits",
         "Nothing is changed. Each appliance's native edit is shown with the one that takes it back, how it\n"
         "would be changed, and the risk that remains with that.",
         "headgate plan web",
         {pool}},
        {Verb::allocate,
         "",
         "allocate",
         "Add a server to a pool, on all its appliances or none",
         endsWithIt,
         "headgate allocate web\nheadgate allocate web real2",
         {pool, {"SERVER", Takes::candidate, false, "The server; the best candidate if left out"}}},
        {Verb::release,
         "",
         "release",
         "Drain a member, then remove it from its pool",
         endsWithIt,
         "headgate release web real2",
         {pool, {"SERVER", Takes::member, true, "The member"}}},
        {Verb::hold,
         "",
         "hold",
         "No automatic change of a pool, or of all, until 'resume'",
         "What you ask for with 'allocate' and 'release' is still done.",
         "headgate hold web",
         {anyPool}},
        {Verb::resume,
         "",
         "resume",
         "Automatic changes again of a pool, or of all",
         "",
         "headgate resume web",
         {anyPool}},
        {Verb::check,
         "",
         "check",
         "Compare what is recorded with what an appliance, or each, has",
         "Only what is Headgate's is compared. Exit code 0: nothing differs; 1: something does, or could\n"
         "not be read. It also proves, or not, what a transaction left indeterminate.",
         "headgate check || headgate repair web",
         {{"APPLIANCE", Takes::appliance, false, "The appliance; each if left out"}}},
        {Verb::repair,
         "",
         "repair",
         "Lead a pool's appliances back to what is recorded",
         "Ends when the last of its transactions has: exit code 0 done, 4 rolled back, 5 indeterminate.",
         "headgate repair web",
         {pool}}};
}

std::vector<VerbEntry> configuration() {
    const Argument former{"REVISION", Takes::revision, true, "Its number, of 'headgate config history'"};
    return {
        {Verb::configShow,
         "config",
         "show",
         "Print the running configuration, as JSON (RFC 7951)",
         "It is what 'headgated --config' and 'headgate config load' take, with the members that Headgate\n"
         "recorded itself. Secrets in it are sealed. With a number: what was running in that revision.",
         "headgate config show > headgate.json",
         {{"REVISION", Takes::revision, false, "The number of a revision; the running one if left out"}}},
        {Verb::configEdit,
         "config",
         "edit",
         "Change the running configuration in an editor",
         "In $VISUAL, $EDITOR or vi. What is wrong is told by its line; what differs is shown before it is\n"
         "loaded; what others have changed meanwhile stays. What you have written is kept when it is not "
         "taken.",
         "EDITOR=nano headgate config edit",
         {},
         false},
        {Verb::configLoad,
         "config",
         "load",
         "Make a file the running configuration",
         "All of it: print the present one with 'headgate config show', edit that, load it. What is wrong "
         "with\n"
         "it is told by its line, and nothing has changed then. Pools' members stay as they are: they "
         "change\n"
         "by transactions.",
         "headgate config load headgate.json",
         {{"FILE", Takes::file, true, "Instance data of the model headgate, JSON or XML"}}},
        {Verb::configHistory, "config", "history", "Who has changed the configuration, when and how",
         "The latest 1000 revisions are kept; the last line is what is running.", "headgate config history"},
        {Verb::configDiff,
         "config",
         "diff",
         "What differs between two revisions",
         "A line a difference: + was added, - was removed, ~ has another value.",
         "headgate config diff 7\nheadgate config diff 6 7",
         {{"REVISION", Takes::revision, true, "The number of the older one"},
          {"OTHER", Takes::revision, false, "The newer one; the running one if left out"}}},
        {Verb::configRollback,
         "config",
         "rollback",
         "Make a former revision the running configuration again",
         "As a revision of its own. The pools that there are keep the members that they have, and whether\n"
         "they are held: members change by transactions. Look before: 'headgate config diff REVISION'.",
         "headgate config rollback 7",
         {former}}};
}

std::vector<VerbEntry> all() {
    auto entries = shows();
    for (auto& list : {actions(), configuration()})
        entries.insert(entries.end(), list.begin(), list.end());
    entries.push_back({Verb::completion,
                       "",
                       "completion",
                       "Print what makes a shell complete headgate's words",
                       "Pools, servers, appliances, transactions and revisions are asked of the daemon.",
                       "source <(headgate completion bash)\nsource <(headgate completion zsh)",
                       {{"SHELL", Takes::shell, true, "bash or zsh"}},
                       false});
    return entries;
}

}

const std::vector<VerbEntry>& verbs() {
    static const auto entries = all();
    return entries;
}

std::string toString(Verb verb) {
    const auto entry = std::find_if(verbs().begin(), verbs().end(),
                                    [&](const VerbEntry& each) { return each.verb == verb; });
    if (entry == verbs().end()) return "complete";
    return (*entry->group ? std::string(entry->group) + " " : "") + entry->name;
}

}
