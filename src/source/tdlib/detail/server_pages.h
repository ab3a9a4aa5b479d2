#pragma once
// Pages of a chat as the server itself has it (searchChatMessages, empty query): the only ones that prove anything.
//
// One request at a time, never two within `between`. A flood wait is honoured to the second, and the same page is asked
// for again; so is one that failed for the moment, after 1 s, 2 s, … 60 s. One thread asks; the rest is for any thread.

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "pipeline/observation.h"
#include "source/tdlib/capture.h"
#include "source/tdlib/hub.h"

namespace tg::tdlib {

struct Page {
  std::vector<pipeline::Seen> seen;   // newest first
  std::vector<model::MessageId> ids;  // ascending
};

class ServerPages {
 public:
  struct Ports {
    Client& client;
    // In the capture's thread, and waits; false: the session ends, and nothing was run.
    std::function<bool(std::function<void(const Capture&)>)> with_capture;
    std::function<void()> on_wait;  // flood_until() changed
    // Whether this account may see the chat, with Telegram's word where it may not. From its answers alone: what a
    // chat's status says may be of a public channel.
    std::function<void(model::ChatId, bool may, const std::string& reason, model::Time asked_at)> on_access;
  };

  ServerPages(Ports ports, std::chrono::milliseconds between) : ports_(std::move(ports)), between_(between) {}

  // The newest messages with ids below `below` (0: the newest of all). What is older than `history_below` has the
  // origin backfill, the rest catchup. Nothing: stopped, or refused for good.
  std::optional<Page> ask(model::ChatId chat, model::MessageId below, model::MessageId history_below);
  // Above the newest message that was posted before `date`; 1 where none was. Nothing: stopped, or refused. It proves
  // nothing.
  std::optional<model::MessageId> first_since(model::ChatId chat, model::Time date);
  // What the topics of a forum are called, its newest thousand. Nothing: stopped, refused, or not now.
  std::optional<std::vector<pipeline::TopicSeen>> topics(model::ChatId chat, std::int64_t account);
  void stop() { stop_.request_stop(); }

  model::Time flood_until() const;                                 // 0 = no wait
  std::unordered_map<model::ChatId, std::string> refused() const;  // chats that cannot be read, with Telegram's word
  std::int64_t requests() const;                                   // since the start

 private:
  using Clock = std::chrono::steady_clock;

  bool wait_for_turn();
  bool pause(std::chrono::seconds how_long, bool flood);
  std::optional<Page> read(model::ChatId chat, const boost::json::object& found, model::MessageId below,
                           model::MessageId history_below, model::Time asked_at);
  void note(model::ChatId chat, const std::string& reason);

  const Ports ports_;
  const std::chrono::milliseconds between_;
  std::stop_source stop_;
  Clock::time_point last_request_;  // of the thread that asks
  mutable std::mutex mutex_;
  model::Time flood_until_;
  std::unordered_map<model::ChatId, std::string> refused_;
  std::int64_t requests_ = 0;
};

}  // namespace tg::tdlib
