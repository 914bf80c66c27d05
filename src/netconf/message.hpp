#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace headgate::netconf {

/// A message that is not well-formed XML, or has what NETCONF forbids in it; `what` says what.
class Malformed : public std::runtime_error {
  public:
    explicit Malformed(const std::string& why, std::string rootAttributes = {})
        : std::runtime_error(why)
        , attributes(std::move(rootAttributes)) {}

    std::string attributes; ///< As Message's, as far as they were read.
};

/// What a peer has sent, read as XML 1.0 with namespaces wants it read; libyang's own parser knows less: it
/// takes no comment or CDATA within a text, takes undeclared entities for an error of the data, and has
/// `default` of RFC 6243 in a namespace of its own.
struct Message {
    std::string xml;       ///< Its one element, in words that libyang takes: CDATA as text, comments and
                           ///< processing instructions left out.
    std::string name;      ///< The root's, without prefix.
    std::string nameSpace; ///< The root's.
    std::string
        attributes; ///< The root's, each with a blank before it, as they were written; but for `xmlns`.
    bool hasMessageId = false;
};

/// Throws Malformed: not well-formed, an undeclared prefix or entity, a document type (RFC 6241, section 3),
/// more than 256 elements within each other or attributes of one.
Message readMessage(std::string_view text);

/// `xml`, printed by libyang with tags of report-all-tagged: with these in the namespace of RFC 6243.
std::string withTags(const std::string& xml);

}
