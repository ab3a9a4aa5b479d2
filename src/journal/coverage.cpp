#include "journal/coverage.h"

namespace tg::journal {
namespace {

// Ids younger than this join the expected ones only when they are proven.
constexpr std::int64_t kSettleUs = 60'000'000;

struct ChatRow {
  std::int64_t start = 0, newest = 0, newest_at = 0;
  std::int64_t alive = 0, deleted = 0;  // from start on
};

Result<ChatRow> chat_row(Connection& db, model::ChatId peer, model::Scope scope) {
  auto& row = db.prepared(
                    "SELECT start, newest, newest_at, total - deleted - (before_total - before_deleted), "
                    "deleted - before_deleted + bare FROM chats WHERE peer = ? AND scope = ?")
                  .with(peer, scope);
  auto found = row.step();
  if (!found) return found.error();
  ChatRow chat;
  if (*found) chat = {row.integer(0), row.integer(1), row.integer(2), row.integer(3), row.integer(4)};
  row.reset();
  return chat;
}

Result<RangeSet> range_set(Connection& db, std::string_view sql, model::ChatId peer, model::Scope scope) {
  std::vector<Range> ranges;
  auto& rows = db.prepared(sql).with(peer, scope);
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    ranges.push_back({rows.integer(0), rows.integer(1)});
  }
  rows.reset();
  return RangeSet(std::move(ranges));
}

Result<RangeSet> proven_set(Connection& db, model::ChatId peer, model::Scope scope) {
  return range_set(db, "SELECT first, last FROM coverage WHERE peer = ? AND scope = ?", peer, scope);
}

Result<std::vector<Hole>> open_holes(Connection& db, model::ChatId peer, model::Scope scope) {
  std::vector<Hole> holes;
  auto& rows = db.prepared(
                     "SELECT first, last, opened_at, cause FROM holes WHERE peer = ? AND scope = ? AND closed_at = 0 "
                     "ORDER BY first")
                   .with(peer, scope);
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    holes.push_back({{rows.integer(0), rows.integer(1)}, model::Time{rows.integer(2)}, {}, std::string(rows.text(3))});
  }
  rows.reset();
  return holes;
}

// Heads in a range: with content and alive, and tombstones.
Result<std::pair<std::int64_t, std::int64_t>> heads_in(Connection& db, model::ChatId peer, model::Scope scope,
                                                       Range range) {
  auto& row = db.prepared(
                    "SELECT count(*) FILTER (WHERE deleted_at = 0), count(*) FILTER (WHERE deleted_at <> 0) FROM heads "
                    "WHERE peer = ? AND message BETWEEN ? AND ? AND scope = ?")
                  .with(peer, range.first, range.last, scope);
  auto found = row.step();
  if (!found) return found.error();
  std::pair<std::int64_t, std::int64_t> counts{row.integer(0), row.integer(1)};
  row.reset();
  return counts;
}

// Brings the record of holes into line with what is proven: closes what has been filled, opens what is new.
Result<void> note_holes(Connection& db, model::ChatId peer, model::Scope scope, model::Time now,
                        const std::string& cause) {
  auto chat = chat_row(db, peer, scope);
  if (!chat) return chat.error();
  auto proven = proven_set(db, peer, scope);
  if (!proven) return proven.error();
  auto known = open_holes(db, peer, scope);
  if (!known) return known.error();
  if (chat->start == 0 && known->empty()) return {};

  RangeSet gaps;
  if (chat->start != 0 && !proven->ranges().empty()) {
    const auto first_proven = std::max(chat->start, proven->ranges().front().first);
    if (chat->newest >= first_proven) gaps = proven->gaps({first_proven, chat->newest});
  }
  RangeSet still_open;
  for (const auto& hole : *known) {
    const RangeSet left = gaps.intersect(hole.range);
    if (left == RangeSet({hole.range})) {
      still_open.add(hole.range);
      continue;
    }
    auto& change =
        left.ranges().empty()
            ? db.prepared(
                  "UPDATE holes SET closed_at = ?5 WHERE peer = ?1 AND scope = ?2 AND first = ?3 AND opened_at = ?4")
            : db.prepared(
                  "DELETE FROM holes WHERE peer = ?1 AND scope = ?2 AND first = ?3 AND opened_at = ?4 AND ?5 > 0");
    if (auto done = change.with(peer, scope, hole.range.first, hole.opened_at, now).run(); !done) return done;
    for (const auto& part : left.ranges()) {
      auto done =
          db.prepared(
                "INSERT OR REPLACE INTO holes (peer, scope, first, last, opened_at, cause) VALUES (?, ?, ?, ?, ?, ?)")
              .with(peer, scope, part.first, part.last, hole.opened_at, std::string_view(hole.cause))
              .run();
      if (!done) return done;
      still_open.add(part);
    }
  }
  for (const auto& fresh : gaps.minus(still_open).ranges()) {
    auto done =
        db.prepared(
              "INSERT OR REPLACE INTO holes (peer, scope, first, last, opened_at, cause) VALUES (?, ?, ?, ?, ?, ?)")
            .with(peer, scope, fresh.first, fresh.last, now, std::string_view(cause))
            .run();
    if (!done) return done;
  }
  return {};
}

}  // namespace

