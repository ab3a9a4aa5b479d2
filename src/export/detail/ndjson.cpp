#include "export/detail/ndjson.h"

#include <zstd.h>

#include <unordered_map>

#include "export/detail/rows.h"
#include "model/event.h"
#include "model/message_json.h"

namespace tg::exporting::detail {
namespace {

constexpr std::size_t kBatch = 1'000;
constexpr std::uint64_t kMaxRaw = 64 << 20;

std::string decompress(std::string_view bytes) {
  const auto size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > kMaxRaw) return {};
  std::string out(size, '\0');
  const auto done = ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size());
  return ZSTD_isError(done) ? std::string() : out;
}

// The sources' own payloads: few messages have one, and it is part of what makes a version (content_hash). An event
// that fills something in, or brings a message back, does not repeat it, so it is found again by the content's hash.
class Payloads {
 public:
  explicit Payloads(journal::Journal& journal) : journal_(journal) {}

  Result<void> look_at(model::Seq first, model::Seq last) {
    auto db = journal_.read();
    if (!db) return db.error();
    auto& rows =
        (*db)->prepared("SELECT seq, hash FROM events WHERE seq BETWEEN ? AND ? AND raw IS NOT NULL").with(first, last);
    while (true) {
      auto row = rows.step();
      if (!row) return row.error();
      if (!*row) break;
      by_hash_[rows.integer(1)] = rows.integer(0);
    }
    rows.reset();
    return {};
  }

  Result<std::string> of(const model::Event& event) {
    const auto found = by_hash_.find(event.hash);
    if (event.hash == 0 || found == by_hash_.end()) return std::string();
    auto db = journal_.read();
    if (!db) return db.error();
    auto& rows = (*db)->prepared("SELECT raw FROM events WHERE seq = ?").with(model::Seq{found->second});
    auto row = rows.step();
    if (!row) return row.error();
    auto raw = *row ? decompress(rows.text(0)) : std::string();
    rows.reset();
    return raw;
  }

 private:
  journal::Journal& journal_;
  std::unordered_map<std::int64_t, std::int64_t> by_hash_;  // → the event that holds it
};

// An event belongs where its message does; events without content (counters) have no date of their own.
Result<bool> in_time(journal::Journal& journal, const model::Event& event, const Options& options) {
  if (!options.from && !options.to) return true;
  auto db = journal.read();
  if (!db) return db.error();
  auto& row = (*db)
                  ->prepared("SELECT date FROM heads WHERE peer = ? AND message = ? AND scope = ? AND date IS NOT NULL")
                  .with(event.key.peer, event.key.message, event.key.scope);
  auto found = row.step();
  if (!found) return found.error();
  const model::Time date{*found ? row.integer(0) : 0};
  row.reset();
  return date && (!options.from || *options.from <= date) && (!options.to || date <= *options.to);
}

std::string chat_line(const store::Chat& chat) {
  std::string line =
      fmt::format(R"({{"v":1,"type":"chat","peer":{},"scope":{},"title":)", chat.peer.value, chat.scope.value);
  model::append_json_string(line, chat.title);
  line += R"(,"username":)";
  model::append_json_string(line, chat.username);
  line += R"(,"kind":)";
  model::append_json_string(line, chat.kind);
  line += R"(,"label":)";
  model::append_json_string(line, chat.label);
  line += R"(,"description":)";
  model::append_json_string(line, chat.description);
  line += chat.active ? R"(,"active":true)" : R"(,"active":false)";
  return line + fmt::format(R"(,"updated_us":{}}})", chat.updated_at.us) + "\n";
}

std::string event_line(const model::Event& event, const std::string& raw) {
  std::string_view json;
  const std::string whole = model::to_json(event);
  json = whole;
  json.remove_prefix(json.starts_with(R"({"v":1,)") ? 7 : 1);
  std::string line = R"({"v":1,"type":"event",)";
  fmt::format_to(std::back_inserter(line), R"("observed_us":{},)", event.observed_at.us);
  if (event.hidden_edit) line += R"("hidden_edit":true,)";
  if (event.from_page) line += R"("from_page":true,)";
  if (event.cached) line += R"("cached":true,)";
  if (event.erased) line += R"("erased":true,)";
  if (!raw.empty()) {
    line += R"("raw":)";
    model::append_json_string(line, raw);
    line += ',';
  }
  line += json;
  line += '\n';
  return line;
}

}  // namespace

Result<void> write_ndjson(store::Store& store, journal::Journal& journal, const Options& options, Output& out,
                          Written& written) {
  auto chats = chats_of(store, options);
  if (!chats) return chats.error();
  const auto head = journal.head();
  auto done = out.write(
      fmt::format(R"({{"v":1,"type":"export","program":"telegram-gateway","journal":"{}","written_at":"{}"}})",
                  journal.id(), model::to_rfc3339(model::Time::now())) +
      "\n");
  if (!done) return done;
  for (const auto& chat : *chats) {
    if (done = out.write(chat_line(chat)); !done) return done;
    ++written.chats;
  }
  const std::set<model::ChatId> wanted(options.channels.begin(), options.channels.end());
  Payloads payloads(journal);
  model::Seq after{};
  while (after < head) {
    auto events = journal.read_after(after, kBatch);
    if (!events) return events.error();
    if (events->empty()) break;
    if (done = payloads.look_at(events->front().seq, events->back().seq); !done) return done;
    for (const auto& event : *events) {
      if (event.seq > head) break;
      if (!wanted.empty() && !wanted.contains(event.key.peer)) continue;
      auto chosen = in_time(journal, event, options);
      if (!chosen) return chosen.error();
      if (!*chosen) continue;
      const auto raw = payloads.of(event);
      if (!raw) return raw.error();
      if (done = out.write(event_line(event, *raw)); !done) return done;
      if (++written.messages % kBatch == 0 && options.on_progress) options.on_progress(written.messages);
    }
    after = events->back().seq;
  }
  return out.write(fmt::format(R"({{"v":1,"type":"end","chats":{},"events":{}}})", written.chats, written.messages) +
                   "\n");
}

}  // namespace tg::exporting::detail
