#pragma once
// One row of the predecessor's table, or one line of its failure queue: values as they stand there, not yet understood.

#include <cstdint>
#include <optional>
#include <string>

#include "model/ids.h"

namespace tg::legacy::detail {

struct Row {
  std::string place;                          // for people: which row, or which line
  std::string channel_id, message_id;         // as written
  std::optional<std::int64_t> peer, message;  // where they are numbers; the channel's with -100 in front
  std::optional<std::int64_t> thread;
  std::string source, type, text, caption, media_type, status;
  std::optional<std::string> media_refs, metadata;                                           // JSON, or what should be
  model::Time received_at, telegram_date, published_at, created_at, updated_at, deleted_at;  // 0 = NULL
};

// Channels are -100…; the predecessor wrote some without it. Nothing where it is no number.
std::optional<std::int64_t> peer_of(std::string_view channel_id);

}  // namespace tg::legacy::detail
