#pragma once
// Moves what was committed out of journal.db-wal into journal.db. SQLite would do it inside the commit that fills the
// log, and all who wait for that commit would wait as long as for a hundred others; so a thread of its own does nearly
// all:
//
//   commit: enough pages? ──▶ own thread and connection: the bulk ──▶ next commit: the few that came since; log starts
//   anew
//
// The writer does all of it where the thread does not keep up. Durability does not depend on it: a commit is on disk in
// the log. Lives as long as the writer's connection, whose only log hook it is.

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

#include "journal/sqlite.h"

namespace tg::journal {

class Checkpointer {
 public:
  static Result<std::unique_ptr<Checkpointer>> start(const std::filesystem::path& file, Connection& writer);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

 private:
  Checkpointer(Connection& writer, std::unique_ptr<Connection> own);
  void committed(int pages_in_log);  // the writer's thread
  void run();

  Connection& writer_;
  std::unique_ptr<Connection> own_;

  // The writer's.
  int act_at_;
  int last_pages_ = 0;

  std::atomic<bool> bulk_done_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool wanted_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tg::journal
