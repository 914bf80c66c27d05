#pragma once

#include "adapters/adapter.hpp"

#include <memory>
#include <string>
#include <vector>

namespace headgate::contract {

/// A family under test: its module, the pool of base/<name>.xml, and the words of its own that the cases
/// need.
struct Family {
    std::string name;
    std::string module;
    std::string object;
    std::shared_ptr<const adapters::Adapter> adapter;
};

const std::vector<Family>& families();

/// A change of a pool of base/<family>.xml, and how many nodes of it may change.
struct Case {
    std::string name;
    domain::Change change;
    std::size_t nodes = 1; ///< topmost ones that differ
    std::size_t nodesOfCitrix = 1;
    bool exact = true; ///< the inverse gives back every byte; else the order of the list may differ
};

const std::vector<Case>& cases();

/// The text of a file of tests/contract.
std::string fileOf(const std::string& path);

domain::Change changeOf(domain::Operation operation, const std::string& server, const std::string& address,
                        int weight = 1);

}
