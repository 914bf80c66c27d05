#pragma once

#include "netconf/xml.hpp"
#include "yang/tree.hpp"

#include <optional>
#include <string>

namespace headgate::netconf {

/// What of a stream a session wants (RFC 5277, section 2.1.1).
class Subscription {
  public:
    /// Of an <rpc> with <create-subscription>, as text, because libyang drops the attributes of its filter.
    /// Throws yang::RpcErrors for what is not offered: another stream than NETCONF, replay, an XPath filter
    /// that is none. Its XPath is of `context`'s modules.
    Subscription(const std::string& message, const ly_ctx* context);

    /// True when the filter selects something of the notification; the whole is then sent.
    bool wants(const yang::Tree& notification) const;

  private:
    XmlParser m_parser;
    Document m_request;
    std::optional<Element> m_subtree; ///< Into the request.
    std::string m_xpath;
};

}
