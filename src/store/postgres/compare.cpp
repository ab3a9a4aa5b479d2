// Whether a journal and the database hold the same, chat by chat.

#include <openssl/evp.h>

#include "model/message_json.h"
#include "store/postgres/copy.h"
#include "store/postgres/detail/connection.h"

namespace tg::store::postgres {
namespace {

constexpr std::chrono::minutes kComparePatience{60};
constexpr std::uint64_t kSumMask = (std::uint64_t{1} << 56) - 1;

using Tallies = std::map<std::pair<std::int64_t, std::int64_t>, Tally>;  // by channel and scope

// The first 56 bits of SHA-256, as kHash has it in SQL.
std::uint64_t hash_of(std::string_view line) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  EVP_Digest(line.data(), line.size(), bytes.data(), nullptr, EVP_sha256(), nullptr);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 7; ++i) value = value << 8U | bytes[i];
  return value;
}

std::string summed(std::string_view line) {
  return fmt::format(
      "(sum(('x' || left(encode(sha256(convert_to({}, 'UTF8')), 'hex'), 14))::bit(56)::bigint) % "
      "72057594037927936)::bigint",
      line);
}

// The events that this journal can tell of: others were trimmed, or are an earlier journal's.
Result<model::Seq> oldest_told(journal::Connection& db) {
  auto oldest = db.scalar("SELECT max(CAST(value AS INTEGER)) FROM meta WHERE name IN ('trimmed_to', 'created_at')");
  return oldest ? Result<model::Seq>(model::Seq{*oldest}) : oldest.error();
}

class JournalSide {
 public:
  JournalSide(journal::Connection& db, const Compared& what, model::Seq after, Comparison& comparison)
      : db_(db), what_(what), after_(after), comparison_(comparison) {}

