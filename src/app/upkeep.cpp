#include "app/upkeep.h"

#include "backup/backup.h"
#include "journal/coverage.h"
#include "journal/upkeep.h"
#include "observe/log.h"

namespace tg::app {
namespace {

using observe::Role;
using observe::State;

constexpr auto kEvery = std::chrono::seconds(1);
constexpr int kSlowlyEvery = 15;              // rounds
constexpr std::int64_t kMostTrimmed = 5'000;  // events at once: the writer's transaction stays short

}  // namespace

Upkeep::Upkeep(Watched watched) : watched_(std::move(watched)) {
  look(model::Time::now());
  thread_ = std::thread([this] { run(); });
}

Upkeep::~Upkeep() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  thread_.join();
}

void Upkeep::run() {
  for (int round = 0;; ++round) {
    const auto now = model::Time::now();
    look(now);
    if (round % kSlowlyEvery == 0) {
      watched_.channels.look(now, watched_.health.captures());
      count_missing(now);
      const auto backup = backup::last_made(watched_.journal.folder());
      watched_.metrics.last_backup.Set(backup ? static_cast<double>(backup->to_seconds()) : 0);
      if (watched_.keep) trim(now);
    }
    notifier_.look(watched_.health, model::Time::now(), Notifier::Clock::now());
    std::unique_lock lock(mutex_);
    if (stopped_.wait_for(lock, kEvery, [&] { return stopping_; })) return;
  }
}

bool Upkeep::stops() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Upkeep::look(model::Time now) {
  auto& health = watched_.health;
  const auto failure = watched_.intake.failure();
  health.set("journal", Role::journal, failure ? State::down : State::ok,
             failure ? failure->to_string() + ". It is tried again every second" : "", now);
  const auto room = watched_.journal.room();
  health.set("disk", Role::disk, room ? State::ok : State::down, room ? "" : room.error().to_string(), now);
  health.set("store", Role::store, watched_.journal.read() ? State::ok : State::down, "", now);
  watched_.metrics.disk_free_bytes.Set(static_cast<double>(watched_.journal.disk_free()));
  std::error_code unknown;
  if (const auto disk = std::filesystem::space(watched_.journal.folder(), unknown); !unknown) {
    watched_.metrics.disk_size_bytes.Set(static_cast<double>(disk.capacity));
  }
  watched_.metrics.journal_bytes.Set(static_cast<double>(watched_.journal.bytes()));
  for (const auto* source : watched_.sources) {
    const auto state = source->state();
    const bool runs = state.code == source::SourceState::Code::running;
    const auto late = runs ? watched_.channels.alarm() : std::string();
    const auto how = !runs ? State::down : late.empty() ? State::ok : State::degraded;
    health.set(source->name(), Role::source, how, late.empty() ? state.reason : late, now);
  }
  watched_.metrics.capture_up.Set(health.captures() ? 1 : 0);
  if (watched_.control) look_at_accounts(now);
}

// Each by itself: another account that still captures must not hide it.
void Upkeep::look_at_accounts(model::Time now) {
  std::set<std::string> troubled;
  int ended = 0, unreachable = 0;
  for (const auto& account : watched_.control->accounts()) {
    if (!account.revoked && !account.unreachable) continue;
    ++(account.revoked ? ended : unreachable);
    troubled.insert("account:" + account.name);
    watched_.health.set(
        "account:" + account.name, Role::source, State::down,
        account.duplicated
            ? "two programs used its session at once, so Telegram ended it: stop the other, sign in again"
        : account.revoked ? "Telegram ended its session: sign in again, nothing that is stored is lost"
                          : fmt::format("not connected to Telegram since {}, and tried again and again: look at the "
                                        "network and at telegram.proxy; if all is well there, log it out and sign in "
                                        "again, nothing that is stored is lost",
                                        model::to_rfc3339(account.connection_since)),
        now);
  }
  for (const auto& name : troubled_) {
    if (!troubled.contains(name)) watched_.health.forget(name);
  }
  troubled_ = std::move(troubled);
  watched_.metrics.accounts_ended.Set(ended);
  watched_.metrics.accounts_unreachable.Set(unreachable);
}

void Upkeep::trim(model::Time now) {
  std::int64_t gone = 0;
  for (bool more = true; more && !stops();) {
    const auto done = watched_.intake.write([&](journal::Connection& db) -> Result<void> {
      const auto trimmed = journal::trim(db, now, *watched_.keep, kMostTrimmed);
      if (!trimmed) return trimmed.error();
      more = *trimmed == kMostTrimmed;
      gone += *trimmed;
      return {};
    });
    if (!done) break;  // the writer's failure is told by look()
  }
  if (gone > 0) observe::info("journal_trimmed", {{"events", gone}});
}

void Upkeep::count_missing(model::Time now) {
  auto db = watched_.journal.read();
  if (!db) return;
  if (const auto all = journal::all_coverage(**db, now)) {
    std::int64_t missing = 0;
    for (const auto& chat : *all) missing += chat.missing;
    watched_.metrics.coverage_missing.Set(static_cast<double>(missing));
  }
  if (const auto count = (*db)->scalar("SELECT count(*) FROM quarantine")) {
    watched_.metrics.quarantined.Set(static_cast<double>(*count));
  }
}

}  // namespace tg::app
