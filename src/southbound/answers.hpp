#pragma once

#include "southbound/session.hpp"
#include "transaction/command.hpp"

#include <string>
#include <string_view>
#include <vector>

// What an appliance's answers mean.
namespace headgate::southbound {

/// Done, NoAnswer, or Refused with the appliance's words.
transaction::Result resultOf(const Answer& answer);
transaction::Refused refusalOf(const std::vector<yang::RpcError>& errors);

/// The first that is no mere warning; there must be one error at least.
const yang::RpcError& worst(const std::vector<yang::RpcError>& errors);
/// Of <error-info>; empty when it is not there.
std::string infoOf(const yang::RpcError& error, std::string_view name);
/// The error-message, or the error-tag where there is none.
std::string wordsOf(const yang::RpcError& error);

/// Somebody else has it now and may let it go: worth another try.
bool mayPass(std::string_view errorTag);

}
