#pragma once

#include "snmp/oid.hpp"

namespace headgate::mib {

/// Where all of Headgate's own objects are: below the documentation enterprise of RFC 5612, until a number is
/// assigned. This is the one place (and `headgate` in mibs/HEADGATE-MIB.txt).
inline const snmp::Oid headgate{1, 3, 6, 1, 4, 1, 32473, 7};

}
