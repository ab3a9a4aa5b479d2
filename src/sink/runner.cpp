#include "sink/runner.h"

#include <random>

#include "journal/cursors.h"
#include "observe/log.h"

namespace tg::sink {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kSaveEvery = std::chrono::seconds(1);
constexpr auto kIdleEvery = std::chrono::milliseconds(1'000);
constexpr std::int64_t kRetriesAtOnce = 500;

std::chrono::milliseconds jittered(std::chrono::milliseconds pause) {
  static thread_local std::minstd_rand random{std::random_device{}()};
  std::uniform_real_distribution<double> share(0.5, 1.0);
  return std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(pause.count()) * share(random)));
}

Result<model::Seq> first_behind(journal::Connection& db, model::Time recorded) {
  auto& row = db.prepared("SELECT seq FROM events WHERE recorded_at >= ? ORDER BY seq LIMIT 1").with(recorded);
  auto found = row.step();
  if (!found) return found.error();
  const model::Seq seq{*found ? row.integer(0) - 1 : INT64_MAX};
  row.reset();
  return seq;
}

}  // namespace

Runner::Runner(std::unique_ptr<Sink> sink, Parts parts, Options options)
    : sink_(std::move(sink)),
      parts_(parts),
      options_(options),
      start_(options.from_oldest ? model::Seq{} : parts.journal.head()) {
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

void Runner::retry_refused() { retry_ = true; }

bool Runner::wait_delivered(model::Seq seq, std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  return moved_.wait_for(lock, patience, [&] { return state_.delivered >= seq; });
}

void Runner::run(const std::stop_token& stop) {
  auto pause = options_.first_pause;
  bool is_open = false;
  keep_start();
  while (!stop.stop_requested()) {
    Result<bool> worked = true;
    if (!is_open) {
      if (auto opened = open(stop); opened) {
        is_open = true;
        tell(true, std::nullopt, {});
      } else {
        worked = opened.error();
      }
    } else {
      worked = step(stop);
    }
    if (worked) {
      if (is_open && *worked) pause = options_.first_pause;
      if (*worked) continue;
      (void)parts_.journal.wait(at_, kIdleEvery, stop);
      continue;
    }
    if (stop.stop_requested()) break;
    sink_->close();
    is_open = false;
    const auto wait = jittered(pause);
    tell(false, worked.error(), wait);
    pause = std::min(pause * 2, options_.longest_pause);
    std::unique_lock lock(mutex_);
    moved_.wait_for(lock, stop, wait, [] { return false; });
  }
  sink_->close();
  save_cursor(true);
}

// A destination that is not there yet misses nothing from its first start on.
void Runner::keep_start() {
  auto done = parts_.intake.write([this](journal::Connection& db) -> Result<void> {
    auto any = journal::has_position(db, name());
    if (!any) return any.error();
    return *any ? Result<void>() : journal::advance(db, parts_.journal.id(), name(), start_, options_.required);
  });
  if (!done) observe::warn("cursor_not_saved", {{"reader", name()}, {"reason", done.error().to_string()}});
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
    auto any = journal::has_position(**db, name());
    if (!any) return any.error();
    at = std::max(*any ? *known : start_, at_);
  }
  if (resume->rewind.count() > 0) {
    const auto since = model::Time{model::Time::now().us - std::chrono::microseconds(resume->rewind).count()};
    auto first = first_behind(**db, since);
    if (!first) return first.error();
    at = std::min(at, *first);
  }
  const auto oldest = parts_.journal.oldest();
  if (parts_.journal.trimmed() && oldest && at.value < oldest.value - 1) {
    observe::error("reader_gapped", {{"reader", name()}, {"after", at.value}, {"oldest", oldest.value}});
    at = model::Seq{oldest.value - 1};
    const std::lock_guard lock(mutex_);
    state_.gapped = true;
  }
  saved_ = model::Seq{-1};
  moved_to(at);
  return {};
}

