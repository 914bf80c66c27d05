#include "northbound/configuration.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace headgate::northbound {
namespace {

std::string entry(const char* list, const std::string& name) {
    return std::string("/headgate:headgate/") + list + "[name='" + name + "']";
}

/// What is wrong with a file that is read by us alone; empty: nothing.
std::string secretProblem(const std::string& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0) return file + " is missing: make it, with mode 0600";
    if (!S_ISREG(facts.st_mode)) return file + " is no regular file";
    if (facts.st_mode & (S_IRWXG | S_IRWXO)) return file + " is open to others than its owner: chmod 0600 it";
    if (::access(file.c_str(), R_OK) != 0)
        return file + " cannot be read by the user of the daemon: chown it";
    if (facts.st_size == 0) return file + " is empty: write the secret into it";
    return {};
}

/// A public key in place of the private one, or a password, would only be noticed at the first connection.
std::string keyProblem(const std::string& file) {
    if (auto problem = secretProblem(file); !problem.empty()) return problem;
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("-----BEGIN") && line.find("PRIVATE KEY") != std::string::npos) return {};
    return file + " is no private key: it has no line that begins with -----BEGIN and names one";
}

/// Whoever may write it may let anybody in.
std::string authorizedKeysProblem(const std::string& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0)
        return file + " is missing: put the user's public key there, as ssh-keygen wrote it to the .pub file";
    if (!S_ISREG(facts.st_mode)) return file + " is no regular file";
    if (facts.st_mode & (S_IWGRP | S_IWOTH))
        return file + " can be written by others than its owner: chmod go-w it";
    if (::access(file.c_str(), R_OK) != 0)
        return file + " cannot be read by the user of the daemon: chown it";
    return {};
}

std::string knownHostsProblem(const std::string& file) {
    if (::access(file.c_str(), R_OK) == 0) return {};
    return file + " cannot be read: put the appliance's host key there, as ssh-keyscan prints it";
}

}

std::vector<Problem> checkFiles(const domain::Configuration& configuration,
                                const std::vector<std::string>& families) {
    std::vector<Problem> problems;
    const auto note = [&](std::string path, std::string rule) {
        if (!rule.empty()) problems.push_back({std::move(path), std::move(rule), 0});
    };
    for (const auto& credential : configuration.credentials)
        if (!credential.secretFile.empty())
            note(entry("credential", credential.name.value) + "/secret-file",
                 credential.kind == domain::CredentialKind::ssh ? keyProblem(credential.secretFile)
                                                                : secretProblem(credential.secretFile));
    for (const auto& appliance : configuration.appliances) {
        const auto path = entry("appliance", appliance.name.value);
        note(path + "/known-hosts-file", knownHostsProblem(appliance.knownHostsFile));
        if (!families.empty() &&
            std::find(families.begin(), families.end(), appliance.family) == families.end())
            note(path + "/family", "this build has no adapter for the family " + appliance.family);
    }
    for (const auto& door : configuration.sshDoors) {
        const auto path = "/headgate:headgate/netconf-server/ssh[name='" + door.name + "']";
        note(path + "/host-key-file", keyProblem(door.hostKeyFile));
        for (const auto& user : door.users)
            note(path + "/user[name='" + user.name + "']/authorized-keys-file",
                 authorizedKeysProblem(user.authorizedKeysFile));
    }
    return problems;
}

}
