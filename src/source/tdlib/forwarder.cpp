#include "source/tdlib/forwarder.h"

#include <boost/json/array.hpp>

#include "source/fields.h"
#include "source/tdlib/detail/file_finder.h"
#include "source/tdlib/detail/message_reader.h"
#include "source/tdlib/detail/sleep.h"

namespace tg::tdlib {

using source::Fields;
namespace json = boost::json;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto kPatience = 30s;  // of one call
constexpr auto kOneQuestion = 10s;
constexpr std::size_t kMostOutcomes = 1'000;
constexpr std::int64_t kPage = 100, kMostSearched = 500;  // messages
constexpr std::int64_t kClockMarginS = 60;

Error meaning_of(const Refusal& refusal) {
  const auto& word = refusal.message;
  const auto has = [&](std::string_view part) { return word.find(part) != std::string::npos; };
  if (refusal.code == 499) return {Code::unavailable, "the account is closing", ""};
  if (refusal.code == 408) return {Code::timeout, "Telegram did not answer in time", ""};
  if (const auto wait = refusal.retry_after_s(); wait > 0) {
    return {Code::unavailable, fmt::format("Telegram asks to wait {} s", wait), ""};
  }
  if (has("FORBIDDEN") || has("rights") || has("ADMIN_REQUIRED") || has("PRIVATE") || has("Have no")) {
    return {Code::permission, "Telegram does not let this account write there: " + word,
            "Make it an administrator of the destination who may post"};
  }
  if (refusal.code == 400 || refusal.code == 403 || refusal.code == 404) {
    return {Code::invalid_input, "Telegram refused to send it on: " + word, ""};
  }
  return {Code::unavailable, "Telegram could not send it on: " + word, ""};
}

const json::object& part(const json::object& of, std::string_view name) {
  static const json::object kNone;
  const auto* found = Fields(of).object(name);
  return found ? *found : kNone;
}

std::string_view text_of(const json::object& content) {
  const auto& text = Fields(content).object("text") ? part(content, "text") : part(content, "caption");
  return Fields(text).text("text");
}

// Whether what stands in the destination is the message that was sent on.
bool is_it(const json::object& candidate, const rules::Forwarding& order) {
  const auto& m = order.message;
  const auto* info = Fields(candidate).object("forward_info");
  if ((info == nullptr) != order.to.copy) return false;
  if (info) {
    const Fields origin(part(*info, "origin"));
    if (origin.text("@type") == "messageOriginChannel") {
      const auto peer = m.forward && m.forward->peer ? m.forward->peer : m.key.peer;
      const auto id = m.forward && m.forward->message ? m.forward->message : m.key.message;
      return origin.number("chat_id").value_or(0) == peer.value &&
             server_id(origin.number("message_id").value_or(0)) == id;
    }
  }
  const auto& content = part(candidate, "content");
  if (text_of(content) != m.text) return false;
  return m.media.unique_id.empty() || find_file(content, m.media.unique_id).has_value();
}

bool has_failed(const json::object& candidate) {
  return Fields(part(candidate, "sending_state")).text("@type") == "messageSendingStateFailed";
}

}  // namespace

struct Forwarder::Attempt {
  Client& client;
  const rules::Forwarding& order;
  const std::stop_token stop;
  const Clock::time_point until;

  Answer ask(json::object query) const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) return Refusal{408, ""};
    return client.ask(std::move(query), std::min<std::chrono::milliseconds>(left, kOneQuestion), stop);
  }
};

void Forwarder::stop() { stop_.request_stop(); }

void Forwarder::note(const json::object& update) {
  const Fields f(update);
  const auto type = f.text("@type");
  const bool went = type == "updateMessageSendSucceeded";
  if (!went && type != "updateMessageSendFailed") return;
  const auto temporary = f.number("old_message_id").value_or(0);
  const auto* message = f.object("message");
  Outcome outcome = server_id(message ? Fields(*message).number("id").value_or(0) : 0);
  if (!went) {
    const auto* error = f.object("error");
    outcome = error ? Refusal{Fields(*error).small("code"), std::string(Fields(*error).text("message"))}
                    : Refusal{500, "not sent"};
  }
  {
    const std::lock_guard lock(mutex_);
    if (waiting_ == 0 || outcomes_.size() >= kMostOutcomes) return;
    outcomes_.insert_or_assign(temporary, std::move(outcome));
  }
  came_.notify_all();
}

Result<model::MessageId> Forwarder::sent(const Attempt& attempt, std::int64_t temporary) {
  if (const auto known = server_id(temporary)) return known;
  std::unique_lock lock(mutex_);
  const bool there = came_.wait_until(lock, attempt.stop, attempt.until, [&] { return outcomes_.contains(temporary); });
  if (!there) return meaning_of(Refusal{attempt.stop.stop_requested() ? 499 : 408, ""});
  const auto outcome = std::move(outcomes_.extract(temporary).mapped());
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) return meaning_of(*refusal);
  return std::get<model::MessageId>(outcome);
}