Result<bool> Runner::step(const std::stop_token& stop) {
  if (retry_.exchange(false)) {
    if (auto done = deliver_refused_again(stop); !done) return done.error();
  }
  auto events = parts_.journal.read_after(at_, options_.max_batch);
  if (!events) return events.error();
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
    if (sink_->wants(event)) wanted.push_back(event);
  }
  Delivery delivery;
  if (!wanted.empty()) delivery = sink_->deliver(wanted, stop);
  for (const auto& refused : delivery.refused) set_aside(wanted.at(refused.index), refused.reason);
  if (delivery.done > 0) {
    auto& metrics = parts_.metrics;
    metrics.delivered(name()).Increment(static_cast<double>(delivery.done - delivery.refused.size()));
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
  save_cursor(false);
  if (delivery.trouble) return *delivery.trouble;
  return {};
}

// An event that went stays away; one that is refused again counts a try more.
Result<void> Runner::deliver_refused_again(const std::stop_token& stop) {
  std::vector<std::int64_t> seqs;
  {
    auto db = parts_.journal.read();
    if (!db) return db.error();
    auto& rows = (*db)
                     ->prepared("SELECT seq FROM quarantine WHERE reader = ? ORDER BY seq LIMIT ?")
                     .with(std::string_view(name()), kRetriesAtOnce);
    while (true) {
      auto row = rows.step();
      if (!row) return row.error();
      if (!*row) break;
      seqs.push_back(rows.integer(0));
    }
    rows.reset();
  }
  for (const auto seq : seqs) {
    auto events = parts_.journal.read_after(model::Seq{seq - 1}, 1);
    if (!events) return events.error();
    if (events->empty() || events->front().seq.value != seq) continue;  // trimmed: it stays for a person to look at
    auto delivery = sink_->deliver(*events, stop);
    if (delivery.trouble) return *delivery.trouble;
    if (!delivery.refused.empty()) {
      set_aside(events->front(), delivery.refused.front().reason);
      continue;
    }
    parts_.intake.write_later([name = name(), seq](journal::Connection& db) {
      return db.prepared("DELETE FROM quarantine WHERE reader = ? AND seq = ?").with(std::string_view(name), seq).run();
    });
  }
  return {};
}

void Runner::set_aside(const model::Event& event, const std::string& reason) {
  observe::warn("event_set_aside", {{"reader", name()}, {"seq", event.seq.value}, {"reason", reason}});
  parts_.metrics.refused(name()).Increment();
  auto done = parts_.intake.write([reader = name(), event, reason](journal::Connection& db) {
    auto& row = db.prepared(
        "INSERT INTO quarantine (reader, seq, place, reason, payload, tries, first_at, last_at, peer, message) VALUES "
        "(?1, ?2, ?3, ?4, ?5, 1, ?6, ?6, ?7, ?8) ON CONFLICT (reader, seq, place, reason) DO UPDATE SET tries = tries "
        "+ 1, last_at = ?6");
    row.reset();
    row.bind(1, std::string_view(reader)).bind(2, event.seq).bind(3, std::string_view(model::event_key(event)));
    row.bind(4, std::string_view(reason)).bind_blob(5, event.message).bind(6, model::Time::now());
    row.bind(7, event.key.peer).bind(8, event.key.message);
    return row.run();
  });
  if (!done) observe::error("not_set_aside", {{"reader", name()}, {"reason", done.error().to_string()}});
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
  if (at_ == saved_) return;
  if (!wait && saved_.value >= 0 && Clock::now() - saved_at_ < kSaveEvery) return;
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
  if (auto db = parts_.journal.read()) {
    if (const auto behind = journal::events_behind(**db, at_)) {
      parts_.metrics.reader_lag_events(name()).Set(static_cast<double>(*behind));
    }
  }
}

void Runner::tell(bool up, const std::optional<Error>& trouble, std::chrono::milliseconds pause) {
  const auto now = model::Time::now();
  const bool was_up = state().up;
  {
    const std::lock_guard lock(mutex_);
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
  if (was_up || !trouble)
    observe::warn("destination_lost", {{"reader", name()}, {"reason", trouble ? trouble->to_string() : ""}});
  parts_.health.set(name(), observe::Role::destination, observe::State::down,
                    fmt::format("{}. What it misses waits in the journal; it is tried again every few seconds",
                                trouble ? trouble->to_string() : std::string("not reached yet")),
                    now);
}

}  // namespace tg::sink
