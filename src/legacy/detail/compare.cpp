#include "legacy/detail/compare.h"

#include "legacy/detail/take.h"
#include "pipeline/heads.h"
#include "pipeline/normalise.h"

namespace tg::legacy::detail {
namespace {

constexpr std::size_t kMaxReasons = 20;
constexpr int kTelegramsRank = model::rank_of(model::SourceKind::tdlib);

}  // namespace

Comparer::Comparer(journal::Journal* journal, const rules::Live& rules, const Options& options, Report& report)
    : journal_(journal), rules_(rules), options_(options), report_(report) {}

Result<void> Comparer::open() {
  if (!journal_) return {};
  auto db = journal_->read();
  if (!db) return db.error();
  db_.emplace(std::move(*db));
  return {};
}

Result<void> Comparer::row_group(std::span<const Row> rows, const Group& group) {
  report_.rows += static_cast<std::int64_t>(rows.size());
  for (const auto& row : rows) {
    ++report_.statuses[row.status.empty() ? "none" : row.status];
    if (row.peer && !row.channel_id.starts_with('-') && !row.channel_id.starts_with(" -")) ++report_.bare_ids;
  }
  note_set_aside(group);
  if (group.contents.empty()) return {};
  ++report_.messages;
  report_.duplicates += static_cast<std::int64_t>(group.contents.size()) - 1;
  std::set<std::int64_t> contents;
  for (const auto& content : group.contents) {
    contents.insert(pipeline::content_hash(content.message));
    if (content.metadata == Json::bad) ++report_.metadata_bad;
    if (content.metadata == Json::twice) ++report_.metadata_twice;
  }
  if (contents.size() > 1) ++report_.differing;
  if (group.date_taken) ++report_.dates_taken;
  if (group.deleted_at) ++report_.deleted;
  if (group.has_photo) --report_.photos_alone;
  report_.marks += static_cast<std::int64_t>(group.marks.size());
  return compare(group);
}

Result<void> Comparer::queue_line(const Group& group) {
  note_set_aside(group);
  if (group.contents.empty()) return {};
  ++report_.queue_lines;
  return compare(group);
}

void Comparer::note_set_aside(const Group& group) {
  report_.set_aside += static_cast<std::int64_t>(group.set_aside.size());
  for (const auto& one : group.set_aside) {
    if (report_.reasons.size() < kMaxReasons) report_.reasons.push_back(one.place + ": " + one.reason);
  }
}

Result<void> Comparer::compare(const Group& group) {
  auto& channel = report_.channels[group.key.peer];
  ++channel.messages;
  if (is_offered(group, options_.offer_since)) ++report_.offered;
  bool missing = false, dropped = false;
  std::set<std::int64_t> seen;
  for (const auto& content : group.contents) {
    const auto hash = pipeline::content_hash(content.message);
    if (!seen.insert(hash).second) continue;
    auto found = find(content);
    if (!found) return found.error();
    if (*found == Found::same || *found == Found::missing) channel.source_sum += static_cast<std::uint64_t>(hash);
    if (*found == Found::same) channel.journal_sum += static_cast<std::uint64_t>(hash);
    missing = missing || *found == Found::missing;
    dropped = dropped || *found == Found::dropped;
    if (*found == Found::telegrams && seen.size() == 1) ++report_.telegrams;
    if (*found == Found::same && seen.size() == 1) ++report_.same;
  }
  if (dropped) {
    ++report_.dropped;
    return {};
  }
  if (missing) {
    ++report_.missing;
    ++channel.missing;
    return {};
  }
  for (const auto& [consumer, at] : group.marks) {
    auto there = any("SELECT 1 FROM acks WHERE peer = ?1 AND message = ?2 AND scope = ?3 AND consumer = ?4", group.key,
                     consumer);
    if (!there) return there.error();
    if (!*there) ++report_.marks_missing;
  }
  if (group.deleted_at) {
    // Deleted, or seen at Telegram since.
    auto there = any(
        "SELECT 1 FROM heads WHERE peer = ?1 AND message = ?2 AND scope = ?3 AND (deleted_at <> 0 OR fetched_at <> 0)",
        group.key);
    if (!there) return there.error();
    if (!*there) ++report_.deletions_missing;
  }
  return {};
}

Result<Comparer::Found> Comparer::find(const Content& content) {
  if (db_) {
    const auto state = pipeline::load_state(**db_, content.message.key);
    if (!state) return state.error();
    bool telegrams = false;
    const auto hash = pipeline::content_hash(content.message);
    for (const auto& version : state->versions) {
      if (version.edit_date) continue;
      if (version.hash == hash) return Found::same;
      telegrams = telegrams || version.rank >= kTelegramsRank;
    }
    if (telegrams) return Found::telegrams;
  }
  const auto rules = rules_.now();
  if (!rules->acts_at_ingest()) return Found::missing;
  auto message = content.message;
  return rules->take(message, model::Origin::import_).dropped ? Found::dropped : Found::missing;
}

Result<bool> Comparer::any(std::string_view sql, const model::MessageKey& key, std::string_view consumer) {
  if (!db_) return false;
  auto& row = (*db_)->prepared(sql);
  row.with(key.peer, key.message, key.scope);
  if (!consumer.empty()) row.bind(4, consumer);
  auto found = row.step();
  row.reset();
  return found;
}

}  // namespace tg::legacy::detail
