#pragma once
// A store that holds given rows in memory: enough for what exports ask.

#include "store/store.h"

namespace tg::test {

class FakeStore : public store::Store {
 public:
  std::vector<store::Chat> chat_list;
  std::vector<store::Row> rows;  // in the order (date, scope, peer, message)
  std::size_t page_size = 2;     // small, so that paging is seen

  store::Row& add(std::int64_t peer, std::int64_t id, std::int64_t date_s, std::string text) {
    store::Row row;
    row.message.key = {model::Scope{}, model::ChatId{peer}, model::MessageId{id}};
    row.message.date = model::Time::seconds(date_s);
    row.message.text = std::move(text);
    row.message.sender = "Ilse";
    row.chat_title = "Quiet Harbour";
    row.received_at = model::Time::seconds(date_s + 1);
    rows.push_back(std::move(row));
    return rows.back();
  }
  void add_chat(std::int64_t peer, std::string title) {
    store::Chat chat;
    chat.peer = model::ChatId{peer};
    chat.title = std::move(title);
    chat.kind = "channel";
    chat_list.push_back(std::move(chat));
  }

  Result<store::Page> page(const store::PageQuery& query) override {
    store::Page page;
    std::size_t at = query.cursor.empty() ? 0 : std::stoul(query.cursor);
    for (; at < rows.size() && page.rows.size() < page_size; ++at) {
      const auto& m = rows[at].message;
      const bool wanted = query.channels.empty() ||
                          std::find(query.channels.begin(), query.channels.end(), m.key.peer) != query.channels.end();
      if (wanted && (!query.from || *query.from <= m.date) && (!query.to || m.date <= *query.to))
        page.rows.push_back(rows[at]);
    }
    page.has_more = at < rows.size();
    if (page.has_more) page.next_cursor = std::to_string(at);
    return page;
  }
  Result<std::vector<store::Chat>> chats() override { return chat_list; }

  Result<std::optional<store::Row>> get(const model::MessageKey&) override { return unsupported(); }
  Result<std::vector<store::Version>> versions(const model::MessageKey&) override { return unsupported(); }
  Result<store::Row> remove(const model::MessageKey&, const std::string&) override { return unsupported(); }
  Result<store::Row> reprocess(const model::MessageKey&, const std::string&) override { return unsupported(); }
  Result<std::optional<store::Chat>> chat(model::ChatId) override { return unsupported(); }
  Result<store::Chat> add_chat(const store::Chat&) override { return unsupported(); }
  Result<store::Chat> change_chat(model::ChatId, std::optional<std::string>, std::optional<std::string>,
                                  std::optional<bool>) override {
    return unsupported();
  }
  Result<void> remove_chat(model::ChatId) override { return unsupported(); }
  Result<store::ChatStatistics> statistics(model::ChatId) override { return unsupported(); }
  Result<std::map<model::ChatId, std::array<std::int64_t, 24>>> last_day() override { return unsupported(); }
  Result<std::vector<std::pair<store::Status, std::int64_t>>> by_status() override { return unsupported(); }
  Result<std::vector<store::Row>> unprocessed(const store::UnprocessedQuery&) override { return unsupported(); }
  Result<store::Marked> mark_processed(const std::vector<store::Mark>&, const std::string&) override {
    return unsupported();
  }
  Result<std::vector<store::Consumer>> consumers() override { return unsupported(); }
  Result<store::Consumer> put_consumer(const store::Consumer&) override { return unsupported(); }
  Result<store::Consumer> acknowledge(const std::string&, model::Seq) override { return unsupported(); }
  Result<void> remove_consumer(const std::string&) override { return unsupported(); }
  Result<store::SearchState> search_state() override { return unsupported(); }

 private:
  static Error unsupported() { return {Code::unsupported, "not in the fake store", ""}; }
};

}  // namespace tg::test
