#pragma once

#include "northbound/configuration.hpp"

#include <string>
#include <vector>

namespace headgate::northbound {

// What is wrong with a file that a configuration names, in words that say what to do; empty: nothing.

/// With one that is read by us alone.
std::string secretProblem(const std::string& file);
/// With a private key. A public key in its place, or a password, would only be noticed at the first
/// connection.
std::string keyProblem(const std::string& file);
/// With one that all may read, and only its owner may write; `wanted`: what to do when it is missing.
std::string publicProblem(const std::string& file, const std::string& wanted);
/// With one of OpenSSH's authorized_keys.
std::string authorizedKeysProblem(const std::string& file);

/// Puts it among the problems, if it is one.
void note(std::vector<Problem>& problems, std::string path, std::string rule);

}
