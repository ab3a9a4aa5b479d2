#pragma once
// The made-up channels. None exists: their ids begin with 9 000 000, which Telegram has not given out to anyone here.

#include <cstdint>
#include <span>
#include <string_view>

#include "model/ids.h"

namespace tg::demo::detail {

enum class Style : std::uint8_t {
  signals,
  gold,
  markets,
  crypto,
  fires,
  ships,
  macro,
  energy,
  rail,
  desk,
  flows,
  city,
  arabic
};

struct Channel {
  std::string_view title;
  std::string_view username;  // empty: private
  Style style;
  double weight;          // share of the messages, relative
  std::int64_t first_id;  // the oldest id of its history
  bool group = false;     // a supergroup with senders and topics

  model::ChatId peer() const;
};

inline constexpr std::size_t kMaxChannels = 42;
std::span<const Channel> channels();  // kMaxChannels of them, the liveliest first

}  // namespace tg::demo::detail
