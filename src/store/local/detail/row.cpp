#include "store/local/detail/row.h"

#include "journal/topics.h"
#include "model/message_json.h"
#include "store/local/detail/query.h"

namespace tg::store::local {

Result<std::shared_ptr<const Content>> RowLoader::content(const Head& head) {
  // Erasing may have emptied the event since it was remembered.
  const bool may_change = head.has(journal::flag::kErased);
  if (head.has_content() && !may_change) {
    if (auto known = contents_.find(head.seq)) return known;
  }
  auto content = std::make_shared<Content>();
  bool found = false;
  std::optional<Error> unreadable;
  if (head.has_content()) {
    auto done = each(
        db_.prepared("SELECT kind, account, observed_at, recorded_at, body FROM events WHERE seq = ?").with(head.seq),
        [&](journal::Statement& row) {
          found = true;
          content->kind = static_cast<model::Kind>(row.integer(0));
          content->account = row.integer(1);
          content->observed_at = model::Time{row.integer(2)};
          content->recorded_at = model::Time{row.integer(3)};
          if (row.text(4).empty()) return;
          auto message = model::message_from_json(row.text(4));
          if (message) {
            content->message = std::move(*message);
          } else {
            unreadable = message.error();
          }
        });
    if (!done) return done.error();
  }
  if (unreadable) {
    return Error{Code::corrupt, fmt::format("event {}: {}", head.seq.value, unreadable->what),
                 "Run `telegram-gateway journal verify`"};
  }
  content->message.key = head.key;
  if (!content->message.date) content->message.date = head.date;
  std::shared_ptr<const Content> made = std::move(content);
  if (found && !may_change) contents_.add(head.seq, made);
  return made;
}

Result<RowLoader::Moments> RowLoader::moments(model::Seq seq) {
  Moments moments;
  auto done = each(db_.prepared("SELECT observed_at, recorded_at FROM events WHERE seq = ?").with(seq),
                   [&](journal::Statement& row) {
                     moments = {model::Time{row.integer(0)}, model::Time{row.integer(1)}};
                   });
  if (!done) return done.error();
  return moments;
}

Result<model::Seq> RowLoader::first_event(const Head& head) {
  // `arrival` moves when a message is offered later than it was first seen; its versions remember.
  model::Seq first = head.arrival;
  if (head.seq && head.seq < first) first = head.seq;
  if (head.versions > 1) {
    auto done = each(db_.prepared("SELECT min(seq) FROM versions WHERE peer = ? AND message = ? AND scope = ?")
                         .with(head.key.peer, head.key.message, head.key.scope),
                     [&](journal::Statement& row) {
                       const model::Seq oldest{row.integer(0)};
                       if (oldest && oldest < first) first = oldest;
                     });
    if (!done) return done.error();
  }
  return first;
}

Result<model::Time> RowLoader::received_at(const Head& head) {
  auto first = first_event(head);
  if (!first) return first.error();
  auto found = moments(*first);
  if (!found) return found.error();
  return found->observed_at;
}

Result<bool> RowLoader::acknowledged(const model::MessageKey& key) {
  bool found = false;
  auto done = each(db_.prepared("SELECT 1 FROM acks WHERE peer = ? AND message = ? AND scope = ? LIMIT 1")
                       .with(key.peer, key.message, key.scope),
                   [&](journal::Statement&) { found = true; });
  if (!done) return done.error();
  return found;
}

Result<std::string> RowLoader::chat_title(const model::MessageKey& key) {
  const std::pair chat{key.peer.value, key.scope.value};
  if (const auto known = titles_.find(chat); known != titles_.end()) return known->second;
  std::string title;
  auto done = each(db_.prepared("SELECT title FROM chats WHERE peer = ? AND scope = ?").with(key.peer, key.scope),
                   [&](journal::Statement& row) { title = std::string(row.text(0)); });
  if (!done) return done.error();
  titles_.emplace(chat, title);
  return title;
}

Result<std::string> RowLoader::topic_title(model::ChatId peer, model::MessageId topic) {
  if (!topic) return std::string();
  if (const auto known = topics_.find({peer, topic}); known != topics_.end()) return known->second;
  auto title = journal::topic_title(db_, peer, topic);
  if (title) topics_.emplace(std::pair(peer, topic), *title);
  return title;
}

Result<Row> RowLoader::load(const Head& head) {
  auto content = this->content(head);
  if (!content) return content.error();
  auto title = chat_title(head.key);
  if (!title) return title.error();
  auto first = first_event(head);
  if (!first) return first.error();

  Row row;
  row.message = (*content)->message;
  if (head.date) row.message.date = head.date;  // the first trusted date, whatever a later version says
  if (!head.counters.empty()) {
    auto counters = model::counters_from_json(head.counters);
    if (!counters) return counters.error();
    model::set_counters(row.message, std::move(*counters));
  }
  row.chat_title = title->empty() ? row.message.chat_title : std::move(*title);
  auto topic = topic_title(head.key.peer, row.message.topic);
  if (!topic) return topic.error();
  row.topic_title = std::move(*topic);
  row.seq = head.last;
  row.content_seq = head.seq;
  row.arrival = head.arrival;
  row.n = head.n;
  row.versions = head.versions;
  row.kind = head.has_content() ? (*content)->kind : model::Kind::deleted;
  row.origin = head.origin;
  row.source = head.source;
  row.account = (*content)->account;
  row.deleted_at = head.deleted_at;
  if (row.kind == model::Kind::restored && !row.deleted_at) row.restored_at = (*content)->observed_at;

  const Moments of_content{(*content)->observed_at, (*content)->recorded_at};
  auto begun = *first == head.seq ? Result<Moments>(of_content) : moments(*first);
  if (!begun) return begun.error();
  auto newest = head.last == head.seq ? Result<Moments>(of_content) : moments(head.last);
  if (!newest) return newest.error();
  row.received_at = begun->observed_at;
  row.recorded_at = begun->recorded_at;
  row.updated_at = newest->recorded_at;

  auto done = each(
      db_.prepared("SELECT consumer, at FROM acks WHERE peer = ? AND message = ? AND scope = ? ORDER BY at, consumer")
          .with(head.key.peer, head.key.message, head.key.scope),
      [&](journal::Statement& ack) {
        if (row.processed_by.empty()) row.published_at = model::Time{ack.integer(1)};
        row.processed_by.emplace_back(ack.text(0));
      });
  if (!done) return done.error();
  row.status = status_of(head, !row.processed_by.empty(), *standing_);
  return row;
}

}  // namespace tg::store::local
