// Channels: the registry, statistics, and what is proven.
#include <boost/json/serialize.hpp>

#include "api/routes/common.h"
#include "api/routes/named_channels.h"
#include "api/view/board.h"
#include "api/view/channel_time.h"
#include "api/view/channel_view.h"
#include "store/chat_list.h"

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::int64_t kDefaultPx = 200;
constexpr std::int64_t kMostPx = 2'000;
constexpr std::size_t kLongestText = 1'000;

void registry_changed(Context& context) {
  context.changed();
  if (context.parts.control) context.parts.control->chats_changed();
}

Response list_channels(const Request&, Context& context) {
  const auto validity = context.valid_until_commit({});
  auto chats = context.store().chats();
  if (!chats) return failure(chats.error());
  json::array data;
  for (const auto& chat : store::one_an_id(std::move(*chats))) data.push_back(channel_json(chat));
  const auto total = data.size();
  json::object envelope{
      {"success", true},
      {"data", std::move(data)},
      {"pagination",
       {{"total", total}, {"limit", total}, {"offset", 0}, {"page", 1}, {"totalPages", 1}, {"hasMore", false}}}};
  auto response = with_body(200, kJson, json::serialize(envelope));
  response.validity = validity;
  return response;
}

Response one(const Request& request, Context& context) {
  const auto peer = chat_of(request);
  if (!peer) return failure(peer.error());
  const auto chat = context.store().chat(*peer);
  if (!chat) return failure(chat.error());
  if (!*chat) return failure(no_such_channel(*peer));
  return success(channel_json(**chat));
}

Result<std::optional<std::string>> short_text(const json::object& body, std::string_view name) {
  auto text = text_of(body, name);
  if (text && text->size() > kLongestText) return bad_parameter(name, text->substr(0, 40), "at most 1000 bytes");
  return text;
}

struct Change {
  std::optional<std::string> label, description;
  std::optional<bool> active;
};

Result<Change> change_of(const json::object& body) {
  Change change;
  auto label = short_text(body, "label");
  if (!label) return label.error();
  if (!*label) label = short_text(body, "title");
  if (!label) return label.error();
  auto description = short_text(body, "description");
  if (!description) return description.error();
  auto active = boolean_of(body, "isActive");
  if (!active) return active.error();
  if (!*active) active = boolean_of(body, "active");
  if (!active) return active.error();
  change.label = std::move(*label);
  change.description = std::move(*description);
  change.active = *active;
  return change;
}

Response add(const Request& request, Context& context) {
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  if (names_several(*body)) return add_several(*body, context);
  const auto text = text_of(*body, "channelId").value_or("");
  const auto change = change_of(*body);
  if (!change) return failure(change.error());
  const auto number = model::parse_int(text);
  const auto id = number && *number != 0 ? Result(model::ChatId{*number}) : chat_named(text, *body, context);
  if (!id) return failure(id.error());
  store::Chat chat;
  chat.peer = *id;
  chat.label = change->label.value_or("");
  chat.description = change->description.value_or("");
  chat.active = change->active.value_or(true);
  chat.registered = true;
  const auto added = context.store().add_chat(chat);
  if (!added) return failure(added.error());
  registry_changed(context);
  return success(channel_json(*added), 201);
}

Response change(const Request& request, Context& context) {
  const auto peer = chat_of(request);
  if (!peer) return failure(peer.error());
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  const auto wanted = change_of(*body);
  if (!wanted) return failure(wanted.error());
  if (!wanted->label && !wanted->description && !wanted->active) {
    return failure(400, "invalid_input", "nothing to change: send label, description or isActive");
  }
  const auto changed = context.store().change_chat(*peer, wanted->label, wanted->description, wanted->active);
  if (!changed) return failure(changed.error());
  registry_changed(context);
  return success(channel_json(*changed));
}

Response remove_channel(const Request& request, Context& context) {
  const auto peer = chat_of(request);
  if (!peer) return failure(peer.error());
  const auto removed = context.store().remove_chat(*peer);
  if (!removed) return failure(removed.error());
  registry_changed(context);
  return success(json::object{{"channelId", std::to_string(peer->value)}, {"removed", true}});
}

