#pragma once
// What the API is told about itself. The server's and the tokens' part is the configuration's own.

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "config/config.h"

namespace tg::api {

struct Options {
  config::Server server;
  config::Auth auth;
  std::string version = "0.0.0";
  std::string environment = "production";
  std::filesystem::path data_dir;
  std::filesystem::path media_folder;
  std::chrono::seconds reconcile_every{15 * 60};  // proofs older than twice this are stale
  std::chrono::seconds deliver_max_age{600};      // catch-up younger than this is news
  std::chrono::seconds lag_alarm{120};            // a channel with more lag is late
  // A fetch that gets no further for so long ends, said to be unfinished: longer than a question to Telegram may take.
  std::chrono::milliseconds sync_quiet{120'000};
  std::int64_t keep_days = 0;  // older messages are erased from the store; 0 = never
  bool kept_by_date = true;    // their age is that of Telegram's date, not of their arrival
  std::size_t workers = 4;
  std::size_t max_waiting_jobs = 1'024;
  std::size_t cache_bytes = 64 << 20;  // of encoded answers
  std::size_t tail_events = 4'096;     // newest events kept for streams
  std::size_t tail_bytes = 16 << 20;
};

}  // namespace tg::api
