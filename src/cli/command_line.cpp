#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>

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
    CLI::App* verb(CLI::App& parent, Verb verb, const std::string& name, const std::string& description,
                   const std::string& footer = {});
    void lists();
    void actions();
    void drift();
    void others();

    CLI::App m_app{"Shows and steers Headgate, which keeps load-balanced pools the right size.", "headgate"};
    Invocation m_invocation;
};

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
    lists();
    actions();
    drift();
    others();
}

CLI::App* Reader::verb(CLI::App& parent, Verb verb, const std::string& name, const std::string& description,
                       const std::string& footer) {
    auto* made = parent.add_subcommand(name, description);
    made->add_flag("--json", m_invocation.json, "Print JSON, for programs");
    if (!footer.empty()) made->footer(footer);
    made->callback([this, verb] { m_invocation.verb = verb; });
    return made;
}

void Reader::lists() {
    auto* status =
        verb(m_app, Verb::status, "status", "One screen: pools, servers, appliances, what happened last",
             "A pool's level bar has marks at its lower and upper level. With --follow the screen is\n"
             "drawn again and again, until you press Ctrl-C.");
    status->add_flag("-f,--follow", m_invocation.follow, "Draw it again and again");
    status->add_option("-n,--interval", m_invocation.interval, "Seconds between two screens")
        ->check(CLI::Range(0.1, 3600.0))
        ->type_name("SECONDS")
        ->capture_default_str();
    const auto list = [this](Verb which, const char* name, const char* description, const char* of,
                             const char* footer) {
        verb(m_app, which, name, description, footer)
            ->add_option("NAME", m_invocation.name, of)
            ->option_text(" ");
    };
    list(Verb::pools, "pools", "The pools, their levels and why", "Everything about this one",
         "LOAD is the average utilisation of the members, in permille of the limits that the profile names.");
    list(Verb::servers, "servers", "The real servers, what is believed of them and why",
         "Everything about this one", "BY is the metric that makes the utilisation what it is.");
    list(Verb::appliances, "appliances", "The load balancers and their sessions", "Everything about this one",
         "");
    list(Verb::transactions, "transactions", "The transactions in flight and the latest that ended",
         "The number of the one to show everything about", "");
    list(Verb::events, "events", "What happened last", "Only what is about this pool, server or appliance",
         "");
}

void Reader::actions() {
    const auto pool = [this](CLI::App* app, bool required) {
        app->add_option("POOL", m_invocation.name, "The pool")->required(required)->option_text(" ");
    };
    pool(verb(m_app, Verb::plan, "plan", "Dry run: what would be done now, why, and with which edits",
              "Nothing is changed. Each appliance's native edit is shown with the one that takes it back, "
              "how it\n"
              "would be changed, and the risk that remains with that."),
         true);
    auto* allocate =
        verb(m_app, Verb::allocate, "allocate", "Add a server to a pool, on all its appliances or none",
             "Ends when the transaction has: exit code 0 committed, 4 rolled back, 5 indeterminate.");
    pool(allocate, true);
    allocate->add_option("SERVER", m_invocation.server, "The server; the best candidate if left out")
        ->option_text(" ");
    auto* release =
        verb(m_app, Verb::release, "release", "Drain a member, then remove it from its pool",
             "Ends when the transaction has: exit code 0 committed, 4 rolled back, 5 indeterminate.");
    pool(release, true);
    release->add_option("SERVER", m_invocation.server, "The member")->required()->option_text(" ");
    pool(verb(m_app, Verb::hold, "hold", "No automatic change of a pool, or of all, until 'resume'",
              "What you ask for with 'allocate' and 'release' is still done."),
         false);
    pool(verb(m_app, Verb::resume, "resume", "Automatic changes again of a pool, or of all"), false);
}

void Reader::drift() {
    verb(m_app, Verb::check, "check", "Compare what is recorded with what an appliance, or each, has",
         "Only what is Headgate's is compared. Exit code 0: nothing differs; 1: something does, or could\n"
         "not be read. It also proves, or not, what a transaction left indeterminate.")
        ->add_option("APPLIANCE", m_invocation.name, "The appliance; each if left out")
        ->option_text(" ");
    verb(m_app, Verb::repair, "repair", "Lead a pool's appliances back to what is recorded",
         "Ends when the last of its transactions has: exit code 0 done, 4 rolled back, 5 indeterminate.")
        ->add_option("POOL", m_invocation.name, "The pool")
        ->required()
        ->option_text(" ");
}