Result<ChatCoverage> coverage(Connection& db, model::ChatId peer, model::Scope scope, model::Time now) {
  auto chat = chat_row(db, peer, scope);
  if (!chat) return chat.error();
  ChatCoverage c;
  c.peer = peer;
  c.scope = scope;
  c.start = model::MessageId{chat->start};
  c.newest = model::MessageId{chat->newest};
  auto all = proven_set(db, peer, scope);
  if (!all) return all.error();
  auto& newest_proof =
      db.prepared("SELECT max(proven_at) FROM coverage WHERE peer = ? AND scope = ?").with(peer, scope);
  if (auto found = newest_proof.step(); !found) return found.error();
  c.proven_at = model::Time{newest_proof.integer(0)};
  newest_proof.reset();
  auto lost_access = no_access(db, peer, scope);
  if (!lost_access) return lost_access.error();
  c.no_access = std::move(*lost_access);
  if (chat->start == 0 || chat->newest < chat->start) return c;

  const Range whole{chat->start, chat->newest};
  c.proven = all->intersect(whole);
  auto lost = range_set(db, "SELECT first, last FROM losses WHERE peer = ? AND scope = ?", peer, scope);
  if (!lost) return lost.error();
  c.lost = lost->intersect(whole).minus(c.proven);
  c.accepted_lost = c.lost.size();
  c.accounted = c.proven.size();

  RangeSet open = c.proven.gaps(whole).minus(c.lost);
  const auto first_proven = c.proven.ranges().empty() ? chat->newest + 1 : c.proven.ranges().front().first;
  c.unknown = open.intersect({chat->start, first_proven - 1}).size();
  open = open.intersect({first_proven, chat->newest});
  auto holes = open_holes(db, peer, scope);
  if (!holes) return holes.error();
  for (const auto& range : open.ranges()) {
    Hole hole{range, model::Time{chat->newest_at}, {}, ""};
    for (const auto& noted : *holes) {
      if (noted.range.first <= range.last && range.first <= noted.range.last) {
        hole.opened_at = noted.opened_at;
        hole.cause = noted.cause;
        break;
      }
    }
    // The end of the channel may still be on its way to us.
    if (c.no_access) hole.cause = "no_access";
    const bool young = range.last == chat->newest && now.us - hole.opened_at.us < kSettleUs && hole.cause.empty();
    if (young) continue;
    c.missing += range.size();
    c.open_holes.push_back(std::move(hole));
  }
  c.expected = c.accounted + c.missing;

  // What is stored within the proven ranges: the chat's counts, less what lies outside them. Counting the proven heads
  // themselves would cost a scan of the channel.
  c.stored = chat->alive;
  c.deleted = chat->deleted;
  for (const auto& range : c.proven.gaps(whole).ranges()) {
    auto counts = heads_in(db, peer, scope, range);
    if (!counts) return counts.error();
    c.stored -= counts->first;
    c.deleted -= counts->second;
  }
  c.empty = c.accounted - c.stored - c.deleted;
  return c;
}

