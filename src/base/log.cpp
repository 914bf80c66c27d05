#include "base/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace headgate::base {
namespace {

spdlog::level::level_enum levelOf(Severity severity) {
    switch (severity) {
    case Severity::error: return spdlog::level::err;
    case Severity::warning: return spdlog::level::warn;
    case Severity::info: return spdlog::level::info;
    case Severity::debug: return spdlog::level::debug;
    }
    return spdlog::level::info;
}

spdlog::logger& sink() {
    static const auto logger = [] {
        auto made = std::make_shared<spdlog::logger>("headgate",
                                                     std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%-7l%$ %v", spdlog::pattern_time_type::utc);
        made->flush_on(spdlog::level::debug);
        return made;
    }();
    return *logger;
}

bool isControl(unsigned char c) {
    return c < ' ' || c == 0x7f;
}

/// U+0080 to U+009F in UTF-8.
bool isC1(std::string_view text) {
    return text.size() > 1 && text[0] == '\xc2' && static_cast<unsigned char>(text[1]) < 0xa0;
}

bool plain(std::string_view value) {
    return !value.empty() && value.find_first_of(" \"=") == std::string_view::npos && escaped(value) == value;
}

/// Values with blanks or control characters are quoted.
void append(std::string& line, const Field& field) {
    line += ' ';
    line += field.key;
    line += '=';
    if (plain(field.value)) {
        line += field.value;
        return;
    }
    line += '"';
    std::string quoted;
    for (const char c : field.value) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    line += escaped(quoted);
    line += '"';
}

void write(Severity severity, std::string_view channel, std::string_view message,
           std::initializer_list<Field> fields) noexcept {
    try {
        if (!sink().should_log(levelOf(severity))) return;
        std::string line;
        line.append(channel).append(": ").append(escaped(message));
        for (const auto& field : fields)
            append(line, field);
        sink().log(levelOf(severity), line);
    } catch (const std::exception&) {
        // Out of memory or a closed stderr: there is nowhere left to say so.
    }
}

}

std::string escaped(std::string_view text) {
    std::string line;
    line.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n') {
            line += "\\n";
        } else if (isC1(text.substr(i))) {
            line += '?';
            ++i;
        } else {
            line += isControl(static_cast<unsigned char>(text[i])) ? '?' : text[i];
        }
    }
    return line;
}

void Log::error(std::string_view message, std::initializer_list<Field> fields) const noexcept {
    write(Severity::error, m_channel, message, fields);
}
void Log::warning(std::string_view message, std::initializer_list<Field> fields) const noexcept {
    write(Severity::warning, m_channel, message, fields);
}
void Log::info(std::string_view message, std::initializer_list<Field> fields) const noexcept {
    write(Severity::info, m_channel, message, fields);
}
void Log::debug(std::string_view message, std::initializer_list<Field> fields) const noexcept {
    write(Severity::debug, m_channel, message, fields);
}

void setLogLevel(Severity least) {
    sink().set_level(levelOf(least));
}

bool setLogLevel(std::string_view word) {
    if (word == "error")
        setLogLevel(Severity::error);
    else if (word == "warning")
        setLogLevel(Severity::warning);
    else if (word == "info")
        setLogLevel(Severity::info);
    else if (word == "debug")
        setLogLevel(Severity::debug);
    else
        return false;
    return true;
}

}