void Reader::others() {
    auto* config = m_app.add_subcommand("config", "The daemon's configuration");
    config->require_subcommand(1);
    verb(*config, Verb::configShow, "show", "Print the running configuration, as JSON (RFC 7951)",
         "It is what 'headgated --config' and 'headgate config load' take, with the members that Headgate "
         "recorded\n"
         "itself. Secrets in it are sealed. With a number: what was running in that revision.")
        ->add_option("REVISION", m_invocation.name, "The number of a revision; the running one if left out")
        ->check(CLI::PositiveNumber)
        ->option_text(" ");
    verb(*config, Verb::configEdit, "edit", "Change the running configuration in an editor",
         "In $VISUAL, $EDITOR or vi. What differs is shown before it is loaded; what others have changed\n"
         "meanwhile stays. What you have written is kept when it is not taken.");
    verb(*config, Verb::configLoad, "load", "Make a file the running configuration",
         "All of it: print the present one with 'headgate config show', edit that, load it. What is wrong "
         "with it\n"
         "is said, and nothing has changed then. Pools' members stay as they are: they change by "
         "transactions.")
        ->add_option("FILE", m_invocation.name, "Instance data of the model headgate, JSON or XML")
        ->required()
        ->option_text(" ");
    verb(*config, Verb::configHistory, "history", "Who has changed the configuration, when and how",
         "The latest 1000 revisions are kept; the last line is what is running.");
    auto* diff = verb(*config, Verb::configDiff, "diff", "What differs between two revisions",
                      "A line a difference: + was added, - was removed, ~ has another value.");
    diff->add_option("REVISION", m_invocation.name, "The number of the older one")
        ->required()
        ->check(CLI::PositiveNumber)
        ->option_text(" ");
    diff->add_option("OTHER", m_invocation.server, "The newer one; the running one if left out")
        ->check(CLI::PositiveNumber)
        ->option_text(" ");
    verb(*config, Verb::configRollback, "rollback", "Make a former revision the running configuration again",
         "As a revision of its own. The pools that there are keep the members that they have, and whether\n"
         "they are held: members change by transactions. Look before: 'headgate config diff REVISION'.")
        ->add_option("REVISION", m_invocation.name, "Its number, of 'headgate config history'")
        ->required()
        ->check(CLI::PositiveNumber)
        ->option_text(" ");
    verb(m_app, Verb::watch, "watch", "Print events as they happen, until you press Ctrl-C",
         "With --json an object a line.");
    verb(m_app, Verb::completion, "completion", "Print what makes a shell complete headgate's words",
         "For bash:  source <(headgate completion bash)\n"
         "For zsh:   source <(headgate completion zsh)")
        ->add_option("SHELL", m_invocation.name, "bash or zsh")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh"}))
        ->option_text(" ");
    auto* complete = verb(m_app, Verb::complete, "complete", "What may come after these words");
    complete->add_option("WORDS", m_invocation.words, "As typed so far");
    complete->group(""); // the shells' alone
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
        for (const auto* chosen : m_app.get_subcommands())
            verb = chosen->get_name() + " ";
        return Ended{2, "headgate: " + (verb.empty() ? "" : verb.substr(0, verb.size() - 1) + ": ") +
                            error.what() + ": see 'headgate " + verb + "--help'\n"};
    }
}

}

std::string toString(Verb verb) {
    switch (verb) {
    case Verb::status: return "status";
    case Verb::pools: return "pools";
    case Verb::servers: return "servers";
    case Verb::appliances: return "appliances";
    case Verb::transactions: return "transactions";
    case Verb::events: return "events";
    case Verb::plan: return "plan";
    case Verb::allocate: return "allocate";
    case Verb::release: return "release";
    case Verb::hold: return "hold";
    case Verb::resume: return "resume";
    case Verb::check: return "check";
    case Verb::repair: return "repair";
    case Verb::configShow: return "config show";
    case Verb::configEdit: return "config edit";
    case Verb::configLoad: return "config load";
    case Verb::configHistory: return "config history";
    case Verb::configDiff: return "config diff";
    case Verb::configRollback: return "config rollback";
    case Verb::watch: return "watch";
    case Verb::completion: return "completion";
    case Verb::complete: return "complete";
    }
    return "?";
}

std::variant<Invocation, Ended> readCommandLine(int argc, const char* const* argv) {
    return Reader().read(argc, argv);
}

}
