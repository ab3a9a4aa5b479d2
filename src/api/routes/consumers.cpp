// Consumers that poll and mark, and consumers that follow a stream and acknowledge.
#include <boost/json/serialize.hpp>

#include "api/routes/common.h"
#include "api/view/message_view.h"

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::size_t kMostMarks = 10'000;

Response unprocessed(const Request& request, Context& context) {
  const Query query(request.query());
  const auto channel = query.text({"channel", "channelId", "channel_id"});
  if (!channel)
    return failure(400, "invalid_input", "'channel' is missing; name the channel, such as channel=-1001487851422");
  const auto id = model::parse_int(*channel);
  if (!id) return failure(bad_parameter("channel", *channel, "a chat id such as -1001487851422"));
  const auto limit = query.number({"limit"}, 100, 1, 10'000);
  if (!limit) return failure(limit.error());
  store::UnprocessedQuery wanted;
  wanted.channel = model::ChatId{*id};
  wanted.consumer = query.text_or({"excludeProcessedBy"}, "");
  if (!wanted.consumer.empty()) {
    if (auto name = name_of_consumer(wanted.consumer, "excludeProcessedBy"); !name) return failure(name.error());
  }
  wanted.limit = static_cast<std::size_t>(*limit);
  wanted.peek = request.method == Method::head;  // its answer is not read
  json::array statuses;
  for (const auto& text : query.list({"status"})) {
    const auto status = store::parse_status(text);
    if (!status) return failure(bad_parameter("status", text, "received, queued, published or another status"));
    wanted.statuses.push_back(*status);
    statuses.emplace_back(text);
  }
  if (statuses.empty()) statuses = {"received", "queued"};
  const auto rows = context.store().unprocessed(wanted);
  if (!rows) return failure(rows.error());
  if (!rows->empty() && !wanted.peek) {
    const auto oldest = std::min_element(
        rows->begin(), rows->end(), [](const auto& a, const auto& b) { return a.recorded_at.us < b.recorded_at.us; });
    const auto waited_us = model::Time::now().us - oldest->recorded_at.us;
    context.parts.metrics.poll_lag_seconds.Observe(static_cast<double>(waited_us) / 1e6);
  }
  json::object filters{{"channelId", *channel}, {"statuses", std::move(statuses)}};
  filters["excludeProcessedBy"] = wanted.consumer.empty() ? json::value(nullptr) : json::value(wanted.consumer);
  std::string body;
  body.reserve(rows->size() * 1'024 + 256);
  body += "{\"success\":true,\"data\":";
  JsonWriter writer(body);
  writer.open('[');
  for (const auto& row : *rows) write_message(writer, row);
  writer.close(']');
  body += fmt::format(",\"count\":{},\"filters\":{}}}", rows->size(), json::serialize(filters));
  return with_body(200, kJson, std::move(body));
}

Response mark(const Request& request, Context& context) {
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  auto consumer = name_of_consumer(text_of(*body, "processedBy"), "processedBy");
  if (!consumer) return failure(consumer.error());
  const auto* ids = body->if_contains("messageIds");
  if (!ids || !ids->is_array() || ids->as_array().empty()) {
    return failure(400, "invalid_input", "'messageIds' is missing or empty; send the ids that were processed");
  }
  if (ids->as_array().size() > kMostMarks) {
    return failure(400, "invalid_input", "more than 10000 messageIds at once; send them in several requests");
  }
  std::vector<store::Mark> marks;
  for (const auto& id : ids->as_array()) {
    if (id.is_string()) {
      marks.push_back({unescape(std::string_view(id.as_string()))});
    } else if (id.is_int64()) {  // what is larger is no id of Telegram's
      marks.push_back({std::to_string(id.as_int64())});
    } else {
      return failure(bad_parameter("messageIds", json::serialize(id), "ids as text or whole numbers"));
    }
  }
  const auto marked = context.store().mark_processed(marks, *consumer);
  if (!marked) return failure(marked.error());
  if (marked->updated > 0) context.changed();
  if (context.parts.marked) context.parts.marked(*consumer, marked->keys);
  return success(
      json::object{{"requested", marked->requested}, {"updated", marked->updated}, {"processedBy", *consumer}});
}

json::object consumer_json(const store::Consumer& consumer) {
  json::array origins;
  for (const auto origin : consumer.origins) origins.emplace_back(model::name_of(origin));
  json::object out{{"name", consumer.name},
                   {"ackSeq", consumer.stream_seq.value},
                   {"pending", consumer.pending},
                   {"redeliverEdits", consumer.redeliver_edits},
                   {"origins", std::move(origins)}};
  out["createdAt"] = model::to_rfc3339(consumer.created_at);
  if (const auto seen = rfc3339(consumer.last_seen)) out["lastSeenAt"] = *seen;
  if (const auto acked = rfc3339(consumer.acked_at)) out["ackedAt"] = *acked;
  return out;
}

Response list_consumers(const Request&, Context& context) {
  const auto consumers = context.store().consumers();
  if (!consumers) return failure(consumers.error());
  json::array data;
  for (const auto& consumer : *consumers) data.push_back(consumer_json(consumer));
  return success(std::move(data));
}

Response put(const Request& request, Context& context) {
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  auto name = name_of_consumer(text_of(*body, "name"), "name");
  if (!name) return failure(name.error());
  const auto all = context.store().consumers();
  if (!all) return failure(all.error());
  const auto known = std::find_if(all->begin(), all->end(), [&](const auto& one) { return one.name == *name; });
  const bool is_new = known == all->end();
  store::Consumer consumer = is_new ? store::Consumer{} : *known;
  consumer.name = std::move(*name);
  const auto from = text_of(*body, "from");
  if (from && *from != "now" && *from != "oldest") return failure(bad_parameter("from", *from, "oldest or now"));
  if (is_new) {
    consumer.began = from.value_or("now");
    if (consumer.began == "now") consumer.stream_seq = context.tail.head();
  } else if (from && !consumer.began.empty() && *from != consumer.began) {
    return failure(Error{Code::conflict,
                         fmt::format("the consumer {} is there already, made from {}", consumer.name, consumer.began),
                         "Leave `from` out to go on where it stands, or remove it first"});
  }
  const auto redeliver = boolean_of(*body, "redeliverEdits");
  if (!redeliver) return failure(redeliver.error());
  consumer.redeliver_edits = redeliver->value_or(consumer.redeliver_edits);
  if (const auto* origins = body->if_contains("origins"); origins && !origins->is_null()) {
    consumer.origins.clear();
    if (!origins->is_array()) return failure(bad_parameter("origins", json::serialize(*origins), "a list of names"));
    for (const auto& origin : origins->as_array()) {
      const auto parsed = origin.is_string() ? model::parse_origin(std::string_view(origin.as_string())) : std::nullopt;
      if (!parsed)
        return failure(bad_parameter("origins", json::serialize(origin), "live, catchup, backfill or import"));
      consumer.origins.push_back(*parsed);
    }
  }
  const auto made = context.store().put_consumer(consumer);
  if (!made) return failure(made.error());
  context.changed();
  return success(consumer_json(*made), is_new ? 201 : 200);
}

Response acknowledge(const Request& request, Context& context) {
  const auto name = name_of_consumer(unescape(request.parameters[0]), "name");
  if (!name) return failure(name.error());
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  if (!body->contains("seq"))
    return failure(400, "invalid_input", "'seq' is missing; send the seq of the last event that was processed");
  const auto seq = number_of(*body, "seq", 0, 0, INT64_MAX);
  if (!seq) return failure(seq.error());
  if (*seq > context.tail.head().value) {
    return failure(400, "invalid_input",
                   fmt::format("seq {} has not happened yet; the newest is {}", *seq, context.tail.head().value));
  }
  const auto done = context.store().acknowledge(*name, model::Seq{*seq});
  if (!done) return failure(done.error());
  return success(consumer_json(*done));
}

Response remove_consumer(const Request& request, Context& context) {
  const auto name = name_of_consumer(unescape(request.parameters[0]), "name");
  if (!name) return failure(name.error());
  const auto removed = context.store().remove_consumer(*name);
  if (!removed) return failure(removed.error());
  context.changed();
  return success(json::object{{"name", *name}, {"removed", true}});
}

}  // namespace

std::vector<Route> consumer_routes() {
  constexpr Parameter kName{"name", "string", "the consumer", "path", true};
  return {
      {.method = Method::get,
       .pattern = "/api/messages/unprocessed",
       .access = Access::consume,
       .where = Where::worker,
       .handler = unprocessed,
       .operation = "unprocessed",
       .tag = "consumers",
       .summary = "What a consumer has not marked yet, oldest arrival first",
       .schema = "=Unprocessed",
       .parameters = {{"channel", "string", "a chat's id", "query", true, "channelId channel_id"},
                      {"excludeProcessedBy", "string", "the consumer that asks; without it: marked by nobody"},
                      {"status", "string", "as seen by the consumer; received and queued by default"},
                      {"limit", "integer", "1 to 10000, larger is clamped; 100 by default"}}},
      {.method = Method::post,
       .pattern = "/api/messages/mark-processed",
       .access = Access::consume,
       .where = Where::worker,
       .handler = mark,
       .operation = "mark_processed",
       .tag = "consumers",
       .summary = "Marks messages as processed by a consumer",
       .schema = "Marked",
       .body = "MarkBody"},
      {.method = Method::get,
       .pattern = "/api/consumers",
       .access = Access::read,
       .where = Where::worker,
       .handler = list_consumers,
       .operation = "consumers",
       .tag = "consumers",
       .summary = "Every consumer and where it stands",
       .schema = "[Consumer]"},
      {.method = Method::post,
       .pattern = "/api/consumers",
       .access = Access::consume,
       .where = Where::worker,
       .handler = put,
       .operation = "consumer_put",
       .tag = "consumers",
       .summary = "Makes a consumer of the stream (201), or changes what is named of one that is there (200)",
       .schema = "Consumer",
       .body = "ConsumerBody",
       .status = 201},
      {.method = Method::post,
       .pattern = "/api/consumers/{name}/ack",
       .access = Access::consume,
       .where = Where::worker,
       .handler = acknowledge,
       .operation = "consumer_ack",
       .tag = "consumers",
       .summary = "Everything up to seq is processed; never moves back",
       .schema = "Consumer",
       .body = "AckBody",
       .parameters = {kName}},
      {.method = Method::delete_,
       .pattern = "/api/consumers/{name}",
       .access = Access::consume,
       .where = Where::worker,
       .handler = remove_consumer,
       .operation = "consumer_remove",
       .tag = "consumers",
       .summary = "Forgets a consumer and its marks, also one that only polls",
       .schema = "Removed",
       .parameters = {kName}},
  };
}

}  // namespace tg::api
