#pragma once
// Makes a Row from a head: the content of its event, newest counters, title of its chat, who acknowledged it. One
// loader serves one call: it holds the call's connection and remembers chat titles.

#include <memory>
#include <unordered_map>

#include "journal/sqlite.h"
#include "store/local/detail/content_cache.h"
#include "store/local/detail/head.h"
#include "store/local/detail/standing.h"
#include "store/store.h"

namespace tg::store::local {

struct LoadedRow {
  Head head;
  Row row;
};

class RowLoader {
 public:
  RowLoader(journal::Connection& db, ContentCache& contents, std::shared_ptr<const Standing> standing)
      : db_(db), contents_(contents), standing_(std::move(standing)) {}

  Result<Row> load(const Head& head);
  // The content of the head's event; an empty one where the event was trimmed or only a deletion is known.
  Result<std::shared_ptr<const Content>> content(const Head& head);
  // The first event that is known of the message.
  Result<model::Seq> first_event(const Head& head);
  Result<model::Time> received_at(const Head& head);
  Result<bool> acknowledged(const model::MessageKey& key);  // by any consumer
  const Standing& standing() const { return *standing_; }

 private:
  struct Moments {
    model::Time observed_at, recorded_at;
  };
  Result<Moments> moments(model::Seq seq);
  Result<std::string> chat_title(const model::MessageKey& key);
  Result<std::string> topic_title(model::ChatId peer, model::MessageId topic);

  journal::Connection& db_;
  ContentCache& contents_;
  std::shared_ptr<const Standing> standing_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::string> titles_;
  std::map<std::pair<model::ChatId, model::MessageId>, std::string> topics_;
};

}  // namespace tg::store::local
