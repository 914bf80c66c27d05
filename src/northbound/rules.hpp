#pragma once

#include "datastore/ports.hpp"

namespace headgate::northbound {

/// What the model headgate demands and cannot say so that it is quickly checked: a server is a member of one
/// pool at most. (As a `must`, libyang would look at every server and pool for each member.)
class ModelRules final : public datastore::Rules {
  public:
    void check(const yang::Tree& tree) const override;
    bool stillHold(const yang::Tree& before, const yang::Tree& after,
                   const yang::Entries& where) const override;
};

}
