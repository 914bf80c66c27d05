#include "agent/command.hpp"

namespace headgate::agent {

namespace {

/// How many octets a character has that begins so; 0 for an octet that begins none.
std::size_t lengthOf(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first < 0xe0) return 2;
    if (first >= 0xe0 && first < 0xf0) return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

bool isCharacter(std::string_view text, std::size_t length) {
    if (length == 0 || length > text.size()) return false;
    for (std::size_t i = 1; i < length; ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return false;
    // U+0080 to U+009F are control characters too.
    return !(length == 2 && text[0] == '\xc2' && static_cast<unsigned char>(text[1]) < 0xa0);
}

}

std::string plainText(std::string_view text, std::size_t most) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        auto length = lengthOf(static_cast<unsigned char>(text[i]));
        const bool good = isCharacter(text.substr(i), length);
        if (!good) length = 1;
        const bool control = static_cast<unsigned char>(text[i]) < 32 || text[i] == 127;
        const auto character = good && !control ? text.substr(i, length) : std::string_view("?");
        if (out.size() + character.size() > most) break;
        out += character;
        i += length;
    }
    return out;
}

}
