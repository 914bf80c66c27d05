// The baseline of `northbound`: libyang alone with the same trees: parsing, validating, printing. One
// context, one thread, no copies but those that libyang makes.
//
//     headgate-bare-yang --yang DIR... --file FILE --pool NAME [--rounds N]
//
// Prints one JSON object: milliseconds (medians of the rounds; the first four once), bytes.
#include <libyang/libyang.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

void must(LY_ERR code, const char* what) {
    if (code == LY_SUCCESS) return;
    std::fprintf(stderr, "headgate-bare-yang: %s (%d)\n", what, static_cast<int>(code));
    std::exit(1);
}

template <typename Work>
double milliseconds(Work work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

template <typename Work>
double median(int rounds, Work work) {
    std::vector<double> all;
    for (int i = 0; i < rounds; ++i)
        all.push_back(milliseconds(work));
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
}

struct Arguments {
    std::vector<std::string> dirs;
    std::string file;
    std::string pool;
    int rounds = 5;
};

Arguments parse(int argc, char** argv) {
    Arguments given;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        if (name == "--yang") given.dirs.emplace_back(argv[i + 1]);
        if (name == "--file") given.file = argv[i + 1];
        if (name == "--pool") given.pool = argv[i + 1];
        if (name == "--rounds") given.rounds = std::max(1, std::atoi(argv[i + 1]));
    }
    return given;
}

std::size_t inUse() {
    const auto now = ::mallinfo2();
    return now.uordblks + now.hblkhd;
}

struct Printed {
    char* text = nullptr;
    Printed(const lyd_node* node, LYD_FORMAT format, std::uint32_t options) {
        must(lyd_print_mem(&text, node, format, options | LYD_PRINT_SHRINK), "cannot print");
    }
    ~Printed() { std::free(text); }
};

/// As a client sends it: an edit of one leaf.
std::string editOf(const std::string& pool) {
    return "<headgate xmlns=\"urn:headgate:yang:headgate\"><pool><name>" + pool +
           "</name><policy><grow-after>7.5</grow-after></policy></pool></headgate>";
}

}

int main(int argc, char** argv) {
    const auto given = parse(argc, argv);
    ly_ctx* context = nullptr;
    const double contextTime = milliseconds([&] {
        must(ly_ctx_new(nullptr, 0, &context), "cannot make a context");
        for (const auto& dir : given.dirs)
            ly_ctx_set_searchdir(context, dir.c_str());
        if (!ly_ctx_load_module(context, "headgate", nullptr, nullptr))
            must(LY_EOTHER, "cannot load headgate");
    });
    std::ifstream in(given.file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const auto before = inUse();
    lyd_node* tree = nullptr;
    const double parsing = milliseconds([&] {
        must(lyd_parse_data_mem(context, text.c_str(), LYD_JSON, LYD_PARSE_ONLY | LYD_PARSE_STRICT, 0, &tree),
             "cannot parse");
    });
    const double validating = milliseconds(
        [&] { must(lyd_validate_all(&tree, nullptr, LYD_VALIDATE_NO_STATE, nullptr), "not valid"); });
    const auto held = inUse() - before;
    const auto path = "/headgate:headgate/pool[name='" + given.pool + "']";
    lyd_node* pool = nullptr;
    must(lyd_find_path(tree, path.c_str(), 0, &pool), "there is no such pool");

    const double xml = median(given.rounds, [&] {
        const Printed all(tree, LYD_XML, LYD_PRINT_WITHSIBLINGS | LYD_PRINT_WD_EXPLICIT);
    });
    const double json = median(given.rounds, [&] {
        const Printed all(tree, LYD_JSON, LYD_PRINT_WITHSIBLINGS | LYD_PRINT_WD_EXPLICIT);
    });
    const double one =
        median(given.rounds * 100, [&] { const Printed entry(pool, LYD_XML, LYD_PRINT_WD_EXPLICIT); });
    const auto edit = editOf(given.pool);
    const double editing = median(given.rounds * 100, [&] {
        lyd_node* parsed = nullptr;
        must(
            lyd_parse_data_mem(context, edit.c_str(), LYD_XML, LYD_PARSE_ONLY | LYD_PARSE_STRICT, 0, &parsed),
            "cannot parse the edit");
        lyd_free_all(parsed);
    });
    std::printf(
        "{\"context\": %.3f, \"parse\": %.3f, \"validate\": %.3f, \"print-xml\": %.3f, \"print-json\": %.3f, "
        "\"print-pool\": %.5f, \"parse-edit\": %.5f, \"bytes\": %zu}\n",
        contextTime, parsing, validating, xml, json, one, editing, held);
    lyd_free_all(tree);
    ly_ctx_destroy(context);
}
