#include "app/store_copy.h"

#include <thread>

#include "app/database.h"
#include "journal/quarantine.h"
#include "store/postgres/schema.h"

namespace tg::app {
namespace {

namespace pg = store::postgres;

constexpr std::size_t kBatch = 500;
constexpr int kTries = 8;  // 28 s in all: PgBouncer refuses for 15 s after a server did not let it in
constexpr std::size_t kMostTold = 20;
constexpr std::int64_t kDayUs = 86'400'000'000;

pg::OnCopied step_of(const OnStoreCopied& on_copied, CopyStep step) {
  return [&on_copied, step](std::int64_t done, std::int64_t all) {
    if (on_copied) on_copied(step, done, all);
  };
}

// Reading it makes no schema.
Result<void> up_to_date(const pg::Target& target) {
  auto state = pg::schema_state(target);
  if (!state) return state.error();
  if (state->waiting.empty()) return {};
  return Error{Code::unsupported, "the database's schema is not up to date", "Run `telegram-gateway db migrate`"};
}

class Telling {
 public:
  Telling(journal::Journal& journal, store::PostgresWriter& writer, StoreCopied& copied)
      : journal_(journal), writer_(writer), copied_(copied) {}

  Result<void> run(const pg::OnCopied& on_copied) {
    auto at = open();
    if (!at) return at.error();
    auto db = journal_.read();
    if (!db) return db.error();
    auto& row = (*db)->prepared("SELECT count(*) FROM events WHERE seq > ?").with(*at);
    if (auto found = row.step(); !found) return found.error();
    const auto all = row.integer(0);
    row.reset();
    while (true) {
      auto events = journal_.read_after(*at, kBatch);
      if (!events) return events.error();
      if (events->empty()) return writer_.idle();
      if (at = deliver(*events); !at) return at.error();
      on_copied(copied_.events, all);
    }
  }

 private:
  // From where the database has it, in the transaction of what it stands for.
  Result<model::Seq> open() {
    auto kept = writer_.open({});
    if (!kept) return kept.error();
    return kept->journal_id == journal_.id() && kept->seq <= journal_.head() ? kept->seq : model::Seq{};
  }

  // Where to go on.
  Result<model::Seq> deliver(std::span<const model::Event> events) {
    const auto delivery = writer_.deliver(events, {});
    for (const auto& refused : delivery.refused) {
      count_refused(events[refused.index], refused.reason);
    }
    copied_.events += static_cast<std::int64_t>(delivery.done);
    if (delivery.done > 0) tries_ = 0;
    if (delivery.done == events.size()) return events.back().seq;
    if (!delivery.trouble) return Error{Code::internal, "the database took nothing and said no reason", ""};
    return reach_again(*delivery.trouble);
  }

  // It may be away for a moment, and come back as an earlier copy.
  Result<model::Seq> reach_again(Error trouble) {
    while (++tries_ < kTries) {
      std::this_thread::sleep_for(std::chrono::seconds(tries_));
      writer_.close();
      auto at = open();
      if (at) return at;
      trouble = at.error();
    }
    return trouble;
  }

  void count_refused(const model::Event& event, const std::string& reason) {
    ++copied_.refused_count;
    if (copied_.refused.size() < kMostTold) {
      copied_.refused.push_back(fmt::format("{}, event {}: {}", model::to_api_id(event.key), event.seq.value, reason));
    }
  }

  journal::Journal& journal_;
  store::PostgresWriter& writer_;
  StoreCopied& copied_;
  int tries_ = 0;
};

}  // namespace

Result<pg::Comparison> compare_stores(const config::Postgres& config, journal::Journal& journal, bool into_database,
                                      const OnStoreCopied& on_copied) {
  auto targets = database_targets(config);
  if (!targets) return targets.error();
  if (auto ready = up_to_date(targets->pooled); !ready) return ready.error();
  pg::Compared what;
  what.by_date = config.keep_by == "date";
  if (into_database && config.keep_days > 0)
    what.oldest = model::Time{model::Time::now().us - config.keep_days * kDayUs};
  return pg::compare_stores(journal, targets->pooled, what, step_of(on_copied, CopyStep::comparing));
}

Result<StoreCopied> copy_to_postgres(const config::Postgres& config, journal::Journal& journal,
                                     const OnStoreCopied& on_copied) {
  auto options = database_writer_options(config);
  if (!options) return options.error();
  const auto target = options->pooled;
  // As the gateway does with what its own writer is refused: `failures` shows it, and can have it told again.
  options->set_aside = [&journal](const model::Event& event, const std::string& reason) {
    return journal::set_aside(journal.writer(), kDatabaseReader, event, reason);
  };
  StoreCopied copied;
  {
    store::PostgresWriter writer(journal, std::move(*options));
    auto told = Telling(journal, writer, copied).run(step_of(on_copied, CopyStep::copying));
    if (!told) return told.error();
  }
  if (on_copied) on_copied(CopyStep::marks, 0, 0);
  auto marks = pg::copy_marks_to_database(journal, target);
  if (!marks) return marks.error();
  copied.marks = *marks;
  auto comparison = compare_stores(config, journal, true, on_copied);
  if (!comparison) return comparison.error();
  copied.comparison = std::move(*comparison);
  return copied;
}

Result<StoreCopied> copy_to_local(const config::Postgres& config, journal::Journal& journal,
                                  const OnStoreCopied& on_copied) {
  auto targets = database_targets(config);
  if (!targets) return targets.error();
  if (auto ready = up_to_date(targets->pooled); !ready) return ready.error();
  StoreCopied copied;
  auto messages = pg::copy_to_journal(targets->pooled, journal, step_of(on_copied, CopyStep::copying));
  if (!messages) return messages.error();
  copied.messages = *messages;
  copied.events = messages->events;
  if (on_copied) on_copied(CopyStep::marks, 0, 0);
  auto marks = pg::copy_marks_to_journal(targets->pooled, journal);
  if (!marks) return marks.error();
  copied.marks = *marks;
  auto comparison = compare_stores(config, journal, false, on_copied);
  if (!comparison) return comparison.error();
  copied.comparison = std::move(*comparison);
  return copied;
}

}  // namespace tg::app
