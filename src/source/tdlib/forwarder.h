#pragma once
// Sends messages on to another chat by one account, and waits until the server has them. Any thread but the hub's; each
// call takes at most 30 s.

#include <boost/json/object.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <variant>

#include "model/message.h"
#include "model/result.h"
#include "rules/forwarding.h"
#include "source/tdlib/hub.h"

namespace tg::tdlib {

class Forwarder {
 public:
  // The id that it has there. One that was begun before is looked for in the chat, also among what is being sent: TDLib
  // goes on with what it had written down. invalid_input or permission: never; unavailable or timeout: perhaps later.
  Result<model::MessageId> forward(Client& client, const rules::Forwarding& order);
  // Every update of the account; the hub's thread, never waits.
  void note(const boost::json::object& update);
  void stop();  // ends the waiting, of later calls too

 private:
  using Outcome = std::variant<model::MessageId, Refusal>;
  struct Attempt;  // one call

  Result<std::optional<model::MessageId>> find(const Attempt& attempt);
  Result<model::MessageId> sent(const Attempt& attempt, std::int64_t temporary);

  std::stop_source stop_;
  std::mutex mutex_;
  std::condition_variable_any came_;
  int waiting_ = 0;
  std::map<std::int64_t, Outcome> outcomes_;  // by the id that TDLib gave at first; while somebody waits
};

}  // namespace tg::tdlib
