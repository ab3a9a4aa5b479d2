#include "store/local/detail/search_source.h"

#include <set>

#include "store/local/detail/query.h"
#include "store/search_text.h"

namespace tg::store::local {
namespace {

// More of them only cost; the text is compared anyway.
constexpr std::size_t kMostTrigrams = 24;
constexpr std::size_t kMostMarkedChats = 32;

std::string fts_phrase(std::string_view token) {
  std::string text = "\"";
  for (const char c : token) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + "\"";
}

std::vector<std::string_view> split_characters(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    out.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return out;
}

Result<std::string> chat_query(journal::Connection& db, const std::vector<model::ChatId>& peers) {
  std::string any;
  for (const auto peer : peers) {
    auto done = each(db.prepared("SELECT mark FROM chats WHERE peer = ?").with(peer), [&](journal::Statement& row) {
      any += (any.empty() ? "" : " OR ") + fts_phrase(SearchIndex::mark_text(row.integer(0)));
    });
    if (!done) return done.error();
  }
  return any;
}

class SearchSource : public HeadSource {
 public:
  SearchSource(journal::ReadPool::Lease lease, journal::Connection& journal, std::string needle,
               std::vector<model::ChatId> peers, Range range, std::size_t budget, const std::string& match)
      : lease_(std::move(lease)),
        journal_(journal),
        needle_(std::move(needle)),
        peers_(peers.begin(), peers.end()),
        range_(range),
        budget_(budget) {
    open(match);
  }
  ~SearchSource() override { rows_->reset(); }

  Result<std::optional<Head>> next() override {
    while (true) {
      while (at_ < second_.size()) {
        const Match& match = second_[at_++];
        auto head = find_head(journal_, match.key);
        if (!head) return head.error();
        if (!*head || !(*head)->date) continue;
        (*head)->text_matches = (*head)->seq == match.seq;
        return head;
      }
      if (ended_ || paused_) return std::optional<Head>();
      if (auto read = read_second(); !read) return read.error();
    }
  }

  std::optional<Position> paused() const override { return paused_; }

 private:
  struct Match {
    Position position;
    model::MessageKey key;
    model::Seq seq;
  };

  void open(const std::string& match) {
    const bool older = range_.towards_older;
    const std::string sql =
        match.empty() ? fmt::format(
                            "SELECT t.id, t.date, t.scope, t.peer, t.message, instr(t.folded, ?1), t.seq FROM texts t "
                            "WHERE t.id BETWEEN ?2 AND ?3 ORDER BY t.id {}",
                            older ? "DESC" : "ASC")
                      : fmt::format(
                            "SELECT t.id, t.date, t.scope, t.peer, t.message, instr(t.folded, ?1), t.seq FROM words w "
                            "CROSS JOIN texts t ON t.id = w.rowid "
                            "WHERE w.words MATCH ?4 AND w.rowid BETWEEN ?2 AND ?3 ORDER BY w.rowid {}",
                            older ? "DESC" : "ASC");
    constexpr auto kLatest = model::Time::seconds(std::int64_t{1} << 33);
    model::Time from = range_.from.value_or(model::Time{}), to = range_.to.value_or(kLatest);
    if (range_.beyond && range_.towards_older) to = std::min(to, range_.beyond->date);
    if (range_.beyond && !range_.towards_older) from = std::max(from, range_.beyond->date);
    const auto second = [](model::Time time) {
      return std::clamp<std::int64_t>(time.to_seconds(), 0, (std::int64_t{1} << 33) - 1) << SearchIndex::kCountBits;
    };
    rows_ = &lease_->prepared(sql);
    rows_->with(std::string_view(needle_), second(from), second(to) + (std::int64_t{1} << SearchIndex::kCountBits) - 1);
    if (!match.empty()) rows_->bind(4, std::string_view(match));
  }

  // The index is in the order of seconds; within one, matches are put in order here.
  Result<void> read_second() {
    second_.clear();
    at_ = 0;
    std::optional<std::int64_t> second;
    std::optional<Position> last;
    while (true) {
      if (!row_waits_) {
        auto more = rows_->step();
        if (!more) return more.error();
        if (!*more) {
          ended_ = true;
          break;
        }
      }
      row_waits_ = false;
      const std::int64_t of_row = rows_->integer(0) >> SearchIndex::kCountBits;
      if (second && of_row != *second) {
        row_waits_ = true;
        // The second that a page before ended in is not looked at for ever.
        if (looked_at_ >= budget_ && (!range_.beyond || range_.before(*range_.beyond, *last))) paused_ = last;
        break;
      }
      second = of_row;
      ++looked_at_;
      const Position position{model::Time{rows_->integer(1)}, model::Scope{rows_->integer(2)},
                              model::ChatId{rows_->integer(3)}, model::MessageId{rows_->integer(4)}};
      if (!last || range_.before(*last, position)) last = position;
      if (wanted(position))
        second_.push_back({position, {position.scope, position.peer, position.message}, model::Seq{rows_->integer(6)}});
    }
    std::sort(second_.begin(), second_.end(),
              [this](const Match& a, const Match& b) { return range_.before(a.position, b.position); });
    return {};
  }

  bool wanted(const Position& position) const {
    if (rows_->integer(5) == 0) return false;
    if (!peers_.empty() && !peers_.contains(position.peer)) return false;
    return !range_.beyond || range_.before(*range_.beyond, position);
  }

  journal::ReadPool::Lease lease_;
  journal::Connection& journal_;
  std::string needle_;
  std::set<model::ChatId> peers_;
  Range range_;
  std::size_t budget_;
  journal::Statement* rows_ = nullptr;
  std::vector<Match> second_;
  std::size_t at_ = 0;
  std::size_t looked_at_ = 0;
  bool row_waits_ = false;
  bool ended_ = false;
  std::optional<Position> paused_;
};

}  // namespace

std::string trigram_query(std::string_view needle) {
  const auto parts = split_characters(needle);
  if (parts.size() < 3) return {};
  const std::size_t count = parts.size() - 2;
  const std::size_t step = (count + kMostTrigrams - 1) / kMostTrigrams;
  std::set<std::string> trigrams;
  for (std::size_t i = 0; i < count; i += step) {
    trigrams.insert(std::string(parts[i]) + std::string(parts[i + 1]) + std::string(parts[i + 2]));
  }
  std::string query;
  for (const auto& trigram : trigrams) query += (query.empty() ? "" : " AND ") + fts_phrase(trigram);
  return query;
}

Result<std::unique_ptr<HeadSource>> search_heads(SearchIndex& index, journal::Connection& journal, std::string needle,
                                                 std::vector<model::ChatId> peers, Range range, std::size_t budget) {
  auto lease = index.read();
  if (!lease) return lease.error();
  std::string match = trigram_query(needle);
  if (!match.empty() && !peers.empty() && peers.size() <= kMostMarkedChats) {
    auto chats = chat_query(**lease, peers);
    if (!chats) return chats.error();
    // None of them has any text: a match that nothing has.
    match = fmt::format("({}) AND {}", chats->empty() ? fts_phrase(SearchIndex::mark_text(0)) : *chats, match);
  }
  return std::unique_ptr<HeadSource>(std::make_unique<SearchSource>(std::move(*lease), journal, std::move(needle),
                                                                    std::move(peers), range, budget, match));
}

}  // namespace tg::store::local
