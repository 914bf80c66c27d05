#include "netconf/error.hpp"

namespace headgate::netconf {

namespace {

std::string describe(const std::string& peer, const std::vector<yang::RpcError>& errors) {
    std::string text = peer + " refused:";
    for (const auto& error : errors)
        text += ' ' + yang::toString(error) + ';';
    text.pop_back();
    return text;
}

}

Error::Error(Kind kind, const std::string& what)
    : std::runtime_error(what)
    , m_kind(kind) {}

Error::Error(const std::string& peer, std::vector<yang::RpcError> errors)
    : std::runtime_error(describe(peer, errors))
    , m_kind(Kind::refused)
    , m_errors(std::move(errors)) {}

bool Error::hasTag(const std::string& tag) const noexcept {
    return !m_errors.empty() && m_errors.front().tag == tag;
}

const char* toString(Error::Kind kind) noexcept {
    switch (kind) {
    case Error::Kind::refused: return "refused";
    case Error::Kind::noAnswer: return "no-answer";
    case Error::Kind::sessionLost: return "session-lost";
    case Error::Kind::cannotConnect: return "cannot-connect";
    case Error::Kind::misuse: return "misuse";
    }
    return "unknown";
}

}
