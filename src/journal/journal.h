#pragma once
// The local truth, one SQLite file: what happened (events), how things stand (heads), what is proven (coverage), who
// has read how far (cursors), what could not be delivered (quarantine), and who acknowledged what (acks).
//
//   write ──▶ [ 1 ][ 2 ][ 3 ][ 4 ][ 5 ] ──▶ trimmed behind the slowest required cursor, never younger than `keep`
//                   ▲search    ▲store
//
// One writer thread (pipeline::Intake) uses writer(); any thread reads through read(). WAL, synchronous=FULL: when a
// commit returns, the batch is on disk with its heads, or nothing of it is. One process at a time: the folder is
// locked. The tables are in schema.h; a newer program's file is refused.

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "journal/sqlite.h"
#include "model/event.h"
#include "model/result.h"

namespace tg::journal {

struct Limits {
  std::int64_t max_bytes = 0;                     // of the file, 0 = unlimited: above it nothing is taken
  std::int64_t disk_reserve_bytes = 512LL << 20;  // below it nothing is taken
  std::chrono::hours keep{24 * 8};                // events younger than this are never trimmed
};

enum class Access { serve, write, read };

class Journal {
 public:
  // Makes the folder (0700) and the file where they are missing. Access::read takes no lock and works beside a
  // running gateway, which is who says Access::serve.
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& folder, Access access, Limits limits = {});
  ~Journal();

  const std::string& id() const;  // changes when a restored copy goes on
  std::filesystem::path file() const;
  std::filesystem::path folder() const;
  model::Seq head() const;    // newest committed event; 0 = none yet
  model::Seq oldest() const;  // oldest event that is still there; 0 = none
  // Where a reader goes on that has seen all up to `at`, when events behind that were trimmed: just before the oldest
  // that is left. Nothing: none were.
  std::optional<model::Seq> past_trimmed(model::Seq at) const;
  std::int64_t bytes() const;  // of the file and its log
  std::int64_t disk_free() const;
  // An error that says why nothing more is taken (max_bytes, reserve), or no more than `bytes`.
  Result<void> room(std::int64_t bytes = 0) const;

  Connection& writer();  // the writer thread only
  Result<ReadPool::Lease> read();

  // Events behind `after`, oldest first, at most `limit`. What was trimmed is passed over: whoever must not miss
  // it asks past_trimmed() first.
  Result<std::vector<model::Event>> read_after(model::Seq after, std::size_t limit);

  // Waits until something newer than `seen` is committed, `stop` is requested or `patience` is over; the head then.
  model::Seq wait(model::Seq seen, std::chrono::milliseconds patience, const std::stop_token& stop = {}) const;

  // Called in the writer's thread after each commit, with its events in order (empty for a commit without events).
  // Registered before the writer starts, or from any thread. Returns a handle that unregisters.
  using Committed = std::function<void(const std::vector<model::Event>&)>;
  class Subscription;
  std::shared_ptr<Subscription> on_commit(Committed callback);

  // The writer's thread, after its COMMIT.
  void announce(const std::vector<model::Event>& events);

 private:
  struct Impl;
  explicit Journal(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// What stands behind `after`, oldest first, also what this connection has not committed yet.
Result<std::vector<model::Event>> events_after(Connection& db, model::Seq after, std::int64_t limit);
model::Event event_from_row(const Statement& row);
// Its own bits of flags.h: what it says besides its message.
std::int64_t flags_of(const model::Event& event);
void take_flags(model::Event& event, std::int64_t flags);
// The columns that event_from_row reads, in its order, from a table or alias.
std::string event_columns(std::string_view alias);

}  // namespace tg::journal
