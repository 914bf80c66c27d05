#pragma once

#include "agent/section_reader.hpp"
#include "agent/settings.hpp"

#include <optional>
#include <string_view>

namespace headgate::agent {

// What must be true between the keys of a section, and between it and the application.

void checkAddress(SectionReader& in, const Settings& settings);
void checkHealth(SectionReader& in, const Settings& settings);
void checkProbe(SectionReader& in, const Settings& settings);
void checkLevels(SectionReader& in, const Settings& settings);
void checkMeasure(SectionReader& in, const Settings& settings);
void checkAuthentication(SectionReader& in, const Settings& settings);
void checkDataSource(SectionReader& in, const Settings& settings);

std::optional<MeasureSettings::Figure> figureOf(std::string_view name);

/// The octets of an IPv4 or IPv6 literal, 4 or 16 of them; empty for anything else.
std::string addressOctets(const std::string& literal);

}
