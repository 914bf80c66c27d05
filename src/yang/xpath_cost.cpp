#include "yang/xpath_cost.hpp"

#include "yang/rpc_error.hpp"
#include "yang/xpath_tokens.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace headgate::yang {
namespace {

using Kind = XPathToken::Kind;

constexpr std::size_t longest = 16384; ///< octets
constexpr int deepest = 40;            ///< brackets
constexpr double costOfAPattern = 500; ///< to compile it
constexpr double costOfAPredicate = 4; ///< for a node, even if nothing is asked of it
constexpr double mostOfAPattern = 1e7; ///< PCRE2's own limit of a match

struct NoExpression {};
struct TooDeep {};

/// What a part of the expression yields: nodes, or one text.
struct Value {
    bool isSet = false;
    double nodes = 1;   ///< At most.
    double repeats = 1; ///< How often libyang's set may have one node.
    double first = 0;   ///< The weight of the first one, or of the text.
    double mean = 0;    ///< Theirs on the average.
    double below = 0;   ///< The most children that one has.
    double among = 0;   ///< The most that a parent of theirs has.
    std::string literal{};
};

/// Goes through the expression as XPath 1.0, section 3, has it, and counts instead of evaluating.
class Estimate {
  public:
    Estimate(std::vector<XPathToken> tokens, const TreeShape& shape)
        : m_tokens(std::move(tokens))
        , m_shape(shape) {}

    double cost() {
        alternatives(root());
        if (at().kind != Kind::end) throw NoExpression{};
        return m_cost;
    }

  private:
    const XPathToken& at(std::size_t further = 0) const {
        return m_tokens[std::min(m_next + further, m_tokens.size() - 1)];
    }
    bool is(std::string_view text, Kind kind = Kind::sign, std::size_t further = 0) const {
        return at(further).kind == kind && at(further).text == text;
    }
    bool take(std::string_view text, Kind kind = Kind::sign) {
        const bool there = is(text, kind);
        if (there) ++m_next;
        return there;
    }
    void require(std::string_view text) {
        if (!take(text)) throw NoExpression{};
    }
    bool takeOneOf(std::initializer_list<std::string_view> operations) {
        return std::ranges::any_of(operations, [&](auto each) { return take(each, Kind::operation); });
    }
    void pay(double nodes) { m_cost += m_times * (1 + nodes); }

    Value root() const {
        return {true, 1, 1, m_shape.all().heaviest, m_shape.all().heaviest, m_shape.all().children, 0};
    }
    Value alternatives(const Value& context);
    Value comparison(const Value& context);
    Value sum(const Value& context);
    Value unions(const Value& context);
    Value path(const Value& context);
    Value primary(const Value& context);
    Value call(const Value& context);
    Value steps(Value set);
    Value step(const Value& from, bool anywhere);
    Value along(std::string_view axis, const Value& from, const std::string& name, bool anywhere);
    Value selected(double nodes, double repeats, const TreeShape::Kind& kind) const;
    void predicates(const Value& set);
    double patternCost(double subject, const Value& pattern) const;

