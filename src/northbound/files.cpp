#include "northbound/files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace headgate::northbound {

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

std::string keyProblem(const std::string& file) {
    if (auto problem = secretProblem(file); !problem.empty()) return problem;
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("-----BEGIN") && line.find("PRIVATE KEY") != std::string::npos) return {};
    return file + " is no private key: it has no line that begins with -----BEGIN and names one";
}

/// Whoever may write it may let anybody in.
std::string publicProblem(const std::string& file, const std::string& wanted) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0) return file + " is missing: " + wanted;
    if (!S_ISREG(facts.st_mode)) return file + " is no regular file";
    if (facts.st_mode & (S_IWGRP | S_IWOTH))
        return file + " can be written by others than its owner: chmod go-w it";
    if (::access(file.c_str(), R_OK) != 0)
        return file + " cannot be read by the user of the daemon: chown it";
    return {};
}

std::string authorizedKeysProblem(const std::string& file) {
    return publicProblem(file, "put the user's public key there, as ssh-keygen wrote it to the .pub file");
}

void note(std::vector<Problem>& problems, std::string path, std::string rule) {
    if (!rule.empty()) problems.push_back({std::move(path), std::move(rule), 0});
}

}
