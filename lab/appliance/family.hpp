#pragma once

#include "appliance/data_plane.hpp"
#include "appliance/ha_state.hpp"
#include "yang/tree.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::appliance {

/// A vendor's words for what every data plane does.
class Family {
  public:
    virtual ~Family() = default;

    /// The YANG module.
    virtual const char* module() const noexcept = 0;

    /// Of a validated tree. Throws Refused for what the model can say and no data plane here can do.
    virtual Configuration read(const yang::Tree& tree) const = 0;

    /// Adds the state of the pools and members in `data`, which holds the running configuration.
    virtual void fill(yang::Tree& data, const Status& status) const = 0;

    /// Adds what it says of its part in a high-availability pair.
    virtual void fill(yang::Tree& data, HaState state) const = 0;
};

/// f5 | citrix; null for another word.
std::unique_ptr<Family> makeFamily(std::string_view word);

/// The words that makeFamily knows.
const std::vector<std::string>& families();

/// What a monitor sends, e.g. "GET /health HTTP/1.0\r\nX-Token: a\r\n\r\n", as method, path and headers.
void setRequest(Check& check, std::string_view text);

/// Header lines, their ends as such or written as \r and \n.
void addHeaders(Check& check, std::string_view lines);

}
