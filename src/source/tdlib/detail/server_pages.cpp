#include "source/tdlib/detail/server_pages.h"

#include "observe/log.h"
#include "source/fields.h"
#include "source/tdlib/detail/sleep.h"
#include "source/tdlib/detail/topic_reader.h"

namespace tg::tdlib {

using source::Fields;
namespace json = boost::json;

namespace {

constexpr std::int64_t kPage = 100;  // the most that TDLib gives
constexpr int kMostTopicPages = 10;
constexpr std::chrono::seconds kPatience{90};
constexpr std::chrono::seconds kFirstRetry{1}, kLastRetry{60};

// This account may not see the chat, now.
bool is_no_access(std::string_view word) {
  constexpr std::array<std::string_view, 5> kWords = {"Can't access the chat", "Chat not found", "CHANNEL_PRIVATE",
                                                      "CHANNEL_INVALID", "CHANNEL_PUBLIC_GROUP_NA"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

bool is_transient(const Refusal& refusal) {
  return refusal.code == 408 || refusal.code == 420 || refusal.code == 429 || refusal.code >= 500;
}

}  // namespace

std::optional<Page> ServerPages::ask(model::ChatId chat, model::MessageId below, model::MessageId history_below) {
  auto retry = kFirstRetry;
  auto from = tdlib_id(below);
  while (true) {
    if (!wait_for_turn()) return std::nullopt;
    const auto asked_at = model::Time::now();
    const auto answer = ports_.client.ask({{"@type", "searchChatMessages"},
                                           {"chat_id", chat.value},
                                           {"query", ""},
                                           {"from_message_id", from},
                                           {"offset", 0},
                                           {"limit", kPage}},
                                          kPatience, stop_.get_token());
    if (const auto* found = std::get_if<json::object>(&answer)) {
      note(chat, "");
      ports_.on_access(chat, true, "", asked_at);
      auto page = read(chat, *found, below, history_below, asked_at);
      // Nothing of it can be shown, but there is more below: no beginning.
      const auto next = Fields(*found).number("next_from_message_id").value_or(0);
      if (!page || !page->ids.empty() || next <= 0 || (from != 0 && next >= from)) return page;
      from = next;
      continue;
    }
    const auto& refusal = std::get<Refusal>(answer);
    if (refusal.code == 499) return std::nullopt;
    if (!is_transient(refusal)) {
      note(chat, refusal.message);
      if (is_no_access(refusal.message)) ports_.on_access(chat, false, refusal.message, asked_at);
      observe::warn("reconcile_refused", {{"channel", chat.value}, {"reason", refusal.message}});
      return std::nullopt;
    }
    const auto flood = std::chrono::seconds(refusal.retry_after_s());
    if (!pause(flood.count() > 0 ? flood : retry, flood.count() > 0)) return std::nullopt;
    retry = std::min(retry * 2, kLastRetry);
  }
}

// Nothing: the session ends. That is no empty page, from which something would follow.
std::optional<Page> ServerPages::read(model::ChatId chat, const json::object& found, model::MessageId below,
                                      model::MessageId history_below, model::Time asked_at) {
  Page page;
  const auto* messages = Fields(found).array("messages");
  if (!messages) return std::nullopt;
  const bool read_all = ports_.with_capture([&](const Capture& capture) {
    for (const auto& one : *messages) {
      const auto* object = one.if_object();
      auto message = object ? read_message(*object, capture.names(), capture.account()) : std::nullopt;
      if (!message || (below && message->message.key.message >= below)) continue;
      const auto id = message->message.key.message;
      pipeline::Seen seen;
      seen.from = {model::SourceKind::tdlib, id < history_below ? model::Origin::backfill : model::Origin::catchup,
                   capture.account(), asked_at};
      seen.freshness = pipeline::Freshness::page;
      seen.listened = seen.from.origin == model::Origin::catchup && capture.listened(chat, message->message.date);
      seen.message = std::move(message->message);
      page.ids.push_back(id);
      page.seen.push_back(std::move(seen));
    }
  });
  if (!read_all) return std::nullopt;
  std::sort(page.ids.begin(), page.ids.end());
  return page;
}

std::optional<model::MessageId> ServerPages::first_since(model::ChatId chat, model::Time date) {
  auto retry = kFirstRetry;
  const auto before = std::max<std::int64_t>(1, date.to_seconds() - 1);  // TDLib's dates begin in 1970
  while (wait_for_turn()) {
    const auto answer = ports_.client.ask(
        {{"@type", "getChatMessageByDate"}, {"chat_id", chat.value}, {"date", before}}, kPatience, stop_.get_token());
    if (const auto* found = std::get_if<json::object>(&answer)) {
      return model::MessageId{server_id(Fields(*found).number("id").value_or(0)).value + 1};
    }
    const auto& refusal = std::get<Refusal>(answer);
    if (refusal.code == 404) return model::MessageId{1};
    if (refusal.code == 499) return std::nullopt;
    if (!is_transient(refusal)) {
      observe::warn("reconcile_refused", {{"channel", chat.value}, {"reason", refusal.message}});
      return std::nullopt;
    }
    const auto flood = std::chrono::seconds(refusal.retry_after_s());
    if (!pause(flood.count() > 0 ? flood : retry, flood.count() > 0)) return std::nullopt;
    retry = std::min(retry * 2, kLastRetry);
  }
  return std::nullopt;
}

std::optional<std::vector<pipeline::TopicSeen>> ServerPages::topics(model::ChatId chat, std::int64_t account) {
  std::vector<pipeline::TopicSeen> topics;
  json::object offset{{"offset_date", 0}, {"offset_message_id", 0}, {"offset_forum_topic_id", 0}};
  for (int page = 0; page < kMostTopicPages; ++page) {
    if (!wait_for_turn()) return std::nullopt;
    const pipeline::Provenance from{model::SourceKind::tdlib, model::Origin::backfill, account, model::Time::now()};
    json::object query{{"@type", "getForumTopics"}, {"chat_id", chat.value}, {"query", ""}, {"limit", kPage}};
    query.insert(offset.begin(), offset.end());
    const auto answer = ports_.client.ask(std::move(query), kPatience, stop_.get_token());
    const auto* found = std::get_if<json::object>(&answer);
    if (!found) {
      const auto flood = std::chrono::seconds(std::get<Refusal>(answer).retry_after_s());
      if (flood.count() > 0) pause(flood, true);
      return std::nullopt;
    }
    const Fields f(*found);
    const auto* list = f.array("topics");
    if (!list || list->empty()) break;
    for (const auto& one : *list) {
      const auto* object = one.if_object();
      const auto* info = object ? Fields(*object).object("info") : nullptr;
      if (auto topic = info ? read_topic_info(*info, from) : std::nullopt) topics.push_back(std::move(*topic));
    }
    if (static_cast<std::int64_t>(topics.size()) >= f.number("total_count").value_or(0)) break;
    offset["offset_date"] = f.number("next_offset_date").value_or(0);
    offset["offset_message_id"] = f.number("next_offset_message_id").value_or(0);
    offset["offset_forum_topic_id"] = f.number("next_offset_forum_topic_id").value_or(0);
  }
  return topics;
}

bool ServerPages::wait_for_turn() {
  if (!sleep_until(last_request_ + between_, stop_.get_token())) return false;
  last_request_ = Clock::now();
  const std::lock_guard lock(mutex_);
  ++requests_;
  return true;
}

bool ServerPages::pause(std::chrono::seconds how_long, bool flood) {
  const auto set = [this](model::Time until) {
    const std::lock_guard lock(mutex_);
    flood_until_ = until;
  };
  if (flood) {
    set(model::Time{model::Time::now().us + how_long.count() * 1'000'000});
    observe::warn("flood_wait", {{"seconds", static_cast<std::int64_t>(how_long.count())}});
  }
  ports_.on_wait();
  const bool slept = sleep_until(Clock::now() + how_long, stop_.get_token());
  set({});
  return slept;
}

void ServerPages::note(model::ChatId chat, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  if (reason.empty())
    refused_.erase(chat);
  else
    refused_[chat] = reason;
}

model::Time ServerPages::flood_until() const {
  const std::lock_guard lock(mutex_);
  return flood_until_;
}

std::unordered_map<model::ChatId, std::string> ServerPages::refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

std::int64_t ServerPages::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

}  // namespace tg::tdlib