Result<std::optional<model::MessageId>> Forwarder::find(const Attempt& attempt) {
  const auto& order = attempt.order;
  const auto oldest = order.begun_before->to_seconds() - kClockMarginS;
  std::int64_t from = 0, being_sent = 0;
  json::array failed;
  const auto ended = [&]() -> Result<std::optional<model::MessageId>> {
    // TDLib keeps what it could not send, and does not try it again.
    if (!failed.empty()) {
      (void)attempt.ask({{"@type", "deleteMessages"}, {"chat_id", order.to.to.value}, {"message_ids", failed}});
    }
    if (being_sent == 0) return std::optional<model::MessageId>();
    // TDLib goes on with it by itself: what that ends with is what counts.
    const auto there = sent(attempt, being_sent);
    return there ? Result(std::optional(*there)) : there.error();
  };
  for (std::int64_t looked = 0; looked < kMostSearched;) {
    const auto answer = attempt.ask({{"@type", "getChatHistory"},
                                     {"chat_id", order.to.to.value},
                                     {"from_message_id", from},
                                     {"offset", 0},
                                     {"limit", kPage},
                                     {"only_local", false}});
    if (const auto* refusal = std::get_if<Refusal>(&answer)) return meaning_of(*refusal);
    const auto* messages = Fields(std::get<json::object>(answer)).array("messages");
    if (!messages || messages->empty()) return ended();
    for (const auto& one : *messages) {
      const auto* message = one.if_object();
      if (!message) continue;
      const Fields f(*message);
      ++looked;
      from = f.number("id").value_or(0);
      if (f.number("date").value_or(0) < oldest) return ended();
      const auto there = server_id(from);
      const bool is_other = std::find(order.others.begin(), order.others.end(), there) != order.others.end();
      if (is_other || !is_it(*message, order)) continue;
      if (there) return std::optional(there);
      if (has_failed(*message)) {
        failed.emplace_back(from);
      } else {
        being_sent = from;
      }
    }
  }
  return ended();
}

Result<model::MessageId> Forwarder::forward(Client& client, const rules::Forwarding& order) {
  struct Waiting {
    Forwarder& of;
    explicit Waiting(Forwarder& f) : of(f) {
      const std::lock_guard lock(of.mutex_);
      ++of.waiting_;
    }
    ~Waiting() {
      const std::lock_guard lock(of.mutex_);
      if (--of.waiting_ == 0) of.outcomes_.clear();
    }
  } const waiting(*this);
  std::stop_source either;
  const auto end = [&either] { either.request_stop(); };
  const std::stop_callback with_the_account(stop_.get_token(), end), with_the_order(order.stop, end);
  const Attempt attempt{client, order, either.get_token(), Clock::now() + kPatience};
  const auto source = order.message.key.peer;

  // TDLib answers for chats and messages that it was told of; asking makes it fetch those.
  for (const auto chat : {order.to.to, source}) {
    const auto known = attempt.ask({{"@type", "getChat"}, {"chat_id", chat.value}});
    if (const auto* refusal = std::get_if<Refusal>(&known)) {
      if (refusal->code != 400 && refusal->code != 404) return meaning_of(*refusal);
      return Error{Code::permission,
                   fmt::format("the account '{}' does not know chat {}", order.to.account, chat.value),
                   "Let it join the chat, then try it again"};
    }
  }
  if (order.begun_before) {
    const auto there = find(attempt);
    if (!there) return there.error();
    if (*there) return **there;
  }
  const auto id = tdlib_id(order.message.key.message);
  const auto original = attempt.ask({{"@type", "getMessage"}, {"chat_id", source.value}, {"message_id", id}});
  if (const auto* refusal = std::get_if<Refusal>(&original)) return meaning_of(*refusal);
  if (auto begun = order.begin(); !begun) return begun.error();
  const auto answer = attempt.ask({{"@type", "forwardMessages"},
                                   {"chat_id", order.to.to.value},
                                   {"from_chat_id", source.value},
                                   {"message_ids", json::array{id}},
                                   {"send_copy", order.to.copy},
                                   {"remove_caption", false}});
  if (const auto* refusal = std::get_if<Refusal>(&answer)) return meaning_of(*refusal);
  const auto* messages = Fields(std::get<json::object>(answer)).array("messages");
  const auto* message = messages && messages->size() == 1 ? messages->front().if_object() : nullptr;
  if (!message) {
    return Error{Code::invalid_input,
                 "this message cannot be sent on: its chat protects it, or it is of a kind that "
                 "cannot be copied",
                 ""};
  }
  return sent(attempt, Fields(*message).number("id").value_or(0));
}

}  // namespace tg::tdlib
