#pragma once

#include "replay/figures.hpp"
#include "replay/load_model.hpp"
#include "replay/replay.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace headgate::replay {

/// A replay's inside: the recorded course, and the hypothesis beside it.
struct Replay::Impl {
    /// A change of the hypothesis, and when it is done.
    struct Open {
        domain::Instant until{};
        domain::Member member;
    };
    struct Lasted {
        domain::IntentKind kind;
        domain::Instant from{};
        std::optional<domain::Duration> time{};
    };

    ReadConfiguration read, readOther;
    std::map<domain::IntentKind, domain::Duration> lasts;
    Report report;
    bool begun = false;
    std::uint64_t segment = 0;
    domain::Instant now{};
    /// In the middle of a record, not all that was known is. Nothing is compared, and what was begun is
    /// begun, whatever would be now: else it would go on with what nobody had begun, and without what
    /// somebody had.
    enum class Mode { compares, follows };
    Mode mode = Mode::compares;
    domain::Instant settled{}; ///< until when it follows; the report has the first
    bool follower = false;     ///< the recorded controller has been told to

    std::optional<controller::Controller> recorded, other;
    Figures recordedFigures, otherFigures;
    std::map<domain::PoolName, int> upper; ///< as recorded: the yardstick of both
    std::map<domain::TransactionId, Lasted> lasted;

    LoadModel model;
    std::map<domain::TransactionId, domain::TransactionId> same; ///< the hypothesis's own, by the recorded
    std::map<domain::TransactionId, Open> open;                  ///< the hypothesis's, not recorded

    void head(const flight::Head& head);
    std::vector<controller::Input> inputs(const flight::Turn& turn);
    void flyRecorded(const flight::Turn& turn);
    void compare(const flight::Turn& turn);
    template <typename Kept>
    void compareAll(const std::vector<Kept>& told, const std::vector<Kept>& made);
    void mismatch(const std::string& was, const std::string& is);
    void configure(const flight::Configuration& configuration, const flight::Turn& turn,
                   std::vector<controller::Input>& inputs);

    std::vector<controller::Input> otherInputs(const flight::Turn& turn);
    void flyOther(const flight::Turn& turn);
    void passTime(domain::Instant until);
    void handOver(domain::Instant at, std::vector<controller::Input> told, const flight::Turn* turn);
};

}