    std::vector<XPathToken> m_tokens;
    const TreeShape& m_shape;
    std::size_t m_next = 0;
    int m_depth = 0;
    double m_times = 1; ///< How often what is being read is evaluated.
    double m_cost = 0;
};

Value Estimate::alternatives(const Value& context) {
    if (++m_depth > deepest) throw TooDeep{};
    auto value = comparison(context);
    while (takeOneOf({"or", "and"})) {
        comparison(context);
        value = {};
    }
    --m_depth;
    return value;
}

Value Estimate::comparison(const Value& context) {
    auto left = sum(context);
    while (takeOneOf({"=", "!=", "<", "<=", ">", ">="})) {
        const auto right = sum(context);
        pay(left.nodes * right.nodes * (1 + left.mean + right.mean));
        left = {};
    }
    return left;
}

Value Estimate::sum(const Value& context) {
    bool number = false;
    for (;;) {
        while (take("-", Kind::operation))
            number = true;
        const auto value = unions(context);
        if (!takeOneOf({"+", "-", "*", "div", "mod"})) {
            if (!number) return value;
            pay(value.first);
            return {};
        }
        pay(value.first);
        number = true;
    }
}

Value Estimate::unions(const Value& context) {
    auto value = path(context);
    while (take("|", Kind::operation)) {
        const auto other = path(context);
        const double nodes = value.nodes + other.nodes;
        value = {true,
                 nodes,
                 value.repeats + other.repeats,
                 std::max(value.first, other.first),
                 std::max(value.mean, other.mean),
                 std::max(value.below, other.below),
                 std::max(value.among, other.among)};
        // libyang sorts them by where they stand, for which it goes through the tree from its root.
        pay(nodes + m_shape.all().nodes);
    }
    return value;
}

Value Estimate::path(const Value& context) {
    const auto isStep = [&] { return at().kind == Kind::name || is(".") || is("..") || is("@"); };
    if (is("//", Kind::operation)) return steps(root());
    if (is("/", Kind::operation)) {
        ++m_next;
        if (!isStep()) return root();
        return steps(step(root(), false));
    }
    const bool typeTest = is("node", Kind::name) || is("text", Kind::name) || is("comment", Kind::name) ||
                          is("processing-instruction", Kind::name);
    const bool function = at().kind == Kind::name && is("(", Kind::sign, 1) && !typeTest;
    if (!function && isStep()) return steps(step(context, false));
    auto value = primary(context);
    predicates(value);
    return is("/", Kind::operation) || is("//", Kind::operation) ? steps(value) : value;
}

Value Estimate::primary(const Value& context) {
    if (at().kind == Kind::name) return call(context);
    if (at().kind == Kind::literal || at().kind == Kind::number) {
        const auto text = at().text;
        ++m_next;
        const double weight = static_cast<double>(text.size()) / 16;
        return {false, 1, 1, weight, weight, 0, 0, text};
    }
    require("(");
    auto value = alternatives(context);
    require(")");
    return value;
}

Value Estimate::call(const Value& context) {
    const auto name = at().text;
    ++m_next;
    require("(");
    std::vector<Value> arguments;
    while (!is(")")) {
        if (!arguments.empty()) require(",");
        arguments.push_back(alternatives(context));
    }
    require(")");
    Value result;
    const bool asksHowMany = name == "count" || name == "not" || name == "boolean";
    for (const auto& each : arguments) {
        if (!asksHowMany) pay(each.nodes * each.mean + each.first);
        result.first += each.first;
    }
    if (arguments.empty()) {
        pay(context.first);
        result.first = context.first;
    }
    const auto weight = [&](std::size_t i) { return i < arguments.size() ? arguments[i].first : 0; };
    if (name == "current") return root();
    if (name == "deref") {
        pay(m_shape.all().nodes);
        return selected(1, 1, m_shape.all());
    }
    if (name == "translate") pay(16 * weight(0) * (weight(1) + weight(2)));
    if (name == "re-match" && arguments.size() > 1)
        pay(costOfAPattern + patternCost(arguments[0].first, arguments[1]));
    result.mean = result.first;
    return result;
}

/// A pattern that can match in many ways tries them all: as many as the text's length, once for each
/// repetition; and no end of them where alternatives are repeated, or stand in groups.
double Estimate::patternCost(double subject, const Value& pattern) const {
    if (pattern.isSet || pattern.literal.empty()) return mostOfAPattern;
    const bool plain = pattern.literal.find_first_of("(*+?{") == std::string::npos;
    if (!plain && pattern.literal.find('|') != std::string::npos) return mostOfAPattern;
    double cost = 1 + 16 * subject;
    for (std::size_t i = 0; i < pattern.literal.size(); ++i) {
        if (std::string_view("*+?{").find(pattern.literal[i]) == std::string_view::npos) continue;
        if (i > 0 && pattern.literal[i - 1] == ')') return mostOfAPattern;
        cost *= 1 + 16 * subject;
    }
    return std::min(cost, mostOfAPattern);
}

Value Estimate::steps(Value set) {
    for (;;) {
        if (take("//", Kind::operation))
            set = step(set, true);
        else if (take("/", Kind::operation))
            set = step(set, false);
        else
            return set;
    }
}

Value Estimate::step(const Value& from, bool anywhere) {
    std::string axis = "child";
    if (take("@")) axis = "attribute";
    if (at().kind == Kind::name && is("::", Kind::sign, 1)) {
        axis = at().text;
        m_next += 2;
    }
    std::string name = "*";
    if (take(".")) {
        axis = "self";
    } else if (take("..")) {
        axis = "parent";
    } else {
        if (at().kind != Kind::name) throw NoExpression{};
        name = at().text;
        ++m_next;
        if (take("(")) {
            name = "*";
            if (at().kind == Kind::literal) ++m_next;
            require(")");
        }
    }
    const bool between = anywhere && axis != "child";
    auto set = between ? along(axis, along("descendant-or-self", from, "*", false), name, false)
                       : along(axis, from, name, anywhere);
    predicates(set);
    return set;
}

Value Estimate::selected(double nodes, double repeats, const TreeShape::Kind& kind) const {
    const double mean = nodes > 0 ? std::min(kind.heaviest, kind.together * repeats / nodes) : 0;
    return {true, nodes, repeats, kind.heaviest, mean, kind.children, kind.among};
}

/// `anywhere`: below, at any level, as libyang takes `//`: a node for each of its ancestors that it is below.
Value Estimate::along(std::string_view axis, const Value& from, const std::string& name, bool anywhere) {
    const auto& all = m_shape.all();
    const auto local = name.substr(name.find(':') + 1);
    const auto kind = local == "*" ? all : m_shape.named(local);
    if (axis == "self" || axis == "attribute") {
        pay(from.nodes);
        return from;
    }
    if (anywhere) {
        const double visited = std::min(from.nodes * all.nodes, from.repeats * all.nodes * m_shape.depth());
        pay(visited);
        const double repeats = from.nodes > 1 ? from.repeats * m_shape.depth() : 1;
        return selected(std::min({visited, from.nodes * kind.nodes, repeats * kind.nodes}), repeats, kind);
    }
    if (axis == "child") {
        pay(std::min(from.nodes * from.below, from.repeats * all.nodes));
        const double each = std::min(kind.siblings, from.below);
        auto set = selected(std::min(from.nodes * each, from.repeats * kind.nodes), from.repeats, kind);
        set.first = std::min(set.first, from.first);
        set.mean = std::min(set.mean, from.mean);
        set.among = std::min(set.among, from.below);
        return set;
    }
    if (axis == "parent") {
        pay(from.nodes);
        auto set = selected(std::min(from.nodes, all.nodes), 1, kind);
        set.mean = from.nodes > 1 ? set.mean : kind.heaviest;
        set.below = std::min(set.below, from.among);
        return set;
    }
    double reach = all.nodes;
    if (axis.starts_with("ancestor"))
        reach = m_shape.depth();
    else if (axis.ends_with("-sibling"))
        reach = all.siblings;
    pay(from.nodes * reach);
    return selected(std::min(from.nodes * reach, kind.nodes + 1), 1, kind);
}

void Estimate::predicates(const Value& set) {
    while (take("[")) {
        pay(costOfAPredicate * set.nodes);
        const double before = m_times;
        m_times *= set.nodes;
        alternatives({true, 1, 1, set.mean, set.mean, set.below, set.among});
        m_times = before;
        require("]");
    }
}

}

std::optional<double> xpathCost(const std::string& expression, const TreeShape& shape) {
    constexpr double endless = std::numeric_limits<double>::infinity();
    if (expression.size() > longest) return endless;
    auto tokens = xpathTokens(expression);
    if (!tokens) return std::nullopt;
    try {
        return Estimate(std::move(*tokens), shape).cost();
    } catch (const NoExpression&) {
        return std::nullopt;
    } catch (const TooDeep&) {
        return endless;
    }
}

void requireAffordable(const std::string& expression, const TreeShape& shape) {
    const auto cost = xpathCost(expression, shape);
    if (cost && *cost <= affordableCost) return;
    RpcError error;
    error.type = RpcError::Type::protocol;
    if (cost) {
        error.tag = "resource-denied";
        error.message =
            "the XPath expression would take too long: name the nodes on its paths, with // and * "
            "not within predicates, or ask for more and choose yourself";
    } else {
        error.tag = "bad-attribute";
        error.message = "no XPath expression: " + expression;
        error.info = {{"bad-attribute", "select"}, {"bad-element", "filter"}};
    }
    throw RpcErrors(std::move(error));
}

}
