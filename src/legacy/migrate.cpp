#include <boost/json/serialize.hpp>
#include <system_error>

#include "journal/lock.h"
#include "legacy/detail/compare.h"
#include "legacy/detail/failure_queue.h"
#include "legacy/detail/photos.h"
#include "legacy/detail/ports.h"
#include "legacy/detail/predecessor.h"
#include "legacy/detail/state.h"
#include "legacy/detail/take.h"
#include "legacy/legacy.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "pipeline/rulebook.h"

namespace tg::legacy {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kFlushEvery = 1'000;  // messages

std::string source_name(const Options& options) {
  const auto& source = options.source;
  return fmt::format("{}:{}/{} {}.{}", source.host, source.port, source.database, options.schema, options.table);
}

std::int64_t size_of(const fs::path& file) {
  std::error_code failed;
  const auto size = fs::file_size(file, failed);
  return failed ? 0 : static_cast<std::int64_t>(size);
}

class Migration {
 public:
  Migration(const config::Config& config, const Options& options, const OnProgress& on_progress)
      : config_(config), options_(options), on_progress_(on_progress) {}

  Result<Report> run();

 private:
  Result<void> look();
  Result<void> check_room();
  Result<void> open_journal();
  Result<void> back_up();
  Result<void> take_all(detail::Taker& taker);
  Result<void> take_table(detail::Taker& taker);
  Result<void> take_queue(detail::Taker& taker);
  Result<void> compare();
  Result<void> finish();
  Result<void> count_events();

  void done(Step step, std::string found);
  void progress(Step step, std::int64_t done, std::int64_t all) {
    if (on_progress_) on_progress_({step, done, all});
  }

  const config::Config& config_;
  const Options& options_;
  const OnProgress& on_progress_;
  Report report_;
  Clock::time_point step_began_ = Clock::now();

