#include "store/local/detail/scan.h"

#include "store/local/detail/query.h"

namespace tg::store::local {
namespace {

constexpr std::size_t kLargestChunk = 1000;
constexpr std::int64_t kEndOfTime = std::numeric_limits<std::int64_t>::max();

// Before all positions, or behind them.
constexpr Position edge(bool newest) {
  const auto far = newest ? kEndOfTime : std::numeric_limits<std::int64_t>::min();
  return {model::Time{far}, model::Scope{far}, model::ChatId{far}, model::MessageId{far}};
}

std::string chat_sql(bool towards_older) {
  return fmt::format(
      "SELECT {} FROM heads h INDEXED BY heads_by_chat WHERE h.peer = ?1 AND h.date IS NOT NULL "
      "AND (h.date, h.scope, h.message) {} (?2, ?3, ?4) AND h.date {} ?5 "
      "ORDER BY h.date {}, h.scope {}, h.message {} LIMIT ?6",
      kHeadColumns, towards_older ? "<" : ">", towards_older ? ">=" : "<=", towards_older ? "DESC" : "ASC",
      towards_older ? "DESC" : "ASC", towards_older ? "DESC" : "ASC");
}

std::string all_sql(bool towards_older) {
  return fmt::format(
      "SELECT {} FROM heads h INDEXED BY heads_by_date WHERE h.date IS NOT NULL "
      "AND (h.date, h.scope, h.peer, h.message) {} (?1, ?2, ?3, ?4) AND h.date {} ?5 "
      "ORDER BY h.date {}, h.scope {}, h.peer {}, h.message {} LIMIT ?6",
      kHeadColumns, towards_older ? "<" : ">", towards_older ? ">=" : "<=", towards_older ? "DESC" : "ASC",
      towards_older ? "DESC" : "ASC", towards_older ? "DESC" : "ASC", towards_older ? "DESC" : "ASC");
}

// One keyset query after the other over one chat, or over all (peer 0).
class Run {
 public:
  Run(journal::Connection& db, model::ChatId peer, const Range& range, std::size_t chunk)
      : db_(db), peer_(peer), towards_older_(range.towards_older), chunk_(chunk) {
    beyond_ = range.beyond.value_or(edge(towards_older_));
    // A date bound on the near side is a place, on the far side a condition.
    if (towards_older_) {
      if (range.to && range.to->us < kEndOfTime)
        beyond_ = std::min(
            beyond_, Position{model::Time{range.to->us + 1}, edge(false).scope, edge(false).peer, edge(false).message});
      limit_ = range.from.value_or(model::Time{std::numeric_limits<std::int64_t>::min()});
    } else {
      if (range.from && range.from->us > std::numeric_limits<std::int64_t>::min())
        beyond_ = std::max(
            beyond_, Position{model::Time{range.from->us - 1}, edge(true).scope, edge(true).peer, edge(true).message});
      limit_ = range.to.value_or(model::Time{kEndOfTime});
    }
  }

  // Nothing at the end.
  Result<const Head*> front() {
    if (chunk_heads_.empty() && !ended_) {
      if (auto filled = fill(); !filled) return filled.error();
    }
    return chunk_heads_.empty() ? nullptr : &chunk_heads_.front();
  }
  Head take() {
    Head head = std::move(chunk_heads_.front());
    chunk_heads_.pop_front();
    return head;
  }

 private:
  Result<void> fill() {
    static const std::string kChatOlder = chat_sql(true), kChatNewer = chat_sql(false);
    static const std::string kAllOlder = all_sql(true), kAllNewer = all_sql(false);
    const auto limit = static_cast<std::int64_t>(chunk_);
    auto& rows = peer_ ? db_.prepared(towards_older_ ? kChatOlder : kChatNewer)
                             .with(peer_, beyond_.date, beyond_.scope, message_bound(), limit_, limit)
                       : db_.prepared(towards_older_ ? kAllOlder : kAllNewer)
                             .with(beyond_.date, beyond_.scope, beyond_.peer, beyond_.message, limit_, limit);
    auto done = each(rows, [&](journal::Statement& row) { chunk_heads_.push_back(head_from_row(row)); });
    if (!done) return done;
    ended_ = chunk_heads_.size() < chunk_;
    if (!chunk_heads_.empty()) beyond_ = chunk_heads_.back().position();
    chunk_ = std::min(chunk_ * 2, kLargestChunk);
    return {};
  }

