#pragma once

#include "datastore/ports.hpp"

#include <string>

namespace headgate::datastore {

/// One JSON file, mode 0600, replaced atomically (temporary file, fsync, rename, fsync of the folder).
class FileStorage final : public Storage {
  public:
    explicit FileStorage(std::string path);
    std::optional<std::string> load() override;
    void save(const std::string& json) override;

  private:
    std::string m_path;
};

}
