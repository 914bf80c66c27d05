#pragma once

#include "yang/tree.hpp"

#include <optional>
#include <string>

struct lyd_node;

namespace headgate::netconf {

/// What of a stream a session wants (RFC 5277, section 2.1.1).
class Subscription {
  public:
    /// Of a <create-subscription>. Throws yang::RpcErrors for what is not offered: another stream than
    /// NETCONF, replay, a filter that cannot be read.
    explicit Subscription(const lyd_node* operation);

    /// True when the filter selects something of the notification; the whole is then sent.
    bool wants(const yang::Tree& notification) const;

  private:
    void takeFilter(const lyd_node* filter);

    std::optional<yang::Tree> m_subtree;
    std::string m_xpath;
};

}
