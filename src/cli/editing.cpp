#include "cli/editing.hpp"

#include "cli/draft.hpp"
#include "cli/faulty.hpp"
#include "cli/render.hpp"
#include "yang/error.hpp"

#include <cctype>
#include <istream>
#include <ostream>
#include <stdexcept>

namespace headgate::cli {
namespace {

/// The first letter of the answer, small; 'n' when there is none.
char askPerson(const Streams& streams, const std::string& question) {
    streams.out << question << std::flush;
    std::string line;
    if (!std::getline(*streams.in, line)) {
        streams.out << "\n";
        return 'n';
    }
    const auto at = line.find_first_not_of(" \t");
    return at == std::string::npos ? 'n'
                                   : static_cast<char>(std::tolower(static_cast<unsigned char>(line[at])));
}

std::string problem(const std::string& text, const Streams& streams) {
    return paint(text, Tone::bad, streams.terminal) + "\n";
}

std::string problems(const std::vector<yang::Fault>& faults, const Draft& draft, const Streams& streams) {
    std::string text;
    for (const auto& fault : faults)
        text += problem(yang::toString(fault, draft.file()), streams);
    return text;
}

/// What becomes of one round in the editor.
enum class Round { done, again, refused };

/// A configuration that is being edited.
class Editing {
  public:
    Editing(Fetcher& fetcher, const Streams& streams)
        : m_fetcher(fetcher)
        , m_streams(streams)
        , m_before(fetcher.runningConfiguration())
        , m_draft(m_before + "\n", ".json") {}

    Round round();
    const std::string& file() const { return m_draft.file(); }

  private:
    Round load(const std::string& edited);
    Round askAgain() {
        return askPerson(m_streams, "[e]dit again, [N]o ") == 'e' ? Round::again : Round::refused;
    }

    Fetcher& m_fetcher;
    const Streams& m_streams;
    std::string m_before;
    Draft m_draft;
};

Round Editing::round() {
    const auto edited = m_draft.edit();
    if (const auto faults = m_fetcher.faultsIn(edited, yang::Format::json); !faults.empty()) {
        m_draft.keep(); // until it is taken, whatever happens
        m_streams.out << problems(faults, m_draft, m_streams);
        return askAgain();
    }
    const auto mine = m_fetcher.differences(m_before, edited);
    if (mine.empty()) {
        m_streams.out << "nothing was changed\n";
        return Round::done;
    }
    m_draft.keep();
    m_streams.out << renderDifferences(mine, m_streams.terminal);
    const auto wish = askPerson(m_streams, "make this the running configuration? [y]es, [e]dit again, [N]o ");
    if (wish == 'y') return load(edited);
    return wish == 'e' ? Round::again : Round::refused;
}

Round Editing::load(const std::string& edited) {
    try {
        // Others may have changed something in the meantime, Headgate among them.
        const auto next = m_fetcher.rebased(m_before, edited, m_fetcher.runningConfiguration());
        const auto answer = answerOf(m_fetcher.load(next, "/"));
        if (answer.outcome == "done") {
            m_draft.keep(false);
            m_streams.out << "it is the running configuration: " << answer.reason << "\n";
            return Round::done;
        }
        const auto faults = faultsOf(m_fetcher, answer, edited, yang::Format::json);
        m_streams.out << (faults.empty() ? problem("refused: " + answer.reason, m_streams)
                                         : problems(faults, m_draft, m_streams));
    } catch (const yang::Error& error) {
        m_streams.out << problem(
            std::string("it contradicts what has been changed meanwhile: ") + error.what(), m_streams);
    } catch (const netconf::Error&) {
        m_streams.err << "headgate: config edit: what you have written is in " << m_draft.file()
                      << ": 'headgate config load' takes it\n";
        throw;
    }
    return askAgain();
}

}

int editConfiguration(Fetcher& fetcher, const Streams& streams) {
    if (!streams.in)
        throw std::runtime_error("it asks back, and there is no terminal: use headgate config load FILE");
    Editing editing(fetcher, streams);
    auto round = Round::again;
    while (round == Round::again)
        round = editing.round();
    if (round == Round::done) return done;
    streams.err << "headgate: config edit: nothing was changed; what you have written is in "
                << editing.file() << ": 'headgate config load' takes it\n";
    return refused;
}

}
