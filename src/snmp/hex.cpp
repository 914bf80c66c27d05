#include "snmp/hex.hpp"

namespace headgate::snmp {

std::string hex(std::string_view octets) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text = "0x";
    for (const unsigned char octet : octets)
        text += {digits[octet >> 4], digits[octet & 15]};
    return text;
}

}
