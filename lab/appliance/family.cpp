#include "appliance/family.hpp"

#include "appliance/citrix.hpp"
#include "appliance/f5.hpp"

namespace headgate::appliance {

const std::vector<std::string>& families() {
    static const std::vector<std::string> words = {"f5", "citrix"};
    return words;
}

std::unique_ptr<Family> makeFamily(std::string_view word) {
    if (word == "f5") return std::make_unique<F5>();
    if (word == "citrix") return std::make_unique<Citrix>();
    return nullptr;
}

void setRequest(Check& check, std::string_view text) {
    // A first line is all that counts; F5's own notation has its line ends as \r and \n.
    text = text.substr(0, std::min(text.find("\\r"), std::min(text.find("\\n"), text.find_first_of("\r\n"))));
    const auto word = [&text] {
        const auto begin = std::min(text.find_first_not_of(' '), text.size());
        const auto end = std::min(text.find(' ', begin), text.size());
        const auto found = text.substr(begin, end - begin);
        text.remove_prefix(end);
        return std::string(found);
    };
    if (auto method = word(); !method.empty()) check.method = std::move(method);
    if (auto path = word(); !path.empty()) check.path = std::move(path);
}

}
