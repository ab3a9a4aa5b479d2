#pragma once
// A store of a few rows in memory, for tests of the API alone.

#include <map>

#include "store/store.h"

namespace tg::test {

class FakeStore final : public store::Store {
 public:
  std::vector<store::Row> rows;
  std::vector<store::Chat> all_chats;
  std::vector<store::Consumer> all_consumers;
  std::vector<store::Handling> all_handlings;
  std::vector<store::UnprocessedQuery> polls;
  std::optional<Error> down;
  std::atomic<int> pages{0};
  std::atomic<bool> unreadable{false};  // its list of chats

  static store::Row row(std::int64_t peer, std::int64_t message, std::string text) {
    store::Row row;
    row.message.key = {{}, model::ChatId{peer}, model::MessageId{message}};
    row.message.date = model::Time::seconds(1'700'000'000 + message);
    row.message.text = std::move(text);
    row.chat_title = "Mesa";
    row.seq = row.content_seq = row.arrival = model::Seq{message};
    row.received_at = row.recorded_at = row.updated_at = row.message.date;
    return row;
  }
  static store::Chat chat(std::int64_t peer, std::string title) {
    store::Chat chat;
    chat.peer = model::ChatId{peer};
    chat.title = std::move(title);
    chat.created_at = chat.updated_at = model::Time::seconds(1'700'000'000);
    return chat;
  }

  Result<store::Page> page(const store::PageQuery& query) override {
    ++pages;
    if (down) return *down;
    store::Page page;
    for (const auto& row : rows) {
      const auto& wanted = query.channels;
      if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), row.message.key.peer) == wanted.end()) continue;
      if (page.rows.size() < query.limit) page.rows.push_back(row);
      ++page.total;
    }
    page.has_more = page.total > static_cast<std::int64_t>(page.rows.size());
    return page;
  }
  Result<std::optional<store::Row>> get(const model::MessageKey& key) override {
    for (const auto& row : rows) {
      if (row.message.key == key) return std::optional(row);
    }
    return std::optional<store::Row>{};
  }
  Result<std::vector<store::Version>> versions(const model::MessageKey&) override {
    return std::vector<store::Version>{};
  }
  Result<store::Row> remove(const model::MessageKey& key, const std::string&) override { return one(key); }
  Result<store::Row> reprocess(const model::MessageKey& key, const std::string&) override { return one(key); }

  Result<std::vector<store::Chat>> chats() override {
    if (unreadable) return Error{Code::unavailable, "the database is away", "Start it"};
    return all_chats;
  }
  Result<std::optional<store::Chat>> chat(model::ChatId peer) override {
    for (const auto& chat : all_chats) {
      if (chat.peer == peer) return std::optional(chat);
    }
    return std::optional<store::Chat>{};
  }
  Result<store::Chat> add_chat(const store::Chat& chat) override {
    for (const auto& known : all_chats) {
      if (known.peer == chat.peer) return Error{Code::conflict, "the channel is registered already", ""};
    }
    all_chats.push_back(chat);
    return chat;
  }
  Result<store::Chat> change_chat(model::ChatId peer, std::optional<std::string> label, std::optional<std::string>,
                                  std::optional<bool> active) override {
    for (auto& chat : all_chats) {
      if (chat.peer != peer) continue;
      if (label) chat.label = *label;
      if (active) chat.active = *active;
      return chat;
    }
    return Error{Code::not_found, "there is no such channel", ""};
  }
  Result<void> remove_chat(model::ChatId) override { return {}; }
  Result<store::ChatStatistics> statistics(model::ChatId) override { return store::ChatStatistics{}; }
  Result<std::map<model::ChatId, std::array<std::int64_t, 24>>> last_day() override {
    return std::map<model::ChatId, std::array<std::int64_t, 24>>{};
  }
  Result<std::vector<std::pair<store::Status, std::int64_t>>> by_status() override {
    return std::vector<std::pair<store::Status, std::int64_t>>{
        {store::Status::received, static_cast<std::int64_t>(rows.size())}};
  }
  Result<std::vector<store::Row>> unprocessed(const store::UnprocessedQuery& query) override {
    polls.push_back(query);
    return rows;
  }
  Result<store::Marked> mark_processed(const std::vector<store::Mark>& marks, const std::string&) override {
    return store::Marked{static_cast<std::int64_t>(marks.size()), 1, {}};
  }
  Result<std::vector<store::Consumer>> consumers() override { return all_consumers; }
  Result<store::Consumer> put_consumer(const store::Consumer& consumer) override {
    std::erase_if(all_consumers, [&](const auto& known) { return known.name == consumer.name; });
    all_consumers.push_back(consumer);
    return consumer;
  }
  Result<store::Consumer> acknowledge(const std::string& name, model::Seq seq) override {
    for (auto& consumer : all_consumers) {
      if (consumer.name != name) continue;
      consumer.stream_seq = std::max(consumer.stream_seq, seq);
      return consumer;
    }
    return Error{Code::not_found, "there is no such consumer", ""};
  }
  Result<void> remove_consumer(const std::string&) override { return {}; }
  Result<std::vector<store::Handling>> handlings(const model::MessageKey&) override { return all_handlings; }

 private:
  Result<store::Row> one(const model::MessageKey& key) {
    auto row = get(key);
    if (!*row) return Error{Code::not_found, "there is no such message", ""};
    return **row;
  }
};

}  // namespace tg::test
