#pragma once

#include "cli/command_line.hpp"
#include "cli/run.hpp"
#include "netconf/client.hpp"

#include <string>

namespace headgate::cli {

// One function a kind of verb. Each gives the exit code, and throws netconf::Error, yang::Error and
// std::runtime_error for `run` to tell.

/// status, pools, servers, appliances, transactions, events.
int show(const Invocation& invocation, const Streams& streams);
/// status --follow.
int follow(const Invocation& invocation, const Streams& streams);
int watch(const Invocation& invocation, const Streams& streams);

/// explain: of a pool or a transaction.
int explain(const Invocation& invocation, const Streams& streams);

/// replay: asks no daemon.
int replayRecord(const Invocation& invocation, const Streams& streams);

/// plan, allocate, release, hold, resume, check, repair, config history, config rollback.
int act(const Invocation& invocation, const Streams& streams);

int showConfiguration(const Invocation& invocation, const Streams& streams);
int compareConfigurations(const Invocation& invocation, const Streams& streams);
int loadConfiguration(const Invocation& invocation, const Streams& streams);

/// A line a word that may come next.
int complete(const Invocation& invocation, const Streams& streams);

netconf::Client connect(const Invocation& invocation);
/// "headgate: …" on the error stream; gives `code`.
int fail(const Streams& streams, int code, const std::string& text);
/// What was asked for, as typed, e.g. "allocate web real2".
std::string said(const Invocation& invocation);

}
