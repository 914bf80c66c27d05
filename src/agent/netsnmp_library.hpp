#pragma once

#include <string>

namespace headgate::agent {

// Net-SNMP's library as a subagent's, once in a process. Subtrees are registered between the first two.

/// Sets it up for that master. No configuration, MIB or state file of Net-SNMP's is read or written.
void initNetSnmp(const std::string& master);

/// Connects, or begins to try.
void startNetSnmp();

/// Says good-bye to the master, who then forgets our subtrees.
void endNetSnmp();

}
