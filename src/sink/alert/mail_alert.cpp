#include "sink/alert/mail_alert.h"

#include "model/message_json.h"

namespace tg::sink {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLongestPause{1'000};  // a retry that a person asks for waits no longer
constexpr auto kLongestGathering = std::chrono::seconds(1);
constexpr std::size_t kPage = 500;       // events
constexpr std::size_t kMostShown = 50;   // messages in a mail
constexpr std::size_t kMostOfOne = 500;  // bytes of a message's text

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

MailAlert::MailAlert(std::string name, RuleEvents events, journal::Journal& journal, MailServer server, std::string to,
                     std::chrono::seconds every)
    : name_(std::move(name)),
      events_(std::move(events)),
      journal_(journal),
      server_(std::move(server)),
      to_(std::move(to)),
      every_(every) {}

void MailAlert::Matches::add(const model::Event& event) {
  if (count == 0) first_key = model::event_key(event);
  if (count < kMostShown) text += text_of(event);
  ++count;
}

Result<MailAlert::Matches> MailAlert::gather(model::Seq first, const std::stop_token& stop) const {
  Matches all;
  all.last = model::Seq{first.value - 1};
  const auto until = Clock::now() + kLongestGathering;
  while (Clock::now() < until && !stop.stop_requested()) {
    const auto page = journal_.read_after(all.last, kPage);
    if (!page) return page.error();
    if (page->empty()) break;
    for (const auto& event : *page) {
      if (events_.call_for(event)) all.add(event);
    }
    all.last = page->back().seq;
  }
  return all;
}

Result<void> MailAlert::tell(const Matches& matches, const std::stop_token& stop) const {
  const auto& rule = events_.rule();
  Mail mail;
  mail.to = to_;
  mail.subject = fmt::format("[{}] {}", rule.name,
                             matches.count == 1 ? std::string("1 message") : fmt::format("{} messages", matches.count));
  mail.text = matches.text;
  if (matches.count > kMostShown) mail.text += fmt::format("and {} more\r\n", matches.count - kMostShown);
  mail.id = fmt::format("{}:{}:{}:{}", rule.id, to_, matches.first_key, matches.count);
  return send(server_, mail, stop);
}

Delivery MailAlert::deliver(std::span<const model::Event> events, const std::stop_token& stop) {
  Delivery delivery;
  if (events.front().seq > told_) {
    if (const auto now = Clock::now(); now < next_) {
      delivery.pause = std::min(std::chrono::ceil<std::chrono::milliseconds>(next_ - now), kLongestPause);
      return delivery;
    }
    const auto matches = gather(events.front().seq, stop);
    const auto told = matches ? tell(*matches, stop) : Result<void>(matches.error());
    if (!told && told.error().code != Code::invalid_input) {
      delivery.trouble = told.error();
      return delivery;
    }
    refusal_ = told ? std::nullopt : std::optional(told.error().what);
    told_ = matches->last;
    next_ = Clock::now() + every_;
  }
  for (; delivery.done < events.size() && events[delivery.done].seq <= told_; ++delivery.done) {
    if (refusal_) delivery.refused.push_back({delivery.done, *refusal_});
  }
  events_.count(delivery.done);
  return delivery;
}

Delivery MailAlert::redeliver(const model::Event& event, const std::stop_token& stop) {
  Delivery delivery;
  Matches one;
  one.add(event);
  const auto told = tell(one, stop);
  if (!told && told.error().code != Code::invalid_input) {
    delivery.trouble = told.error();
    return delivery;
  }
  if (!told) delivery.refused.push_back({0, told.error().what});
  delivery.done = 1;
  return delivery;
}

}  // namespace tg::sink
