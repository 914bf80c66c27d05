#pragma once

#include "cli/values.hpp"
#include "cli/verbs.hpp"
#include "netconf/client.hpp"
#include "yang/faults.hpp"
#include "yang/tree.hpp"

#include <string>
#include <vector>

namespace headgate::cli {

/// Which part of the daemon's data is asked for: a list of the model, or everything.
enum class Part { everything, pools, servers, appliances, transactions, events };

/// Speaks the model `headgate` over a session: the questions as XML, the answers as values or as JSON.
class Fetcher {
  public:
    explicit Fetcher(netconf::Client& client);

    /// What is configured and what is known of it, with the model's defaults.
    yang::Tree get(Part part);
    /// The running configuration, without defaults, as a JSON document (RFC 7951).
    std::string runningConfiguration();

    /// An action of a pool, or, with an empty name, the rpc of that name for all. Throws netconf::Error.
    std::string act(const std::string& action, const std::string& pool, const std::string& server = {});

    /// The rpc check, of one appliance or, with an empty name, of each. Throws netconf::Error.
    std::string check(const std::string& appliance);
    /// What came of making this the running configuration; `folder`: what names of files in it are relative
    /// to.
    std::string load(const std::string& configuration, const std::string& folder);

    /// The rpcs history, get-revision and rollback.
    std::string history();
    std::string revision(const std::string& number);
    std::string rollback(const std::string& number);
    /// What made `edited` of `before`, made of `now`: JSON each. Throws yang::Error where `now` has something
    /// else there.
    std::string rebased(const std::string& before, const std::string& edited, const std::string& now) const;
    /// What is wrong with a whole configuration, as far as the model says.
    std::vector<yang::Fault> faultsIn(const std::string& text, yang::Format format) const;
    /// What may be typed for it; `pool`: of a member its pool.
    std::vector<std::string> namesOf(Takes takes, const std::string& pool = {});
    /// Between two configurations, JSON each.
    std::vector<yang::Difference> differences(const std::string& before, const std::string& after) const;

  private:
    netconf::Client& m_client;
    yang::Context m_context;
};

World worldOf(const yang::Tree& tree);

/// The entries of that part's list as a JSON array, each encoded as RFC 7951 says; with a name, those of that
/// name (of events: those that are about it).
std::string jsonOf(const yang::Tree& tree, Part part, const std::string& name);

/// What `explain` is made of, as one object: the pool, its members' servers, its plan (the answer's XML), or
/// the transaction; and what was done with it and told of it.
std::string explanationJson(const yang::Tree& tree, Part part, const std::string& name,
                            const std::string& plan);

/// The content of an answer's <rpc-reply>.
Answer answerOf(const std::string& xml);
/// Whether a notification is our model's `event`.
bool isEvent(const std::string& xml);
Event eventOf(const std::string& xml);
/// The same as JSON (RFC 7951); one line for an event. `faults`: in place of the problems in the answer.
std::string answerJson(const std::string& xml, const std::vector<yang::Fault>& faults = {});
std::string eventJson(const std::string& xml);
/// An array of objects: operation (create, delete, replace, merge: it has moved), path, and the values of
/// leaves.
std::string differencesJson(const std::vector<yang::Difference>& differences);

}
