#include "sink/alert/mail_alert.h"

#include <condition_variable>
#include <mutex>

#include "model/message_json.h"

namespace tg::sink {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kLongestWait = std::chrono::seconds(5);  // of one call
constexpr std::size_t kMostShown = 50;                  // messages in a mail
constexpr std::size_t kMostOfOne = 500;                 // bytes of a message's text

void wait_until(Clock::time_point at, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_until(lock, stop, at, [] { return false; });
}

std::string shortened(const std::string& text) {
  if (text.size() <= kMostOfOne) return text;
  auto end = kMostOfOne;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

std::string text_of(const model::Event& event) {
  const auto message = message_of(event);
  if (!message) return "";
  const auto& m = *message;
  const auto media =
      m.media.type == model::MediaType::none ? std::string() : fmt::format("[{}] ", model::name_of(m.media.type));
  return fmt::format("{} · {} · {}\r\n{}{}\r\n\r\n",
                     m.chat_title.empty() ? std::to_string(m.key.peer.value) : m.chat_title, model::to_rfc3339(m.date),
                     model::event_key(event), media, shortened(m.text));
}

}  // namespace

MailAlert::MailAlert(std::string name, RuleEvents events, MailServer server, std::chrono::seconds every)
    : name_(std::move(name)), events_(std::move(events)), server_(std::move(server)), every_(every) {}

Delivery MailAlert::deliver(std::span<const model::Event> events, const std::stop_token& stop) {
  Delivery delivery;
  if (const auto now = Clock::now(); now < next_) {
    // What comes meanwhile is read with it: the journal keeps it till then.
    wait_until(std::min(next_, now + kLongestWait), stop);
    return delivery;
  }
  const auto& rule = events_.rule();
  Mail mail;
  mail.subject = fmt::format("[{}] {}", rule.name,
                             events.size() == 1 ? std::string("1 message") : fmt::format("{} messages", events.size()));
  for (const auto& event : events.first(std::min(events.size(), kMostShown))) mail.text += text_of(event);
  if (events.size() > kMostShown) mail.text += fmt::format("and {} more\r\n", events.size() - kMostShown);
  for (const auto& alert : rule.actions.alerts) {
    if (alert.email.empty()) continue;
    mail.to = alert.email;
    mail.id = fmt::format("{}:{}:{}:{}", rule.id, alert.email, model::event_key(events.front()), events.size());
    const auto sent = send(server_, mail, stop);
    if (sent) continue;
    if (sent.error().code != Code::invalid_input) {
      delivery.trouble = sent.error();
      return delivery;
    }
    delivery.refused.clear();
    for (std::size_t i = 0; i < events.size(); ++i) delivery.refused.push_back({i, sent.error().what});
  }
  next_ = Clock::now() + every_;
  delivery.done = events.size();
  events_.count(delivery.done);
  return delivery;
}

}  // namespace tg::sink
