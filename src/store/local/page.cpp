// Pages: keyset over (date, scope, peer, message). Filters without an index look at a bounded number of messages, then
// answer with what they found and a cursor to go on.

#include "journal/nearest.h"
#include "store/local/detail/filter.h"
#include "store/local/detail/impl.h"
#include "store/local/detail/scan.h"
#include "store/local/detail/search_source.h"
#include "store/paging.h"
#include "store/search_text.h"

namespace tg::store {
namespace {

using local::Head;

constexpr std::size_t kContentCost = 5;  // reading a message costs about as much as so many heads

struct Collected {
  std::vector<Head> heads;         // at most what was to be kept
  std::optional<Position> paused;  // the budget ended here, before enough were found
  std::size_t matched = 0;
  bool whole = false;  // the end was reached: `matched` is all there is
};

class PageReader {
 public:
  PageReader(journal::Connection& db, local::SearchIndex* search, const PageQuery& query,
             std::vector<model::ChatId> peers, local::RowLoader& rows, std::size_t budget)
      : db_(db),
        search_(search),
        query_(query),
        peers_(std::move(peers)),
        rows_(rows),
        filter_(query),
        needle_(search_text(query.search)),
        limit_(std::clamp<std::size_t>(query.limit, 1, kLargestPage)),
        budget_(query.sender.empty() && !query.topic && query.media_types.empty() ? budget : budget / kContentCost) {}

  Result<Page> read() {
    if (query_.around) return around(*query_.around);
    if (query_.cursor.empty()) return forward(std::nullopt, static_cast<std::size_t>(query_.offset));
    auto cursor = parse_cursor(query_.cursor);
    if (!cursor) return cursor.error();
    return cursor->towards_older == query_.newest_first ? forward(cursor->from, static_cast<std::size_t>(cursor->skip))
                                                        : backward(cursor->from);
  }

 private:
  Result<std::unique_ptr<local::HeadSource>> source(std::optional<Position> beyond, bool towards_older,
                                                    std::size_t chunk) {
    local::Range range{beyond, query_.from, query_.to, towards_older, chunk};
    if (!needle_.empty()) return local::search_heads(*search_, db_, needle_, peers_, range, budget_);
    if (query_.message) return local::find_heads(db_, peers_, *query_.message, range);
    return local::scan_heads(db_, peers_, range);
  }

  // Passes over `skip` matches, keeps the next `keep`, and goes on counting until `count_to` have matched.
  Result<Collected> collect(std::optional<Position> beyond, bool towards_older, std::size_t skip, std::size_t keep,
                            std::size_t count_to) {
    auto heads = source(beyond, towards_older, skip + std::max<std::size_t>(keep, 16));
    if (!heads) return heads.error();
    Collected found;
    std::optional<Position> last;
    for (std::size_t looked_at = 0; found.heads.size() < keep || found.matched < count_to; ++looked_at) {
      if (looked_at >= budget_ + skip) {
        found.paused = last;
        return found;
      }
      auto head = (*heads)->next();
      if (!head) return head.error();
      if (!*head) {
        found.paused = (*heads)->paused();
        found.whole = !found.paused;
        return found;
      }
      last = (*head)->position();
      auto matches = filter_.matches(**head, rows_);
      if (!matches) return matches.error();
      if (!*matches) continue;
      ++found.matched;
      if (found.matched > skip && found.heads.size() < keep) found.heads.push_back(std::move(**head));
    }
    return found;
  }

  Result<void> append(Page& page, const std::vector<Head>& heads, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      auto row = rows_.load(heads[i]);
      if (!row) return row.error();
      page.rows.push_back(std::move(*row));
    }
    return {};
  }

