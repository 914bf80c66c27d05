#pragma once

#include "domain/configuration.hpp"

#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headgate::northbound {

/// One thing that is wrong with a configuration.
struct Problem {
    std::string path;    ///< of the data node, e.g. /headgate:headgate/pool[name='web']/policy; may be empty
    std::string rule;    ///< what is wrong and what is wanted: one sentence
    unsigned line = 0;   ///< of the file; 0: not known
    std::string value{}; ///< that is written there, where that may be shown
    bool operator==(const Problem&) const = default;
};

/// "FILE:LINE: PATH = 'VALUE': RULE" with what is known of it.
std::string toString(const Problem& problem, const std::string& file = {});

/// The lines of those that have none yet, and what is written there, in the file that the configuration came
/// from, and them in the order of the lines. Throws InvalidConfiguration when that cannot be read.
void locate(std::vector<Problem>& problems, const std::filesystem::path& file);

/// A configuration that is refused: at least one Problem; `what` is a line for each.
class InvalidConfiguration : public std::exception {
  public:
    InvalidConfiguration(std::string file, std::vector<Problem> problems);
    const std::vector<Problem>& problems() const noexcept { return m_problems; }
    const char* what() const noexcept override { return m_text.c_str(); }

  private:
    std::vector<Problem> m_problems;
    std::string m_text;
};

struct Steps;

/// What a revision makes of a configuration: both whole, but of servers and pools only those that it touches.
struct Changed {
    domain::Configuration before, after;
};

/// The running configuration as its one owner holds it: instance data of the model headgate, valid always,
/// and the same as a value. A change of it is first a text, a revision: the whole as JSON, or (yang::Patch)
/// the entries that are another afterwards, which costs what these cost, however large the whole is. The
/// store writes it together with the journal; once that is durable it is accepted. Each object has a libyang
/// context of its own: use it from one thread at a time.
class RunningConfiguration {
  public:
    /// JSON (RFC 7951) or XML: by the name's ending, else by the first character. Paths in it that are
    /// relative are relative to the file's folder, and absolute from here on. Throws InvalidConfiguration.
    static RunningConfiguration fromFile(const std::filesystem::path& file);
    /// The same of a text; `folder` is an absolute path.
    static RunningConfiguration fromContent(const std::string& text, const std::filesystem::path& folder);
    /// What `text` wrote, and the revisions that were accepted since, in their order.
    static RunningConfiguration fromText(const std::string& json,
                                         const std::vector<std::string>& revisions = {});

    RunningConfiguration(RunningConfiguration&&) noexcept;
    RunningConfiguration& operator=(RunningConfiguration&&) noexcept;
    ~RunningConfiguration();

    const domain::Configuration& value() const;
    /// The whole as RFC 7951 JSON, without defaults that nobody set.
    std::string text() const;

    /// The whole, or that pool alone with the policy templates, as a flight record has it: JSON without what
    /// is secret, whom to ask as whom, and the doors. RecordedConfigurations reads it.
    std::string forRecord() const;
    std::string forRecord(const domain::PoolName& pool) const;

    /// The revision in which the pool has that member (added, or replaced where it was one).
    std::string withMember(const domain::PoolName& pool, const domain::Member& member) const;
    std::string withoutMember(const domain::PoolName& pool, const domain::ServerName& server) const;
    std::string withHeld(const domain::PoolName& pool, bool held) const;
    /// The text of `former`, a revision that was running once, with the members of the pools that there are
    /// now, and whether these are held. Throws InvalidConfiguration when the two do not go together.
    std::string backTo(const std::string& former) const;

    /// What leads to a revision, which is valid: members that join or leave pools that there are, each by a
    /// transaction, and the rest, which is loaded. Throws InvalidConfiguration for a member that is told
    /// otherwise than its server tells it, or stays and would be connected to in another way.
    Steps stepsTo(const std::string& revision) const;
    /// The same, to `before`, as far as commits of each `after` have changed it, which were judged against
    /// each `seen` (or `before`, where that says nothing); what members have joined or left otherwise
    /// meanwhile stays so, and so do holds.
    Steps stepsBack(const std::string& before, const std::vector<std::string>& after,
                    const std::vector<std::string>& seen = {}) const;

    /// What that revision has otherwise, a phrase each, e.g. "pool[name='web']/policy/upper 800 -> 900";
    /// pools, servers and appliances that are more or less are left out. Throws InvalidConfiguration.
    std::vector<std::string> changesTo(const std::string& revision) const;

    /// The same revision, with its relative names of files made absolute.
    std::string inFolder(const std::string& revision, const std::filesystem::path& folder) const;
    /// What would be running with it, as `text`.
    std::string textWith(const std::string& revision) const;
    /// Whether a revision is the whole; else it is a change of the one before.
    static bool isWhole(const std::string& revision) noexcept;
    /// The pools that a revision is about, if it is about nothing else.
    static std::optional<std::vector<domain::PoolName>> poolsOf(const std::string& revision);
    /// What would come of that revision. Throws InvalidConfiguration when it is not valid.
    Changed judge(const std::string& revision) const;
    /// That revision is the running configuration from now on. Throws InvalidConfiguration, and is unchanged.
    /// Returns the revision that takes it back.
    std::string accept(const std::string& revision);

  private:
    struct Impl;
    explicit RunningConfiguration(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// What a valid configuration names and this machine does not have as it should be: a secret file that is
/// missing, unreadable, empty, or open to others than its owner; one for SSH that holds no private key; a
/// known-hosts file; an unknown family.
/// `families` are those that have an adapter; empty: not checked.
std::vector<Problem> checkFiles(const domain::Configuration& configuration,
                                const std::vector<std::string>& families = {});

}
