#pragma once

#include "appliance/haproxy_servers.hpp"

#include <string>

namespace headgate::appliance {

/// One command a connection to HAProxy's UNIX socket, with two seconds for each.
class HaproxySocket final : public Runtime {
  public:
    explicit HaproxySocket(std::string path);
    std::string command(const std::string& line) override;
    std::string command(const std::string& line, const std::string& payload) override;
    void pause() override;

  private:
    std::string ask(const std::string& text) const;

    std::string m_path;
};

}