bool shows_more(const ChatCoverage& one, const ChatCoverage& other) {
  const auto key = [](const ChatCoverage& c) {
    return std::tuple(bool(c.start), c.no_access.has_value(), c.missing, c.expected);
  };
  return key(one) > key(other);
}

Result<std::vector<ChatCoverage>> coverages(Connection& db, model::ChatId peer, model::Time now) {
  std::vector<model::Scope> scopes;
  auto& rows = db.prepared("SELECT scope FROM chats WHERE peer = ? ORDER BY scope").with(peer);
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    scopes.emplace_back(rows.integer(0));
  }
  rows.reset();
  std::vector<ChatCoverage> all;
  for (const auto scope : scopes) {
    auto one = coverage(db, peer, scope, now);
    if (!one) return one.error();
    all.push_back(std::move(*one));
  }
  return all;
}

Result<ChatCoverage> coverage(Connection& db, model::ChatId peer, model::Time now) {
  auto all = coverages(db, peer, now);
  if (!all) return all.error();
  const auto shown = std::min_element(all->begin(), all->end(), shows_more);
  return shown == all->end() ? ChatCoverage{} : std::move(*shown);
}

Result<std::vector<ChatCoverage>> all_coverage(Connection& db, model::Time now) {
  std::vector<std::pair<model::ChatId, model::Scope>> chats;
  auto& rows = db.prepared("SELECT peer, scope FROM chats ORDER BY peer, scope").reset();
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    chats.emplace_back(rows.integer(0), rows.integer(1));
  }
  rows.reset();
  std::vector<ChatCoverage> all;
  for (const auto& [peer, scope] : chats) {
    auto one = coverage(db, peer, scope, now);
    if (!one) return one.error();
    all.push_back(std::move(*one));
  }
  return all;
}

Result<std::vector<ProvenRange>> proven_ranges(Connection& db, model::ChatId peer, model::Scope scope) {
  std::vector<ProvenRange> ranges;
  auto& rows =
      db.prepared(
            "SELECT first, last, proof, account, proven_at FROM coverage WHERE peer = ? AND scope = ? ORDER BY first")
          .with(peer, scope);
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    ranges.push_back({{rows.integer(0), rows.integer(1)},
                      static_cast<int>(rows.integer(2)),
                      rows.integer(3),
                      model::Time{rows.integer(4)}});
  }
  rows.reset();
  return ranges;
}

Result<std::vector<DayHoles>> holes_by_day(Connection& db, model::Time now, int days) {
  constexpr std::int64_t kDayUs = 86'400'000'000;
  const std::int64_t today = now.us / kDayUs;
  std::vector<DayHoles> result(static_cast<std::size_t>(days));
  auto& rows =
      db.prepared("SELECT opened_at, closed_at FROM holes WHERE opened_at >= ?").with((today - days + 1) * kDayUs);
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    const auto index = rows.integer(0) / kDayUs - (today - days + 1);
    if (index < 0 || index >= days) continue;
    auto& day = result[static_cast<std::size_t>(index)];
    ++(rows.integer(1) == 0 ? day.open : day.opened_and_closed);
  }
  rows.reset();
  return result;
}

Result<void> add_proof(Connection& db, model::ChatId peer, model::Scope scope, std::int64_t account, Range range,
                       int proof, model::Time proven_at) {
  if (range.last < range.first) return {};
  // The account's ranges that touch this one become one with it.
  Range merged = range;
  auto& rows = db.prepared(
                     "SELECT first, last FROM coverage WHERE peer = ? AND scope = ? AND account = ? AND first <= ? AND "
                     "last >= ?")
                   .with(peer, scope, account, range.last + 1, range.first - 1);
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    merged.first = std::min(merged.first, rows.integer(0));
    merged.last = std::max(merged.last, rows.integer(1));
  }
  rows.reset();
  auto done = db.prepared("DELETE FROM coverage WHERE peer = ? AND scope = ? AND account = ? AND first BETWEEN ? AND ?")
                  .with(peer, scope, account, merged.first, merged.last)
                  .run();
  if (!done) return done;
  done =
      db.prepared(
            "INSERT INTO coverage (peer, scope, account, first, last, proof, proven_at) VALUES (?, ?, ?, ?, ?, ?, ?)")
          .with(peer, scope, account, merged.first, merged.last, proof, proven_at)
          .run();
  if (!done) return done;
  return note_holes(db, peer, scope, proven_at, "");
}

