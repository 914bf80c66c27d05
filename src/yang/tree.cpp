#include "yang/tree.hpp"

#include "yang/capture.hpp"

#include <libyang/libyang.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace headgate::yang {
namespace {

LYD_FORMAT native(Format format) noexcept {
    return format == Format::xml ? LYD_XML : LYD_JSON;
}

std::uint32_t native(Defaults defaults) noexcept {
    switch (defaults) {
    case Defaults::asSet: return LYD_PRINT_WD_EXPLICIT;
    case Defaults::trim: return LYD_PRINT_WD_TRIM;
    case Defaults::all: return LYD_PRINT_WD_ALL;
    case Defaults::allTagged: return LYD_PRINT_WD_IMPL_TAG;
    }
    return LYD_PRINT_WD_EXPLICIT;
}

std::vector<Node> nodesOf(const ly_set* set) {
    std::vector<Node> nodes;
    for (std::uint32_t i = 0; set && i < set->count; ++i)
        nodes.emplace_back(set->dnodes[i]);
    return nodes;
}

struct SetFree {
    void operator()(ly_set* set) const noexcept { ly_set_free(set, nullptr); }
};
using Set = std::unique_ptr<ly_set, SetFree>;

/// libyang takes a JSON text that ends after a member's name, and one with anything behind the object.
void requireWholeObject(const std::string& text, std::size_t parsed) {
    constexpr const char* blanks = " \t\r\n";
    const auto last = text.find_last_not_of(blanks);
    if (last == std::string::npos) return;
    if (text[last] == '}' &&
        text.find_first_not_of(blanks, std::min(parsed, text.size())) == std::string::npos)
        return;
    throw Error("cannot parse data",
                {Problem{"the JSON text is cut off, or more than one object", {}, {}, 0}});
}

void removeDefaultsAmong(lyd_node*& first) {
    for (auto* node = first; node;) {
        auto* const next = node->next;
        if (node->flags & LYD_DEFAULT) {
            if (node == first) first = next;
            lyd_free_tree(node);
        } else if (node->schema && (node->schema->nodetype & LYD_NODE_INNER)) {
            auto* child = lyd_child_no_keys(node);
            removeDefaultsAmong(child);
        }
        node = next;
    }
}

}

std::string quoted(std::string_view text) {
    if (text.find('\'') == std::string_view::npos) return "'" + std::string(text) + "'";
    if (text.find('"') == std::string_view::npos) return "\"" + std::string(text) + "\"";
    throw Error("a list key with both kinds of quotes cannot be written as a path", {});
}

Tree::Tree(const Context& context)
    : m_context(context.raw()) {}

Tree::Tree(const ly_ctx* context) noexcept
    : m_context(context) {}

Tree::Tree(Tree&& other) noexcept
    : m_context(other.m_context)
    , m_first(std::exchange(other.m_first, nullptr)) {}

Tree& Tree::operator=(Tree&& other) noexcept {
    if (this != &other) {
        lyd_free_all(m_first);
        m_context = other.m_context;
        m_first = std::exchange(other.m_first, nullptr);
    }
    return *this;
}

Tree::~Tree() {
    lyd_free_all(m_first);
}

Tree Tree::adopt(const ly_ctx* context, lyd_node* node) noexcept {
    Tree tree(context);
    while (node && node->parent)
        node = lyd_parent(node);
    tree.m_first = node ? lyd_first_sibling(node) : nullptr;
    return tree;
}

Tree Tree::parse(const ly_ctx* context, const std::string& text, Format format, Unknown unknown) {
    const Capture capture(context);
    ly_in* input = nullptr;
    capture.check(ly_in_new_memory(text.c_str(), &input), "cannot parse data");
    lyd_node* first = nullptr;
    const std::uint32_t options =
        LYD_PARSE_ONLY | (unknown == Unknown::refuse ? LYD_PARSE_STRICT : LYD_PARSE_OPAQ);
    const auto code = lyd_parse_data(context, nullptr, input, native(format), options, 0, &first);
    const auto parsed = ly_in_parsed(input);
    ly_in_free(input, 0);
    Tree tree = adopt(context, first);
    capture.check(code, "cannot parse data");
    if (format == Format::json) requireWholeObject(text, parsed);
    return tree;
}

Tree Tree::parseNotification(const Context& context, const std::string& xml) {
    const Capture capture(context.raw());
    ly_in* input = nullptr;
    capture.check(ly_in_new_memory(xml.c_str(), &input), "cannot parse a notification");
    lyd_node* tree = nullptr;
    lyd_node* notification = nullptr;
    const auto code =
        lyd_parse_op(context.raw(), nullptr, input, LYD_XML, LYD_TYPE_NOTIF_YANG, &tree, &notification);
    ly_in_free(input, 0);
    if (code != LY_SUCCESS) lyd_free_all(tree);
    capture.check(code, "cannot parse a notification");
    return adopt(context.raw(), tree);
}

Tree Tree::parse(const Context& context, const std::string& text, Format format, Unknown unknown) {
    return parse(context.raw(), text, format, unknown);
}

