#pragma once
// The statements of pages. Rows come in the order of pages, from a place on, from one of:
//
//   all chats, or one      the index of the order; at most `budget` messages are looked at
//   several chats          one such walk each, merged
//   named keys             those that the journal says there are
//   a search               the trigram index, within a span of dates

#include <optional>
#include <vector>

#include "store/paging.h"
#include "store/postgres/detail/row.h"
#include "store/postgres/detail/sql.h"

namespace tg::store::postgres {

struct Walk {
  std::optional<Position> beyond;  // this place itself is left out
  bool towards_older = true;
  std::size_t skip = 0, keep = 0;  // of what matches
  std::size_t budget = 0;          // messages looked at, a chat
  std::optional<Position> until;   // nothing behind this place

  bool before(const Position& a, const Position& b) const { return towards_older ? b < a : a < b; }
};

class PageSql {
 public:
  // `keys`: where the query names a message. The query must outlive it.
  PageSql(const PageQuery& query, std::vector<model::ChatId> peers, std::vector<Key> keys);

  bool searches() const { return searches_; }  // by the trigram index
  bool has_keys() const { return query_.message.has_value(); }
  std::size_t walks() const { return peers_.size() > 1 ? peers_.size() : 1; }
  const std::vector<model::ChatId>& peers() const { return peers_; }

  Query rows(const Walk& walk) const;
  // How many match, counted to `walk.keep`.
  Query count(const Walk& walk) const;
  // Chat by chat, counted to walk.skip + walk.keep.
  Query count_each(const Walk& walk) const;
  // The last place that the budget reaches, of each of these chats (none: of all chats together) that has as many.
  Query ends(const Walk& walk, const std::vector<model::ChatId>& peers) const;

 private:
  void matches(Sql& sql, const Walk& walk) const;  // SELECT m.* …, without an order over all
  void candidates(Sql& sql, const Walk& walk, std::string_view channel) const;
  void place(Sql& sql, const Walk& walk) const;
  void filters(Sql& sql) const;

  const PageQuery& query_;
  std::vector<model::ChatId> peers_;
  std::vector<Key> keys_;
  std::string needle_;
  bool searches_ = false;
};

// So that the planner takes the index of the order, whatever it thinks of the number of rows. For one transaction.
Query walk_by_index();

}  // namespace tg::store::postgres
