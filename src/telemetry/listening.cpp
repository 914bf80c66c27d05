#include "telemetry/listening.hpp"

namespace headgate::telemetry {

using State = domain::ApplicationState;

void Listening::found(const domain::ApplicationName& application, const ApplicationFinding& finding) {
    if (finding.state == State::running) m_seen.insert(application);
    if (finding.state == State::notRunning && m_seen.contains(application))
        m_missing[application] = finding.reason;
}

void Listening::judge(domain::Sample& sample) const {
    for (const auto& [application, reason] : m_missing) {
        const auto believed = sample.applications.find(application);
        if (believed == sample.applications.end() || believed->second != State::running) continue;
        sample.contradicted[application] =
            "headgate-agent says that " + application.value + " runs, while " + reason;
    }
}

}
