// Where the newest content of a message has got to: the journal, each destination, each consumer. What the dashboard
// answers "why did my bot not see it?" with.
#include "api/routes/common.h"
#include "api/view/board.h"
#include "journal/cursors.h"

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::int64_t kServedUntilRare = 10;  // kServesBeforeParked of the stores

// The newest content, and since when it is here.
struct Content {
  store::Row row;
  model::Time observed, recorded;
};

json::object step(std::string_view name, std::string_view kind, std::string_view state) {
  return {{"name", name}, {"kind", kind}, {"state", state}};
}

void add_time(json::object& out, model::Time at, const Content& content) {
  out["at"] = model::to_rfc3339(at);
  out["afterMs"] = std::max<std::int64_t>(0, (at.us - content.observed.us) / 1'000);
}

Result<Content> content_of(const model::MessageKey& key, Context& context) {
  auto row = context.store().get(key);
  if (!row) return row.error();
  if (!*row) return no_such_message(key);
  const auto versions = context.store().versions(key);
  if (!versions) return versions.error();
  Content content{std::move(**row), {}, {}};
  content.observed = content.row.received_at;
  content.recorded = content.row.recorded_at;
  for (const auto& version : *versions) {
    if (!version.current) continue;
    content.observed = version.event.observed_at;
    content.recorded = version.event.recorded_at;
  }
  return content;
}

Result<std::map<std::string, std::string>> refusals(journal::Connection& db, model::Seq seq) {
  std::map<std::string, std::string> reasons;
  auto& rows = db.prepared("SELECT reader, reason FROM quarantine WHERE seq = ?").with(seq);
  for (;;) {
    const auto more = rows.step();
    if (!more) return more.error();
    if (!*more) break;
    reasons.emplace(std::string(rows.text(0)), std::string(rows.text(1)));
  }
  rows.reset();
  return reasons;
}

Result<void> add_destinations(json::array& steps, const Content& content, Context& context) {
  const auto seq = content.row.content_seq;
  auto db = context.journal().read();
  if (!db) return db.error();
  auto cursors = journal::cursors(**db);
  if (!cursors) return cursors.error();
  const auto refused = refusals(**db, seq);
  if (!refused) return refused.error();
  const auto readers = context.parts.readers();
  for (const auto& reader : readers) {  // one that was never reached has no cursor, and everything is before it
    const bool known =
        std::any_of(cursors->begin(), cursors->end(), [&](const auto& c) { return c.name == reader.name; });
    if (reader.runs && !known) cursors->emplace_back().name = reader.name;
  }
  for (const auto& cursor : *cursors) {
    if (cursor.name == "search") continue;
    const auto reader =
        std::find_if(readers.begin(), readers.end(), [&](const auto& r) { return r.name == cursor.name; });
    const bool runs = reader != readers.end();
    const auto at = runs && reader->delivered ? reader->delivered : cursor.seq;
    const bool gapped = at && at < seq && context.journal().past_trimmed(at);
    auto one = step(cursor.name, kind_of_reader(cursor.name), at >= seq ? "done" : gapped ? "gapped" : "waiting");
    if (const auto reason = refused->find(cursor.name); reason != refused->end()) {
      one["state"] = "waiting";
      one["why"] = "set_aside";
      one["detail"] = reason->second;
    } else if (at >= seq) {
      const auto passed = runs && reader->passages ? reader->passages->at(seq) : std::nullopt;
      if (passed) add_time(one, *passed, content);
    } else if (gapped) {
      one["why"] = "trimmed";
    } else if (runs) {
      if (!reader->last_error.empty()) one["detail"] = reader->last_error;
      if (reader->next_try_at) one["nextTryAt"] = model::to_rfc3339(reader->next_try_at);
    }
    steps.push_back(std::move(one));
  }
  return {};
}

// How a consumer stands to a message that it has neither marked nor acknowledged.
void add_why(json::object& out, const store::Consumer* consumer, const store::Handling* handling,
             const Content& content) {
  const auto& row = content.row;
  if (handling && handling->served > 0) {
    out["state"] = "waiting";
    out["why"] = handling->served >= kServedUntilRare ? "given_up" : "offered";
    out["offered"] = handling->served;
    if (const auto at = rfc3339(handling->served_at)) out["offeredAt"] = *at;
    return;
  }
  if (!consumer) return;
  const auto& wanted = consumer->origins;
  const bool chosen = wanted.empty() ? row.origin == model::Origin::live || row.origin == model::Origin::catchup
                                     : std::find(wanted.begin(), wanted.end(), row.origin) != wanted.end();
  if (consumer->began == "now" && content.recorded < consumer->created_at) {
    out["state"] = "none";
    out["why"] = "before_it_began";
  } else if (!chosen) {
    out["state"] = "none";
    out["why"] = "origin_not_asked_for";
  } else {
    out["why"] = "not_offered_yet";
  }
}

json::object consumer_step(const std::string& name, const store::Consumer* consumer, const store::Handling* handling,
                           const Content& content) {
  auto out = step(name, "consumer", "waiting");
  if (handling && handling->marked_at) {
    out["state"] = "done";
    // What it marked may have been the content before an edit.
    if (handling->marked_at < content.recorded) {
      out["at"] = model::to_rfc3339(handling->marked_at);
      out["why"] = "earlier_version";
    } else {
      add_time(out, handling->marked_at, content);
    }
  } else if (consumer && consumer->stream_seq && consumer->stream_seq >= content.row.content_seq) {
    out["state"] = "done";
    if (consumer->stream_seq == content.row.content_seq && consumer->acked_at) {
      add_time(out, consumer->acked_at, content);
    }
    // Its place is behind this message also where it was never to get it.
    auto never = out;
    add_why(never, consumer, nullptr, content);
    if (never.at("state") == "none") return never;
  } else {
    add_why(out, consumer, handling, content);
  }
  return out;
}

Result<void> add_consumers(json::array& steps, const Content& content, Context& context) {
  const auto consumers = context.store().consumers();
  if (!consumers) return consumers.error();
  const auto handlings = context.store().handlings(content.row.message.key);
  if (!handlings) return handlings.error();
  std::map<std::string, std::pair<const store::Consumer*, const store::Handling*>> all;
  for (const auto& consumer : *consumers) all[consumer.name].first = &consumer;
  for (const auto& handling : *handlings) {
    if (!handling.consumer.empty()) all[handling.consumer].second = &handling;
  }
  for (const auto& [name, known] : all) steps.push_back(consumer_step(name, known.first, known.second, content));
  return {};
}

Response delivery(const Request& request, Context& context) {
  const auto key = key_of(request);
  if (!key) return failure(key.error());
  const auto content = content_of(*key, context);
  if (!content) return failure(content.error());
  json::array steps;
  auto journal = step("journal", "journal", "done");
  add_time(journal, content->recorded, *content);
  steps.push_back(std::move(journal));
  if (const auto search = context.store().search_state()) {
    steps.push_back(step("search", "search", search->indexed >= content->row.content_seq ? "done" : "waiting"));
  }
  if (auto added = add_destinations(steps, *content, context); !added) return failure(added.error());
  if (auto added = add_consumers(steps, *content, context); !added) return failure(added.error());
  return success(json::object{{"versionSeq", content->row.content_seq.value},
                              {"observedAt", model::to_rfc3339(content->observed)},
                              {"steps", std::move(steps)}});
}

}  // namespace

std::vector<Route> delivery_routes() {
  return {Route{.method = Method::get,
                .pattern = "/api/messages/{id}/delivery",
                .access = Access::read,
                .where = Where::worker,
                .handler = delivery,
                .operation = "message_delivery",
                .tag = "messages",
                .summary = "Where the newest content has got to, when, and where it has not, why",
                .schema = "Delivery",
                .parameters = {{"id", "string", "peer:message, or peer:message:scope", "path", true}}}};
}

}  // namespace tg::api
