#pragma once

#include "agent/data_source.hpp"
#include "agent/functional.hpp"
#include "agent/levels.hpp"
#include "agent/measurer.hpp"
#include "agent/notices.hpp"
#include "agent/probe.hpp"
#include "agent/rows.hpp"
#include "base/event_loop.hpp"

namespace headgate::agent {

/// An application as its file has it.
struct Configured {
    Settings settings;
    Material material;
    bool operator==(const Configured&) const = default;
};

/// One application of this server: measured, tried, and told of.
class Application {
  public:
    struct World {
        base::EventLoop& loop;
        const base::Clock& clock;
        StateStore& store;
        std::function<void()> changed; ///< the row is another one now
        std::function<void()> news;    ///< there is something to tell
    };

    Application(const World& world, Configured configured);
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;

    /// Goes on with other settings: what is known of the application stays known.
    void configure(Configured configured);

    const Settings& settings() const { return m_configured.settings; }
    const Configured& configured() const { return m_configured; }
    /// With what the probe has learned of the server's certificate, where no file tells it.
    Material material() const;
    const Live& live() const { return m_live; }

    /// News to be told now; each is to be followed by `delivered`, with the revision that was told with it.
    std::vector<Notices::Notification> takeDue();
    void delivered(Notices::Notification news, std::uint32_t revision, bool taken);
    bool hasNews() const { return m_notices.waiting(); }

    DataSource& dataSource() { return m_dataSource; }

  private:
    void startMeasuring();
    void startProbing();
    void look();
    void takeProbe(const ProbeResult& result);
    void takeDataSource();
    void takeRevision();
    void tell(Notices::Notification news);
    void save();

    World m_world;
    Configured m_configured;
    Remembered m_remembered;
    bool m_saved = false;
    Live m_live;
    Notices m_notices;
    Functional m_functional;
    Levels m_levels;
    DataSource m_dataSource;
    std::string m_learnedFingerprint;
    std::optional<std::chrono::sys_seconds> m_learnedEnd;
    std::unique_ptr<Measurer> m_measurer;
    std::unique_ptr<Prober> m_prober;
    base::EventLoop::Handle m_timer;
};

}
