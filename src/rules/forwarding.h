#pragma once
// One message that a rule sends on: what the reader of a rule asks for, and a source with accounts does.

#include <functional>
#include <stop_token>
#include <vector>

#include "model/result.h"
#include "rules/rule.h"

namespace tg::rules {

struct Forwarding {
  const ForwardTo& to;
  const model::Message& message;
  // It may have been sent since then (the program was killed meanwhile), and is looked for there first; these are known
  // to be others.
  std::optional<model::Time> begun_before;
  std::vector<model::MessageId> others;
  // Called just before Telegram is asked to send it: from then on it may be there. An error ends it.
  std::function<Result<void>()> begin;
  std::stop_token stop;  // ends the waiting
};

}  // namespace tg::rules
