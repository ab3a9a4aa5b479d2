#include "sink/runner.h"

#include <random>
#include <set>

#include "journal/cursors.h"
#include "journal/quarantine.h"
#include "journal/reader_marks.h"
#include "observe/log.h"

namespace tg::sink {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kSaveEvery = std::chrono::seconds(1);
constexpr auto kIdleEvery = std::chrono::milliseconds(1'000);

std::chrono::milliseconds jittered(std::chrono::milliseconds pause) {
  static thread_local std::minstd_rand random{std::random_device{}()};
  std::uniform_real_distribution<double> share(0.5, 1.0);
  return std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(pause.count()) * share(random)));
}

// The last event that was recorded before then; 0 = none. Looked for from the newest on, so that what is far back costs
// nothing.
Result<model::Seq> last_before(journal::Connection& db, model::Time then) {
  auto& row = db.prepared("SELECT seq FROM events WHERE recorded_at < ? ORDER BY seq DESC LIMIT 1").with(then);
  auto found = row.step();
  if (!found) return found.error();
  const model::Seq seq{*found ? row.integer(0) : 0};
  row.reset();
  return seq;
}

}  // namespace

Runner::Runner(std::unique_ptr<Sink> sink, Parts parts, Options options)
    : sink_(std::move(sink)), parts_(parts), options_(options), began_(parts.journal.head()) {
  // They exist from the start: rate() over a series that appears with its first event misses that event.
  parts_.metrics.delivered(name());
  parts_.metrics.refused(name());
  parts_.metrics.delivery_failures(name());
  has_begun_ = begin().ok();  // before any source, so that its place is on disk before what comes behind it
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Runner::~Runner() { stop(); }

void Runner::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

const std::string& Runner::name() const { return sink_->name(); }

Runner::State Runner::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void Runner::retry_refused(const std::vector<std::int64_t>& entries) {
  const std::lock_guard lock(mutex_);
  for (const auto entry : entries) {
    if (std::find(to_retry_.begin(), to_retry_.end(), entry) == to_retry_.end()) to_retry_.push_back(entry);
  }
}

void Runner::try_now() {
  {
    const std::lock_guard lock(mutex_);
    hurry_ = resting_;
  }
  moved_.notify_all();
}

Result<void> Runner::set_parked(model::Time at) {
  if (!options_.may_park)
    return Error{Code::conflict, name() + " cannot be parked", "What reads from it would be told less than there is"};
  auto done =
      parts_.intake.write([name = name(), at](journal::Connection& db) { return journal::mark_parked(db, name, at); });
  if (!done) return done;
  {
    const std::lock_guard lock(mutex_);
    state_.parked_at = at;
  }
  moved_.notify_all();
  return {};
}

Result<void> Runner::park() {
  const auto since = state().parked_at;
  return set_parked(since ? since : model::Time::now());
}

Result<void> Runner::resume() { return set_parked({}); }

bool Runner::parked() const {
  const std::lock_guard lock(mutex_);
  return static_cast<bool>(state_.parked_at);
}

Result<void> Runner::resend(model::Seq from) {
  if (!options_.may_resend)
    return Error{Code::conflict, name() + " takes nothing twice", "It keeps its own place, or would tell people again"};
  {
    const std::lock_guard lock(mutex_);
    resend_from_ = resend_from_ ? std::min(*resend_from_, from) : from;
    hurry_ = resting_;
  }
  moved_.notify_all();
  return {};
}

Result<void> Runner::accept_missed() {
  auto done = parts_.intake.write(
      [name = name()](journal::Connection& db) { return journal::mark_missed(db, name, std::nullopt); });
  if (!done) return done;
  const std::lock_guard lock(mutex_);
  state_.missed.reset();
  return {};
}

std::optional<std::int64_t> Runner::next_to_retry() {
  const std::lock_guard lock(mutex_);
  if (to_retry_.empty()) return std::nullopt;
  const auto entry = to_retry_.front();
  to_retry_.pop_front();
  return entry;
}

bool Runner::wait_delivered(model::Seq seq, std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  return moved_.wait_for(lock, patience, [&] { return state_.delivered >= seq; });
}

void Runner::run(const std::stop_token& stop) {
  auto pause = options_.first_pause;
  bool is_open = false;
  while (!stop.stop_requested()) {
    if (parked()) {
      sink_->close();
      is_open = false;
      save_cursor(false);
      stay_parked(stop);
      pause = options_.first_pause;
      continue;
    }
    Result<bool> worked = true;
    asked_pause_ = {};
    if (!has_begun_) {
      const auto begun = begin();
      has_begun_ = begun.ok();
      if (!begun) worked = begun.error();
    } else if (!is_open) {
      const auto opened = open(stop);
      is_open = opened.ok();
      if (!opened) worked = opened.error();
    } else {
      worked = step(stop);
      if (worked && !state().up) tell(true, std::nullopt, {});
      if (worked) pause = options_.first_pause;
    }
    if (worked) {
      if (asked_pause_.count() > 0) {
        rest(asked_pause_, stop);
      } else if (!*worked) {
        (void)parts_.journal.wait(at_, kIdleEvery, stop);
      }
      continue;
    }
    if (stop.stop_requested()) break;
    sink_->close();
    is_open = false;
    const auto wait = asked_pause_.count() > 0 ? asked_pause_ : jittered(pause);
    tell(false, worked.error(), wait);
    tell_lag();
    pause = std::min(pause * 2, options_.longest_pause);
    rest(wait, stop);
  }
  sink_->close();
  save_cursor(true);
}

void Runner::rest(std::chrono::milliseconds pause, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  resting_ = true;
  moved_.wait_for(lock, stop, pause, [&] { return hurry_ || state_.parked_at; });
  resting_ = hurry_ = false;
}

void Runner::stay_parked(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  state_.up = false;
  state_.next_try_at = {};
  const auto since = state_.parked_at;
  if (!since) return;
  lock.unlock();
  observe::info("destination_parked", {{"reader", name()}, {"at", at_.value}});
  parts_.metrics.destination_up(name()).Set(0);
  parts_.health.set(name(), observe::Role::destination, observe::State::degraded,
                    fmt::format("parked by a person since {}. What it misses waits in the journal until it is resumed",
                                model::to_rfc3339(since)),
                    since);
  for (bool parked = true; parked && !stop.stop_requested();) {
    tell_lag();
    lock.lock();
    parked = !moved_.wait_for(lock, stop, options_.longest_pause, [&] { return !state_.parked_at; });
    lock.unlock();
  }
}

// What is sent again goes behind the cursor, which never moves back.
void Runner::go_back_if_asked() {
  std::optional<model::Seq> from;
  {
    const std::lock_guard lock(mutex_);
    from = std::exchange(resend_from_, std::nullopt);
  }
  if (from) from = parts_.journal.past_trimmed(*from).value_or(*from);
  if (!from || *from >= at_) return;
  observe::info("destination_resends", {{"reader", name()}, {"from", from->value}, {"to", at_.value}});
  moved_to(*from);
}

// What happens before it is reached for the first time is not passed over, not even by a restart.
Result<void> Runner::begin() {
  auto db = parts_.journal.read();
  if (!db) return db.error();
  const auto marks = journal::marks_of(**db, name());
  if (!marks) return marks.error();
  {
    const std::lock_guard lock(mutex_);
    state_.parked_at = options_.may_park ? marks->parked_at : model::Time{};
    state_.missed = marks->missed;
  }
  const auto any = journal::has_position(**db, name());
  if (!any) return any.error();
  if (*any || options_.from_oldest) return {};
  parts_.intake.write_later([id = parts_.journal.id(), name = name(), at = began_,
                             required = options_.required](journal::Connection& writer) {
    return journal::advance(writer, id, name, at, required);
  });
  at_ = began_;
  has_place_ = true;
  return {};
}

Result<void> Runner::open(const std::stop_token& stop) {
  auto resume = sink_->open(stop);
  if (!resume) return resume.error();
  auto db = parts_.journal.read();
  if (!db) return db.error();
  model::Seq at;
  if (resume->kept) {
    const bool ours = resume->kept->journal_id == parts_.journal.id() && resume->kept->seq <= parts_.journal.head();
    at = ours ? resume->kept->seq : model::Seq{};
  } else {
    auto known = journal::position(**db, parts_.journal.id(), name());
    if (!known) return known.error();
    at = has_place_ ? at_ : *known;  // what is sent again goes on where it was, behind the cursor
  }
  if (resume->rewind.count() > 0) {
    const auto since = model::Time{model::Time::now().us - std::chrono::microseconds(resume->rewind).count()};
    const auto before = last_before(**db, since);
    if (!before) return before.error();
    at = std::min(at, *before);
    auto back = parts_.intake.write(
        [name = name(), at](journal::Connection& writer) { return journal::go_back(writer, name, at); });
    if (!back) return back.error();
  }
  has_place_ = true;
  saved_ = {};
  moved_to(past_trimmed(at));
  passages_->begin(at_);
  return {};
}

model::Seq Runner::past_trimmed(model::Seq at) {
  const auto next = parts_.journal.past_trimmed(at);
  if (!next) return at;
  observe::error("reader_gapped", {{"reader", name()}, {"after", at.value}, {"next", next->value}});
  const std::lock_guard lock(mutex_);
  state_.missed = journal::Missed{state_.missed ? state_.missed->after : at, *next, model::Time::now()};
  parts_.intake.write_later([name = name(), missed = state_.missed](journal::Connection& db) {
    return journal::mark_missed(db, name, missed);
  });
  return *next;
}

Result<bool> Runner::step(const std::stop_token& stop) {
  go_back_if_asked();
  const auto entry = next_to_retry();
  if (entry) {
    if (auto done = retry(*entry, stop); !done) return done.error();
  }
  at_ = past_trimmed(at_);
  auto events = parts_.journal.read_after(at_, options_.max_batch);
  if (!events) return events.error();
  if (events->empty() && entry) return true;
  if (events->empty()) {
    if (auto alive = sink_->idle(); !alive) return alive.error();
    save_cursor(false);
    return false;
  }
  if (auto done = deliver(*events, stop); !done) return done.error();
  return true;
}

Result<void> Runner::deliver(const std::vector<model::Event>& events, const std::stop_token& stop) {
  std::vector<model::Event> wanted;
  for (const auto& event : events) {
    if (sink_->wants(event) && (!options_.passes || options_.passes(event))) wanted.push_back(event);
  }
  Delivery delivery;
  if (!wanted.empty()) delivery = sink_->deliver(wanted, stop);
  std::set<std::size_t> refused_now;
  for (const auto& refused : delivery.refused) {
    // What is not done comes again, and may be refused then.
    if (refused.index >= delivery.done || !refused_now.insert(refused.index).second) continue;
    // What cannot be kept for a person to look at is not passed over: it comes again.
    if (auto kept = set_aside(wanted.at(refused.index), refused); !kept) {
      delivery.done = refused.index;
      delivery.trouble = kept.error();
      break;
    }
  }
  if (delivery.done > 0) {
    auto& metrics = parts_.metrics;
    const auto set_aside_now = std::distance(refused_now.begin(), refused_now.lower_bound(delivery.done));
    metrics.delivered(name()).Increment(static_cast<double>(delivery.done) - static_cast<double>(set_aside_now));
    auto& seconds = metrics.delivery_seconds(name());
    const auto now = model::Time::now();
    for (std::size_t i = 0; i < delivery.done; ++i) {
      seconds.Observe(static_cast<double>(now.us - wanted[i].recorded_at.us) / 1e6);
    }
  }
  const auto next = delivery.done < wanted.size() ? wanted[delivery.done].seq : model::Seq{INT64_MAX};
  model::Seq passed = at_;
  for (const auto& event : events) {
    if (event.seq >= next) break;
    passed = event.seq;
  }
  moved_to(passed);
  passages_->note(passed, model::Time::now());
  save_cursor(false);
  asked_pause_ = delivery.pause;
  if (delivery.trouble) return *delivery.trouble;
  if (delivery.done == 0 && !wanted.empty() && delivery.pause.count() == 0)
    return Error{Code::internal, name() + " took nothing and said no reason", ""};
  return {};
}

Result<void> Runner::retry(std::int64_t entry, const std::stop_token& stop) {
  model::Seq seq;
  {
    auto db = parts_.journal.read();
    if (!db) return db.error();
    auto& row =
        (*db)->prepared("SELECT seq FROM quarantine WHERE id = ? AND reader = ?").with(entry, std::string_view(name()));
    const auto found = row.step();
    if (!found) return found.error();
    if (*found) seq = model::Seq{row.integer(0)};
    row.reset();
  }
  const auto events = parts_.journal.read_after(model::Seq{seq.value - 1}, 1);
  if (!events) return events.error();
  // Dropped meanwhile, or trimmed: then it stays for a person to look at.
  if (!seq || events->empty() || events->front().seq != seq) return {};
  const auto delivery = sink_->redeliver(events->front(), stop);
  asked_pause_ = delivery.pause;
  if (!delivery.refused.empty()) return refused_again(entry, delivery.refused.front().reason);
  if (delivery.trouble) return *delivery.trouble;
  if (delivery.done == 0 && delivery.pause.count() > 0) {
    const std::lock_guard lock(mutex_);
    to_retry_.push_front(entry);
    return {};
  }
  if (delivery.done == 0) return Error{Code::unavailable, name() + " did not take it", ""};
  parts_.metrics.delivered(name()).Increment();
  return parts_.intake.write([name = name(), seq](journal::Connection& db) {
    return db.prepared("DELETE FROM quarantine WHERE reader = ? AND seq = ?").with(std::string_view(name), seq).run();
  });
}

Result<void> Runner::refused_again(std::int64_t entry, const std::string& reason) {
  observe::warn("event_refused_again", {{"reader", name()}, {"entry", entry}, {"reason", reason}});
  parts_.metrics.refused(name()).Increment();
  return parts_.intake.write([entry, reason](journal::Connection& db) {
    // The same event may have been refused for this reason, too, in another entry.
    return db.prepared("UPDATE OR REPLACE quarantine SET tries = tries + 1, last_at = ?, reason = ? WHERE id = ?")
        .with(model::Time::now(), std::string_view(reason), entry)
        .run();
  });
}

Result<void> Runner::set_aside(const model::Event& event, const Refused& refused) {
  if (!refused.set_aside) {
    auto done = parts_.intake.write([reader = name(), event, reason = refused.reason](journal::Connection& db) {
      return journal::set_aside(db, reader, event, reason);
    });
    if (!done) {
      observe::error("not_set_aside", {{"reader", name()}, {"reason", done.error().to_string()}});
      return done;
    }
  }
  observe::warn("event_set_aside", {{"reader", name()}, {"seq", event.seq.value}, {"reason", refused.reason}});
  parts_.metrics.refused(name()).Increment();
  return {};
}

void Runner::moved_to(model::Seq seq) {
  at_ = seq;
  {
    const std::lock_guard lock(mutex_);
    state_.delivered = seq;
  }
  moved_.notify_all();
}

void Runner::save_cursor(bool wait) {
  if (!at_) return;
  if (!wait && at_ == saved_) return;
  if (!wait && saved_ && Clock::now() - saved_at_ < kSaveEvery) return;
  auto write = [id = parts_.journal.id(), name = name(), to = at_, required = options_.required](
                   journal::Connection& db) { return journal::advance(db, id, name, to, required); };
  if (wait) {
    if (auto done = parts_.intake.write(write); !done) {
      observe::warn("cursor_not_saved", {{"reader", name()}, {"reason", done.error().to_string()}});
    }
  } else {
    parts_.intake.write_later(write);
  }
  saved_ = at_;
  saved_at_ = Clock::now();
  tell_lag();
}

// Also of one that is parked or not reached: then nothing of it is saved, and it falls behind.
void Runner::tell_lag() {
  auto db = parts_.journal.read();
  if (!db) return;
  auto at = at_;
  if (!has_place_) {  // never opened since the start: where it was before
    const auto known = journal::position(**db, parts_.journal.id(), name());
    if (!known) return;
    at = *known;
  }
  if (const auto behind = journal::events_behind(**db, at)) {
    parts_.metrics.reader_lag_events(name()).Set(static_cast<double>(*behind));
  }
}

void Runner::tell(bool up, const std::optional<Error>& trouble, std::chrono::milliseconds pause) {
  const auto now = model::Time::now();
  bool is_news = up;
  {
    const std::lock_guard lock(mutex_);
    if (trouble) is_news = state_.up || state_.last_error != trouble->to_string();
    state_.up = up;
    state_.next_try_at = up ? model::Time{} : model::Time{now.us + std::chrono::microseconds(pause).count()};
    if (trouble) {
      state_.last_error = trouble->to_string();
      state_.trouble_at = now;
    }
  }
  parts_.metrics.destination_up(name()).Set(up ? 1 : 0);
  if (trouble) parts_.metrics.delivery_failures(name()).Increment();
  if (up) {
    observe::info("destination_reached", {{"reader", name()}, {"from", at_.value}});
    parts_.health.set(name(), observe::Role::destination, observe::State::ok, "", now);
    return;
  }
  if (!trouble) return;
  if (is_news) observe::warn("destination_lost", {{"reader", name()}, {"reason", trouble->to_string()}});
  parts_.health.set(
      name(), observe::Role::destination, observe::State::down,
      fmt::format("{}. What it misses waits in the journal; it is tried again by itself", trouble->to_string()), now);
}

}  // namespace tg::sink
