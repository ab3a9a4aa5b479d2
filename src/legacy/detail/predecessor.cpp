#include "legacy/detail/predecessor.h"

namespace tg::legacy::detail {
namespace {

using store::postgres::Snapshot;

constexpr std::size_t kFetched = 2'000;  // rows a round trip

std::string identifier(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string relation(const std::string& schema, const std::string& table) {
  return identifier(schema) + "." + identifier(table);
}

// The same as peer_of, in the server: rows of one message must come together however their channel was written.
std::string peer_sql(const std::string& column) {
  return fmt::format(
      "CASE WHEN btrim({0}) ~ '^-?[0-9]{{1,15}}$' THEN CASE WHEN btrim({0})::bigint > 0 THEN -1000000000000 - "
      "btrim({0})::bigint ELSE btrim({0})::bigint END END",
      column);
}

std::string message_sql(const std::string& column) {
  return fmt::format("CASE WHEN btrim({0}) ~ '^[0-9]{{1,15}}$' THEN btrim({0})::bigint END", column);
}

std::string taken(Snapshot::Value& value) { return value ? std::move(*value) : std::string(); }
std::optional<std::int64_t> number(const Snapshot::Value& value) {
  return value ? model::parse_int(*value) : std::nullopt;
}
model::Time when(const Snapshot::Value& value) { return model::Time{number(value).value_or(0)}; }

Row row_of(std::vector<Snapshot::Value>& values) {
  Row row;
  std::size_t at = 0;
  row.peer = number(values[at++]);
  row.message = number(values[at++]);
  row.place = "row " + taken(values[at++]);
  row.channel_id = taken(values[at++]);
  row.message_id = taken(values[at++]);
  row.thread = number(values[at++]);
  for (auto* text : {&row.source, &row.type, &row.text, &row.caption, &row.media_type, &row.status}) {
    *text = taken(values[at++]);
  }
  for (auto* json : {&row.media_refs, &row.metadata}) *json = std::move(values[at++]);
  for (auto* time :
       {&row.received_at, &row.telegram_date, &row.published_at, &row.created_at, &row.updated_at, &row.deleted_at}) {
    *time = when(values[at++]);
  }
  return row;
}

bool same_message(const Row& a, const Row& b) {
  return a.peer && a.message && a.peer == b.peer && a.message == b.message;
}

Error of_source(Error error) {
  error.what = "the predecessor's database: " + error.what;
  if (error.code == Code::permission)
    error.fix = "Look at --from and its password; the role needs SELECT on both tables";
  return error;
}

}  // namespace

std::optional<std::int64_t> peer_of(std::string_view channel_id) {
  while (channel_id.starts_with(' ')) channel_id.remove_prefix(1);
  while (channel_id.ends_with(' ')) channel_id.remove_suffix(1);
  const auto id = channel_id.size() <= 16 ? model::parse_int(channel_id) : std::nullopt;
  return id && *id > 0 ? model::channel_peer(*id).value : id;
}

Predecessor::Predecessor(std::unique_ptr<Snapshot> snapshot, std::string schema, std::string table)
    : snapshot_(std::move(snapshot)), schema_(std::move(schema)), table_(std::move(table)) {}

Result<std::unique_ptr<Predecessor>> Predecessor::open(const store::postgres::Target& target, const std::string& schema,
                                                       const std::string& table) {
  auto snapshot = Snapshot::open(target);
  if (!snapshot) return of_source(snapshot.error());
  auto source = std::unique_ptr<Predecessor>(new Predecessor(std::move(*snapshot), schema, table));
  if (auto looked = source->look(); !looked) return of_source(looked.error());
  return source;
}

Result<void> Predecessor::look() {
  auto columns = snapshot_->read(
      "SELECT a.attname::text, format_type(a.atttypid, NULL), current_setting('server_version') FROM pg_attribute a "
      "JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND "
      "c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped",
      {schema_, table_});
  if (!columns) return columns.error();
  std::map<std::string, std::string> types;
  for (auto& row : *columns) {
    server_ = taken(row[2]);
    columns_.push_back(taken(row[0]));
    types[columns_.back()] = taken(row[1]);
  }
  if (types.contains("content_seq") && types.contains("last_seq")) {
    return Error{Code::invalid_input, fmt::format("{}.{} is this gateway's own table", schema_, table_),
                 "Name the predecessor's database with --from, or its schema with --schema"};
  }
  for (const auto* needed : {"channel_id", "message_id", "text"}) {
    if (types.contains(needed)) continue;
    return Error{Code::not_found,
                 types.empty() ? fmt::format("there is no table {}.{} that this role may see", schema_, table_)
                               : fmt::format("{}.{} has no column {}", schema_, table_, needed),
                 "Name it with --schema and --table, and look whether the role has USAGE and SELECT there"};
  }
  shape_ = types["id"] == "uuid" && types["message_id"] == "bigint"   ? "migrations"
           : types["id"] == "bigint" && types["message_id"] == "text" ? "self-made"
                                                                      : "other";
  return {};
}

std::string Predecessor::column(std::string_view name) const {
  const bool there = std::find(columns_.begin(), columns_.end(), name) != columns_.end();
  return there ? identifier(name) + "::text" : "NULL::text";
}

std::string Predecessor::time(std::string_view name) const {
  const auto text = column(name);
  if (text == "NULL::text") return text;
  return fmt::format(
      "CASE WHEN isfinite({0}::timestamptz) THEN (extract(epoch FROM {0}::timestamptz) * 1000000)::bigint::text END",
      identifier(name));
}

Result<std::int64_t> Predecessor::count() {
  auto counted = snapshot_->read("SELECT count(*)::text FROM " + relation(schema_, table_));
  if (!counted) return of_source(counted.error());
  return number((*counted)[0][0]).value_or(0);
}

Result<std::int64_t> Predecessor::bytes() {
  auto size = snapshot_->read(
      "SELECT coalesce(sum(pg_relation_size(c)), 0)::text FROM (SELECT $1::regclass::oid AS c UNION ALL SELECT "
      "inhrelid FROM pg_inherits WHERE inhparent = $1::regclass) t",
      {relation(schema_, table_)});
  if (!size) return of_source(size.error());
  return number((*size)[0][0]).value_or(0);
}

Result<std::vector<Channel>> Predecessor::channels() {
  auto columns = snapshot_->read(
      "SELECT a.attname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = "
      "c.relnamespace WHERE n.nspname = $1 AND c.relname = 'channels' AND a.attnum > 0 AND NOT a.attisdropped",
      {schema_});
  if (!columns) return of_source(columns.error());
  std::vector<Channel> channels;
  if (columns->empty()) return channels;
  const auto has = [&](std::string_view name) {
    return std::any_of(columns->begin(), columns->end(), [&](const auto& row) { return row[0] == name; });
  };
  const auto text = [&](std::string_view name) { return has(name) ? identifier(name) + "::text" : "NULL::text"; };
  const std::string updated =
      has("updated_at") ? "(extract(epoch FROM updated_at) * 1000000)::bigint::text" : "NULL::text";
  auto rows = snapshot_->read(fmt::format("SELECT {}, {}, {}, {}, {}, {} FROM {} ORDER BY 1", text("channel_id"),
                                          text("title"), text("label"), text("description"), text("is_active"), updated,
                                          relation(schema_, "channels")));
  if (!rows) return of_source(rows.error());
  for (auto& row : *rows) {
    const auto peer = peer_of(taken(row[0]));
    if (!peer) continue;
    channels.push_back({*peer, taken(row[1]), taken(row[2]), taken(row[3]), row[4] != "false", when(row[5])});
  }
  return channels;
}

Result<void> Predecessor::begin(std::optional<Place> after) {
  rows_.clear();
  given_ = 0;
  ended_ = false;
  std::string columns;
  for (const auto* name : {"id", "channel_id", "message_id", "thread_id", "source", "message_type", "text", "caption",
                           "media_type", "status", "media_refs", "metadata"}) {
    columns += ", " + column(name);
  }
  for (const auto* name : {"received_at", "telegram_date", "published_at", "created_at", "updated_at", "deleted_at"}) {
    columns += ", " + time(name);
  }
  const auto peer = peer_sql(column("channel_id")), message = message_sql(column("message_id"));
  const auto behind = after ? fmt::format("WHERE ({}, {}) > ({}, {})", peer, message, after->peer, after->message) : "";
  const auto oldest = column("created_at") == "NULL::text" ? "NULL::text" : identifier("created_at");
  auto begun = snapshot_->begin(
      fmt::format("SELECT ({0})::text, ({1})::text{2} FROM {3} {4} ORDER BY {0} NULLS FIRST, {1} NULLS FIRST, {5}, {6}",
                  peer, message, columns, relation(schema_, table_), behind, oldest, column("id")));
  return begun ? Result<void>() : Result<void>(of_source(begun.error()));
}

Result<std::vector<Row>> Predecessor::next() {
  std::vector<Row> group;
  while (true) {
    if (given_ == rows_.size()) {
      rows_.clear();
      given_ = 0;
      if (!ended_) {
        auto fetched = snapshot_->next(kFetched);
        if (!fetched) return of_source(fetched.error());
        ended_ = fetched->empty();
        for (auto& values : *fetched) rows_.push_back(row_of(values));
      }
      if (rows_.empty()) return group;
    }
    if (!group.empty() && !same_message(group.back(), rows_[given_])) return group;
    group.push_back(std::move(rows_[given_++]));
  }
}

}  // namespace tg::legacy::detail
