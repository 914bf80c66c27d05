#include "appliance/assembly.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace headgate::appliance {

namespace {

std::string textOf(const std::string& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    if (!in) throw std::runtime_error("cannot read " + file);
    return text.str();
}

bool leavesOut(const std::vector<std::string>& without, const char* word) {
    return std::find(without.begin(), without.end(), word) != without.end();
}

}

datastore::Options offer(const std::vector<std::string>& without) {
    const auto has = [&](const char* word) { return !leavesOut(without, word); };
    datastore::Options out;
    out.candidate = has("candidate");
    out.confirmedCommit = out.candidate && has("confirmed-commit");
    out.writableRunning = !out.candidate;
    out.startup = has("startup");
    out.validate = has("validate");
    out.rollbackOnError = has("rollback-on-error");
    return out;
}

yang::Context makeContext(const Options& options, const datastore::Options& offered, const Family* family) {
    yang::Context context;
    netconf::loadServerModules(context);
    datastore::Service::loadModules(context, offered);
    if (family)
        context.load(family->module());
    else
        context.loadFile(options.model);
    context.load("lab-fault");
    return context;
}

std::string makeStateDir(const std::string& given) {
    std::error_code error;
    std::filesystem::create_directories(given, error);
    const auto path = std::filesystem::absolute(given, error).lexically_normal().string();
    if (!std::filesystem::is_directory(path))
        throw std::runtime_error("--state: cannot make the directory " + given);
    return path;
}

netconf::ServerOptions serverOptions(const Options& options, const datastore::Options& offered) {
    netconf::ServerOptions out;
    for (const auto& [address, port] : options.listen) {
        netconf::SshAccess access{options.hostKey, {}};
        for (const auto& [user, file] : options.users)
            access.users.push_back({user, file});
        out.doors.listen.push_back({address, port, std::move(access)});
    }
    if (!options.unixSocket.empty()) out.unixSocket = netconf::UnixListen{options.unixSocket};
    out.capabilities = datastore::Service::capabilities(offered);
    out.notifications = !leavesOut(options.without, "notification");
    return out;
}

std::string readStartup(const yang::Context& context, const std::string& file) {
    const auto text = textOf(file);
    const auto first = text.find_first_not_of(" \t\r\n");
    const bool json = first != std::string::npos && text[first] == '{';
    auto tree = yang::Tree::parse(context, text, json ? yang::Format::json : yang::Format::xml);
    const auto asSet = tree.duplicate();
    tree.validate();
    return asSet.print(yang::Format::json, yang::Defaults::asSet, yang::Layout::indented);
}

}
