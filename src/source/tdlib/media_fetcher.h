#pragma once
// Fetches files of messages from Telegram: those that a rule wants, newest first, and those that somebody asks for,
// before all others.
//
//   commits ──▶ [asked | fresh | history] ──▶ workers: getMessage ▶ downloadFile ▶ shelf ▶ deleteFile ▶ the message
//   heads ────────────────────────▲            (TDLib's own copy goes, so that the disk is used once)
//
// What waits is not written down: after a start the stored messages are looked through for what the rule wants and is
// not here. TDLib goes on with a file that was begun, and asks for a reference that expired by itself. Capture has
// threads and connections of its own; a flood wait of files stops files only.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/message.h"
#include "source/tdlib/media_shelf.h"
#include "source/tdlib/session.h"

namespace tg::tdlib {

struct MediaRule {
  std::vector<model::MediaType> kinds;  // none: only what is asked for
  std::vector<model::ChatId> channels;  // none: all
  std::int64_t max_file_bytes = 0;
  std::int64_t max_bytes = 0;  // of disk; 0 = no bound
  std::size_t parallel = 2;    // downloads at once

  bool wants(const model::Message& message) const;
};

class MediaFetcher {
 public:
  struct Port {
    std::shared_ptr<Session> session;  // empty: none is signed in
    std::filesystem::path files;       // where its TDLib keeps files
  };
  // The account that saw the message where it is signed in, else any that is.
  using FindSession = std::function<Port(std::int64_t account)>;

  MediaFetcher(MediaRule rule, MediaShelf::Place place, FindSession find);
  ~MediaFetcher();  // stop()
  MediaFetcher(const MediaFetcher&) = delete;
  MediaFetcher& operator=(const MediaFetcher&) = delete;

  // What was under way goes on at the next start. No session is used any more when it returns.
  void stop();

  // Any thread. Asks for the file of a message and returns; the message says when it is here. not_found: there is no
  // such message or file; unavailable: no account is signed in.
  Result<void> want(const model::MessageKey& message);
  // Why the last try failed for good; nothing while it waits or is here.
  std::optional<Error> trouble(const model::MessageKey& message) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tg::tdlib
