#include "northbound/configuration.hpp"
#include "northbound/doors.hpp"
#include "northbound/files.hpp"

#include <unistd.h>

#include <algorithm>

namespace headgate::northbound {
namespace {

std::string entry(const char* list, const std::string& name) {
    return std::string("/headgate:headgate/") + list + "[name='" + name + "']";
}

std::string knownHostsProblem(const std::string& file) {
    if (::access(file.c_str(), R_OK) == 0) return {};
    return file + " cannot be read: put the appliance's host key there, as ssh-keyscan prints it";
}

}

std::vector<Problem> checkFiles(const domain::Configuration& configuration,
                                const std::vector<std::string>& families) {
    std::vector<Problem> problems;
    for (const auto& credential : configuration.credentials)
        if (!credential.secretFile.empty())
            note(problems, entry("credential", credential.name.value) + "/secret-file",
                 credential.kind == domain::CredentialKind::ssh ? keyProblem(credential.secretFile)
                                                                : secretProblem(credential.secretFile));
    for (const auto& appliance : configuration.appliances) {
        const auto path = entry("appliance", appliance.name.value);
        note(problems, path + "/known-hosts-file", knownHostsProblem(appliance.knownHostsFile));
        if (!families.empty() &&
            std::find(families.begin(), families.end(), appliance.family) == families.end())
            note(problems, path + "/family", "this build has no adapter for the family " + appliance.family);
    }
    for (auto& problem : doorProblems(configuration.netconfServer))
        problems.push_back(std::move(problem));
    return problems;
}

}
