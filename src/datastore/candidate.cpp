#include "datastore/candidate.hpp"

#include <utility>

namespace headgate::datastore {
namespace {

/// With more than that the whole is cheaper.
constexpr std::size_t mostTouched = 256;

}

Candidate::Candidate(const yang::Context& context)
    : m_tree(context) {}

void Candidate::copy(const yang::Tree& running) {
    m_tree = running.duplicate();
    m_touched.emplace();
}

void Candidate::discard(const yang::Tree& running) {
    if (!m_touched) return copy(running);
    yang::graft(m_tree, yang::cut(running, *m_touched), *m_touched);
    m_touched->clear();
}

void Candidate::replace(yang::Tree after, const yang::Tree& running) {
    m_tree = std::move(after);
    recountAll(running);
}

void Candidate::change(const yang::Tree& part, const yang::Entries& where) {
    yang::graft(m_tree, part, where);
    if (m_touched) m_touched->insert(where.begin(), where.end());
    if (m_touched && m_touched->size() > mostTouched) m_touched.reset();
}

void Candidate::recount(const yang::Tree& running, const yang::Entries& where) {
    if (!m_touched) return recountAll(running);
    m_touched->insert(where.begin(), where.end());
    m_touched = yang::differing(running, m_tree, *m_touched);
}

void Candidate::recountAll(const yang::Tree& running) {
    m_touched = yang::differing(running, m_tree);
    if (m_touched && m_touched->size() > mostTouched) m_touched.reset();
}

}
