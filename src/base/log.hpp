#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace headgate::base {

/// error: an operator must act; warning: handled; info: a state changed; debug: for us.
enum class Severity { error, warning, info, debug };

/// One key=value of a log line. Never put a secret into one.
struct Field {
    std::string_view key;
    std::string value;
};

/// On one line of a terminal, whatever somebody else put into it: a new line becomes \n, every other control
/// character (C1 too) a question mark. The rest of UTF-8 stays as it is.
std::string escaped(std::string_view text);

/// A room's log channel: `RFC 3339 time  severity  channel  message key=value …` on stderr, always one line.
/// Thread-safe.
class Log {
  public:
    explicit constexpr Log(std::string_view channel)
        : m_channel(channel) {}

    void error(std::string_view message, std::initializer_list<Field> fields = {}) const noexcept;
    void warning(std::string_view message, std::initializer_list<Field> fields = {}) const noexcept;
    void info(std::string_view message, std::initializer_list<Field> fields = {}) const noexcept;
    void debug(std::string_view message, std::initializer_list<Field> fields = {}) const noexcept;

  private:
    std::string_view m_channel;
};

/// Nothing less severe than this is written; the default is info.
void setLogLevel(Severity least);

/// error | warning | info | debug; false for any other word.
bool setLogLevel(std::string_view word);

}
