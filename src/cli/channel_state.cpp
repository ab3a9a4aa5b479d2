#include "cli/channel_state.h"

#include <boost/json/array.hpp>

#include "api/view/channel_view.h"
#include "cli/running_gateway.h"
#include "source/fields.h"

namespace tg::cli {
namespace {

namespace json = boost::json;
using source::Fields;

constexpr std::chrono::seconds kAnswerPatience{5};  // a gateway that hangs is no reason to show nothing

std::map<model::ChatId, observe::Late> lags_of(const config::Config& config) {
  std::map<model::ChatId, observe::Late> lags;
  const auto gateway = RunningGateway::find(config, "");
  if (!gateway) return lags;
  const auto rows = gateway->call("GET", "/api/telegram-gateway/channels?px=1", {}, kAnswerPatience);
  const auto* list = rows ? rows->if_array() : nullptr;
  if (!list) return lags;
  for (const auto& row : *list) {
    const auto* channel = row.if_object();
    const auto* lag = channel ? Fields(*channel).object("lag") : nullptr;
    if (!lag) continue;
    lags[model::ChatId{Fields(*channel).number("channelId").value_or(0)}] = {
        Fields(*lag).number("seconds").value_or(0), model::parse_time(Fields(*lag).text("at")).value_or(model::Time{})};
  }
  return lags;
}

}  // namespace

bool ChannelStates::late(model::ChatId chat) const {
  const auto lag = lags.find(chat);
  return lag != lags.end() && lag->second.seconds > alarm.count();
}

std::string ChannelStates::words(model::ChatId chat) const {
  std::string text;
  if (late(chat)) text = fmt::format("late by {} s", lags.at(chat).seconds);
  const auto silence = silences.find(chat);
  if (silence == silences.end()) return text;
  return text + fmt::format("{}silent, usually at most {} h", text.empty() ? "" : "; ", silence->second.usual.count());
}

json::value ChannelStates::lag_json(model::ChatId chat) const {
  const auto lag = lags.find(chat);
  return lag == lags.end() ? json::value(nullptr) : json::value(api::lag_json(lag->second, alarm));
}

json::value ChannelStates::silence_json(model::ChatId chat) const {
  const auto silence = silences.find(chat);
  return silence == silences.end() ? json::value(nullptr) : json::value(api::silence_json(silence->second));
}

Result<ChannelStates> channel_states(const config::Config& config, journal::Journal& journal) {
  ChannelStates states;
  states.alarm = std::chrono::seconds(config.telegram.lag_alarm_s);
  states.lags = lags_of(config);
  auto db = journal.read();
  if (!db) return db.error();
  journal::Pauses pauses;
  const auto silent = journal::silent_chats(**db, model::Time::now(), config.telegram.capture_all, pauses);
  if (!silent) return silent.error();
  for (const auto& one : *silent) {
    if (one.proven()) states.silences.emplace(one.peer, one);
  }
  return states;
}

}  // namespace tg::cli
