// Live: the journal as Server-Sent Events or by long poll, and the dashboard's stream.
#include "api/live/dashboard_stream.h"
#include "api/live/event_poll.h"
#include "api/live/event_stream.h"
#include "api/routes/common.h"

namespace tg::api {
namespace {

// A position that has not been announced: its commit is being announced just now, or it is another journal's. Nothing
// else is known of it then, so a reader starts again from the oldest event.
Result<model::Seq> ahead_of_head(Context& context, model::Seq seq, model::Seq oldest) {
  auto db = context.journal().read();
  if (!db) return db.error();
  const auto newest = (*db)->scalar("SELECT max(seq) FROM events");
  if (!newest) return newest.error();
  return seq.value <= *newest ? seq : oldest;
}

Result<model::Seq> unless_gapped(Context& context, model::Seq seq) {
  if (context.journal().past_trimmed(seq)) return Error{Code::gapped, std::to_string(seq.value), ""};
  return seq;
}

// The seq that a reader names as the last one it saw.
Result<std::optional<std::int64_t>> last_seen(const Request& request, const Query& query) {
  std::optional<std::string> text = query.text({"after"});
  if (const auto last = request.header("last-event-id"); !last.empty()) text = std::string(last);
  if (!text) return std::optional<std::int64_t>{};
  const auto seq = model::parse_int(*text);
  if (!seq || *seq < 0) return bad_parameter("after", *text, "the seq of an event");
  return seq;
}

// Where a reader goes on. 0 means the oldest.
Result<model::Seq> position(const Request& request, const Query& query, Context& context, std::string_view otherwise) {
  auto& journal = context.journal();
  const auto head = context.tail.head();
  const auto oldest = model::Seq{std::max<std::int64_t>(journal.oldest().value - 1, 0)};
  const auto seen = last_seen(request, query);
  if (!seen) return seen.error();
  if (const auto seq = *seen) {
    if (*seq == 0) return oldest;
    if (*seq > head.value) return ahead_of_head(context, model::Seq{*seq}, oldest);
    return unless_gapped(context, model::Seq{*seq});
  }
  const auto from = query.text_or({"from"}, otherwise);
  if (from == "oldest") return oldest;
  if (from == "now") return head;
  return bad_parameter("from", from, "oldest or now");
}

struct Start {
  EventFilter filter;
  model::Seq after;
  std::optional<std::string> consumer;  // whose own position `after` is
  bool narrowed = false;                // by the request, not by how the consumer was made
};

Result<Start> start_of(const Request& request, Context& context) {
  const Query query(request.query());
  auto filter = EventFilter::from(query, context.options.deliver_max_age);
  if (!filter) return filter.error();
  Start start{std::move(*filter), {}, {}, false};
  start.narrowed = !query.list({"channelId", "channel_id", "channel", "kinds", "kind", "origins", "origin"}).empty();
  const bool placed = query.text({"after"}) || query.text({"from"}) || !request.header("last-event-id").empty();
  if (const auto name = query.text({"consumer"})) {
    const auto consumers = context.store().consumers();
    if (!consumers) return consumers.error();
    const auto found =
        std::find_if(consumers->begin(), consumers->end(), [&](const auto& c) { return c.name == *name; });
    if (found == consumers->end()) {
      return Error{Code::not_found, "there is no consumer '" + *name + "'", "Make it with POST /api/consumers"};
    }
    if (start.filter.origins.empty()) start.filter.origins = found->origins;
    if (!placed) {
      const auto oldest = context.journal().oldest().value - 1;
      if (found->stream_seq) {
        if (const auto at = unless_gapped(context, found->stream_seq); !at) return at.error();
      }
      start.consumer = *name;
      start.after = model::Seq{std::max(found->stream_seq.value, std::max<std::int64_t>(oldest, 0))};
      return start;
    }
  }
  const auto after = position(request, query, context, "now");
  if (!after) return after.error();
  start.after = *after;
  return start;
}

Response refused(const Error& error, Context& context) {
  if (error.code != Code::gapped) return failure(error);
  return gone(context.journal(), model::Seq{model::parse_int(error.what).value_or(0)});
}

Response stream_answer(std::unique_ptr<Stream> stream) {
  Response response;
  response.add("Content-Type", "text/event-stream; charset=utf-8")
      .add("Cache-Control", "no-store")
      .add("X-Accel-Buffering", "no");
  response.stream = std::move(stream);
  return response;
}

Response events(const Request& request, Context& context) {
  auto start = start_of(request, context);
  if (!start) return refused(start.error(), context);
  return stream_answer(std::make_unique<EventStream>(context.tail, std::move(start->filter), start->after));
}

Response poll(const Request& request, Context& context) {
  const Query query(request.query());
  const auto wait = query.number({"wait"}, 0, 0, 60);
  if (!wait) return failure(wait.error());
  const auto limit = query.number({"limit"}, 100, 1, 1'000);
  if (!limit) return failure(limit.error());
  auto start = start_of(request, context);
  if (!start) return refused(start.error(), context);
  // The consumer would look at the same events at every poll: where none is wanted there is none to acknowledge. Not
  // where this request alone left events out: the consumer may want them.
  EventPoll::Pass pass;
  if (start->consumer && !start->narrowed && request.method == Method::get &&
      (request.scopes & bit_of(config::Scope::consume)) != 0 && context.guard.write_allowed(request)) {
    pass = [&store = context.store(), name = *start->consumer](model::Seq seq) -> Result<void> {
      if (auto moved = store.acknowledge(name, seq); !moved) return moved.error();
      return {};
    };
  }
  Response response;
  response.poll =
      std::make_unique<EventPoll>(context.tail, context.journal(), std::move(start->filter), start->after,
                                  static_cast<std::size_t>(*limit), std::chrono::seconds(*wait), std::move(pass));
  return response;
}

// A page is read from the store: what that lacks yet is told by the stream. Not a whole backlog: a store so far behind
// is said to be so.
constexpr std::int64_t kMostUnstored = 10'000;  // events
model::Seq begin_of_page(Context& context, model::Seq head) {
  const auto stored = std::min(head, context.parts.stored_to());
  return head.value - stored.value <= kMostUnstored ? stored : head;
}

Response dashboard(const Request& request, Context& context) {
  const Query query(request.query());
  auto topics = Topics::from(query);
  if (!topics) return failure(topics.error());
  const auto after = position(request, query, context, "now");
  if (!after) return refused(after.error(), context);
  // A page is not shown a whole journal: it is told to load anew.
  const auto seen = last_seen(request, query);
  if (seen && *seen && **seen != 0 && **seen != after->value) return gone(context.journal(), model::Seq{**seen});
  const auto begin = seen && *seen ? *after : begin_of_page(context, *after);
  return stream_answer(std::make_unique<DashboardStream>(context.tail, context.board, context.parts, std::move(*topics),
                                                         begin, (request.scopes & bit_of(config::Scope::admin)) != 0));
}

}  // namespace

std::vector<Route> event_routes() {
  const std::vector<Parameter> filters = {
      {"after", "integer", "seq of the last event that was seen; Last-Event-ID counts before it"},
      {"from", "string", "oldest or now (default), where after is absent"},
      {"consumer", "string", "goes on behind what this consumer acknowledged"},
      {"channelId", "string", "one, repeated or comma-separated", "query", false, "channel_id channel"},
      {"kinds", "string", "new, edited, deleted, restored, counters, channel, reprocess, or all", "query", false,
       "kind"},
      {"origins", "string", "live, catchup, backfill, import, or all; live and young catch-up by default", "query",
       false, "origin"}};
  auto polled = filters;
  polled.push_back({"wait", "integer", "seconds to wait for something new, at most 60"});
  polled.push_back({"limit", "integer", "1 to 1000, 100 by default"});
  return {
      {.method = Method::get,
       .pattern = "/api/events",
       .access = Access::read,
       .where = Where::worker,
       .handler = events,
       .operation = "events",
       .tag = "live",
       .summary = "The journal as Server-Sent Events; 410 when `after` was trimmed",
       .schema = "=Text",
       .parameters = filters,
       .type = "text/event-stream"},
      {.method = Method::get,
       .pattern = "/api/events/poll",
       .access = Access::read,
       .where = Where::worker,
       .handler = poll,
       .operation = "events_poll",
       .tag = "live",
       .summary = "The journal by long poll; 410 when `after` was trimmed",
       .schema = "=EventPage",
       .parameters = polled},
      {.method = Method::get,
       .pattern = "/api/stream",
       .access = Access::read,
       .where = Where::worker,
       .handler = dashboard,
       .operation = "stream",
       .tag = "live",
       .summary = "The dashboard's Server-Sent Events",
       .schema = "=Text",
       .parameters =
           {{"topics", "string",
             "overview, channel:ID, channel:*, destinations, jobs, logs, auth; comma-separated. logs:QUERY, escaped: "
             "with the level, q and field of /api/telegram-gateway/logs",
             "query", true, "topic"},
            {"after", "integer", "seq of the last message event that was seen"},
            {"from", "string", "oldest or now (default), where after is absent"}},
       .type = "text/event-stream"},
  };
}

}  // namespace tg::api
