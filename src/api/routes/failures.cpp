// What was set aside (the quarantine): listed by reader and reason, tried again, dropped, also by filter and dry.
#include <unicode/utf8.h>

#include <boost/json/serialize.hpp>

#include "api/routes/common.h"
#include "api/view/message_view.h"

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::int64_t kItemsAGroup = 50;
constexpr std::int64_t kGroups = 100;
constexpr std::size_t kMostIds = 1'000;
constexpr std::size_t kMostPayload = 64'000;

struct Wanted {
  std::vector<std::int64_t> ids;
  std::optional<std::string> destination, reason;
  std::optional<std::int64_t> channel;
  bool dry_run = false;
  std::optional<std::int64_t> expect;  // so many, or nothing is dropped

  // A condition and what it binds; every value stands behind a parameter.
  std::string where(std::vector<std::variant<std::int64_t, std::string>>& values) const {
    std::string text = "1";
    if (!ids.empty()) {
      text += " AND id IN (";
      for (std::size_t i = 0; i < ids.size(); ++i) text += fmt::format("{}{}", i ? "," : "", ids[i]);
      text += ")";
    }
    const auto add = [&](std::string_view column, const std::optional<std::string>& value) {
      if (!value) return;
      values.emplace_back(*value);
      text += fmt::format(" AND {} = ?{}", column, values.size());
    };
    add("reader", destination);
    add("reason", reason);
    if (channel) {
      values.emplace_back(*channel);
      text += fmt::format(" AND peer = ?{}", values.size());
    }
    return text;
  }
};

void bind_values(journal::Statement& statement, const std::vector<std::variant<std::int64_t, std::string>>& values) {
  statement.reset();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto index = static_cast<int>(i) + 1;
    if (const auto* number = std::get_if<std::int64_t>(&values[i]))
      statement.bind(index, *number);
    else
      statement.bind(index, std::string_view(std::get<std::string>(values[i])));
  }
}

Result<Wanted> wanted_of(const Request& request) {
  const auto body = body_of(request);
  if (!body) return body.error();
  Wanted wanted;
  if (const auto* ids = body->if_contains("ids"); ids && !ids->is_null()) {
    if (!ids->is_array()) return bad_parameter("ids", json::serialize(*ids), "a list of ids that GET …/failures lists");
    for (const auto& id : ids->as_array()) {
      const auto text = id.is_string() ? std::string(id.as_string()) : json::serialize(id);
      const auto number = model::parse_int(text);
      if (!number) return bad_parameter("ids", text, "ids that GET …/failures lists");
      wanted.ids.push_back(*number);
    }
    if (wanted.ids.size() > kMostIds) return Error{Code::invalid_input, "more than 1000 ids at once", "Use a filter"};
  }
  if (const auto* filter = body->if_contains("filter"); filter && !filter->is_null()) {
    if (!filter->is_object()) return bad_parameter("filter", json::serialize(*filter), "an object");
    wanted.destination = text_of(filter->as_object(), "destination");
    wanted.reason = text_of(filter->as_object(), "reason");
    if (const auto channel = text_of(filter->as_object(), "channelId")) {
      wanted.channel = model::parse_int(*channel);
      if (!wanted.channel) return bad_parameter("channelId", *channel, "a chat id such as -1001487851422");
    }
  }
  if (wanted.ids.empty() && !wanted.destination && !wanted.reason && !wanted.channel) {
    return Error{Code::invalid_input, "neither ids nor a filter was sent",
                 "Send ids, or a filter with destination, reason or channelId"};
  }
  if (const auto expect = text_of(*body, "expect")) {
    wanted.expect = model::parse_int(*expect);
    if (!wanted.expect) return bad_parameter("expect", *expect, "a number of entries, such as 12");
  }
  const auto dry = boolean_of(*body, "dryRun");
  if (!dry) return dry.error();
  wanted.dry_run = dry->value_or(false);
  return wanted;
}

// What could not be read may be no UTF-8, which JSON has to be: then each such byte is shown as U+FFFD.
std::string clean_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) {
    const auto begin = at;
    UChar32 c = 0;
    U8_NEXT(bytes, at, size, c);
    if (c < 0)
      out += "\xEF\xBF\xBD";
    else
      out += text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(at - begin));
  }
  return out;
}

std::string_view advice_for(const std::string& reader) {
  return reader == "intake"
             ? "This could not be read. It is kept as it was; import its file again after an update, then "
               "drop it."
             : "The destination refused it. Mend the cause there and retry it: it is kept until it is taken or "
               "dropped.";
}

