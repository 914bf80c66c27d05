#include "cli/command_line.hpp"
#include "cli/run.hpp"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>

namespace {

using namespace headgate;

cli::Terminal terminal() {
    cli::Terminal found;
    const bool isTerminal = ::isatty(STDOUT_FILENO) != 0;
    const char* const noColour = std::getenv("NO_COLOR");
    const char* const kind = std::getenv("TERM");
    found.colour = isTerminal && !(noColour && *noColour) && !(kind && std::string_view(kind) == "dumb");
    std::setlocale(LC_CTYPE, "");
    found.unicode = !isTerminal || std::string_view(::nl_langinfo(CODESET)) == "UTF-8";
    winsize size{};
    if (isTerminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        found.width = size.ws_col;
    else if (const char* const columns = std::getenv("COLUMNS"); columns && std::atoi(columns) > 0)
        found.width = static_cast<unsigned>(std::atoi(columns));
    else
        found.width = 0; // into a file or a pipe: nothing is cut
    return found;
}

/// Ctrl-C is how what goes on and on is ended. All that was to be printed has been: it flushes each event and
/// each screen.
void endWhenInterrupted() {
    for (const int number : {SIGINT, SIGTERM})
        std::signal(number, [](int) { ::_exit(cli::done); });
}

}

int main(int argc, char** argv) {
    try {
        const auto asked = cli::readCommandLine(argc, argv);
        if (const auto* ended = std::get_if<cli::Ended>(&asked)) {
            (ended->code == 0 ? std::cout : std::cerr) << ended->text;
            return ended->code;
        }
        const bool person = ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0;
        const auto& invocation = std::get<cli::Invocation>(asked);
        if (invocation.verb == cli::Verb::watch || invocation.follow) endWhenInterrupted();
        const cli::Streams streams{std::cout, std::cerr, terminal(), ::isatty(STDOUT_FILENO) != 0,
                                   person ? &std::cin : nullptr};
        return cli::run(invocation, streams);
    } catch (const std::exception& error) {
        std::cerr << "headgate: " << error.what() << "\n";
        return cli::unreachable;
    }
}
