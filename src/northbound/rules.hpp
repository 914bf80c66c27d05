#pragma once

#include "datastore/ports.hpp"
#include "northbound/shipped_profiles.hpp"

#include <set>
#include <string>

namespace headgate::northbound {

/// Throws yang::Error for an alarm shelf with a resource's XPath that Alarms would not evaluate, because it
/// would work too long on that configuration: it would select nothing.
void checkShelves(const yang::Tree& tree);

/// What the model headgate demands and cannot say so that it is quickly checked: a server is a member of one
/// pool at most, or of those that it has a share for, and its shares are no more than the whole. (As a
/// `must`, libyang would look at every server and pool for each member.) A server's profile is one of the
/// configuration or a shipped one, and only a data source's has no application. No policy template inherits
/// itself, and the policy of a pool that inherits has no levels that cross, with what it inherits. And what
/// an operator has to be told: `checkShelves`.
class ModelRules final : public datastore::Rules {
  public:
    /// `asTheyAre`: of a configuration that is running. What it was grown to since, or an older version took,
    /// is no reason not to start with it, nor not to record what happened.
    enum class Shelves { judged, asTheyAre };
    explicit ModelRules(Shelves shelves = Shelves::judged)
        : m_shelves(shelves) {}

    void check(const yang::Tree& tree) const override;
    bool stillHold(const yang::Tree& before, const yang::Tree& after,
                   const yang::Entries& where) const override;

  private:
    void checkProfiles(const lyd_node* first) const;
    static void checkMembers(const lyd_node* first);
    static void checkApplications(const lyd_node* first);
    bool hasProfile(const yang::Tree& tree, const lyd_node* server) const;
    [[noreturn]] void refuseProfile(const lyd_node* server) const;

    Shelves m_shelves;
    const std::set<std::string> m_shipped = shippedProfileNames();
};

}
