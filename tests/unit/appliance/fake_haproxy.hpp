#pragma once

#include "appliance/haproxy_servers.hpp"

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace headgate::appliance {

/// As much of HAProxy's runtime socket as the appliance uses, with its words, in memory.
class FakeHaproxy final : public Runtime {
  public:
    struct Server {
        std::string state = "maint";
        int weight = 0;
        int current = 0;
        std::string check;
    };

    std::string command(const std::string& line) override {
        commands.push_back(line);
        for (const auto& [part, words] : refusals)
            if (line.find(part) != std::string::npos) return words;
        std::istringstream in(line);
        std::vector<std::string> w;
        for (std::string word; in >> word;)
            w.push_back(word);
        if (w[0] == "show") return stats();
        if (w[1] == "ssl") return ssl(w);
        if (w[1] == "map") return map(w);
        if (w[0] == "add") return add(w);
        if (w[0] == "enable") return "";
        if (w[0] == "del") return remove(w[2]);
        if (w[0] == "shutdown") {
            servers.at(w[3]).current = 0;
            return "";
        }
        if (w[1] == "maxconn") return "";
        auto& server = servers.at(w[2]);
        if (w[3] == "weight") server.weight = std::stoi(w[4]);
        if (w[3] == "state") server.state = w[4];
        return "";
    }

    std::string command(const std::string& line, const std::string& payload) override {
        uploads[line] = payload;
        return command(line);
    }

    void pause() override { ++pauses; }

    std::map<std::string, Server> servers;
    std::vector<std::pair<std::string, std::string>> refusals; ///< Part of a command, and the answer to it.
    std::vector<std::string> commands;
    std::map<std::string, std::string> uploads; ///< What went with a command.
    std::map<std::string, std::string> maps;    ///< By file and key.
    std::set<std::string> files;                ///< Certificates, by path.
    int pauses = 0;

  private:
    std::string ssl(const std::vector<std::string>& w) {
        if (w[0] == "new") files.insert(w[3]);
        if (w[0] == "del") return files.erase(w[3]) ? "deleted!" : "doesn't exist!";
        return w[0] == "commit" ? "Success!" : "";
    }

    std::string map(const std::vector<std::string>& w) {
        if (w[0] == "del") return maps.erase(w[2] + " " + w[3]) ? "" : "Key not found.";
        maps[w[2] + " " + w[3]] = w[4];
        return "";
    }

    std::string add(const std::vector<std::string>& w) {
        if (servers.count(w[2])) return "Already exists a server with the same name in backend.";
        auto& server = servers[w[2]];
        for (std::size_t i = 3; i + 1 < w.size(); ++i)
            if (w[i] == "weight") server.weight = std::stoi(w[i + 1]);
        return "New server registered.";
    }

    std::string remove(const std::string& path) {
        if (servers.at(path).state != "maint") return "Only servers in maintenance mode can be deleted.";
        if (servers.at(path).current) return "Server still has connections attached to it, cannot remove it.";
        servers.erase(path);
        return "Server deleted.";
    }

    std::string stats() const {
        std::string out = "# pxname,svname,qcur,scur,status,check_status,connect,stot,\n";
        for (const auto& [path, server] : servers) {
            const auto at = path.find('/');
            const char* status = server.state == "maint"               ? "MAINT"
                                 : server.check.rfind("L4CON", 0) == 0 ? "DOWN"
                                                                       : "UP";
            out += path.substr(0, at) + "," + path.substr(at + 1) + ",0," + std::to_string(server.current) +
                   "," + status + "," + server.check + ",3,7,\n";
        }
        return out;
    }
};

}