std::string Tree::print(Format format, Defaults defaults, Layout layout) const {
    const Capture capture(m_context);
    char* text = nullptr;
    const std::uint32_t options =
        LYD_PRINT_WITHSIBLINGS | native(defaults) |
        (layout == Layout::dense ? static_cast<std::uint32_t>(LYD_PRINT_SHRINK) : 0U);
    const auto code = lyd_print_mem(&text, m_first, native(format), options);
    const std::unique_ptr<char, decltype(&std::free)> owned(text, &std::free);
    capture.check(code, "cannot print data");
    std::string result = text ? text : "";
    while (!result.empty() && result.back() == '\n')
        result.pop_back();
    return result;
}

Tree Tree::duplicate() const {
    if (!m_first) return Tree(m_context);
    const Capture capture(m_context);
    lyd_node* copy = nullptr;
    capture.check(lyd_dup_siblings(m_first, nullptr, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS, &copy),
                  "cannot copy data");
    return adopt(m_context, copy);
}

void Tree::validate(Content content) {
    const Capture capture(m_context);
    const std::uint32_t options =
        content == Content::configuration ? LYD_VALIDATE_NO_STATE : LYD_VALIDATE_PRESENT;
    const auto code = lyd_validate_all(&m_first, m_context, options, nullptr);
    capture.check(code, "data are not valid");
}

void Tree::addDefaults(Content content) {
    const Capture capture(m_context);
    const std::uint32_t options = content == Content::configuration ? LYD_IMPLICIT_NO_STATE : 0;
    capture.check(lyd_new_implicit_all(&m_first, m_context, options, nullptr), "cannot add default values");
}

void Tree::removeDefaults() {
    removeDefaultsAmong(m_first);
}

lyd_node* Tree::release() noexcept {
    return std::exchange(m_first, nullptr);
}

std::vector<Node> Tree::roots() const {
    return siblings(m_first);
}

std::optional<Node> Tree::find(const std::string& path) const {
    if (!m_first) return std::nullopt;
    const Capture capture(m_context);
    lyd_node* match = nullptr;
    const auto code = lyd_find_path(m_first, path.c_str(), 0, &match);
    if (code == LY_ENOTFOUND || code == LY_EINCOMPLETE) return std::nullopt;
    capture.check(code, "bad path " + path);
    return match ? std::optional(Node(match)) : std::nullopt;
}

std::vector<Node> Tree::select(const std::string& xpath) const {
    if (!m_first) return {};
    const Capture capture(m_context);
    ly_set* raw = nullptr;
    const auto code = lyd_find_xpath(m_first, xpath.c_str(), &raw);
    const Set set(raw);
    capture.check(code, "cannot evaluate " + xpath);
    return nodesOf(set.get());
}

std::optional<std::string> Tree::value(const std::string& path) const {
    const auto node = find(path);
    return node ? std::optional(node->value()) : std::nullopt;
}

void Tree::set(const std::string& path, std::string_view value) {
    const Capture capture(m_context);
    const auto code = lyd_new_path(m_first, m_context, path.c_str(), std::string(value).c_str(),
                                   LYD_NEW_PATH_UPDATE, m_first ? nullptr : &m_first);
    if (m_first) *this = adopt(m_context, release());
    capture.check(code, "cannot set " + path);
}

void Tree::setOutput(const std::string& path, std::string_view value) {
    const Capture capture(m_context);
    const auto code = lyd_new_path(m_first, m_context, path.c_str(), std::string(value).c_str(),
                                   LYD_NEW_PATH_UPDATE | LYD_NEW_PATH_OUTPUT, m_first ? nullptr : &m_first);
    if (m_first) *this = adopt(m_context, release());
    capture.check(code, "cannot set " + path);
}

bool Tree::remove(const std::string& path) {
    const auto nodes = select(path);
    for (const auto& node : nodes) {
        auto* const raw = const_cast<lyd_node*>(node.raw());
        if (raw == m_first) m_first = raw->next;
        lyd_free_tree(raw);
    }
    return !nodes.empty();
}

Tree Tree::only(const Node& node) const {
    const Capture capture(m_context);
    lyd_node* copy = nullptr;
    capture.check(lyd_dup_single(node.raw(), nullptr,
                                 LYD_DUP_RECURSIVE | LYD_DUP_WITH_PARENTS | LYD_DUP_WITH_FLAGS, &copy),
                  "cannot copy data");
    return adopt(m_context, copy);
}

void Tree::merge(const Tree& other) {
    if (!other.m_first) return;
    const Capture capture(m_context);
    capture.check(lyd_merge_siblings(&m_first, other.m_first, 0), "cannot merge data");
}

void Tree::rebase(const Tree& before, const Tree& after) {
    const Capture capture(m_context);
    lyd_node* raw = nullptr;
    capture.check(lyd_diff_siblings(before.m_first, after.m_first, 0, &raw), "cannot compare data");
    const auto difference = adopt(m_context, raw);
    // Half of it may have been applied when a node is found to be another one.
    auto next = duplicate();
    capture.check(lyd_diff_apply_all(&next.m_first, difference.m_first), "cannot follow a change of data");
    *this = std::move(next);
}

}