  std::unique_ptr<detail::Predecessor> source_;
  std::int64_t rows_ = 0;
  detail::Photos photos_;
  std::unique_ptr<journal::Journal> journal_;  // null in a dry run without one
  observe::Metrics metrics_;
  rules::Live rules_;
  detail::State state_;
};

void Migration::done(Step step, std::string found) {
  const auto now = Clock::now();
  report_.steps.push_back({step, std::move(found), std::chrono::duration<double>(now - step_began_).count()});
  step_began_ = now;
}

Result<Report> Migration::run() {
  report_.dry_run = options_.dry_run;
  report_.source = source_name(options_);
  if (auto looked = look(); !looked) return looked.error();
  if (auto opened = open_journal(); !opened) return opened.error();
  if (!options_.dry_run) {
    if (auto backed_up = back_up(); !backed_up) return backed_up.error();
    pipeline::Intake::Options intake_options;
    intake_options.give_up_on_failure = true;
    intake_options.counters_every = std::chrono::seconds(0);  // nobody watches them change
    intake_options.rules = &rules_;
    pipeline::Intake intake(*journal_, metrics_, intake_options);
    // What rules drop or redact stays out, whichever way it comes.
    if (auto loaded = pipeline::Rulebook(*journal_, intake, rules_, {}).load(); !loaded) return loaded.error();
    detail::Taker taker(*journal_, intake, photos_, options_.offer_since);
    if (auto taken = take_all(taker); !taken) return taken.error();
    if (auto compared = compare(); !compared) return compared.error();
    // What came into the source before the place where a killed run went on.
    if (!report_.sound() && report_.resumed) {
      state_.after.reset();
      if (auto taken = take_table(taker); !taken) return taken.error();
      if (auto compared = compare(); !compared) return compared.error();
    }
  } else if (auto compared = compare(); !compared) {
    return compared.error();
  }
  const auto& r = report_;
  done(Step::compare, fmt::format("{} the same, {} Telegram's own, {} dropped by rules, {} missing", r.same,
                                  r.telegrams, r.dropped, r.missing + r.marks_missing + r.deletions_missing));
  if (auto finished = finish(); !finished) return finished.error();
  return std::move(report_);
}

// Everything that can be known before anything is made.
Result<void> Migration::look() {
  done(Step::configuration, "data in " + config_.data_dir);
  const auto running = journal::is_locked(config_.data_dir);
  if (!running) return running.error();
  if (*running) {
    return Error{Code::conflict, fmt::format("another process uses {}", config_.data_dir),
                 "Stop the gateway that runs on this data folder, or name another one with --data-dir"};
  }
  done(Step::ports, detail::port_found(config_.server.host, config_.server.port));

  auto source = detail::Predecessor::open(options_.source, options_.schema, options_.table);
  if (!source) return source.error();
  source_ = std::move(*source);
  report_.shape = source_->shape();
  report_.server = source_->server();
  done(Step::source,
       fmt::format("{}, PostgreSQL {}, table of the shape \"{}\"", report_.source, report_.server, report_.shape));
  auto rows = source_->count();
  if (!rows) return rows.error();
  rows_ = *rows;
  done(Step::count, fmt::format("{} rows", rows_));

  if (auto room = check_room(); !room) return room;
  auto photos = detail::Photos::look_through(options_.photos);
  if (!photos) return photos.error();
  photos_ = std::move(*photos);
  if (!options_.failure_queue.empty()) {
    if (auto queue = detail::FailureQueue::open(options_.failure_queue); !queue) return queue.error();
  }
  return {};
}

Result<void> Migration::check_room() {
  auto bytes = source_->bytes();
  if (!bytes) return bytes.error();
  fs::path where = fs::absolute(config_.data_dir);
  std::error_code failed;
  while (!fs::exists(where, failed) && where.has_relative_path()) where = where.parent_path();
  const auto space = fs::space(where, failed);
  if (failed)
    return Error{Code::permission, fmt::format("{}: {}", where.string(), failed.message()), "Name another --data-dir"};
  // Events, heads and versions hold a text up to three times with their indexes, and the journal is copied once.
  const auto needed = 3 * *bytes + size_of(fs::path(config_.data_dir) / "journal.db");
  const auto free = static_cast<std::int64_t>(space.available) - config_.disk.reserve_bytes;
  if (free < needed) {
    return Error{Code::out_of_space,
                 fmt::format("{} has {} MB above the reserve, about {} MB are needed", where.string(), free >> 20,
                             (needed >> 20) + 1),
                 "Free some space, or name another folder with --data-dir"};
  }
  done(Step::room, fmt::format("about {} MB needed, {} MB free", (needed >> 20) + 1, free >> 20));
  return {};
}

Result<void> Migration::open_journal() {
  const fs::path data = config_.data_dir;
  auto known = detail::load(data);
  if (!known) return known.error();
  if (*known && (*known)->phase == detail::Phase::rolling_back) {
    return Error{Code::conflict, "a rollback is not at its end", "Run: telegram-gateway rollback"};
  }
  if (*known && (*known)->phase == detail::Phase::taking && (*known)->source != report_.source) {
    return Error{Code::conflict, fmt::format("the migration of {} is not at its end", (*known)->source),
                 "Give its command again, or undo it with: telegram-gateway rollback"};
  }
  const bool fresh = !fs::exists(data / "journal.db");
  if (options_.dry_run) {
    if (fresh) return {};
    auto journal = journal::Journal::open(data, journal::Access::read);
    if (!journal) return journal.error();
    journal_ = std::move(*journal);
    return {};
  }
  journal::Limits limits;
  limits.max_bytes = config_.journal.max_bytes;
  limits.disk_reserve_bytes = config_.disk.reserve_bytes;
  auto journal = journal::Journal::open(data, journal::Access::write, limits);
  if (!journal) return journal.error();
  journal_ = std::move(*journal);
  if (*known) {
    state_ = std::move(**known);
    report_.resumed = state_.phase == detail::Phase::taking;
    return {};
  }
  state_.fresh = fresh;
  return {};
}

// The backup of an earlier run stays while nobody has stored more since: a rollback then undoes both.
Result<void> Migration::back_up() {
  const fs::path data = config_.data_dir;
  if (report_.resumed) {
    done(Step::backup, fmt::format("goes on with the run of {}", model::to_rfc3339(state_.started_at)));
    return {};
  }
  bool keep = false;
  if (state_.started_at) {
    auto newer = detail::newer_than(journal_->writer(), state_);
    if (!newer) return newer.error();
    keep = *newer == 0;
  }
  if (!keep) {
    state_.fresh = state_.fresh && !state_.started_at;
    state_.before = journal_->head();
    if (!state_.fresh) {
      if (auto copied = detail::copy_database(data / "journal.db", detail::backup_of(data)); !copied) return copied;
    }
    state_.started_at = model::Time::now();
  }
  state_.phase = detail::Phase::taking;
  state_.source = report_.source;
  state_.after.reset();
  state_.finished_at = {};
  if (auto saved = detail::save(data, state_); !saved) return saved;
  done(Step::backup, state_.fresh
                         ? "there was no journal before"
                         : fmt::format("{}{}", detail::backup_of(data).string(), keep ? " of the first run" : ""));
  return {};
}

Result<void> Migration::take_all(detail::Taker& taker) {
  auto channels = source_->channels();
  if (!channels) return channels.error();
  if (auto taken = taker.take(*channels); !taken) return taken;
  done(Step::channels, fmt::format("{} of its registry", channels->size()));
  if (auto ready = photos_.into(config_.media.folder); !ready) return ready;
  done(Step::photos, fmt::format("{} files in its cache", photos_.size()));
  if (auto taken = take_table(taker); !taken) return taken;
  done(Step::messages, fmt::format("{} rows read", rows_));
  if (auto taken = take_queue(taker); !taken) return taken;
  done(Step::queue, options_.failure_queue.empty() ? "none named" : options_.failure_queue.string());
  return {};
}

Result<void> Migration::take_table(detail::Taker& taker) {
  if (auto begun = source_->begin(state_.after); !begun) return begun;
  std::int64_t read = 0, waiting = 0;
  while (true) {
    auto rows = source_->next();
    if (!rows) return rows.error();
    if (!rows->empty()) {
      auto group = detail::understand(*rows, photos_.has({{},
                                                          model::ChatId{rows->front().peer.value_or(0)},
                                                          model::MessageId{rows->front().message.value_or(0)}}));
      const auto key = group.key;
      if (auto taken = taker.take(std::move(group)); !taken) return taken;
      if (rows->front().peer && rows->front().message) {
        state_.after = detail::Predecessor::Place{key.peer.value, key.message.value};
      }
      read += static_cast<std::int64_t>(rows->size());
    }
    if (!rows->empty() && ++waiting < kFlushEvery) continue;
    waiting = 0;
    if (auto flushed = taker.flush(); !flushed) return flushed;
    if (auto saved = detail::save(config_.data_dir, state_); !saved) return saved;
    progress(Step::messages, read, rows_);
    if (rows->empty()) return {};
  }
}

Result<void> Migration::take_queue(detail::Taker& taker) {
  if (options_.failure_queue.empty()) return {};
  auto queue = detail::FailureQueue::open(options_.failure_queue);
  if (!queue) return queue.error();
  while (auto row = queue->next()) {
    if (auto taken = taker.take(detail::understand(std::span(&*row, 1), false)); !taken) return taken;
  }
  return taker.flush();
}

Result<void> Migration::compare() {
  Report counted;
  std::swap(counted.steps, report_.steps);
  counted.dry_run = report_.dry_run;
  counted.resumed = report_.resumed;
  counted.source = report_.source;
  counted.shape = report_.shape;
  counted.server = report_.server;
  report_ = std::move(counted);
  report_.photos = report_.photos_alone = static_cast<std::int64_t>(photos_.size());

  detail::Comparer comparer(journal_.get(), rules_, options_, report_);
  if (auto opened = comparer.open(); !opened) return opened;
  auto channels = source_->channels();
  if (!channels) return channels.error();
  report_.registered = static_cast<std::int64_t>(channels->size());
  if (auto begun = source_->begin(std::nullopt); !begun) return begun;
  while (true) {
    auto rows = source_->next();
    if (!rows) return rows.error();
    if (rows->empty()) break;
    const bool has_photo = photos_.has(
        {{}, model::ChatId{rows->front().peer.value_or(0)}, model::MessageId{rows->front().message.value_or(0)}});
    if (auto compared = comparer.row_group(*rows, detail::understand(*rows, has_photo)); !compared) return compared;
    if (report_.rows % kFlushEvery < static_cast<std::int64_t>(rows->size()))
      progress(Step::compare, report_.rows, rows_);
  }
  if (report_.rows != rows_) {
    return Error{Code::corrupt, fmt::format("{} rows were counted and {} were read", rows_, report_.rows),
                 "Look at the predecessor's database; a damaged index gives other rows than its table"};
  }
  if (options_.failure_queue.empty()) return {};
  auto queue = detail::FailureQueue::open(options_.failure_queue);
  if (!queue) return queue.error();
  while (auto row = queue->next()) {
    if (auto compared = comparer.queue_line(detail::understand(std::span(&*row, 1), false)); !compared) return compared;
  }
  return {};
}

Result<void> Migration::count_events() {
  auto& rows =
      journal_->writer().prepared("SELECT kind, count(*) FROM events WHERE seq > ? GROUP BY kind").with(state_.before);
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    report_.events[std::string(model::name_of(static_cast<model::Kind>(rows.integer(0))))] = rows.integer(1);
  }
  rows.reset();
  return {};
}