Response list_failures(const Request& request, Context& context) {
  const auto cursor = Query(request.query()).number({"cursor"}, 0, 0, INT64_MAX);
  if (!cursor) return failure(cursor.error());
  auto db = context.journal().read();
  if (!db) return failure(db.error());
  auto& groups = (*db)->prepared(
      "SELECT reader, reason, count(*), max(id) FROM quarantine GROUP BY reader, reason ORDER BY max(id) DESC LIMIT ?1 "
      "OFFSET ?2");
  groups.with(kGroups, *cursor);
  struct Group {
    std::string reader, reason;
    std::int64_t count;
  };
  std::vector<Group> found;
  for (;;) {
    const auto more = groups.step();
    if (!more) return failure(more.error());
    if (!*more) break;
    found.push_back({std::string(groups.text(0)), std::string(groups.text(1)), groups.integer(2)});
  }
  groups.reset();
  json::array data;
  for (const auto& group : found) {
    auto& rows = (*db)->prepared(
        "SELECT q.id, q.peer, q.message, q.last_at, q.tries, q.payload, q.place, coalesce((SELECT title FROM chats c "
        "WHERE c.peer = "
        "q.peer LIMIT 1), '') FROM quarantine q WHERE q.reader = ?1 AND q.reason = ?2 ORDER BY q.id DESC LIMIT ?3");
    rows.with(std::string_view(group.reader), std::string_view(group.reason), kItemsAGroup);
    json::array items;
    for (;;) {
      const auto more = rows.step();
      if (!more) return failure(more.error());
      if (!*more) break;
      json::object item{{"id", std::to_string(rows.integer(0))},
                        {"channelId", rows.integer(1) == 0 ? std::string{} : std::to_string(rows.integer(1))},
                        {"messageId", rows.integer(2)},
                        {"at", model::to_rfc3339(model::Time{rows.integer(3)})},
                        {"tries", rows.integer(4)}};
      if (!rows.text(7).empty()) item["title"] = std::string(rows.text(7));
      if (!rows.text(6).empty()) item["place"] = std::string(rows.text(6));
      if (const auto message = model::message_from_json(rows.text(5)))
        item["textPreview"] = shortened(message->text, 160);
      items.push_back(std::move(item));
    }
    rows.reset();
    data.push_back(json::object{{"destination", group.reader},
                                {"reason", group.reason},
                                {"count", group.count},
                                {"advice", advice_for(group.reader)},
                                {"items", std::move(items)}});
  }
  const bool more = static_cast<std::int64_t>(found.size()) == kGroups;
  json::object pagination{{"total", *cursor + static_cast<std::int64_t>(found.size())},
                          {"totalExact", !more},
                          {"limit", kGroups},
                          {"hasMore", more}};
  pagination["nextCursor"] = more ? json::value(std::to_string(*cursor + kGroups)) : json::value(nullptr);
  return list_answer(json::serialize(data), json::serialize(pagination));
}

Response one_failure(const Request& request, Context& context) {
  const auto text = unescape(request.parameters[0]);
  const auto id = model::parse_int(text);
  const auto unknown = [&] { return failure(404, "not_found", "nothing that is set aside has the id '" + text + "'"); };
  if (!id) return unknown();
  auto db = context.journal().read();
  if (!db) return failure(db.error());
  auto& row = (*db)->prepared(
      "SELECT reader, reason, seq, place, tries, first_at, last_at, payload FROM quarantine WHERE id = ?");
  row.with(*id);
  const auto found = row.step();
  if (!found) return failure(found.error());
  if (!*found) {
    row.reset();
    return unknown();
  }
  const std::string payload(row.text(7));
  json::object data{{"id", std::to_string(*id)},
                    {"destination", std::string(row.text(0))},
                    {"reason", std::string(row.text(1))},
                    {"seq", row.integer(2)},
                    {"tries", row.integer(4)},
                    {"firstAt", model::to_rfc3339(model::Time{row.integer(5)})},
                    {"lastAt", model::to_rfc3339(model::Time{row.integer(6)})},
                    {"payload", clean_text(shortened(payload, kMostPayload))},
                    {"payloadBytes", payload.size()}};
  if (!row.text(3).empty()) data["place"] = std::string(row.text(3));
  row.reset();
  return success(std::move(data));
}

Result<std::int64_t> count(journal::Connection& db, const Wanted& wanted) {
  std::vector<std::variant<std::int64_t, std::string>> values;
  journal::Statement statement(db.handle(), "SELECT count(*) FROM quarantine WHERE " + wanted.where(values));
  bind_values(statement, values);
  const auto row = statement.step();
  if (!row) return row.error();
  return statement.integer(0);
}

// Why an entry cannot be tried again; empty: its reader takes it up.
std::string_view obstacle(const std::string& reader, bool runs, bool has_event) {
  if (reader == "intake") return "no source can say it again; import its file again, then drop it";
  if (!runs) return "no reader of this name is running; it is kept until it is dropped";
  return has_event ? "" : "its event is no longer in the journal; it is kept until it is dropped";
}

