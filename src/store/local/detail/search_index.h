#pragma once
// The substring index, a file of its own (search.db) beside the journal: it can be deleted at any time and is built
// again, and filling it never holds up the journal's writer.
//
//   texts   one row a message: id, key, folded text, the event it was taken from
//   words   FTS5 trigrams of the text, by id; and a mark of the chat, so that a search in one chat meets only its rows
//   chats   chat → its mark
//
// An id is the message's second in its upper and a count in its lower bits: ids are in the order of dates, so the
// newest matches come first without sorting, however many there are. One thread writes (Indexer), any may search.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "journal/sqlite.h"
#include "model/event.h"
#include "store/local/detail/head.h"

namespace tg::store::local {

class SearchIndex {
 public:
  struct Progress {
    std::string journal_id;
    model::Seq seq;
  };
  struct Entry {
    model::MessageKey key;
    model::Time date;
    model::Seq seq;      // the event the text is from
    std::string folded;  // search_text() of it
  };

  static constexpr int kCountBits = 30;

  // A file that cannot be used (another version, damaged) is made anew.
  static Result<std::unique_ptr<SearchIndex>> open_to_write(const std::filesystem::path& folder,
                                                            const std::string& journal_id);
  static Result<std::unique_ptr<SearchIndex>> open_to_read(const std::filesystem::path& folder,
                                                           const std::string& journal_id);

  // The writer.
  Result<Progress> progress();
  Result<void> begin();
  Result<model::Seq> indexed_event(const model::MessageKey& key);  // 0: the message is not in it
  Result<void> put(const Entry& entry);
  Result<void> erase(const model::MessageKey& key);
  Result<void> commit(const Progress& progress);
  void roll_back();
  Result<void> clear();

  Result<journal::ReadPool::Lease> read() { return readers_.get(); }
  model::Seq indexed() const { return model::Seq{indexed_.load()}; }  // 0 while it is another journal's
  bool wait_indexed(model::Seq seq, std::chrono::milliseconds patience) const;

  // Three times a character of plane 16 (search_text drops those from texts): one trigram that only this chat has.
  static std::string mark_text(std::int64_t mark);

 private:
  SearchIndex(std::filesystem::path file, std::unique_ptr<journal::Connection> writer);

  static Result<Progress> progress_of(journal::Connection& db);
  Result<std::string> mark_of(model::ChatId peer);
  Result<std::int64_t> free_id(model::Time date);
  Result<void> forget_words(std::int64_t id, const std::string& folded, const std::string& mark);

  std::unique_ptr<journal::Connection> writer_;
  journal::ReadPool readers_;
  std::unordered_map<std::int64_t, std::string> marks_;
  std::atomic<std::int64_t> indexed_{0};
  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
};

}  // namespace tg::store::local