Result<void> Migration::finish() {
  if (options_.dry_run) {
    done(Step::report, "nothing was changed");
    return {};
  }
  if (auto counted = count_events(); !counted) return counted;
  const auto file = detail::folder_of(config_.data_dir) / "report.json";
  done(Step::report, file.string());
  if (auto written = detail::write_file(file, boost::json::serialize(to_json(report_)) + "\n"); !written)
    return written;
  // One that is not sound is not at its end: the same command tries it again.
  if (!report_.sound()) return {};
  state_.phase = detail::Phase::done;
  state_.finished_at = model::Time::now();
  observe::info("migration_done", {{"messages", report_.messages}, {"set_aside", report_.set_aside}});
  return detail::save(config_.data_dir, state_);
}

}  // namespace

std::string_view name_of(Step step) {
  static constexpr std::array kNames = {
      std::string_view("configuration"), std::string_view("ports"),   std::string_view("source"),
      std::string_view("count"),         std::string_view("room"),    std::string_view("backup"),
      std::string_view("channels"),      std::string_view("photos"),  std::string_view("messages"),
      std::string_view("failure queue"), std::string_view("compare"), std::string_view("report")};
  return kNames.at(static_cast<std::size_t>(step));
}

Result<Report> migrate(const config::Config& config, const Options& options, const OnProgress& on_progress) {
  return Migration(config, options, on_progress).run();
}

}  // namespace tg::legacy
