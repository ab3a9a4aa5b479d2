#pragma once
// A gateway's inner rooms over a real journal in a folder of its own: what sources see goes in. Whoever derives from it
// puts a store there.

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "hot/generations.h"
#include "journal/journal.h"
#include "model/message_json.h"
#include "observe/metrics.h"
#include "pipeline/intake.h"
#include "store/store.h"
#include "support/temp_folder.h"

namespace tg::test {

inline constexpr model::ChatId kNews{-1001000000001};
inline constexpr model::ChatId kTalk{-1001000000002};
inline constexpr model::ChatId kMusic{-1001000000003};
inline constexpr std::int64_t kPosted = 1'700'000'000;

inline model::MessageKey key(model::ChatId chat, std::int64_t id) { return {{}, chat, model::MessageId{id}}; }

class Rooms {
 public:
  Rooms() = default;
  Rooms(const Rooms&) = delete;
  Rooms& operator=(const Rooms&) = delete;

  pipeline::Provenance from_server(model::Origin origin = model::Origin::live) {
    return {model::SourceKind::demo, origin, 1, model::Time{(now_us_ += 1'000)}};
  }
  model::Message message(model::ChatId chat, std::int64_t id, std::string text, std::int64_t date_s = 0) {
    model::Message m;
    m.key = key(chat, id);
    m.date = model::Time::seconds(date_s != 0 ? date_s : kPosted + id);
    m.chat_title = "chat";
    m.sender = "sender";
    m.text = std::move(text);
    return m;
  }
  void push(pipeline::Observation observation) {
    auto pushed = intake->push(std::move(observation));
    ASSERT_TRUE(pushed) << pushed.error().to_string();
  }
  void see(model::Message m, model::Origin origin = model::Origin::live,
           pipeline::Freshness freshness = pipeline::Freshness::update) {
    pipeline::Seen seen;
    seen.from = from_server(origin);
    seen.freshness = freshness;
    seen.message = std::move(m);
    push(std::move(seen));
  }
  void post(model::ChatId chat, std::int64_t id, std::string text = "text") { see(message(chat, id, std::move(text))); }
  void edit(model::ChatId chat, std::int64_t id, std::string text, std::int64_t edit_date_s) {
    auto m = message(chat, id, std::move(text));
    m.edit_date = model::Time::seconds(edit_date_s);
    see(std::move(m));
  }
  void erase(model::ChatId chat, std::int64_t id) { push(pipeline::Deleted{from_server(), key(chat, id)}); }
  TempFolder folder;
  std::unique_ptr<journal::Journal> journal;
  std::unique_ptr<observe::Metrics> metrics;
  std::unique_ptr<hot::Generations> generations;
  std::unique_ptr<pipeline::Intake> intake;

 protected:
  void open_rooms() {
    auto journal_or = journal::Journal::open(folder.path(), journal::Access::write, {.disk_reserve_bytes = 0});
    if (!journal_or) throw std::runtime_error(journal_or.error().to_string());
    journal = std::move(*journal_or);
    metrics = std::make_unique<observe::Metrics>();
    generations = std::make_unique<hot::Generations>(*journal);
    pipeline::Intake::Options writing;
    writing.counters_every = std::chrono::seconds(0);
    intake = std::make_unique<pipeline::Intake>(*journal, *metrics, writing);
  }
  void close_rooms() {
    intake.reset();
    generations.reset();
    metrics.reset();
    journal.reset();
  }

 private:
  std::int64_t now_us_ = model::Time::seconds(kPosted).us;  // the server's clock
};

inline std::vector<std::int64_t> ids(const std::vector<store::Row>& rows) {
  std::vector<std::int64_t> found;
  for (const auto& row : rows) found.push_back(row.message.key.message.value);
  return found;
}

// Everything a row says.
inline std::string described(const store::Row& row) {
  std::string text = fmt::format(
      "{} {} title={} seq={} content={} arrival={} n={} versions={} kind={} origin={} source={} account={} received={} "
      "recorded={} updated={} deleted={} restored={} published={} status={} by=",
      model::to_api_id(row.message.key), model::to_json(row.message), row.chat_title, row.seq.value,
      row.content_seq.value, row.arrival.value, row.n, row.versions, static_cast<int>(row.kind),
      static_cast<int>(row.origin), static_cast<int>(row.source), row.account, row.received_at.us, row.recorded_at.us,
      row.updated_at.us, row.deleted_at.us, row.restored_at.us, row.published_at.us, store::name_of(row.status));
  for (const auto& consumer : row.processed_by) text += consumer + ",";
  return text;
}

inline std::string described(const store::Page& page) {
  std::string text = fmt::format("total={} exact={} more={} next={} prev={}\n", page.total, page.total_exact,
                                 page.has_more, page.next_cursor, page.prev_cursor);
  for (const auto& row : page.rows) text += described(row) + "\n";
  return text;
}

}  // namespace tg::test
