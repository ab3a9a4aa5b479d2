// Pages: keyset over (date, scope, peer, message). Filters without an index look at a bounded number of messages, then
// answer with what they found and a cursor to go on.

#include <algorithm>

#include "journal/nearest.h"
#include "store/postgres/detail/impl.h"
#include "store/postgres/detail/page_sql.h"

namespace tg::store {
namespace {

using postgres::Walk;

constexpr std::size_t kLeastBudget = 16;  // a chat
// A walk looks at so much time first: planning for a few partitions is cheaper than for all.
constexpr std::array<std::chrono::hours, 2> kWalked{{std::chrono::hours(24 * 3), std::chrono::hours(24 * 40)}};
// A search looks at so much time first, then at more, until it has found enough: what it costs is what it finds.
constexpr std::array<std::chrono::hours, 5> kSearched{{std::chrono::hours(3), std::chrono::hours(24),
                                                       std::chrono::hours(24 * 8), std::chrono::hours(24 * 64),
                                                       std::chrono::hours(24 * 512)}};

struct Collected {
  std::vector<Row> rows;           // at most what was to be kept
  std::optional<Position> paused;  // the budget ended here, before enough were found
  std::size_t skipped = 0;         // where it paused before the first row
};

Position place_of(const postgres::Rows& rows, int at) {
  return {rows.time(at, 0), model::Scope{rows.integer(at, 1)}, model::ChatId{rows.integer(at, 2)},
          model::MessageId{rows.integer(at, 3)}};
}

template <class Impl>
class PageReader {
 public:
  PageReader(Impl& impl, const PageQuery& query, std::vector<model::ChatId> peers, std::vector<postgres::Key> keys)
      : impl_(impl),
        query_(query),
        sql_(query, std::move(peers), std::move(keys)),
        limit_(std::clamp<std::size_t>(query.limit, 1, kLargestPage)) {}

  Result<Page> read() {
    if (query_.around) return around(*query_.around);
    if (query_.cursor.empty()) return forward(std::nullopt, static_cast<std::size_t>(query_.offset));
    auto cursor = parse_cursor(query_.cursor);
    if (!cursor) return cursor.error();
    return cursor->towards_older == query_.newest_first ? forward(cursor->from, static_cast<std::size_t>(cursor->skip))
                                                        : backward(cursor->from);
  }

 private:
  Walk walk(const std::optional<Position>& beyond, bool towards_older, std::size_t skip, std::size_t keep) const {
    Walk walk{beyond, towards_older, skip, keep, 0, {}};
    walk.budget = std::max(impl_.options.scan_budget / sql_.walks(), kLeastBudget) + skip;
    if (sql_.walks() == 1) walk.budget = std::max<std::size_t>(impl_.options.scan_budget, 1) + skip;
    return walk;
  }

  Result<Collected> collect(const std::optional<Position>& beyond, bool towards_older, std::size_t skip,
                            std::size_t keep) {
    Walk walk = this->walk(beyond, towards_older, skip, keep);
    if (sql_.searches()) return search(walk);
    if (sql_.has_keys()) return walked(walk, true);
    const auto anchor = towards_older ? std::optional(latest(walk)) : earliest(walk);
    for (const auto span : kWalked) {
      if (!anchor) break;
      walk.until = after(*anchor, span, towards_older);
      auto found = walked(walk, false);
      if (!found || found->paused || found->rows.size() == keep) return found;
    }
    walk.until.reset();
    return walked(walk, true);
  }

  // Not `whole`: more time may be looked at, so that too few rows say nothing.
  Result<Collected> walked(const Walk& walk, bool whole) {
    std::vector<postgres::Query> queries{postgres::walk_by_index(), sql_.rows(walk)};
    if (sql_.walks() > 1 && !sql_.has_keys()) queries.push_back(sql_.count_each(walk));
    auto answers = impl_.ask(queries);
    if (!answers) return answers.error();
    auto rows = postgres::rows_from((*answers)[1]);
    if (!rows) return rows.error();
    Collected found{std::move(*rows), {}, 0};
    if (sql_.has_keys() || (!whole && found.rows.size() < walk.keep)) return found;
    // Whose budget may have ended before it gave as many as could be wanted of it.
    std::vector<model::ChatId> fell_short;
    if (sql_.walks() > 1) {
      const auto& each = (*answers)[2];
      for (int at = 0; at < each.size(); ++at) {
        if (static_cast<std::size_t>(each.integer(at, 1)) < walk.skip + walk.keep) {
          fell_short.emplace_back(each.integer(at, 0));
        }
      }
      if (fell_short.empty()) return found;
    } else {
      if (found.rows.size() == walk.keep) return found;
      fell_short = sql_.peers();
    }
    auto frontier = end_of(walk, fell_short);
    if (!frontier) return frontier.error();
    return paused_at(std::move(found), walk, *frontier);
  }

