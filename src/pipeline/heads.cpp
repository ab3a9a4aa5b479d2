#include "pipeline/heads.h"

#include <zstd.h>

#include "journal/flags.h"
#include "journal/journal.h"
#include "model/message_json.h"

namespace tg::pipeline {
namespace {

namespace flag = journal::flag;

std::int64_t flags_of(const State& state) {
  std::int64_t flags = 0;
  if (state.offered) flags |= flag::kOffered;
  if (state.service) flags |= flag::kService;
  if (state.media) flags |= flag::kMedia;
  if (state.erased) flags |= flag::kErased;
  if (state.reprocess) flags |= flag::kReprocess;
  if (state.has_content()) {
    if (state.now().hidden_edit) flags |= flag::kHiddenEdit;
    if (state.now().cached) flags |= flag::kCached;
    if (state.now().from_page) flags |= flag::kFromPage;
  }
  return flags;
}

std::int64_t flags_of(const VersionState& version) {
  return (version.hidden_edit ? flag::kHiddenEdit : 0) | (version.cached ? flag::kCached : 0) |
         (version.from_page ? flag::kFromPage : 0);
}

std::string compress(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  const auto size = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3);
  out.resize(ZSTD_isError(size) ? 0 : size);
  return out;
}

Result<void> load_versions(journal::Connection& db, const model::MessageKey& key, State& state, model::Seq current) {
  state.versions.clear();
  auto& rows = db.prepared(
                     "SELECT edit_date, hash, source_rank, n, observed_at, flags, seq FROM versions "
                     "WHERE peer = ? AND message = ? AND scope = ? ORDER BY seq")
                   .with(key.peer, key.message, key.scope);
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    const auto flags = rows.integer(5);
    state.versions.push_back({model::Time{rows.integer(0)}, rows.integer(1), static_cast<int>(rows.integer(2)),
                              rows.integer(3), model::Time{rows.integer(4)}, (flags & flag::kHiddenEdit) != 0,
                              (flags & flag::kCached) != 0, (flags & flag::kFromPage) != 0,
                              model::Seq{rows.integer(6)}});
    if (state.versions.back().seq == current) state.current = state.versions.size() - 1;
  }
  rows.reset();
  return {};
}

}  // namespace

Result<State> load_state(journal::Connection& db, const model::MessageKey& key) {
  State state;
  auto& row =
      db.prepared(
            "SELECT date, seq, arrival, edit_date, observed_at, hash, n, versions, flags, source, origin, deleted_at, "
            "fetched_at, counters, counters_at, last FROM heads WHERE peer = ? AND message = ? AND scope = ?")
          .with(key.peer, key.message, key.scope);
  auto found = row.step();
  if (!found) return found.error();
  if (!*found) {
    row.reset();
    return state;
  }
  const auto flags = row.integer(8);
  state.date = model::Time{row.integer(0)};
  state.arrival = model::Seq{row.integer(2)};
  state.offered = (flags & flag::kOffered) != 0;
  state.service = (flags & flag::kService) != 0;
  state.media = (flags & flag::kMedia) != 0;
  state.erased = (flags & flag::kErased) != 0;
  state.reprocess = (flags & flag::kReprocess) != 0;
  state.source = static_cast<model::SourceKind>(row.integer(9));
  state.origin = static_cast<model::Origin>(row.integer(10));
  state.deleted_at = model::Time{row.integer(11)};
  state.fetched_at = model::Time{row.integer(12)};
  state.counters = std::string(row.text(13));
  state.counters_at = model::Time{row.integer(14)};
  state.last = model::Seq{row.integer(15)};
  const auto versions = row.integer(7);
  const model::Seq current{row.integer(1)};
  if (versions == 1) {
    state.versions.push_back({model::Time{row.integer(3)}, row.integer(5), model::rank_of(state.source), row.integer(6),
                              model::Time{row.integer(4)}, (flags & flag::kHiddenEdit) != 0,
                              (flags & flag::kCached) != 0, (flags & flag::kFromPage) != 0, current});
  }
  row.reset();
  if (versions > 1) {
    if (auto loaded = load_versions(db, key, state, current); !loaded) return loaded.error();
  }
  return state;
}

