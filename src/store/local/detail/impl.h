#pragma once
// What the subjects of the local store (pages, marks, chats, consumers) share.

#include "store/bare_ids.h"
#include "store/local/detail/content_cache.h"
#include "store/local/detail/indexer.h"
#include "store/local/detail/query.h"
#include "store/local/detail/reopener.h"
#include "store/local/detail/row.h"
#include "store/local/detail/search_index.h"
#include "store/local/detail/serves.h"
#include "store/local/detail/standing.h"
#include "store/local/detail/window.h"
#include "store/local/local_store.h"
#include "store/requests.h"
#include "store/unmarked.h"

namespace tg::store {

struct LocalStore::Impl {
  Impl(journal::Journal& j, pipeline::Intake* i, hot::Generations& g, observe::Metrics& m, Options o);

  void follow_commits();
  void open_search();
  // A change by the writer's thread; on disk when it returns.
  Result<void> write(std::function<Result<void>(journal::Connection&)> change);
  static Error read_only();
  // Called when a change that is no event is on disk, before its caller is answered.
  void changed(const std::vector<model::MessageKey>& keys);
  void chat_changed(model::ChatId peer);

  // The chat and, where it became another one, that one too.
  static Result<std::vector<model::ChatId>> with_successors(journal::Connection& db, std::vector<model::ChatId> peers);

  journal::Journal& journal;
  pipeline::Intake* intake;
  hot::Generations& generations;
  observe::Metrics& metrics;
  const Options options;

  local::ContentCache contents;
  local::StandingCache standing;
  std::shared_ptr<local::Serves> serves = std::make_shared<local::Serves>();  // shared with writes that still wait

  std::shared_ptr<local::Reopener> reopener = std::make_shared<local::Reopener>();  // likewise
  Unmarked unmarked{options.most_unmarked};
  RepeatGuard repeats;

  // A consumer holds as many unmarked messages as it may, and gets no others.
  void tell_full(const std::string& consumer);
  std::atomic<std::int64_t> full_told_us{0};

  struct StatusCounts {
    std::mutex mutex;
    std::chrono::steady_clock::time_point read_at{};
    std::chrono::nanoseconds cost{};  // of counting, in time of the processor
    std::uint64_t generation = 0;
    std::vector<std::pair<Status, std::int64_t>> counts;
  } status_counts;

  std::unique_ptr<local::SearchIndex> search;
  std::optional<Error> why_no_search;

  // Last: threads and callbacks stop before what they use goes.
  std::unique_ptr<local::Indexer> indexer;
  std::unique_ptr<local::Window> window;
  std::shared_ptr<journal::Journal::Subscription> subscription;
};

}  // namespace tg::store