  // Within one chat the order has no peer: where the place is another chat's, this chat's messages at its date and
  // scope lie all before it or all behind it.
  model::MessageId message_bound() const {
    if (beyond_.peer == peer_) return beyond_.message;
    const bool behind = towards_older_ ? peer_ < beyond_.peer : peer_ > beyond_.peer;
    return edge(towards_older_ == behind).message;
  }

  journal::Connection& db_;
  model::ChatId peer_;
  bool towards_older_;
  std::size_t chunk_;
  Position beyond_;
  model::Time limit_;
  std::deque<Head> chunk_heads_;
  bool ended_ = false;
};

class Merge : public HeadSource {
 public:
  Merge(std::vector<Run> runs, Range range) : runs_(std::move(runs)), range_(range) {}

  Result<std::optional<Head>> next() override {
    if (!primed_) {
      for (std::size_t i = 0; i < runs_.size(); ++i) {
        if (auto queued = enqueue(i); !queued) return queued.error();
      }
      primed_ = true;
    }
    if (queue_.empty()) return std::optional<Head>();
    const auto nearest = [this](const Entry& a, const Entry& b) { return range_.before(b.position, a.position); };
    std::pop_heap(queue_.begin(), queue_.end(), nearest);
    const std::size_t run = queue_.back().run;
    queue_.pop_back();
    Head head = runs_[run].take();
    if (auto queued = enqueue(run); !queued) return queued.error();
    return std::optional<Head>(std::move(head));
  }

 private:
  struct Entry {
    Position position;
    std::size_t run;
  };

  Result<void> enqueue(std::size_t run) {
    auto front = runs_[run].front();
    if (!front) return front.error();
    if (*front == nullptr) return {};
    queue_.push_back({(*front)->position(), run});
    std::push_heap(queue_.begin(), queue_.end(),
                   [this](const Entry& a, const Entry& b) { return range_.before(b.position, a.position); });
    return {};
  }

  std::vector<Run> runs_;
  Range range_;
  std::vector<Entry> queue_;
  bool primed_ = false;
};

class Found : public HeadSource {
 public:
  explicit Found(Result<std::vector<Head>> heads) : heads_(std::move(heads)) {}
  Result<std::optional<Head>> next() override {
    if (!heads_) return heads_.error();
    if (at_ == heads_->size()) return std::optional<Head>();
    return std::optional<Head>(std::move((*heads_)[at_++]));
  }

 private:
  Result<std::vector<Head>> heads_;
  std::size_t at_ = 0;
};

Result<std::vector<Head>> heads_with_id(journal::Connection& db, std::vector<model::ChatId> peers,
                                        model::MessageId message, const Range& range) {
  if (peers.empty()) {
    auto done = each(db.prepared("SELECT DISTINCT peer FROM chats").reset(),
                     [&](journal::Statement& row) { peers.emplace_back(row.integer(0)); });
    if (!done) return done.error();
  }
  static const std::string kSql =
      fmt::format("SELECT {} FROM heads h WHERE h.peer = ? AND h.message = ? AND h.date IS NOT NULL", kHeadColumns);
  std::vector<Head> heads;
  for (const auto peer : peers) {
    auto done = each(db.prepared(kSql).with(peer, message), [&](journal::Statement& row) {
      Head head = head_from_row(row);
      if (!range.beyond || range.before(*range.beyond, head.position())) heads.push_back(std::move(head));
    });
    if (!done) return done.error();
  }
  std::sort(heads.begin(), heads.end(),
            [&](const Head& a, const Head& b) { return range.before(a.position(), b.position()); });
  return heads;
}

}  // namespace

std::unique_ptr<HeadSource> scan_heads(journal::Connection& db, const std::vector<model::ChatId>& peers, Range range) {
  std::vector<Run> runs;
  if (peers.empty()) {
    runs.emplace_back(db, model::ChatId{}, range, std::clamp<std::size_t>(range.first_chunk, 16, kLargestChunk));
  } else {
    // Together the first chunks hold about twice what is needed.
    const std::size_t share = 2 * range.first_chunk / peers.size() + 4;
    const std::size_t chunk = peers.size() == 1 ? range.first_chunk : share;
    for (const auto peer : peers) runs.emplace_back(db, peer, range, std::clamp<std::size_t>(chunk, 8, kLargestChunk));
  }
  return std::make_unique<Merge>(std::move(runs), range);
}

std::unique_ptr<HeadSource> find_heads(journal::Connection& db, const std::vector<model::ChatId>& peers,
                                       model::MessageId message, Range range) {
  return std::make_unique<Found>(heads_with_id(db, peers, message, range));
}

}  // namespace tg::store::local
