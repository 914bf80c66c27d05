#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <map>
#include <sstream>

namespace headgate::cli {
namespace {

constexpr const char* exitCodes = R"(
Exit codes: 0 done; 1 refused, with the reason; 2 usage; 3 daemon unreachable;
4 rolled back; 5 indeterminate. See headgate(1).)";

/// The options and verbs while they are read.
class Reader {
  public:
    Reader();
    std::variant<Invocation, Ended> read(int argc, const char* const* argv);

  private:
    CLI::App& groupOf(const VerbEntry& entry);
    void add(const VerbEntry& entry);
    void addOptions(CLI::App& verb, const VerbEntry& entry);

    CLI::App m_app{"Shows and steers Headgate, which keeps load-balanced pools the right size.", "headgate"};
    std::map<std::string, CLI::App*> m_groups;
    Invocation m_invocation;
};

/// As CLI11 wants it: empty when it is one.
std::string whatIsNoNumber(const std::string& text) {
    const bool good = !text.empty() && text.size() < 19 && text.front() != '0' &&
                      text.find_first_not_of("0123456789") == std::string::npos;
    return good ? "" : text + " is no number such as 1 or 42";
}

std::string whatIsNoInterval(const std::string& text) {
    char* end = nullptr;
    const double seconds = std::strtod(text.c_str(), &end);
    return *end == 0 && seconds >= 0.1 && seconds <= 3600 ? "" : text + " is not from 0.1 to 3600 seconds";
}

std::string whatIsNoShell(const std::string& text) {
    return text == "bash" || text == "zsh" ? "" : text + " is neither bash nor zsh";
}

/// What is wrong with the words; `left` is what no verb took.
std::string complaint(const CLI::ParseError& error, bool verbIsMissing,
                      const std::vector<std::string>& left) {
    if (!verbIsMissing || error.get_name() != "RequiredError") return error.what();
    return left.empty() ? "a verb is missing" : "there is no verb '" + left.front() + "'";
}

/// "Example:" and the lines, indented.
std::string footerOf(const VerbEntry& entry) {
    std::string text = entry.more;
    text += text.empty() ? "Example:" : "\n\nExample:";
    std::istringstream lines(entry.examples);
    for (std::string line; std::getline(lines, line);)
        text += "\n  " + line;
    return text;
}

Reader::Reader() {
    m_invocation.socket = "/run/headgate/netconf.sock";
    m_app.require_subcommand(1);
    m_app.fallthrough();
    m_app.set_version_flag("--version", "headgate " HEADGATE_VERSION, "Print the version and exit");
    m_app.set_help_flag("-h,--help", "Print this help and exit");
    m_app.add_option("--socket", m_invocation.socket, "The daemon's NETCONF socket")
        ->envname("HEADGATE_SOCKET")
        ->type_name("PATH")
        ->capture_default_str();
    m_app.footer(std::string("Try 'headgate status', and 'headgate VERB --help'.\n") + exitCodes);
    for (const auto& entry : verbs())
        add(entry);
    auto* complete = m_app.add_subcommand("complete", "What the last of these words may become");
    complete->add_option("WORDS", m_invocation.words, "As typed so far");
    complete->group(""); // the shells' alone
    complete->callback([this] { m_invocation.verb = Verb::complete; });
}

CLI::App& Reader::groupOf(const VerbEntry& entry) {
    if (!*entry.group) return m_app;
    auto*& group = m_groups[entry.group];
    if (!group) {
        group = m_app.add_subcommand(entry.group,
                                     "The daemon's configuration: show, edit, load, history, diff, rollback");
        group->require_subcommand(1);
        group->footer("Try 'headgate config VERB --help'.");
    }
    return *group;
}

void Reader::add(const VerbEntry& entry) {
    auto* verb = groupOf(entry).add_subcommand(entry.name, entry.description);
    verb->footer(footerOf(entry));
    verb->callback([this, which = entry.verb] { m_invocation.verb = which; });
    if (entry.json) verb->add_flag("--json", m_invocation.json, "Print JSON, for programs: headgate-json(7)");
    addOptions(*verb, entry);
    auto* into = &m_invocation.name;
    for (const auto& argument : entry.arguments) {
        auto* word = verb->add_option(argument.name, *into, argument.help);
        word->required(argument.required)->option_text(" ");
        if (argument.takes == Takes::revision || argument.takes == Takes::transaction)
            word->check(whatIsNoNumber, "");
        if (argument.takes == Takes::shell) word->check(whatIsNoShell, "");
        into = &m_invocation.server;
    }
}

void Reader::addOptions(CLI::App& verb, const VerbEntry& entry) {
    if (entry.verb == Verb::status) {
        verb.add_flag("-f,--follow", m_invocation.follow, "Draw it again and again");
        verb.add_option("-n,--interval", m_invocation.interval, "Seconds between two screens")
            ->check(whatIsNoInterval, "")
            ->type_name("SECONDS")
            ->capture_default_str();
    }
    if (entry.verb == Verb::replay)
        verb.add_option("--policy", m_invocation.policy, "What would have happened with these policies")
            ->type_name("FILE");
    if (entry.verb == Verb::watch)
        verb.add_flag("-r,--reconnect", m_invocation.reconnect,
                      "Wait for the daemon when it ends, and go on");
}

std::variant<Invocation, Ended> Reader::read(int argc, const char* const* argv) {
    try {
        m_app.parse(argc, argv);
        return m_invocation;
    } catch (const CLI::Success& asked) {
        std::ostringstream text;
        m_app.exit(asked, text, text);
        return Ended{0, text.str()};
    } catch (const CLI::ParseError& error) {
        std::string verb;
        const CLI::App* chosen = &m_app;
        while (!chosen->get_subcommands().empty()) {
            chosen = chosen->get_subcommands().front();
            verb += chosen->get_name() + " ";
        }
        return Ended{2,
                     "headgate: " + (verb.empty() ? "" : verb.substr(0, verb.size() - 1) + ": ") +
                         complaint(error, chosen->get_require_subcommand_min() > 0, m_app.remaining(true)) +
                         ": see 'headgate " + verb + "--help'\n"};
    }
}

}

std::variant<Invocation, Ended> readCommandLine(int argc, const char* const* argv) {
    return Reader().read(argc, argv);
}

}
