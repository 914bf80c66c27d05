#pragma once

#include "base/clock.hpp"
#include "netconf/xml.hpp"
#include "yang/tree.hpp"

#include <optional>
#include <string>

namespace headgate::netconf {

/// What of a stream a session wants (RFC 5277, section 2.1.1).
class Subscription {
  public:
    /// Of an <rpc> with <create-subscription>, as text, because libyang drops the attributes of its filter.
    /// Throws yang::RpcErrors for what is not offered (another stream than NETCONF, an XPath filter that is
    /// none) and for times that RFC 5277, section 2.1.1, forbids. Its XPath is of `context`'s modules.
    Subscription(const std::string& message, const ly_ctx* context, base::Instant now);

    /// True when the filter selects something of the notification; the whole is then sent.
    bool wants(const yang::Tree& notification) const;

    /// Since when what has been is to be told too; nothing: what will be alone.
    std::optional<base::Instant> start() const { return m_start; }
    /// The time of the last notification that is wanted.
    std::optional<base::Instant> stop() const { return m_stop; }

  private:
    void checkTimes(base::Instant now) const;

    XmlParser m_parser;
    Document m_request;
    std::optional<Element> m_subtree; ///< Into the request.
    std::string m_xpath;
    std::optional<base::Instant> m_start;
    std::optional<base::Instant> m_stop;
};

}
