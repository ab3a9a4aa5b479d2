#include "api/routes/page_query.h"

#include "api/view/json_writer.h"
#include "model/time_range.h"

namespace tg::api {
namespace {

constexpr std::int64_t kMostRows = 10'000;
constexpr std::int64_t kMostOffset = 100'000;
constexpr std::size_t kMostChannels = 500;
constexpr std::size_t kLongestSearch = 512;

template <class T, class Parse>
Result<std::vector<T>> names_of(const Query& query, Query::Names names, std::string_view wanted, Parse parse) {
  std::vector<T> all;
  for (const auto& text : query.list(names)) {
    if (text == "all" || text == "any") continue;
    const auto value = parse(text);
    if (!value) return bad_parameter(*names.begin(), text, wanted);
    all.push_back(*value);
  }
  return all;
}

std::optional<model::MediaType> media_of(std::string_view name) {
  const auto type = model::parse_media_type(name);
  return !name.empty() && model::name_of(type) == name ? std::optional(type) : std::nullopt;
}

Result<std::optional<model::Time>> end_of_range(const Query& query, Query::Names names) {
  const auto text = query.text(names);
  if (text && model::is_plain_date(*text)) return model::parse_end(*text);
  return query.time(names);
}

Result<void> read_filters(const Query& query, store::PageQuery& page) {
  for (const auto& text : query.list({"channelId", "channel_id", "channel"})) {
    const auto id = model::parse_int(text);
    if (!id) return bad_parameter("channelId", text, "a chat id such as -1001487851422");
    page.channels.emplace_back(*id);
  }
  if (page.channels.size() > kMostChannels) {
    return Error{Code::invalid_input, "more than 500 channels in one query", "Ask for fewer, or for all"};
  }
  if (const auto text = query.text({"messageId", "message_id"})) {
    const auto id = model::parse_int(*text);
    if (!id || *id < 1) return bad_parameter("messageId", *text, "a message's number");
    page.message = model::MessageId{*id};
  }
  auto from = query.time({"from", "startDate", "since"});
  if (!from) return from.error();
  auto to = end_of_range(query, {"to", "endDate", "until"});
  if (!to) return to.error();
  auto received_from = query.time({"receivedFrom"});
  if (!received_from) return received_from.error();
  auto received_to = end_of_range(query, {"receivedTo"});
  if (!received_to) return received_to.error();
  if (auto ordered = model::check_range(*from, *to, "from", "to"); !ordered) return ordered.error();
  if (auto ordered = model::check_range(*received_from, *received_to, "receivedFrom", "receivedTo"); !ordered)
    return ordered.error();
  page.from = *from;
  page.to = *to;
  page.received_from = *received_from;
  page.received_to = *received_to;
  auto statuses = names_of<store::Status>(
      query, {"status"}, "received, queued, published, retrying, failed, reprocess_pending, reprocessed or deleted",
      store::parse_status);
  if (!statuses) return statuses.error();
  page.statuses = std::move(*statuses);
  auto sources = names_of<model::SourceKind>(query, {"source"}, "tdlib, export_file or demo", model::parse_source);
  if (!sources) return sources.error();
  page.sources = std::move(*sources);
  auto origins =
      names_of<model::Origin>(query, {"origin", "origins"}, "live, catchup, backfill or import", model::parse_origin);
  if (!origins) return origins.error();
  page.origins = std::move(*origins);
  auto types = names_of<model::MediaType>(query, {"mediaType"}, "photo, video, audio, voice or another kind", media_of);
  if (!types) return types.error();
  page.media_types = std::move(*types);
  auto media = query.boolean({"hasMedia", "has_media"});
  if (!media) return media.error();
  page.has_media = *media;
  auto deleted = query.boolean({"includeDeleted", "include_deleted"});
  if (!deleted) return deleted.error();
  page.include_deleted = deleted->value_or(false);
  auto only_deleted = query.boolean({"onlyDeleted"});
  if (!only_deleted) return only_deleted.error();
  page.only_deleted = only_deleted->value_or(false);
  auto only_edited = query.boolean({"onlyEdited"});
  if (!only_edited) return only_edited.error();
  page.only_edited = only_edited->value_or(false);
  if (const auto text = query.text({"topicId", "threadId"})) {
    const auto id = model::parse_int(*text);
    if (!id || *id < 1) return bad_parameter("topicId", *text, "the number of a topic's first message");
    page.topic = model::MessageId{*id};
  }
  page.sender = query.text_or({"sender"}, "");
  page.search = query.text_or({"search", "q"}, "");
  if (page.search.size() > kLongestSearch) {
    return Error{Code::invalid_input, "the search is longer than 512 bytes", "Search for less"};
  }
  // Asking for deleted ones by status is asking to see them.
  for (const auto status : page.statuses) page.include_deleted |= status == store::Status::deleted;
  return {};
}

Result<void> read_order(const Query& query, store::PageQuery& page) {
  auto order = query.text_or({"sort"}, "newest");
  if (order == "date" || query.text({"sortBy", "sortOrder", "order"})) {
    order = query.text_or({"order", "sortOrder"}, order == "date" ? "desc" : order);
  }
  for (auto& c : order) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (order == "newest" || order == "desc" || order == "-date") {
    page.newest_first = true;
  } else if (order == "oldest" || order == "asc") {
    page.newest_first = false;
  } else {
    return bad_parameter("sort", order, "newest, oldest, asc or desc");
  }
  return {};
}

Result<void> read_position(const Query& query, MessagesQuery& all) {
  auto& page = all.page;
  const auto limit = query.number({"limit"}, 50, 1, kMostRows);
  if (!limit) return limit.error();
  page.limit = static_cast<std::size_t>(*limit);
  const auto offset = query.number({"offset"}, 0, 0, INT64_MAX);
  if (!offset) return offset.error();
  const auto number = query.number({"page"}, 0, 1, INT64_MAX / kMostRows);
  if (!number) return number.error();
  page.offset = *offset;
  all.page_number = *number;
  if (*number > 0) page.offset = (*number - 1) * *limit;
  page.cursor = query.text_or({"cursor"}, "");
  if (page.cursor.empty() && page.offset > kMostOffset) {
    return Error{Code::invalid_input, fmt::format("offset {} is too far", page.offset),
                 "Follow pagination.nextCursor beyond 100000"};
  }
  if (const auto around = query.text({"around"})) {
    const auto key = model::parse_api_id(*around);
    if (!key) return bad_parameter("around", *around, "a message's id such as -1001487851422:46544");
    page.around = *key;
  }
  return {};
}

}  // namespace

Result<MessagesQuery> page_query(const Query& query) {
  MessagesQuery all;
  if (auto done = read_filters(query, all.page); !done) return done.error();
  if (auto done = read_order(query, all.page); !done) return done.error();
  if (auto done = read_position(query, all); !done) return done.error();
  return all;
}

std::string pagination_json(const MessagesQuery& query, const store::Page& page, const boost::json::object* absent) {
  const auto limit = static_cast<std::int64_t>(query.page.limit);
  std::string out;
  JsonWriter json(out);
  json.open('{');
  json.field("total", page.total);
  json.field("totalExact", page.total_exact);
  json.field("limit", limit);
  json.field("offset", query.page.offset);
  json.field("page", query.page.offset / limit + 1);
  json.field("totalPages", (page.total + limit - 1) / limit);
  json.field("hasMore", page.has_more);
  const auto cursor = [&](std::string_view name, const std::string& text) {
    if (text.empty()) {
      json.null(name);
    } else {
      json.field(name, text);
    }
  };
  cursor("nextCursor", page.next_cursor);
  cursor("prevCursor", page.prev_cursor);
  if (absent) json.raw("absent", boost::json::serialize(*absent));
  json.close('}');
  return out;
}

std::vector<Parameter> page_parameters() {
  return {
      {"channelId", "string", "one, repeated or comma-separated", "query", false, "channel_id channel"},
      {"messageId", "integer", "Telegram's number of the message", "query", false, "message_id"},
      {"status", "string", "repeated or comma-separated"},
      {"source", "string", "tdlib, export_file, demo"},
      {"origin", "string", "live, catchup, backfill, import", "query", false, "origins"},
      {"from", "date-time", "Telegram's date, inclusive (also startDate, since)", "query", false, "startDate since"},
      {"to", "date-time", "Telegram's date, inclusive; a plain date through the end of that day (also endDate, until)",
       "query", false, "endDate until"},
      {"receivedFrom", "date-time", "arrival, inclusive"},
      {"receivedTo", "date-time", "arrival, inclusive"},
      {"search", "string", "substring, whatever its case and accents", "query", false, "q"},
      {"hasMedia", "boolean", "", "query", false, "has_media"},
      {"mediaType", "string", "photo, video, audio, voice, video_note, animation, sticker, document, …; several"},
      {"topicId", "integer", "forum topic or thread (also threadId)", "query", false, "threadId"},
      {"sender", "string", "exact name, or a sender's id"},
      {"includeDeleted", "boolean", "deleted ones too", "query", false, "include_deleted"},
      {"onlyDeleted", "boolean", ""},
      {"onlyEdited", "boolean", ""},
      {"sort", "string", "newest (default), oldest, asc, desc; or date with order", "query", false,
       "sortBy sortOrder order"},
      {"limit", "integer", "1 to 10000, larger is clamped; 50 by default"},
      {"offset", "integer", "at most 100000; beyond it follow the cursor"},
      {"page", "integer", "from 1, instead of offset"},
      {"cursor", "string", "nextCursor or prevCursor of an earlier answer"},
      {"around", "string", "a message's id: the page has it in its middle, or the place where it would stand"},
  };
}

}  // namespace tg::api