  // The nearest place where a budget ends.
  Result<std::optional<Position>> end_of(const Walk& walk, const std::vector<model::ChatId>& peers) {
    const std::vector<postgres::Query> queries{postgres::walk_by_index(), sql_.ends(walk, peers)};
    auto answers = impl_.ask(queries);
    if (!answers) return answers.error();
    std::optional<Position> nearest;
    for (int at = 0; at < answers->back().size(); ++at) {
      const auto place = place_of(answers->back(), at);
      if (!nearest || walk.before(place, *nearest)) nearest = place;
    }
    return nearest;
  }

  Result<Collected> paused_at(Collected found, const Walk& walk, const std::optional<Position>& frontier) {
    if (!frontier) return found;
    std::erase_if(found.rows, [&](const Row& row) { return walk.before(*frontier, position_of(row)); });
    if (found.rows.size() == walk.keep) return found;
    found.paused = frontier;
    if (walk.skip == 0 || !found.rows.empty()) return found;
    Walk looked_at = walk;
    looked_at.until = frontier;
    looked_at.keep = walk.skip;
    looked_at.skip = 0;
    auto matched = count(looked_at);
    if (!matched) return matched.error();
    found.skipped = *matched;
    return found;
  }

  Result<std::size_t> count(const Walk& walk) {
    std::vector<postgres::Query> queries;
    if (!sql_.searches()) queries.push_back(postgres::walk_by_index());
    queries.push_back(sql_.count(walk));
    auto answers = impl_.ask(queries);
    if (!answers) return answers.error();
    return static_cast<std::size_t>(answers->back().integer(0, 0));
  }

  // In spans of time that grow, each by itself as long as nothing is to be skipped.
  Result<Collected> search(Walk walk) {
    auto anchor = search_from(walk);
    if (!anchor) return anchor.error();
    for (std::size_t span = 0;; ++span) {
      const bool all = span == kSearched.size() || !*anchor;
      walk.until.reset();
      if (!all) {
        walk.until = after(**anchor, kSearched[span], walk.towards_older);
      }
      auto answer = impl_.ask(sql_.rows(walk));
      if (!answer) return answer.error();
      if (!all && static_cast<std::size_t>(answer->size()) < walk.keep) continue;
      auto rows = postgres::rows_from(*answer);
      if (!rows) return rows.error();
      return Collected{std::move(*rows), {}, 0};
    }
  }

  static Position after(model::Time time, std::chrono::microseconds span, bool towards_older) {
    constexpr auto kFar = std::numeric_limits<std::int64_t>::max() / 4;
    const auto far = towards_older ? -kFar : kFar;
    return {model::Time{time.us + (towards_older ? -span.count() : span.count())}, model::Scope{far},
            model::ChatId{far}, model::MessageId{far}};
  }

  // No message that is wanted is later, or earlier.
  model::Time latest(const Walk& walk) const {
    auto from = model::Time::now();
    if (query_.to) from = std::min(from, *query_.to);
    if (walk.beyond) from = std::min(from, walk.beyond->date);
    return from;
  }
  std::optional<model::Time> earliest(const Walk& walk) const {
    auto from = query_.from;
    if (walk.beyond) from = std::max(from.value_or(walk.beyond->date), walk.beyond->date);
    return from;
  }

  // Nothing: there is nothing to begin at.
  Result<std::optional<model::Time>> search_from(const Walk& walk) {
    auto from = walk.towards_older ? std::optional(latest(walk)) : earliest(walk);
    if (from) return from;
    const std::vector<postgres::Query> queries{
        postgres::walk_by_index(),
        {"SELECT m.telegram_date FROM telegram_gateway.messages m ORDER BY m.telegram_date LIMIT 1", {}}};
    auto oldest = impl_.ask(queries);
    if (!oldest) return oldest.error();
    if (!oldest->back().empty()) from = oldest->back().time(0, 0);
    return from;
  }

  static void take(Page& page, std::vector<Row>& rows, std::size_t count) {
    page.rows.insert(page.rows.end(), std::make_move_iterator(rows.begin()),
                     std::make_move_iterator(rows.begin() + static_cast<std::ptrdiff_t>(count)));
  }

