#pragma once

#include "support/ports.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace headgate::test {

/// A folder of a test's own, gone with it.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string pattern = std::filesystem::temp_directory_path() / "headgate-test-XXXXXX";
        if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
        m_path = pattern;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return m_path; }

  private:
    std::filesystem::path m_path;
};

/// A child process, ended with its owner. Its output goes to `log`.
class ChildProcess {
  public:
    ChildProcess(const std::vector<std::string>& command, const std::vector<std::string>& environment,
                 const std::filesystem::path& log) {
        std::vector<char*> arguments;
        for (const auto& word : command)
            arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        std::vector<char*> variables;
        for (const auto& variable : environment)
            variables.push_back(const_cast<char*>(variable.c_str()));
        for (char** variable = environ; *variable; ++variable)
            variables.push_back(*variable);
        variables.push_back(nullptr);
        posix_spawn_file_actions_t files;
        ::posix_spawn_file_actions_init(&files);
        ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::posix_spawn_file_actions_adddup2(&files, 1, 2);
        const int error =
            ::posix_spawnp(&m_pid, arguments[0], &files, nullptr, arguments.data(), variables.data());
        ::posix_spawn_file_actions_destroy(&files);
        if (error != 0) throw std::runtime_error("cannot start " + command[0]);
    }
    ~ChildProcess() { end(SIGTERM); }
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    void end(int signal) {
        if (m_pid <= 0) return;
        ::kill(m_pid, signal);
        wait();
    }

    /// Its exit code; -1 when a signal ended it.
    int wait() {
        int status = 0;
        if (m_pid > 0) ::waitpid(m_pid, &status, 0);
        m_pid = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

  private:
    pid_t m_pid = -1;
};

/// A real snmpd without privileges, on 127.0.0.1, in its own folder. Community `public`; the users `ape`
/// (SHA-256, AES), `gnu` (SHA-1, authentication only) and `yak` (SHA-512, AES). Wait until it answers before
/// use.
class SnmpAgent {
  public:
    static constexpr const char* authPassword = "authentic-words";
    static constexpr const char* privPassword = "private-words";

    /// Does it keep its engine id and boots over a restart?
    enum class Remembers { yes, no };

    explicit SnmpAgent(const std::string& moreConfiguration = "", Remembers remembers = Remembers::yes)
        : m_port(freeUdpPort())
        , m_remembers(remembers) {
        const auto persistent = m_folder.path() / "persistent";
        std::filesystem::create_directory(persistent);
        std::ofstream configuration(m_folder.path() / "snmpd.conf");
        const auto keys = std::string(" \"") + authPassword + "\" AES \"" + privPassword + "\"\n";
        configuration << "rwcommunity public\n"
                      << "createUser ape SHA-256" << keys << "rwuser ape priv\n"
                      << "createUser gnu SHA \"" << authPassword << "\"\nrouser gnu auth\n"
                      << "createUser yak SHA-512" << keys << "rouser yak priv\n"
                      << moreConfiguration;
        configuration.close();
        start();
    }

    void start() {
        const auto own = m_folder.path().string();
        const auto persistent = own + "/persistent";
        std::vector<std::string> command{"snmpd", "-f", "-Lo", "-I", "-smux", "-p", own + "/pid"};
        // Its path must lead to its own folder, else it does not read its engine id and boots back. But then
        // its DISMAN monitor asks nothing; with -C it does, and forgets its boots.
        if (m_remembers == Remembers::no) command.insert(command.end(), {"-C", "-c", own + "/snmpd.conf"});
        command.push_back(address());
        m_process = std::make_unique<ChildProcess>(
            command,
            std::vector<std::string>{"SNMP_PERSISTENT_DIR=" + persistent,
                                     "MIBS=", "SNMPCONFPATH=" + own + ":" + persistent},
            m_folder.path() / "log");
    }
    void stop(int signal = SIGTERM) {
        if (m_process) m_process->end(signal);
        m_process.reset();
    }
    /// As after a loss of its disk: a new engine id, boots from one.
    void forget() {
        for (const auto& entry : std::filesystem::directory_iterator(m_folder.path() / "persistent"))
            std::filesystem::remove_all(entry.path());
    }

    std::string address() const { return "127.0.0.1:" + std::to_string(m_port); }
    std::string log() const {
        std::ifstream in(m_folder.path() / "log");
        return {std::istreambuf_iterator<char>(in), {}};
    }

  private:
    TemporaryFolder m_folder;
    std::uint16_t m_port;
    Remembers m_remembers;
    std::unique_ptr<ChildProcess> m_process;
};

/// snmptrap, snmpinform, snmpget, …: runs it to its end, gives its exit code.
inline int runTool(const std::vector<std::string>& command) {
    TemporaryFolder folder;
    ChildProcess tool(
        command,
        {"SNMP_PERSISTENT_DIR=" + folder.path().string(), "MIBS=", "SNMPCONFPATH=" + folder.path().string()},
        folder.path() / "log");
    return tool.wait();
}

}
