#include "agent/notices.hpp"

namespace headgate::agent {

Notices::Kind Notices::kindOf(Notification news) {
    switch (news) {
    case Notification::applicationUp:
    case Notification::applicationDown: return Kind::state;
    case Notification::utilisationRisen:
    case Notification::utilisationFallen: return Kind::level;
    case Notification::settingsChanged: return Kind::settings;
    }
    return Kind::settings;
}

void Notices::add(Notification news) {
    m_waiting.insert_or_assign(kindOf(news), news);
}

std::vector<Notices::Notification> Notices::takeDue() {
    std::vector<Notification> due;
    for (auto each = m_waiting.begin(); each != m_waiting.end();) {
        // Two of a kind at once could arrive in the wrong order.
        if (m_under.contains(each->first)) {
            ++each;
            continue;
        }
        due.push_back(each->second);
        m_under.insert(*each);
        each = m_waiting.erase(each);
    }
    return due;
}

void Notices::taken(Notification news) {
    m_under.erase(kindOf(news));
}

void Notices::comeBack(Notification news) {
    m_under.erase(kindOf(news));
    m_waiting.try_emplace(kindOf(news), news);
}

}