  Result<Tallies> read(const OnCopied& on_compared) {
    auto all = db_.scalar("SELECT count(*) FROM heads WHERE date IS NOT NULL");
    if (!all) return all.error();
    Tallies tallies;
    auto& heads = db_.prepared(
                         "SELECT peer, message, scope, date, seq, arrival, deleted_at, flags & 1, versions FROM heads "
                         "WHERE date IS NOT NULL")
                      .reset();
    for (std::int64_t done = 0;; ++done) {
      auto row = heads.step();
      if (!row) return row.error();
      if (!*row) break;
      if (on_compared && done % 10'000 == 0) on_compared(done, *all);
      if (auto added = add(heads, tallies); !added) return added.error();
    }
    heads.reset();
    return tallies;
  }

 private:
  struct Content {
    model::Seq seq;
    model::Time edit_date, recorded_at;
    std::int64_t n = 0;
    std::string body;
  };

  Result<void> add(journal::Statement& head, Tallies& tallies) {
    const std::int64_t peer = head.integer(0), message = head.integer(1), scope = head.integer(2);
    const model::Seq current{head.integer(4)}, arrival{head.integer(5)};
    if (current <= after_) {
      ++comparison_.trimmed;
      return {};
    }
    auto contents = contents_of(head);
    if (!contents) return contents.error();
    if (model::Time{what_.by_date ? head.integer(3) : first_on_disk_.us} < what_.oldest) {
      ++comparison_.too_old;
      return {};
    }
    auto& tally = tallies[{peer, scope}];
    std::string text;
    for (const auto& content : *contents) {
      ++tally.versions;
      tally.version_sum += hash_of(fmt::format("{}|{}|{}|{}|{}", message, content.seq.value,
                                               content.edit_date.to_seconds(), content.n, content.body));
      if (content.seq != current) continue;
      if (auto parsed = model::message_from_json(content.body)) text = std::move(parsed->text);
    }
    const bool deleted = head.integer(6) != 0, offered = head.integer(7) != 0;
    ++tally.messages;
    tally.deleted += deleted ? 1 : 0;
    tally.message_sum += hash_of(fmt::format("{}|{}|{}|{}|{}|{}", message, head.integer(3), current.value,
                                             deleted ? 1 : 0, offered ? arrival.value : 0, text));
    return {};
  }

  Result<std::vector<Content>> contents_of(journal::Statement& head) {
    std::vector<model::Seq> seqs;
    if (head.integer(8) < 2) {
      seqs.emplace_back(head.integer(4));
    } else {
      auto& rows = db_.prepared("SELECT seq FROM versions WHERE peer = ? AND message = ? AND scope = ?")
                       .with(head.integer(0), head.integer(1), head.integer(2));
      while (true) {
        auto row = rows.step();
        if (!row) return row.error();
        if (!*row) break;
        seqs.emplace_back(rows.integer(0));
      }
      rows.reset();
    }
    std::vector<Content> contents;
    first_on_disk_ = {};
    const auto arrival = content_of(model::Seq{head.integer(5)});
    if (!arrival) return arrival.error();
    if (*arrival) first_on_disk_ = (*arrival)->recorded_at;
    for (const auto seq : seqs) {
      if (seq <= after_) continue;
      auto content = content_of(seq);
      if (!content) return content.error();
      if (!*content) continue;
      const auto at = (*content)->recorded_at;
      first_on_disk_ = first_on_disk_ ? std::min(first_on_disk_, at) : at;
      contents.push_back(std::move(**content));
    }
    return contents;
  }

  Result<std::optional<Content>> content_of(model::Seq seq) {
    auto& row = db_.prepared("SELECT edit_date, recorded_at, n, body FROM events WHERE seq = ?").with(seq);
    auto found = row.step();
    if (!found) return found.error();
    std::optional<Content> content;
    if (*found) {
      content = Content{seq, model::Time{row.integer(0)}, model::Time{row.integer(1)}, row.integer(2),
                        std::string(row.text(3))};
    }
    row.reset();
    return content;
  }

  journal::Connection& db_;
  const Compared& what_;
  model::Seq after_;
  Comparison& comparison_;
  model::Time first_on_disk_;  // of the message at hand
};

Result<Tallies> database_side(Connection& db, const Compared& what, model::Seq after) {
  const std::string wanted = fmt::format("m.content_seq > $1 AND ($2::timestamptz IS NULL OR m.{} >= $2)",
                                         what.by_date ? "telegram_date" : "created_at");
  auto params = Params().add(after).add(what.oldest);
  auto messages = db.run(
      fmt::format(
          "SELECT m.channel_id, m.scope, count(*), count(m.deleted_at), {} FROM telegram_gateway.messages m WHERE {} "
          "GROUP BY 1, 2",
          summed("concat_ws('|', m.message_id, (extract(epoch FROM m.telegram_date) * 1000000)::bigint, m.content_seq, "
                 "(m.deleted_at IS NOT NULL)::int, CASE WHEN m.offered THEN m.arrival ELSE 0 END, m.text)"),
          wanted),
      params, kComparePatience);
  if (!messages) return messages.error();
  Tallies tallies;
  for (int at = 0; at < messages->size(); ++at) {
    auto& tally = tallies[{messages->integer(at, 0), messages->integer(at, 1)}];
    tally.messages = messages->integer(at, 2);
    tally.deleted = messages->integer(at, 3);
    tally.message_sum = static_cast<std::uint64_t>(messages->integer(at, 4));
  }
  auto versions = db.run(
      fmt::format(
          "SELECT v.channel_id, v.scope, count(*), {} FROM telegram_gateway.message_versions v JOIN "
          "telegram_gateway.messages m USING (scope, channel_id, message_id, telegram_date) WHERE v.seq > $1 AND {} "
          "GROUP BY 1, 2",
          summed("concat_ws('|', v.message_id, v.seq, v.edit_date, v.n, v.body)"), wanted),
      params, kComparePatience);
  if (!versions) return versions.error();
  for (int at = 0; at < versions->size(); ++at) {
    auto& tally = tallies[{versions->integer(at, 0), versions->integer(at, 1)}];
    tally.versions = versions->integer(at, 2);
    tally.version_sum = static_cast<std::uint64_t>(versions->integer(at, 3));
  }
  return tallies;
}

void add(Tally& sum, const Tally& one) {
  sum.messages += one.messages;
  sum.versions += one.versions;
  sum.deleted += one.deleted;
  sum.message_sum = (sum.message_sum + one.message_sum) & kSumMask;
  sum.version_sum = (sum.version_sum + one.version_sum) & kSumMask;
}

}  // namespace

Result<Comparison> compare_stores(journal::Journal& journal, const Target& database, const Compared& what,
                                  const OnCopied& on_compared) {
  auto lease = journal.read();
  if (!lease) return lease.error();
  auto after = oldest_told(**lease);
  if (!after) return after.error();
  Comparison comparison;
  auto ours = JournalSide(**lease, what, *after, comparison).read(on_compared);
  if (!ours) return ours.error();
  auto db = Connection::open(database);
  if (!db) return db.error();
  auto theirs = database_side(**db, what, *after);
  if (!theirs) return theirs.error();
  for (auto& [chat, tally] : *ours) {
    tally.message_sum &= kSumMask;
    tally.version_sum &= kSumMask;
    theirs->try_emplace(chat);
  }
  for (const auto& [chat, tally] : *theirs) {
    const auto& mine = (*ours)[chat];
    add(comparison.journal, mine);
    add(comparison.database, tally);
    if (!(mine == tally)) comparison.differences.push_back({chat.first, chat.second, mine, tally});
  }
  comparison.chats = static_cast<std::int64_t>(theirs->size());
  return comparison;
}

}  // namespace tg::store::postgres
