#include "flight/scribe.hpp"

#include <type_traits>
#include <variant>

namespace headgate::flight {
namespace {

template <typename What>
constexpr bool isKept =
    std::is_same_v<What, domain::Sample> || std::is_same_v<What, controller::ApplianceStatus> ||
    std::is_same_v<What, controller::JournalStatus> || std::is_same_v<What, controller::Request> ||
    std::is_same_v<What, domain::Monitored>;

/// Of what a daemon before this one left: the changes of pools' members.
Changes changesOf(const controller::Recover& input) {
    Changes changes;
    for (const auto& view : input.changes)
        if (view.ended)
            changes.all.push_back(
                {view.pool, {*view.ended, view.kind, view.server, view.relief, view.forLoad, view.id}});
    return changes;
}

controller::Course courseOf(const controller::Ended& end) {
    controller::Course course{end.view.id, end.outcome, {}, end.failure};
    course.member.server = end.view.server;
    if (end.membership && end.membership->added) course.member = *end.membership->added;
    return course;
}

}

void Scribe::told(domain::Instant now, const controller::Input& input,
                  const std::vector<Configuration>& configurations) {
    m_encoder.turn(now);
    m_sample = std::holds_alternative<domain::Sample>(input);
    for (const auto& text : configurations)
        m_encoder.add(text);
    if (const auto* recovered = std::get_if<controller::Recover>(&input)) recover(*recovered);
    std::visit(
        [this](const auto& what) {
            if constexpr (isKept<std::decay_t<decltype(what)>>) m_encoder.add(what);
        },
        input);
}

// Whatever else it is told must be kept too, or be known to change no decision but by what `done` sees of it.
static_assert(std::variant_size_v<controller::Input> == 21);

/// What was done before, by which decisions go on. Doubts as transactions that end at once in what is not
/// known. Those in flight are noted as they begin. An appliance that was lost is so for the controller, as if
/// its session had said it.
void Scribe::recover(const controller::Recover& input) {
    m_encoder.add(changesOf(input));
    for (const auto& doubt : input.doubts) {
        const auto& view = doubt.view;
        controller::Begun begun{view.id, view.kind, view.pool, {}, false, 0, true, view.cause};
        begun.member.server = view.server;
        m_encoder.add(begun);
        controller::Course course{view.id, {}, begun.member, {}};
        course.outcome.kind = domain::OutcomeKind::indeterminate;
        course.outcome.reason = view.reason;
        m_encoder.add(course);
    }
    for (const auto& alarm : input.alarms)
        if (alarm.kind == "appliance-lost" && alarm.appliance && !alarm.pool)
            m_encoder.add(controller::ApplianceStatus{
                *alarm.appliance, false, "it was not before headgated was started anew", {}});
}

void Scribe::done(const std::vector<controller::Effect>& effects, const controller::Controller& controller) {
    // What was heard of monitors comes first, as it did then: a transaction's answer is its step as well.
    for (const auto& told : controller.monitored())
        m_encoder.add(told);
    // First: one that was recovered may end at once.
    for (const auto& begun : controller.begun())
        m_encoder.add(begun);
    for (const auto& effect : effects)
        if (const auto* end = std::get_if<controller::Ended>(&effect))
            m_encoder.add(courseOf(*end));
        else if (const auto* proved = std::get_if<controller::DoubtEnded>(&effect))
            m_encoder.add(controller::Proved{proved->pool});
        else if (const auto* adopted = std::get_if<controller::Adopted>(&effect))
            m_encoder.add(adopted->membership);
    for (const auto& decided : controller.decided())
        m_encoder.add(decided);
    if (controller.deliberated() && !m_sample) m_encoder.add(controller::Deliberate{});
}

}
