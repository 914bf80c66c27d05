#pragma once

#include <string>

namespace headgate::cli {

/// A text in a file of its own that a person edits. Nobody else can read it; it goes with the object.
class Draft {
  public:
    /// In $TMPDIR, else /tmp; its name ends in `ending`, by which editors know what it is. Throws
    /// std::runtime_error when it cannot be made.
    Draft(const std::string& text, const std::string& ending);
    ~Draft();
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    /// Lets $VISUAL, else $EDITOR, else vi change it, and waits. Throws std::runtime_error when that does not
    /// end with 0, or the file cannot be read after it; the file stays then.
    std::string edit();

    /// Does the file stay when the object goes? Nothing that a person wrote is to be lost.
    void keep(bool wanted = true) { m_keep = wanted; }
    const std::string& file() const { return m_file; }

  private:
    std::string m_file;
    bool m_keep = false;
};

}
