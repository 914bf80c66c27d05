#include "cli/editing.hpp"

#include "cli/draft.hpp"
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

}

int editConfiguration(Fetcher& fetcher, const Streams& streams) {
    if (!streams.in)
        throw std::runtime_error("it asks back, and there is no terminal: use headgate config load FILE");
    const auto before = fetcher.runningConfiguration();
    Draft draft(before + "\n", ".json");
    for (;;) {
        const auto edited = draft.edit();
        bool good = false;
        try {
            const auto mine = fetcher.differences(before, edited);
            if (mine.empty()) {
                streams.out << "nothing was changed\n";
                return done;
            }
            streams.out << renderDifferences(mine, streams.terminal);
            good = true;
        } catch (const yang::Error& error) {
            streams.out << problem(error.what(), streams);
        }
        draft.keep(); // until it is taken, whatever happens
        auto wish =
            good ? askPerson(streams, "make this the running configuration? [y]es, [e]dit again, [N]o ")
                 : askPerson(streams, "[e]dit again, [N]o ");
        if (good && wish == 'y') {
            std::string refusal;
            try {
                // Others may have changed something in the meantime, Headgate among them.
                const auto next = fetcher.rebased(before, edited, fetcher.runningConfiguration());
                const auto answer = answerOf(fetcher.load(next, "/"));
                if (answer.outcome == "done") {
                    draft.keep(false);
                    streams.out << "it is the running configuration: " << answer.reason << "\n";
                    return done;
                }
                refusal = "refused: " + answer.reason;
            } catch (const yang::Error& error) {
                refusal = std::string("it contradicts what has been changed meanwhile: ") + error.what();
            } catch (const netconf::Error&) {
                streams.err << "headgate: config edit: what you have written is in " << draft.file() << "\n";
                throw;
            }
            streams.out << problem(refusal, streams);
            wish = askPerson(streams, "[e]dit again, [N]o ");
        }
        if (wish == 'e') continue;
        streams.err << "headgate: config edit: nothing was changed; what you have written is in "
                    << draft.file() << "\n";
        return refused;
    }
}

}
