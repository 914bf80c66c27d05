#include "base/secret.hpp"

#include <cstring>

namespace headgate::base {

Secret::Secret(std::string value)
    : m_value(std::move(value)) {
    // A short string is copied by its move, not stolen.
    base::wipe(value);
}

Secret& Secret::operator=(const Secret& other) {
    if (this != &other) {
        wipe();
        m_value = other.m_value;
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        m_value = std::move(other.m_value);
        other.wipe();
    }
    return *this;
}

Secret::Secret(Secret&& other) noexcept
    : m_value(std::move(other.m_value)) {
    other.wipe(); // as above
}

Secret::~Secret() {
    wipe();
}

void Secret::wipe() noexcept {
    base::wipe(m_value);
}

void wipe(std::string& text) noexcept {
    // What it has room for: a longer text may have been there before.
    text.resize(text.capacity());
    explicit_bzero(text.data(), text.size());
    text.clear();
}

}