Result<void> save_state(journal::Connection& db, const model::MessageKey& key, const State& stored,
                        const State& state) {
  auto& head = db.prepared(
      "INSERT OR REPLACE INTO heads (peer, message, scope, date, seq, arrival, edit_date, observed_at, hash, n, "
      "versions, "
      "flags, source, origin, deleted_at, fetched_at, counters, counters_at, last) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  head.reset();
  head.bind(1, key.peer).bind(2, key.message).bind(3, key.scope);
  const VersionState version = state.has_content() ? state.now() : VersionState{};
  if (state.has_content()) {
    head.bind(4, state.date).bind(5, version.seq);
  } else {
    head.bind_null(4).bind_null(5);
  }
  head.bind(6, state.arrival).bind(7, version.edit_date).bind(8, version.observed_at).bind(9, version.hash);
  head.bind(10, version.n).bind(11, static_cast<std::int64_t>(state.versions.size())).bind(12, flags_of(state));
  head.bind(13, static_cast<int>(state.source)).bind(14, static_cast<int>(state.origin));
  head.bind(15, state.deleted_at).bind(16, state.fetched_at);
  if (state.counters.empty()) {
    head.bind_null(17);
  } else {
    head.bind(17, std::string_view(state.counters));
  }
  head.bind(18, state.counters_at).bind(19, state.last);
  if (auto done = head.run(); !done) return done;
  // A slot may have shrunk to one version (the server's word on two exports).
  if (stored.versions.size() < 2 && state.versions.size() < 2) return {};
  if (auto done = db.prepared("DELETE FROM versions WHERE peer = ? AND message = ? AND scope = ?")
                      .with(key.peer, key.message, key.scope)
                      .run();
      !done) {
    return done;
  }
  if (state.versions.size() < 2) return {};
  for (const auto& v : state.versions) {
    auto done =
        db.prepared(
              "INSERT INTO versions (peer, message, scope, edit_date, hash, source_rank, n, observed_at, flags, seq) "
              "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .with(key.peer, key.message, key.scope, v.edit_date, v.hash, v.rank, v.n, v.observed_at, flags_of(v), v.seq)
            .run();
    if (!done) return done;
  }
  return {};
}

Result<void> append(journal::Connection& db, model::Event& event, const Facts& facts) {
  const std::int64_t flags =
      journal::flags_of(event) | (facts.service ? flag::kService : 0) | (facts.media ? flag::kMedia : 0);
  auto& row = db.prepared(
      "INSERT INTO events (peer, message, scope, kind, edit_date, n, origin, source, account, observed_at, "
      "recorded_at, hash, "
      "flags, body, raw, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  row.reset();
  row.bind(1, event.key.peer).bind(2, event.key.message).bind(3, event.key.scope);
  row.bind(4, static_cast<int>(event.kind)).bind(5, event.edit_date).bind(6, event.n);
  row.bind(7, static_cast<int>(event.origin)).bind(8, static_cast<int>(event.source)).bind(9, event.account);
  row.bind(10, event.observed_at).bind(11, event.recorded_at).bind(12, event.hash).bind(13, flags);
  row.bind(14, std::string_view(event.message));
  if (event.raw.empty()) {
    row.bind_null(15);
  } else {
    row.bind_blob(15, compress(event.raw));
  }
  if (event.seq) {
    row.bind(16, event.seq);
  } else {
    row.bind_null(16);
  }
  if (auto done = row.run(); !done) return done;
  event.seq = model::Seq{db.last_insert_rowid()};
  return {};
}

std::optional<model::Message> load_body(journal::Connection& db, model::Seq seq) {
  auto& row = db.prepared("SELECT body FROM events WHERE seq = ?").with(seq);
  auto found = row.step();
  std::optional<model::Message> message;
  if (found && *found) {
    if (auto parsed = model::message_from_json(row.text(0))) message = std::move(*parsed);
  }
  row.reset();
  return message;
}

std::optional<model::Message> load_newest(journal::Connection& db, const model::MessageKey& key) {
  auto& row = db.prepared("SELECT seq FROM heads WHERE peer = ? AND message = ? AND scope = ? AND seq IS NOT NULL")
                  .with(key.peer, key.message, key.scope);
  const auto found = row.step();
  const bool any = found && *found;
  const model::Seq seq{any ? row.integer(0) : 0};
  row.reset();
  return any ? load_body(db, seq) : std::nullopt;
}

}  // namespace tg::pipeline
