#pragma once
// Fills the search index from the journal, behind a cursor of its own that is committed with the texts. One thread; a
// failure (disk full) is logged and tried again. Another journal's index is emptied and filled anew.

#include <stop_token>
#include <thread>

#include "journal/journal.h"
#include "observe/metrics.h"
#include "store/local/detail/search_index.h"

namespace tg::store::local {

class Indexer {
 public:
  Indexer(journal::Journal& journal, SearchIndex& index, observe::Metrics& metrics);
  ~Indexer();  // stops after the batch at hand
  Indexer(const Indexer&) = delete;
  Indexer& operator=(const Indexer&) = delete;

 private:
  void run();
  Result<void> start();
  Result<std::size_t> step();  // the events that it took in
  Result<void> take(journal::Connection& db, const std::vector<model::Event>& events);
  Result<void> take_message(journal::Connection& db, const model::MessageKey& key);

  journal::Journal& journal_;
  SearchIndex& index_;
  observe::Metrics& metrics_;
  SearchIndex::Progress at_;
  std::stop_source stop_;
  std::thread thread_;
};

}  // namespace tg::store::local
