#include "pipeline/verify.h"

#include "journal/coverage.h"
#include "model/message_json.h"
#include "pipeline/counters.h"
#include "pipeline/fold.h"
#include "pipeline/heads.h"

namespace tg::pipeline {
namespace {

constexpr std::size_t kMaxProblems = 100;

class Problems {
 public:
  explicit Problems(std::vector<std::string>& list) : list_(list) {}
  void add(std::string problem) {
    if (list_.size() < kMaxProblems) list_.push_back(std::move(problem));
  }

 private:
  std::vector<std::string>& list_;
};

// What differs between a state read from the tables and one replayed; empty = nothing. Sightings are no part of the
// fold.
std::string difference(const State& stored, const State& replayed) {
  if (stored.last != replayed.last) return fmt::format("newest event {} / {}", stored.last.value, replayed.last.value);
  if (stored.arrival != replayed.arrival)
    return fmt::format("arrival {} / {}", stored.arrival.value, replayed.arrival.value);
  if (stored.date != replayed.date) return fmt::format("date {} / {}", stored.date.us, replayed.date.us);
  if (stored.deleted() != replayed.deleted())
    return fmt::format("deleted {} / {}", stored.deleted(), replayed.deleted());
  if (stored.offered != replayed.offered) return "offered differs";
  if (stored.counters != replayed.counters &&
      !same_counts(known_counters(stored.counters), known_counters(replayed.counters)))
    return fmt::format("counters {} / {}", stored.counters, replayed.counters);
  auto sorted = [](std::vector<VersionState> versions) {
    std::sort(versions.begin(), versions.end(), [](const auto& a, const auto& b) { return a.seq < b.seq; });
    return versions;
  };
  if (sorted(stored.versions) != sorted(replayed.versions)) {
    return fmt::format("versions differ ({} / {})", stored.versions.size(), replayed.versions.size());
  }
  if (stored.has_content() && stored.now() != replayed.now()) return "another version is current";
  return {};
}

Result<void> compare_heads(journal::Connection& db, VerifyReport& report, Problems& problems,
                           const std::function<void(std::int64_t, std::int64_t)>& progress) {
  auto total = db.scalar("SELECT count(*) FROM heads");
  if (!total) return total.error();
  auto oldest = db.scalar("SELECT seq FROM events ORDER BY seq LIMIT 1");
  if (!oldest) return oldest.error();

  // Events message by message: one sorted pass, spilled to a file by SQLite where it is large.
  journal::Statement events(db.handle(), fmt::format("SELECT {} FROM events e WHERE e.message <> 0 "
                                                     "ORDER BY e.peer, e.message, e.scope, e.seq",
                                                     journal::event_columns("e")));
  journal::Statement heads(db.handle(),
                           "SELECT peer, message, scope, arrival FROM heads ORDER BY peer, message, scope");
  auto order = [](const model::MessageKey& k) { return std::tuple(k.peer, k.message, k.scope); };
  auto has_event = events.step();
  if (!has_event) return has_event.error();
  while (true) {
    auto has_head = heads.step();
    if (!has_head) return has_head.error();
    std::optional<model::MessageKey> head;
    if (*has_head) {
      head = model::MessageKey{model::Scope{heads.integer(2)}, model::ChatId{heads.integer(0)},
                               model::MessageId{heads.integer(1)}};
    }
    // Events of messages that have no head.
    while (*has_event) {
      const auto event = journal::event_from_row(events);
      if (head && order(event.key) >= order(*head)) break;
      problems.add(fmt::format("event {}: message {} has no head", event.seq.value, model::to_api_id(event.key)));
      has_event = events.step();
      if (!has_event) return has_event.error();
    }
    if (!head) return {};
    ++report.heads;
    if (progress && report.heads % 10'000 == 0) progress(report.heads, *total);
    State replayed;
    while (*has_event) {
      const auto event = journal::event_from_row(events);
      if (event.key != *head) break;
      ++report.events;
      apply(replayed, event, facts_of(event));
      has_event = events.step();
      if (!has_event) return has_event.error();
    }
    if (heads.integer(3) < *oldest) {
      ++report.skipped;
      continue;
    }
    auto stored = load_state(db, *head);
    if (!stored) return stored.error();
    report.versions += static_cast<std::int64_t>(stored->versions.size());
    if (auto what = difference(*stored, replayed); !what.empty()) {
      problems.add(fmt::format("message {}: stored / replayed: {}", model::to_api_id(*head), what));
    }
  }
}

Result<void> find_rows(journal::Connection& db, std::string_view sql, std::string_view what, Problems& problems) {
  journal::Statement rows(db.handle(), sql);
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) return {};
    std::string text;
    for (int i = 0; i < rows.columns(); ++i) text += fmt::format(" {}={}", rows.column_name(i), rows.text(i));
    problems.add(fmt::format("{}:{}", what, text));
  }
}

}  // namespace

