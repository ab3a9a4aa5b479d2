#include "store/postgres/detail/housekeeping.h"

#include "observe/log.h"
#include "store/postgres/detail/partitions.h"

namespace tg::store::postgres {
namespace {

constexpr std::chrono::minutes kEvery{5};
constexpr std::chrono::hours kDropEvery{1}, kIndexAgain{1};
constexpr std::chrono::minutes kStatement{5}, kIndex{60};  // patience
constexpr std::int64_t kForgetAtOnce = 20'000;             // rows
constexpr std::string_view kLocked = "55P03";
// An index waits for whoever reads or writes its partition at that time, of a dump's length too.
constexpr std::string_view kIndexLocks = "SET lock_timeout = '5min'";

}  // namespace

Housekeeping::Housekeeping(Target target, Target direct, Options options)
    : target_(std::move(target)), direct_(std::move(direct)), options_(options) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Housekeeping::~Housekeeping() {
  thread_.request_stop();
  thread_.join();
}

void Housekeeping::wrote(std::span<const model::Time> dates) {
  const std::lock_guard lock(mutex_);
  for (const auto date : dates) touched_.insert(day_of(date));
}

void Housekeeping::due_now() {
  {
    const std::lock_guard lock(mutex_);
    due_ = true;
  }
  woken_.notify_all();
}

bool Housekeeping::dropped_any() { return dropped_.exchange(false); }

void Housekeeping::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      woken_.wait_for(lock, stop, kEvery, [&] { return due_; });
      if (std::exchange(due_, false)) next_drop_ = {};
    }
    if (stop.stop_requested()) return;
    auto db = Connection::open(target_, kPatience, stop);
    const auto done = db ? work(**db, stop) : Result<void>(db.error());
    if (!done && !stop.stop_requested()) {
      observe::warn("housekeeping_failed",
                    {{"reason", done.error().to_string()}, {"again_s", kEvery / std::chrono::seconds(1)}});
    }
  }
}

Result<void> Housekeeping::work(Connection& db, const std::stop_token& stop) {
  if (Clock::now() >= next_drop_) {
    if (auto done = drop_old(db, stop)) {
      next_drop_ = Clock::now() + kDropEvery;
    } else {
      observe::warn("old_messages_not_dropped", {{"reason", done.error().to_string()}});
    }
  }
  if (auto done = refresh_aggregates(db, stop); !done) return done;
  if (Clock::now() < next_index_) return {};
  auto indexed = index_past(stop);
  if (!indexed) next_index_ = Clock::now() + kIndexAgain;
  return indexed;
}

// A partition a transaction, then what consumers did with its messages, so many rows a transaction.
Result<void> Housekeeping::drop_old(Connection& db, const std::stop_token& stop) {
  auto dropped = drop_partitions(db, stop);
  while (!stop.stop_requested()) {
    auto forgotten = db.run("SELECT telegram_gateway.forget_dropped($1::int)", Params().add(kForgetAtOnce), kStatement);
    if (!forgotten) return dropped ? forgotten.error() : dropped;
    if (forgotten->integer(0, 0) == 0) break;
  }
  return dropped;
}

Result<void> Housekeeping::drop_partitions(Connection& db, const std::stop_token& stop) {
  if (options_.keep_days == 0) return {};
  int dropped = 0;
  Result<void> done;
  while (!stop.stop_requested()) {
    auto one = db.run("SELECT * FROM telegram_gateway.cleanup_old_messages($1::int, $2, 1)",
                      Params().add(options_.keep_days).add(options_.keep_by_date ? "date" : "stored"), kStatement);
    if (!one) {
      done = one.error();
      break;
    }
    if (one->empty()) break;
    dropped += one->size();
    dropped_ = true;
  }
  if (dropped > 0) observe::info("old_messages_dropped", {{"partitions", dropped}});
  // A long reader holds it back: it is tried again in an hour.
  if (done || db.sqlstate() != kLocked) return done;
  observe::warn("old_messages_not_dropped", {{"reason", done.error().what}});
  return {};
}

// Marks change today's and yesterday's without a message.
Result<void> Housekeeping::refresh_aggregates(Connection& db, const std::stop_token& stop) {
  const auto today = day_of(model::Time::now());
  std::set<std::int64_t> days{today - 1, today};
  {
    const std::lock_guard lock(mutex_);
    days.merge(touched_);
    touched_.clear();
  }
  while (!days.empty()) {
    const auto newest = std::prev(days.end());
    const model::Time date{*newest * kDayUs};
    auto done = db.run("SELECT telegram_gateway.refresh_aggregates($1, $1)", Params().add(date), kStatement);
    if (!done || stop.stop_requested()) {
      const std::lock_guard lock(mutex_);
      touched_.merge(days);
      return done ? Result<void>() : done.error();
    }
    days.erase(newest);
  }
  return {};
}

// While they are written to: db/postgres/008_past_indexes_go_on.sql. What fails is tried again in an hour, and what it
// left behind is dropped at once.
Result<void> Housekeeping::index_past(const std::stop_token& stop) {
  auto opened = Connection::open(direct_, kPatience, stop);
  if (!opened) return opened.error();
  auto& db = **opened;
  if (auto set = db.run(kIndexLocks); !set) return set.error();
  std::erase_if(index_failed_, [now = Clock::now()](const auto& one) { return one.second + kIndexAgain <= now; });
  while (!stop.stop_requested()) {
    std::vector<std::string> but_not;
    for (const auto& [statement, at] : index_failed_) but_not.push_back(statement);
    auto next = db.run("SELECT telegram_gateway.past_index_statements(1, $1)",
                       Params().add(std::span<const std::string>(but_not)), kStatement);
    if (!next) return next.error();
    if (next->empty()) return {};
    const std::string statement(next->text(0, 0));
    auto made = db.run(statement, {}, kIndex);
    if (made || stop.stop_requested()) continue;
    index_failed_[statement] = Clock::now();
    observe::warn("past_index_failed", {{"statement", statement},
                                        {"reason", made.error().to_string()},
                                        {"again_s", kIndexAgain / std::chrono::seconds(1)}});
    if (!db.usable()) return {};  // the next round goes on behind it
  }
  return {};
}

}  // namespace tg::store::postgres
