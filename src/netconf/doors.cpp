#include "netconf/doors.hpp"

#include "netconf/ssh_server.hpp"
#include "netconf/tls_server.hpp"

namespace headgate::netconf {

void checkFiles(const Access& access) {
    std::visit([](const auto& kind) { checkFiles(kind); }, access);
}

}