  Result<Page> forward(const std::optional<Position>& beyond, std::size_t skip) {
    auto found = collect(beyond, query_.newest_first, skip, limit_ + 1);
    if (!found) return found.error();
    Page page;
    const auto count = found->rows.size();
    take(page, found->rows, std::min(limit_, count));
    const bool stopped_early = found->paused && count <= limit_;
    page.has_more = count > limit_ || stopped_early;
    if (stopped_early) {
      const auto unskipped = page.rows.empty() ? static_cast<std::int64_t>(skip - std::min(skip, found->skipped)) : 0;
      page.next_cursor = to_text({*found->paused, query_.newest_first, unskipped});
    } else {
      set_next(page, query_.newest_first);
    }
    if (beyond || skip > 0) {
      if (page.rows.empty() && beyond) {
        page.prev_cursor = to_text({just_before(*beyond, !query_.newest_first), !query_.newest_first, 0});
      }
      set_previous(page, query_.newest_first);
    }
    return with_total(std::move(page));
  }

  Result<Page> backward(const Position& beyond) {
    auto found = collect(beyond, !query_.newest_first, 0, limit_ + 1);
    if (!found) return found.error();
    Page page;
    const auto count = found->rows.size();
    take(page, found->rows, std::min(limit_, count));
    std::reverse(page.rows.begin(), page.rows.end());
    // The place it came from lies behind these rows.
    page.has_more = true;
    page.next_cursor = to_text({just_before(beyond, query_.newest_first), query_.newest_first, 0});
    set_next(page, query_.newest_first);
    if (count > limit_) {
      set_previous(page, query_.newest_first);
    } else if (found->paused) {
      page.prev_cursor = to_text({*found->paused, !query_.newest_first, 0});
    }
    return with_total(std::move(page));
  }

  Result<Page> around(const model::MessageKey& key) {
    auto db = impl_.parts.journal.read();
    if (!db) return db.error();
    const auto centre = journal::nearest(**db, key);
    if (!centre) return centre.error();
    if (!*centre) return nothing_near(key);
    const auto& [stored, date] = **centre;
    const Position place{date, stored.scope, stored.peer, stored.message};
    const std::size_t half = (limit_ - 1) / 2;
    auto before = collect(place, !query_.newest_first, 0, half + 1);
    if (!before) return before.error();
    const std::size_t all_before = before->rows.size(), count_before = std::min(half, all_before);
    const std::size_t room = limit_ - count_before;
    auto after = collect(just_before(place, query_.newest_first), query_.newest_first, 0, room + 1);
    if (!after) return after.error();
    const std::size_t all_after = after->rows.size();

    Page page;
    take(page, before->rows, count_before);
    std::reverse(page.rows.begin(), page.rows.end());
    take(page, after->rows, std::min(room, all_after));
    page.has_more = all_after > room || after->paused;
    set_next(page, query_.newest_first);
    if (all_before > half || before->paused) set_previous(page, query_.newest_first);
    return with_total(std::move(page));
  }

  Result<Page> with_total(Page page) {
    if (!query_.filtered()) {
      auto total = total_of_chats();
      if (!total) return total.error();
      page.total = *total;
      return page;
    }
    Walk all = walk(std::nullopt, query_.newest_first, 0, kCountTo);
    auto matched = count(all);
    if (!matched) return matched.error();
    page.total = static_cast<std::int64_t>(*matched);
    page.total_exact = *matched < kCountTo;
    if (page.total_exact && !sql_.searches() && !sql_.has_keys()) {
      auto end = end_of(all, sql_.peers());
      if (!end) return end.error();
      page.total_exact = !end->has_value();
    }
    return page;
  }

  Result<std::int64_t> total_of_chats() {
    auto db = impl_.parts.journal.read();
    if (!db) return db.error();
    std::int64_t content = 0, deleted = 0;
    const auto add = [&](journal::Statement& row) -> Result<void> {
      auto found = row.step();
      if (!found) return found.error();
      content += row.integer(0);
      deleted += row.integer(1);
      row.reset();
      return {};
    };
    if (sql_.peers().empty()) {
      if (auto done = add((*db)->prepared("SELECT sum(total), sum(deleted) FROM chats").reset()); !done) {
        return done.error();
      }
    }
    for (const auto peer : sql_.peers()) {
      auto done = add((*db)->prepared("SELECT sum(total), sum(deleted) FROM chats WHERE peer = ?").with(peer));
      if (!done) return done.error();
    }
    return query_.only_deleted ? deleted : query_.include_deleted ? content : content - deleted;
  }

  Impl& impl_;
  const PageQuery& query_;
  postgres::PageSql sql_;
  std::size_t limit_;
};

}  // namespace

Result<Page> PostgresStore::page(const PageQuery& query) {
  if (auto checked = check(query); !checked) return checked.error();
  auto peers = impl_->with_successors(query.channels);
  if (!peers) return peers.error();
  std::vector<postgres::Key> keys;
  if (query.message) {
    auto named = impl_->with_id(*peers, *query.message);
    if (!named) return named.error();
    keys = std::move(*named);
  }
  return PageReader(*impl_, query, std::move(*peers), std::move(keys)).read();
}

}  // namespace tg::store
