#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

struct ly_ctx;
struct lysc_node;

namespace headgate::yang {

using SchemaNodes = std::set<const lysc_node*>;

/// How far a demand looks: at its own entry; from a leafref to another list's entry; at its own entry and at
/// those that a leafref's value is the key of; at anything.
enum class Reach { entry, leafref, keyed, anywhere };

/// A must, a when or a leafref of a module.
struct Demand {
    const lysc_node* at = nullptr;
    Reach reach = Reach::anywhere;
    std::string expression;
    SchemaNodes looksAt;          ///< of a leafref without what stands above it
    SchemaNodes looksAtElsewhere; ///< without what is in its own kind of entry
};

/// "/headgate:headgate/pool/member/server (leafref): ../../../server/name"
std::string toString(const Demand& demand);

/// Those of a context's configuration.
struct Demands {
    std::vector<Demand> all;
    /// Kinds of entries of which a module may miss or count some, or that exclude each other.
    SchemaNodes counted;
    /// A leafref's leaf, and the list whose key it names, as "/m:top/list[name=".
    std::multimap<const lysc_node*, std::string> lists;
    bool unknown = false; ///< there is one of a kind that is not understood
};

Demands demandsOf(const ly_ctx* context);

}
