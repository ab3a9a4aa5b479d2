#pragma once
// The store that is the journal's own file: reads through the journal's read connections, writes (acknowledgements,
// registry, tombstones of ours) through the intake, so that they join its group commit.
//
//   journal.db ◀── Intake::write ─── marks, serves, chats, consumers
//       │ on_commit ──▶ Window (newest pages in memory)   Reopener (edits and restored messages go out again)
//       └── read_after ──▶ Indexer ──▶ search.db
//
// Any thread. Without an intake (another process holds the journal) everything that writes answers Code::unavailable.

#include <chrono>
#include <memory>

#include "hot/generations.h"
#include "journal/journal.h"
#include "observe/metrics.h"
#include "pipeline/intake.h"
#include "store/store.h"

namespace tg::store {

class LocalStore : public Store {
 public:
  struct Options {
    bool search = true;                       // keep search.db; without it a search is Code::unavailable
    std::size_t window_rows_overall = 5'000;  // newest rows kept in memory; 0 = none
    std::size_t window_rows_a_chat = 200;
    std::size_t window_chats = 500;
    std::size_t window_bytes = 64u << 20;
    std::size_t content_cache_bytes = 48u << 20;
    std::size_t scan_budget = 50'000;     // messages looked at for one filtered page
    std::size_t most_unmarked = 100'000;  // served and not marked, a consumer: then it gets these alone
    std::size_t most_consumers = 1'000;   // that poll
  };

  // Where messages are read elsewhere: chats, and changes that are events.
  static Options registry_only() { return {.search = false, .window_rows_overall = 0}; }

  // All must outlive the store; the intake may be null.
  LocalStore(journal::Journal& journal, pipeline::Intake* intake, hot::Generations& generations,
             observe::Metrics& metrics, Options options);
  ~LocalStore() override;

  Result<Page> page(const PageQuery& query) override;
  Result<std::optional<Row>> get(const model::MessageKey& key) override;
  Result<std::vector<Version>> versions(const model::MessageKey& key) override;
  Result<Row> remove(const model::MessageKey& key, const std::string& reason) override;
  Result<Row> reprocess(const model::MessageKey& key, const std::string& requested_by) override;

  Result<std::vector<Chat>> chats() override;
  Result<std::optional<Chat>> chat(model::ChatId peer) override;
  Result<Chat> add_chat(const Chat& chat) override;
  Result<Chat> change_chat(model::ChatId peer, std::optional<std::string> label, std::optional<std::string> description,
                           std::optional<bool> active) override;
  Result<void> remove_chat(model::ChatId peer) override;
  Result<ChatStatistics> statistics(model::ChatId peer) override;
  Result<std::map<model::ChatId, std::array<std::int64_t, 24>>> last_day() override;
  Result<std::vector<std::pair<Status, std::int64_t>>> by_status() override;

  Result<std::vector<Row>> unprocessed(const UnprocessedQuery& query) override;
  Result<Marked> mark_processed(const std::vector<Mark>& marks, const std::string& consumer) override;

  Result<std::vector<Consumer>> consumers() override;
  Result<Consumer> put_consumer(const Consumer& consumer) override;
  Result<Consumer> acknowledge(const std::string& name, model::Seq seq) override;
  Result<void> remove_consumer(const std::string& name) override;
  Result<std::vector<Handling>> handlings(const model::MessageKey& key) override;

  Result<SearchState> search_state() override;

  // Waits until the search index and the pages in memory have taken in what is committed now; false: not in time.
  // Answers never depend on it: a page comes from the file meanwhile, a search misses what is not indexed yet.
  bool wait_caught_up(std::chrono::milliseconds patience);

 private:
  Result<Consumer> find_consumer(const std::string& name);
  Result<Row> change_message(const model::MessageKey& key, model::Kind kind);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tg::store
