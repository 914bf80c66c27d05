#pragma once

#include <string>

namespace headgate::agent {

// Net-SNMP's library as a subagent's, once in a process. Subtrees are registered between the first two.

/// Sets it up for that master. No configuration, MIB or state file of Net-SNMP's is read or written.
void initNetSnmp(const std::string& master);

/// Connects, or begins to try.
void startNetSnmp();

/// The library has one number for how often a master is pinged and how soon a lost one is looked for. True
/// while a session is being opened (its pings are begun with what the number is then), false at all other
/// times.
void pingSeldom(bool opening);

/// Says good-bye to the master, who then forgets our subtrees.
void endNetSnmp();

}
