#pragma once

#include "domain/time.hpp"

namespace headgate::store {

class Database;

/// Makes the tables of a new file, brings those of an older version up to date one version at a time, and
/// refuses a file that is newer than this program, or none of ours. Throws Error.
void bringUpToDate(Database& database, domain::Instant now);

/// Writes the version that it has once more, durably. Throws Error when nothing can be written.
void proveWritable(Database& database);

}
