#pragma once

#include "domain/configuration.hpp"

#include <string>

namespace headgate::adapters {

/// Throws Error, which `family` begins, when a member's authentication lacks something without which it
/// could not be carried, or would not protect anything.
void checkAuthentication(const std::string& family, const domain::Member& member);

/// GET /health HTTP/1.0 → GET, /health and HTTP/1.0; what is missing is empty.
struct Request {
    std::string method;
    std::string path;
    std::string version;
};
Request requestOf(const std::string& healthCheck);

}
