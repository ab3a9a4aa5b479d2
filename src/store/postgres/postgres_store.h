#pragma once
// The store whose messages are in PostgreSQL: pages, search, versions, what consumers were served and have marked. The
// chats, and changes that are events (remove, reprocess), are the journal's: they go to the store that is given for it.
//
//   API ──▶ PostgresStore ──▶ PgBouncer ──▶ telegram_gateway.*  ◀── the writer, from the journal
//              └──▶ registry: the journal's own store
//
// Any thread. It sees what the writer has stored. Each call is one transaction, or a few that do not depend on the
// connection: transaction pooling safe. When the database is gone calls end with Code::unavailable, soon; the next one
// tries again.

#include <chrono>
#include <functional>
#include <memory>

#include "hot/generations.h"
#include "journal/journal.h"
#include "observe/metrics.h"
#include "store/postgres/target.h"
#include "store/store.h"

namespace tg::store {

class PostgresStore : public Store {
 public:
  struct Options {
    std::size_t connections = 4;
    std::chrono::milliseconds patience{5'000};        // for one answer of the database
    std::chrono::milliseconds stored_within{10'000};  // how long remove() and reprocess() wait for the writer
    std::size_t scan_budget = 50'000;                 // messages looked at for one filtered page
    std::size_t most_unmarked = 100'000;              // served and not marked, a consumer: then it gets these alone
    std::size_t most_consumers = 1'000;               // that poll
  };

  // All must outlive the store.
  struct Parts {
    journal::Journal& journal;  // whose events the writer stores
    Store& registry;            // of the same journal
    hot::Generations& generations;
    observe::Metrics& metrics;
    // Waits until the writer has stored everything up to there; false: not in time. Empty: nothing is waited for.
    std::function<bool(model::Seq, std::chrono::milliseconds)> wait_stored;
  };

  PostgresStore(postgres::Target target, Parts parts, Options options);
  ~PostgresStore() override;

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

  // Polls so far, and how many of them asked the database.
  struct Polls {
    std::uint64_t all = 0, asked = 0;
  };
  Polls polls() const;

 private:
  Result<Row> as_stored(const model::MessageKey& key, Result<Row> changed);
  Result<Consumer> find_consumer(const std::string& name);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tg::store