Response stats(const Request& request, Context& context) {
  const auto peer = chat_of(request);
  if (!peer) return failure(peer.error());
  const auto chat = context.store().chat(*peer);
  if (!chat) return failure(chat.error());
  if (!*chat) return failure(no_such_channel(*peer));
  const auto found = context.store().statistics(*peer);
  if (!found) return failure(found.error());
  auto db = context.journal().read();
  if (!db) return failure(db.error());
  auto week = week_json(**db, *peer, model::Time::now());
  if (!week) return failure(week.error());
  const auto rounded = [](double value) { return std::round(value * 100) / 100; };
  json::object statistics{
      {"totalMessages", found->total},
      {"messagesLast24h", found->last_24h},
      {"messagesLast7d", found->last_7d},
      {"messagesLast30d", found->last_30d},
      {"averagePerDay", rounded(found->average_per_day)},
      {"messagesWithMedia", found->with_media},
      {"mediaPercentage",
       found->total > 0 ? rounded(100.0 * static_cast<double>(found->with_media) / static_cast<double>(found->total))
                        : 0.0}};
  json::array senders, dates;
  for (const auto& [sender, count] : found->top_senders)
    senders.push_back(json::object{{"sender", sender}, {"count", count}});
  for (const auto& [date, count] : found->messages_by_date)
    dates.push_back(json::object{{"date", date}, {"count", count}});
  auto response = success(json::object{{"channel", channel_json(**chat)},
                                       {"statistics", std::move(statistics)},
                                       {"topSenders", std::move(senders)},
                                       {"messagesByDate", std::move(dates)},
                                       {"hourOfWeek", std::move(*week)}});
  response.validity = Context::valid_for(1'000);
  return response;
}

Response coverage(const Request& request, Context& context) {
  const auto peer = chat_of(request);
  if (!peer) return failure(peer.error());
  const Query query(request.query());
  const auto px = query.number({"px"}, kDefaultPx, 1, kMostPx);
  if (!px) return failure(px.error());
  const auto limit = query.number({"limit"}, 100, 1, 1'000);
  if (!limit) return failure(limit.error());
  const auto cursor = query.number({"cursor"}, 0, 0, INT64_MAX);
  if (!cursor) return failure(cursor.error());
  const auto by = query.text_or({"by"}, "id");
  if (by != "id" && by != "time") return failure(bad_parameter("by", by, "id or time"));
  const auto chat = context.store().chat(*peer);
  if (!chat) return failure(chat.error());
  if (!*chat) return failure(no_such_channel(*peer));
  auto db = context.journal().read();
  if (!db) return failure(db.error());
  const auto found = journal::coverage(**db, *peer, model::Time::now());
  if (!found) return failure(found.error());
  const auto proofs = journal::proven_ranges(**db, *peer, found->scope);
  if (!proofs) return failure(proofs.error());
  const auto stored = journal::stored_of(**db, *peer, found->scope);
  if (!stored) return failure(stored.error());
  auto data = coverage_json(*found, static_cast<int>(*px));
  data["promised"] = bool(found->start);
  data["storedMessages"] = stored->messages;
  data["storedFrom"] = stored->first;
  data["storedTo"] = stored->last;
  if (by == "time") {
    auto time = time_bar_json(**db, *found, static_cast<int>(*px));
    if (!time) return failure(time.error());
    data["time"] = std::move(*time);
  }
  // Newest first, as a person looks for what is wrong now; the cursor is the id to go on below.
  auto all = state_ranges(*found, *proofs);
  json::array ranges;
  std::int64_t next = 0;
  for (auto range = all.rbegin(); range != all.rend(); ++range) {
    if (*cursor != 0 && range->range.first >= *cursor) continue;
    if (static_cast<std::int64_t>(ranges.size()) == *limit) {
      next = ranges.back().as_object().at("from").to_number<std::int64_t>();
      break;
    }
    ranges.push_back(range_json(*range));
  }
  data["ranges"] = std::move(ranges);
  json::object pagination{{"total", all.size()}, {"limit", *limit}, {"hasMore", next != 0}};
  pagination["nextCursor"] = next != 0 ? json::value(std::to_string(next)) : json::value(nullptr);
  auto response = list_answer(json::serialize(data), json::serialize(pagination));
  response.validity = Context::valid_for(1'000);
  return response;
}

Response rows(const Request& request, Context& context) {
  const auto px = Query(request.query()).number({"px"}, kDefaultPx, 1, kMostPx);
  if (!px) return failure(px.error());
  auto found = context.board.channel_rows(static_cast<int>(*px));
  if (!found) return failure(found.error());
  auto response = success_text(*found);
  response.validity = Context::valid_for(1'000);
  return response;
}

}  // namespace

std::vector<Route> channel_routes() {
  constexpr Parameter kId{"id", "string", "a chat's id", "path", true};
  constexpr Parameter kPx{"px", "integer", "columns of the bar, 200 by default; the worst state in each wins"};
  return {
      {.method = Method::get,
       .pattern = "/api/channels",
       .access = Access::read,
       .where = Where::worker,
       .handler = list_channels,
       .operation = "channels",
       .tag = "channels",
       .summary = "Every channel",
       .schema = "[Channel]"},
      {.method = Method::post,
       .pattern = "/api/channels",
       .access = Access::admin,
       .where = Where::worker,
       .handler = add,
       .operation = "channel_add",
       .tag = "channels",
       .summary = "Registers a channel, or several that people name by @name, link, id, folder or CSV",
       .schema = "AddedChannels",
       .body = "ChannelBody",
       .status = 201},
      {.method = Method::get,
       .pattern = "/api/channels/{id}",
       .access = Access::read,
       .where = Where::worker,
       .handler = one,
       .operation = "channel",
       .tag = "channels",
       .summary = "One channel",
       .schema = "Channel",
       .parameters = {kId}},
      {.method = Method::put,
       .pattern = "/api/channels/{id}",
       .access = Access::admin,
       .where = Where::worker,
       .handler = change,
       .operation = "channel_change",
       .tag = "channels",
       .summary = "Changes label, description or isActive",
       .schema = "Channel",
       .body = "ChannelChange",
       .parameters = {kId}},
      {.method = Method::delete_,
       .pattern = "/api/channels/{id}",
       .access = Access::admin,
       .where = Where::worker,
       .handler = remove_channel,
       .operation = "channel_remove",
       .tag = "channels",
       .summary = "Takes a channel off the registry; its messages stay",
       .schema = "Removed",
       .parameters = {kId}},
      {.method = Method::get,
       .pattern = "/api/channels/{id}/stats",
       .access = Access::read,
       .where = Where::worker,
       .handler = stats,
       .operation = "channel_stats",
       .tag = "channels",
       .summary = "Figures of a channel",
       .schema = "ChannelStats",
       .parameters = {kId}},
      {.method = Method::get,
       .pattern = "/api/channels/{id}/coverage",
       .access = Access::read,
       .where = Where::worker,
       .handler = coverage,
       .operation = "channel_coverage",
       .tag = "channels",
       .summary = "What is proven, as counts, bar and ranges",
       .schema = "CoverageRanges",
       .parameters = {kId,
                      kPx,
                      {"by", "string", "time: the bar by date too, as `time`; id by default"},
                      {"cursor", "string", "nextCursor of an earlier answer"},
                      {"limit", "integer", "ranges, 100 by default, at most 1000"}}},
      {.method = Method::get,
       .pattern = "/api/telegram-gateway/channels",
       .access = Access::read,
       .where = Where::worker,
       .handler = rows,
       .operation = "channel_rows",
       .tag = "gateway",
       .summary = "Channels with state, coverage and the last day",
       .schema = "[ChannelRow]",
       .parameters = {kPx}},
  };
}

}  // namespace tg::api
