#include "legacy/detail/take.h"

namespace tg::legacy::detail {
namespace {

pipeline::Provenance from(model::Time observed_at) {
  return {model::SourceKind::export_file, model::Origin::import_, 0, observed_at};
}

pipeline::ChatSeen chat(std::int64_t peer, std::string title, model::Time named_at) {
  pipeline::ChatSeen seen;
  seen.from = from(named_at);
  seen.peer = model::ChatId{peer};
  seen.title = std::move(title);
  seen.kind = "channel";
  return seen;
}

}  // namespace

bool is_offered(const Group& group, std::optional<model::Time> offer_since) {
  return offer_since && group.pending && group.contents[0].message.date >= *offer_since;
}

Taker::Taker(journal::Journal& journal, pipeline::Intake& intake, Photos& photos,
             std::optional<model::Time> offer_since)
    : journal_(journal), intake_(intake), photos_(photos), offer_since_(offer_since) {}

// What a person has set here stays.
Result<void> Taker::take(const std::vector<Channel>& channels) {
  for (const auto& channel : channels) {
    if (!model::is_channel(model::ChatId{channel.peer})) continue;
    if (auto pushed = intake_.push(chat(channel.peer, channel.title, channel.updated_at)); !pushed) return pushed;
    auto written = intake_.write([channel](journal::Connection& db) {
      return db
          .prepared(
              "UPDATE chats SET label = iif(label = '', ?2, label), description = iif(description = '', ?3, "
              "description), active = iif(registered, active, ?4), registered = 1, updated_at = ?5 WHERE peer = ?1 AND "
              "scope = 0 AND (NOT registered OR (label = '' AND ?2 <> '') OR (description = '' AND ?3 <> ''))")
          .with(model::ChatId{channel.peer}, std::string_view(channel.label), std::string_view(channel.description),
                static_cast<int>(channel.active), model::Time::now())
          .run();
    });
    if (!written) return written;
  }
  return {};
}

Result<void> Taker::take(Group group) {
  for (auto& one : group.set_aside) {
    auto known = is_set_aside(one);
    if (!known) return known.error();
    if (*known) continue;
    pipeline::Refused refused{from(model::Time::now()), one.place, one.reason, one.payload};
    if (auto pushed = intake_.push(std::move(refused)); !pushed) return pushed;
  }
  if (group.contents.empty()) return {};
  if (auto named = name_chat(group); !named) return named;
  const bool offered = is_offered(group, offer_since_);
  for (auto& content : group.contents) {
    if (auto taken = photos_.take(group.key, content.message.media); !taken) return taken;
    pipeline::Seen seen;
    seen.from = from(content.observed_at);
    seen.freshness = pipeline::Freshness::cached;
    seen.as_live = offered;
    seen.message = std::move(content.message);
    if (auto pushed = intake_.push(std::move(seen)); !pushed) return pushed;
  }
  if (group.deleted_at) {
    if (auto pushed = intake_.push(pipeline::Deleted{from(group.deleted_at), group.key}); !pushed) return pushed;
  }
  for (const auto& [consumer, at] : group.marks) marks_.push_back({group.key, consumer, at});
  return {};
}

Result<void> Taker::name_chat(const Group& group) {
  auto [title, fresh] = titles_.try_emplace(group.key.peer);
  if (!fresh && (group.chat_title.empty() || group.chat_title == title->second)) return {};
  title->second = group.chat_title;
  auto seen = chat(group.key.peer.value, group.chat_title, group.named_at);
  seen.username = group.chat_username;
  return intake_.push(std::move(seen));
}

// Said twice it would count as tried twice.
Result<bool> Taker::is_set_aside(const SetAside& one) {
  auto db = journal_.read();
  if (!db) return db.error();
  auto& row =
      (*db)
          ->prepared("SELECT 1 FROM quarantine WHERE reader = 'intake' AND seq = 0 AND place = ? AND reason = ?")
          .with(std::string_view(one.place), std::string_view(one.reason));
  auto found = row.step();
  row.reset();
  return found;
}

// A write comes after all that was pushed before it, so that a mark finds its message.
Result<void> Taker::flush() {
  return intake_.write([marks = std::exchange(marks_, {})](journal::Connection& db) -> Result<void> {
    const auto now = model::Time::now();  // nobody has processed anything in the future
    for (const auto& mark : marks) {
      auto done =
          db.prepared(
                "INSERT OR IGNORE INTO acks (peer, message, scope, consumer, at) SELECT ?1, ?2, ?3, ?4, ?5 WHERE "
                "EXISTS (SELECT 1 FROM heads WHERE peer = ?1 AND message = ?2 AND scope = ?3)")
              .with(mark.key.peer, mark.key.message, mark.key.scope, std::string_view(mark.consumer),
                    std::min(mark.at, now))
              .run();
      if (!done) return done;
    }
    return {};
  });
}

}  // namespace tg::legacy::detail
