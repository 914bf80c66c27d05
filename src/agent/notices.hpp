#pragma once

#include "mib/server_mib.hpp"

#include <map>
#include <optional>
#include <vector>

namespace headgate::agent {

/// The notifications of one application that nobody has taken yet: of each kind of news (state, level,
/// settings) only the latest, since an older one would be wrong by now.
class Notices {
  public:
    using Notification = mib::server::Notification;

    /// News to tell; it replaces older news of its kind.
    void add(Notification news);

    /// Old news of that kind is no news any more.
    void dropLevel() { m_waiting.erase(Kind::level); }
    void dropSettings() { m_waiting.erase(Kind::settings); }

    /// What is to be told now. Each is then on its way until it is taken or comes back.
    std::vector<Notification> takeDue();

    void taken(Notification news);
    void comeBack(Notification news); ///< to be told again, unless there is newer news of its kind

    bool waiting() const { return !m_waiting.empty(); }

  private:
    enum class Kind { state, level, settings };
    static Kind kindOf(Notification news);

    std::map<Kind, Notification> m_waiting;
    std::map<Kind, Notification> m_under; ///< under way
};

}