Result<VerifyReport> verify(journal::Journal& journal,
                            const std::function<void(std::int64_t, std::int64_t)>& progress) {
  VerifyReport report;
  Problems problems(report.problems);
  auto lease = journal.read();
  if (!lease) return lease.error();
  auto& db = **lease;
  // One snapshot for everything, also beside a gateway that writes.
  if (auto begun = db.execute("BEGIN"); !begun) return begun.error();
  const auto all = [&]() -> Result<void> {
    if (auto done = compare_heads(db, report, problems, progress); !done) return done;
    auto chats = db.scalar("SELECT count(*) FROM chats");
    if (!chats) return chats.error();
    report.chats = *chats;
    struct Check {
      std::string_view what, sql;
    };
    static constexpr std::array kChecks = {
        Check{"SQLite integrity",
              "SELECT * FROM (SELECT quick_check AS problem FROM pragma_quick_check) WHERE problem <> 'ok'"},
        Check{"message counts of a chat",
              "SELECT * FROM (SELECT c.peer, c.total, c.deleted, c.media, c.bare, count(h.date) AS n, "
              "count(h.date) FILTER (WHERE h.deleted_at <> 0) AS d, count(h.date) FILTER (WHERE h.flags & 4) AS m, "
              "count(h.message) FILTER (WHERE h.date IS NULL) AS b, c.before_total, c.before_deleted, "
              "count(h.date) FILTER (WHERE h.message < c.start) AS bt, "
              "count(h.date) FILTER (WHERE h.message < c.start AND h.deleted_at <> 0) AS bd "
              "FROM chats c LEFT JOIN heads h ON h.peer = c.peer AND h.scope = c.scope GROUP BY c.peer, c.scope) "
              "WHERE total <> n OR deleted <> d OR media <> m OR bare <> b OR before_total <> bt OR before_deleted <> "
              "bd"},
        Check{"messages of a chat that is not known",
              "SELECT h.peer, h.scope, count(*) AS n FROM heads h LEFT JOIN chats c ON c.peer = h.peer AND c.scope = "
              "h.scope "
              "WHERE c.peer IS NULL GROUP BY h.peer, h.scope"},
        Check{"hourly counts of a chat",
              "SELECT * FROM (SELECT peer, sum(messages) AS counted, (SELECT count(h.date) FROM heads h WHERE h.peer = "
              "hourly.peer) AS n FROM hourly GROUP BY peer) WHERE counted <> n"},
        Check{"overlapping coverage",
              "SELECT a.peer, a.account, a.first, a.last, b.first AS next FROM coverage a JOIN coverage b ON a.peer = "
              "b.peer "
              "AND a.scope = b.scope AND a.account = b.account AND b.first > a.first AND b.first <= a.last"},
        Check{"coverage beyond the channel's newest id",
              "SELECT v.peer, v.last, c.newest FROM coverage v LEFT JOIN chats c ON c.peer = v.peer AND c.scope = "
              "v.scope "
              "WHERE v.last > coalesce(c.newest, 0) OR v.last < v.first"},
        Check{"versions that are not those of the message",
              "SELECT v.peer, v.message, v.scope, count(*) AS listed, coalesce(h.versions, 0) AS known FROM versions v "
              "LEFT JOIN heads h ON h.peer = v.peer AND h.message = v.message AND h.scope = v.scope "
              "GROUP BY v.peer, v.message, v.scope HAVING known < 2 OR listed <> known"},
        Check{"current version without its event",
              "SELECT h.peer, h.message, h.seq FROM heads h LEFT JOIN events e ON e.seq = h.seq WHERE h.seq IS NOT "
              "NULL AND "
              "e.seq IS NULL AND h.seq >= (SELECT min(seq) FROM events)"},
    };
    for (const auto& check : kChecks) {
      if (auto done = find_rows(db, check.sql, check.what, problems); !done) return done;
    }
    return {};
  }();
  (void)db.execute("ROLLBACK");
  if (!all) return all.error();
  return report;
}

}  // namespace tg::pipeline
