#include "journal/checkpointer.h"

#include <sqlite3.h>

#include <algorithm>

#include "journal/background.h"

namespace tg::journal {
namespace {

constexpr int kEnoughPages = 4'000;  // 16 MB
constexpr int kMostPages = 16'000;   // the writer waits for no thread any more
// A reader may keep the log from starting anew: then not at every commit again.
constexpr int kPagesBeforeNextTry = kEnoughPages / 4;

// Takes what no reader and no writer is in the way of. What is left, or failed, is left to the next time.
void checkpoint(Connection& db) {
  sqlite3_wal_checkpoint_v2(db.handle(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

}  // namespace

Result<std::unique_ptr<Checkpointer>> Checkpointer::start(const std::filesystem::path& file, Connection& writer) {
  auto own = Connection::open(file, Connection::Mode::write);
  if (!own) return own.error();
  return std::unique_ptr<Checkpointer>(new Checkpointer(writer, std::move(*own)));
}

Checkpointer::Checkpointer(Connection& writer, std::unique_ptr<Connection> own)
    : writer_(writer), own_(std::move(own)), act_at_(kEnoughPages), thread_([this] { run(); }) {
  sqlite3_wal_hook(
      writer_.handle(),
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Checkpointer*>(self)->committed(pages);
        return SQLITE_OK;
      },
      this);
}

Checkpointer::~Checkpointer() {
  sqlite3_wal_hook(writer_.handle(), nullptr, nullptr);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Checkpointer::committed(int pages_in_log) {
  if (pages_in_log < last_pages_) act_at_ = kEnoughPages;  // it has started anew
  last_pages_ = pages_in_log;
  if (pages_in_log < act_at_) return;
  if (bulk_done_.exchange(false) || pages_in_log >= std::max(kMostPages, act_at_)) {
    checkpoint(writer_);
    act_at_ = pages_in_log + kPagesBeforeNextTry;
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
  }
  changed_.notify_one();
}

void Checkpointer::run() {
  give_way();  // what it does not do in time, the writer does
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return wanted_ || stopping_; });
    if (stopping_) return;
    lock.unlock();
    checkpoint(*own_);
    lock.lock();
    wanted_ = false;
    bulk_done_ = true;
  }
}

}  // namespace tg::journal
