#include "families.hpp"

#include "adapters/citrix/citrix.hpp"
#include "adapters/f5/f5.hpp"
#include "support/fake_seal.hpp"

#include <places.hpp>

#include <fstream>
#include <sstream>

namespace headgate::contract {

using domain::Operation;

const std::vector<Family>& families() {
    static const std::vector<Family> list{
        {"f5", "adc-f5-ltm", "/Common/web", adapters::makeF5(fakeSeal)},
        {"citrix", "adc-citrix-lb", "sg_web", adapters::makeCitrix(fakeSeal)},
    };
    return list;
}

domain::Change changeOf(Operation operation, const std::string& server, const std::string& address,
                        int weight) {
    domain::Change change;
    change.operation = operation;
    change.member.server = {server};
    change.member.connection.address = address;
    change.member.connection.port = 8080;
    change.member.connection.weight = weight;
    return change;
}

const std::vector<Case>& cases() {
    static const std::vector<Case> list{
        {"add", changeOf(Operation::add, "real3", "192.0.2.13", 4), 1, 1},
        {"add-ipv6", changeOf(Operation::add, "real6", "2001:db8::6"), 1, 1},
        {"remove", changeOf(Operation::remove, "real2", "192.0.2.12"), 1, 1, false},
        {"remove-drained", changeOf(Operation::remove, "real4", "192.0.2.14"), 1, 1},
        {"remove-with-an-operators-leaf", changeOf(Operation::remove, "real1", "192.0.2.11"), 1, 1, false},
        {"drain", changeOf(Operation::drain, "real1", "192.0.2.11"), 1, 3},
        {"resume", changeOf(Operation::resume, "real4", "192.0.2.14"), 1, 3},
        {"set-weight", changeOf(Operation::setWeight, "real2", "192.0.2.12", 50), 1, 1},
    };
    return list;
}

std::string fileOf(const std::string& path) {
    std::ifstream stream(std::string(HEADGATE_SOURCE_DIR) + "/tests/contract/" + path);
    if (!stream) throw std::runtime_error("no file tests/contract/" + path);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

}