// At most kMostIds, the oldest first. What comes of them shows in the list: what is taken leaves it, what is refused
// once more has a try more.
Response retry(const Request& request, Context& context) {
  const auto wanted = wanted_of(request);
  if (!wanted) return failure(wanted.error());
  auto db = context.journal().read();
  if (!db) return failure(db.error());
  std::vector<std::variant<std::int64_t, std::string>> values;
  journal::Statement entries(
      (*db)->handle(), fmt::format("SELECT id, reader, count(*) OVER (), EXISTS (SELECT 1 FROM events e WHERE e.seq = "
                                   "quarantine.seq) FROM quarantine WHERE {} ORDER BY id LIMIT {}",
                                   wanted->where(values), kMostIds));
  bind_values(entries, values);
  json::array not_tried;
  std::map<std::string, std::vector<std::int64_t>> tried;
  std::int64_t matched = 0, count = 0;
  for (;;) {
    const auto more = entries.step();
    if (!more) return failure(more.error());
    if (!*more) break;
    matched = entries.integer(2);
    const std::string reader(entries.text(1));
    const bool runs = context.parts.retry_refused(reader, {});
    if (const auto why = obstacle(reader, runs, entries.integer(3) != 0); !why.empty()) {
      not_tried.push_back(json::object{{"id", std::to_string(entries.integer(0))}, {"why", why}});
      continue;
    }
    tried[reader].push_back(entries.integer(0));
    ++count;
  }
  if (wanted->dry_run) count = 0;
  for (const auto& [reader, ids] : tried) {
    if (wanted->dry_run) break;
    (void)context.parts.retry_refused(reader, ids);
    observe::info("failures_retried", {{"reader", reader}, {"count", ids.size()}});
  }
  return success(json::object{
      {"matched", matched}, {"changed", count}, {"dryRun", wanted->dry_run}, {"notTried", std::move(not_tried)}});
}

Response drop(const Request& request, Context& context) {
  const auto wanted = wanted_of(request);
  if (!wanted) return failure(wanted.error());
  const auto read = context.journal().read();
  if (!read) return failure(read.error());
  auto matched = count(**read, *wanted);
  if (!matched) return failure(matched.error());
  std::int64_t dropped = 0;
  if (!wanted->dry_run) {
    // Counted anew where nothing can come between: what is set aside meanwhile was meant by nobody.
    const auto done = context.parts.intake.write([&](journal::Connection& db) -> Result<void> {
      matched = count(db, *wanted);
      if (!matched) return matched.error();
      if (wanted->expect && *wanted->expect != *matched) {
        return Error{Code::conflict, fmt::format("{} entries would be dropped, not {}", *matched, *wanted->expect),
                     "Look at them again, and send how many they are now"};
      }
      std::vector<std::variant<std::int64_t, std::string>> values;
      journal::Statement statement(db.handle(), "DELETE FROM quarantine WHERE " + wanted->where(values));
      bind_values(statement, values);
      if (auto deleted = statement.run(); !deleted) return deleted;
      dropped = db.changes();
      return {};
    });
    if (!done) return failure(done.error());
    context.changed();
    observe::info("failures_changed", {{"action", "drop"}, {"count", dropped}});
  }
  return success(json::object{{"matched", *matched}, {"changed", dropped}, {"dryRun", wanted->dry_run}});
}

}  // namespace

std::vector<Route> failure_routes() {
  return {
      {.method = Method::get,
       .pattern = "/api/telegram-gateway/failures",
       .access = Access::read,
       .where = Where::worker,
       .handler = list_failures,
       .operation = "failures",
       .tag = "monitor",
       .summary = "What was set aside, by reader and reason",
       .schema = "[Failure]",
       .parameters = {{"cursor", "string", "nextCursor of an earlier answer"}}},
      {.method = Method::get,
       .pattern = "/api/telegram-gateway/failures/{id}",
       .access = Access::read,
       .where = Where::worker,
       .handler = one_failure,
       .operation = "failure",
       .tag = "monitor",
       .summary = "One entry with what was kept of it",
       .schema = "FailureDetail",
       .parameters = {{"id", "string", "as the list has it", "path", true}}},
      {.method = Method::post,
       .pattern = "/api/telegram-gateway/failures/retry",
       .access = Access::admin,
       .where = Where::worker,
       .handler = retry,
       .operation = "failures_retry",
       .tag = "monitor",
       .summary = "Has entries delivered once more; says of the others why not",
       .schema = "FailuresChanged",
       .body = "FailuresBody"},
      {.method = Method::post,
       .pattern = "/api/telegram-gateway/failures/drop",
       .access = Access::admin,
       .where = Where::worker,
       .handler = drop,
       .operation = "failures_drop",
       .tag = "monitor",
       .summary = "Forgets entries for good; of another number than expect none",
       .schema = "FailuresChanged",
       .body = "FailuresBody"},
  };
}

}  // namespace tg::api