  Result<Page> forward(const std::optional<Position>& beyond, std::size_t skip) {
    const bool counts_too = query_.filtered() && !beyond;
    auto found = collect(beyond, query_.newest_first, skip, limit_ + 1, counts_too ? kCountTo : 0);
    if (!found) return found.error();
    Page page;
    auto filled = append(page, found->heads, std::min(limit_, found->heads.size()));
    if (!filled) return filled.error();
    const bool stopped_early = found->paused && found->heads.size() <= limit_;
    page.has_more = found->heads.size() > limit_ || stopped_early;
    if (stopped_early) {
      const auto unskipped = static_cast<std::int64_t>(skip - std::min(skip, found->matched));
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
    auto counted = total(page, counts_too ? &*found : nullptr);
    if (!counted) return counted.error();
    return page;
  }

  Result<Page> backward(const Position& beyond) {
    auto found = collect(beyond, !query_.newest_first, 0, limit_ + 1, 0);
    if (!found) return found.error();
    Page page;
    const std::size_t count = std::min(limit_, found->heads.size());
    auto filled = append(page, found->heads, count);
    if (!filled) return filled.error();
    std::reverse(page.rows.begin(), page.rows.end());
    // The place it came from lies behind these rows.
    page.has_more = true;
    page.next_cursor = to_text({just_before(beyond, query_.newest_first), query_.newest_first, 0});
    set_next(page, query_.newest_first);
    if (found->heads.size() > limit_) {
      set_previous(page, query_.newest_first);
    } else if (found->paused) {
      page.prev_cursor = to_text({*found->paused, !query_.newest_first, 0});
    }
    auto counted = total(page, nullptr);
    if (!counted) return counted.error();
    return page;
  }

  Result<Page> around(const model::MessageKey& key) {
    const auto centre = journal::nearest(db_, key);
    if (!centre) return centre.error();
    if (!*centre) return nothing_near(key);
    const auto& [stored, date] = **centre;
    const Position place{date, stored.scope, stored.peer, stored.message};
    const std::size_t half = (limit_ - 1) / 2;
    auto before = collect(place, !query_.newest_first, 0, half + 1, 0);
    if (!before) return before.error();
    const std::size_t count_before = std::min(half, before->heads.size());
    const std::size_t room = limit_ - count_before;
    auto after = collect(just_before(place, query_.newest_first), query_.newest_first, 0, room + 1, 0);
    if (!after) return after.error();

    Page page;
    auto filled = append(page, before->heads, count_before);
    if (!filled) return filled.error();
    std::reverse(page.rows.begin(), page.rows.end());
    filled = append(page, after->heads, std::min(room, after->heads.size()));
    if (!filled) return filled.error();
    page.has_more = after->heads.size() > room || after->paused;
    set_next(page, query_.newest_first);
    if (before->heads.size() > half || before->paused) set_previous(page, query_.newest_first);
    auto counted = total(page, nullptr);
    if (!counted) return counted.error();
    return page;
  }

  Result<void> total(Page& page, const Collected* counted) {
    if (!query_.filtered()) return total_of_chats(page);
    std::optional<Collected> found;
    if (counted == nullptr) {
      auto all = collect(std::nullopt, query_.newest_first, 0, 0, kCountTo);
      if (!all) return all.error();
      found = std::move(*all);
      counted = &*found;
    }
    page.total = static_cast<std::int64_t>(counted->matched);
    page.total_exact = counted->whole;
    return {};
  }

  Result<void> total_of_chats(Page& page) {
    std::int64_t content = 0, deleted = 0;
    const auto add = [&](journal::Statement& row) {
      content += row.integer(0);
      deleted += row.integer(1);
    };
    if (peers_.empty()) {
      auto done = local::each(db_.prepared("SELECT sum(total), sum(deleted) FROM chats").reset(), add);
      if (!done) return done;
    }
    for (const auto peer : peers_) {
      auto done =
          local::each(db_.prepared("SELECT sum(total), sum(deleted) FROM chats WHERE peer = ?").with(peer), add);
      if (!done) return done;
    }
    page.total = query_.only_deleted ? deleted : query_.include_deleted ? content : content - deleted;
    return {};
  }

  journal::Connection& db_;
  local::SearchIndex* search_;
  const PageQuery& query_;
  std::vector<model::ChatId> peers_;
  local::RowLoader& rows_;
  local::Filter filter_;
  std::string needle_;
  std::size_t limit_;
  std::size_t budget_;
};

// What memory holds: the newest of all or of one chat, nothing else asked for.
bool is_plain(const PageQuery& query) {
  return !query.filtered() && !query.include_deleted && !query.only_deleted && query.newest_first &&
         query.cursor.empty() && query.offset == 0 && !query.around && query.channels.size() <= 1;
}

}  // namespace

Result<Page> LocalStore::page(const PageQuery& query) {
  if (auto checked = check(query); !checked) return checked.error();
  if (impl_->window && is_plain(query)) {
    const auto chat = query.channels.empty() ? model::ChatId{} : query.channels.front();
    if (auto page = impl_->window->newest(chat, std::clamp<std::size_t>(query.limit, 1, kLargestPage))) {
      impl_->metrics.memory_hits.Increment();
      return std::move(*page);
    }
  }
  impl_->metrics.memory_misses.Increment();
  if (!query.search.empty() && !impl_->search) return *impl_->why_no_search;
  auto db = impl_->journal.read();
  if (!db) return db.error();
  const local::Snapshot snapshot(**db);
  auto standing = impl_->standing.get(**db);
  if (!standing) return standing.error();
  auto peers = Impl::with_successors(**db, query.channels);
  if (!peers) return peers.error();
  local::RowLoader rows(**db, impl_->contents, *standing);
  PageReader reader(**db, impl_->search.get(), query, std::move(*peers), rows, impl_->options.scan_budget);
  return reader.read();
}

}  // namespace tg::store
