#include "store/local/detail/indexer.h"

#include "journal/background.h"
#include "journal/cursors.h"
#include "model/message_json.h"
#include "observe/log.h"
#include "store/local/detail/query.h"
#include "store/search_text.h"

namespace tg::store::local {
namespace {

constexpr std::size_t kBatch = 2'000;
constexpr std::chrono::seconds kPatience{60}, kPauseAfterFailure{2};
// One message changes as many pages of the index as a hundred. Without this pause they were most of what went to the
// disk at 50 messages a second, and commits of the journal waited for it.
constexpr std::chrono::milliseconds kGather{500};

bool has_text(const model::Event& event) {
  switch (event.kind) {
    case model::Kind::created:
    case model::Kind::edited:
    case model::Kind::restored:
    case model::Kind::filled: return true;
    case model::Kind::deleted: return event.erased;
    default: return false;
  }
}

}  // namespace

Indexer::Indexer(journal::Journal& journal, SearchIndex& index, observe::Metrics& metrics)
    : journal_(journal), index_(index), metrics_(metrics), thread_([this] { run(); }) {}

Indexer::~Indexer() {
  stop_.request_stop();
  thread_.join();
}

void Indexer::run() {
  journal::give_way();  // destinations and readers are waited for, the index is not
  bool started = false;
  while (!stop_.stop_requested()) {
    Result<std::size_t> worked = kBatch;  // events taken in
    if (!started) {
      if (auto begun = start(); begun) {
        started = true;
      } else {
        worked = begun.error();
      }
    } else {
      worked = step();
    }
    if (!worked) {
      observe::warn("search_index_failed", {{"error", worked.error().to_string()}});
      (void)journal_.wait(model::Seq{INT64_MAX}, kPauseAfterFailure, stop_.get_token());
    } else if (*worked == 0) {
      (void)journal_.wait(at_.seq, kPatience, stop_.get_token());
    } else if (*worked < kBatch) {
      (void)journal_.wait(model::Seq{INT64_MAX}, kGather, stop_.get_token());
    }
  }
}

Result<void> Indexer::start() {
  auto progress = index_.progress();
  if (!progress) return progress.error();
  at_ = *progress;
  if (at_.journal_id == journal_.id() && at_.seq <= journal_.head()) return {};
  if (!at_.journal_id.empty()) observe::info("search_index_rebuilt", {{"behind", at_.seq.value}});
  if (auto cleared = index_.clear(); !cleared) return cleared;
  at_ = {journal_.id(), {}};
  return {};
}

Result<std::size_t> Indexer::step() {
  auto events = journal_.read_after(at_.seq, kBatch);
  if (!events && events.error().code == Code::gapped) {
    // What was trimmed unseen is not searchable; what is left is.
    observe::warn("search_index_gapped", {{"after", at_.seq.value}});
    at_.seq = model::Seq{journal_.oldest().value - 1};
    return step();
  }
  if (!events) return events.error();
  auto& lag = metrics_.reader_lag_events("search");
  if (events->empty()) {
    lag.Set(0);
    return 0;
  }
  auto db = journal_.read();
  if (!db) return db.error();
  if (auto begun = index_.begin(); !begun) return begun.error();
  auto taken = take(**db, *events);
  if (taken) taken = index_.commit({at_.journal_id, events->back().seq});
  if (!taken) {
    index_.roll_back();
    return taken.error();
  }
  at_.seq = events->back().seq;
  if (const auto behind = journal::events_behind(**db, at_.seq)) lag.Set(static_cast<double>(*behind));
  return events->size();
}

Result<void> Indexer::take(journal::Connection& db, const std::vector<model::Event>& events) {
  const Snapshot snapshot(db);
  std::set<model::MessageKey> done;
  for (const auto& event : events) {
    if (!has_text(event) || !done.insert(event.key).second) continue;
    if (auto taken = take_message(db, event.key); !taken) return taken;
  }
  return {};
}

// The text as it stands now, whichever event brought it here: an older version may come late.
Result<void> Indexer::take_message(journal::Connection& db, const model::MessageKey& key) {
  auto head = find_head(db, key);
  if (!head) return head.error();
  if (!*head || !(*head)->has_content()) return index_.erase(key);
  auto known = index_.indexed_event(key);
  if (!known) return known.error();
  std::string body;
  auto read = each(db.prepared("SELECT body FROM events WHERE seq = ?").with((*head)->seq),
                   [&](journal::Statement& row) { body = std::string(row.text(0)); });
  if (!read) return read;
  if (body.empty()) return index_.erase(key);
  if (*known == (*head)->seq) return {};
  auto message = model::message_from_json(body);
  if (!message) {
    observe::warn("search_skips_message", {{"seq", (*head)->seq.value}});
    return index_.erase(key);
  }
  return index_.put({key, (*head)->date, (*head)->seq, search_text(message->text)});
}

}  // namespace tg::store::local