Result<void> see_newest(Connection& db, model::ChatId peer, model::Scope scope, model::MessageId newest,
                        model::Time now, const std::string& cause) {
  auto done = db.prepared("UPDATE chats SET newest = ?3, newest_at = ?4 WHERE peer = ?1 AND scope = ?2 AND newest < ?3")
                  .with(peer, scope, newest, now)
                  .run();
  if (!done) return done;
  return note_holes(db, peer, scope, now, cause);
}

Result<void> accept_loss(Connection& db, model::ChatId peer, model::Scope scope, Range range, const std::string& reason,
                         model::Time now) {
  return db
      .prepared(
          "INSERT OR REPLACE INTO losses (peer, scope, first, last, accepted_at, reason) VALUES (?, ?, ?, ?, ?, ?)")
      .with(peer, scope, range.first, range.last, now, std::string_view(reason))
      .run();
}

std::vector<BarPart> bar(const ChatCoverage& c, int px) {
  std::vector<BarPart> parts;
  if (!c.start || c.newest < c.start || px <= 0) return parts;
  const std::int64_t ids = c.newest.value - c.start.value + 1;
  const std::int64_t columns = std::min<std::int64_t>(px, ids);
  RangeSet holes;
  for (const auto& hole : c.open_holes) holes.add(hole.range);
  for (std::int64_t i = 0; i < columns; ++i) {
    const Range column{c.start.value + i * ids / columns, c.start.value + (i + 1) * ids / columns - 1};
    std::string_view state = "proven";
    if (holes.intersect(column).size() > 0) {
      state = "hole";
    } else if (c.lost.intersect(column).size() > 0) {
      state = "lost";
    } else if (!c.proven.contains(column)) {
      state = "unknown";
    }
    if (!parts.empty() && parts.back().state == state) {
      parts.back().range.last = column.last;
    } else {
      parts.push_back({column, state});
    }
  }
  return parts;
}

Result<Stored> stored_of(Connection& db, model::ChatId peer, model::Scope scope) {
  auto& row = db.prepared(
                    "SELECT total,"
                    " (SELECT message FROM heads WHERE peer = ?1 AND scope = ?2 AND date IS NOT NULL"
                    "  ORDER BY message LIMIT 1),"
                    " (SELECT message FROM heads WHERE peer = ?1 AND scope = ?2 AND date IS NOT NULL"
                    "  ORDER BY message DESC LIMIT 1),"
                    " (SELECT date FROM heads WHERE peer = ?1 AND scope = ?2 AND date IS NOT NULL ORDER BY date DESC "
                    "LIMIT 1) FROM chats WHERE peer = ?1 AND scope = ?2")
                  .with(peer, scope);
  auto found = row.step();
  if (!found) return found.error();
  const Stored stored{row.integer(0), row.integer(1), row.integer(2), model::Time{row.integer(3)}};
  row.reset();
  return stored;
}

Result<model::MessageId> first_within(Connection& db, model::ChatId peer, model::Scope scope,
                                      std::chrono::seconds window) {
  auto& row = db.prepared(
                    "SELECT min(message) FROM (SELECT message FROM heads WHERE peer = ?1 AND scope = ?2 AND date >= "
                    "(SELECT date FROM heads WHERE peer = ?1 AND scope = ?2 AND date IS NOT NULL ORDER BY date DESC "
                    "LIMIT 1) - ?3 "
                    "ORDER BY date DESC LIMIT 10000)")
                  .with(peer, scope, std::chrono::microseconds(window).count());
  auto found = row.step();
  if (!found) return found.error();
  const model::MessageId first{row.integer(0)};
  row.reset();
  return first;
}

}  // namespace tg::journal
