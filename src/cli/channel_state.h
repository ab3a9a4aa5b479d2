#pragma once
// Which channels are late or silent. Silence is read from the journal; lag is known to the gateway that runs alone.

#include <boost/json/value.hpp>
#include <map>
#include <string>

#include "config/config.h"
#include "journal/journal.h"
#include "journal/silence.h"
#include "observe/lag.h"

namespace tg::cli {

struct ChannelStates {
  std::map<model::ChatId, observe::Late> lags;  // empty where no gateway runs, or none that this user may ask
  std::map<model::ChatId, journal::Silence> silences;
  std::chrono::seconds alarm;  // a lag above it is late

  bool late(model::ChatId chat) const;
  // For people: "late by 95 s", "silent, usually at most 9 h"; empty = neither.
  std::string words(model::ChatId chat) const;
  boost::json::value lag_json(model::ChatId chat) const;      // null = none
  boost::json::value silence_json(model::ChatId chat) const;  // null = none
};

Result<ChannelStates> channel_states(const config::Config& config, journal::Journal& journal);

}  // namespace tg::cli
