#include "sink/webhook/webhook_sink.h"

#include "model/news.h"
#include "sink/poster.h"
#include "sink/webhook/detail/body.h"
#include "sink/webhook/detail/signature.h"

namespace tg::sink {
namespace {

constexpr std::size_t kMostBytes = 1'024 * 1'024;  // of messages in a request; one that is larger goes alone
constexpr auto kTurn = std::chrono::seconds(1);    // after it no further request is begun in a call

enum class Verdict { taken, refused, secret_refused, later };

Verdict verdict_of(long status) {
  if (status >= 200 && status < 300) return Verdict::taken;
  if (status == 401 || status == 403) return Verdict::secret_refused;
  const bool passes = status == 408 || status == 425 || status == 429;
  return status >= 400 && status < 500 && !passes ? Verdict::refused : Verdict::later;
}

}  // namespace

struct WebhookSink::Http {
  Poster poster;
};

WebhookSink::WebhookSink(const config::Webhook& webhook, std::string secret, Options options)
    : name_("webhook:" + webhook.name),
      secret_(std::move(secret)),
      options_(std::move(options)),
      flat_(webhook.format == "flat"),
      batch_(flat_ ? 1 : static_cast<std::size_t>(webhook.batch)),
      secret_file_(webhook.secret_file),
      host_(host_of(webhook.url)),
      kinds_(webhook.kinds.begin(), webhook.kinds.end()),
      http_(new Http{
          Poster({webhook.url, options_.user_agent, webhook.tls_ca_file, webhook.allow_private, options_.timeout})}) {
  for (const auto& id : webhook.channels) channels_.insert(model::parse_int(id).value_or(0));
  // A receiver of that form takes each request for a message: an edit or a deletion would be one more.
  if (flat_ && kinds_.empty()) kinds_ = {"new", "reprocess"};
}

WebhookSink::~WebhookSink() = default;

bool WebhookSink::wants(const model::Event& event) const {
  if (!model::is_told(event)) return false;
  if (!channels_.empty() && !channels_.contains(event.key.peer.value)) return false;
  if (!kinds_.empty() && !kinds_.contains(std::string(model::name_of(event.kind)))) return false;
  return model::is_news(event, options_.max_age);
}

// There is nothing to reach before there is something to say: the first request shows how it is.
Result<Resume> WebhookSink::open(const std::stop_token&) {
  suspects_ = 0;
  return Resume{};
}

void WebhookSink::close() { http_->poster.close(); }

Delivery WebhookSink::deliver(std::span<const model::Event> events, const std::stop_token& stop) {
  Delivery delivery;
  const auto began = std::chrono::steady_clock::now();
  do {
    send(next_batch(events.subspan(delivery.done)), stop, delivery);
  } while (!delivery.trouble && delivery.done < events.size() && !stop.stop_requested() &&
           (delivery.done == 0 || std::chrono::steady_clock::now() - began < kTurn));
  return delivery;
}

std::span<const model::Event> WebhookSink::next_batch(std::span<const model::Event> events) const {
  const auto most = std::min(events.size(), suspects_ > 0 ? std::max<std::size_t>(1, suspects_ / 2) : batch_);
  std::size_t count = 1;
  auto bytes = events[0].message.size();
  while (count < most && bytes + events[count].message.size() <= kMostBytes) bytes += events[count++].message.size();
  return events.first(count);
}

void WebhookSink::send(std::span<const model::Event> batch, const std::stop_token& stop, Delivery& delivery) {
  const auto body = flat_ ? detail::flat_body(batch.front()) : detail::events_body(batch);
  std::vector<std::string> headers{"Content-Type: application/json",
                                   "X-Telegram-Gateway-Delivery: " + detail::delivery_id(batch)};
  headers.push_back(flat_ ? "X-Gateway-Token: " + secret_
                          : "X-Telegram-Gateway-Signature: " +
                                detail::signature(secret_, model::Time::now().to_seconds(), body));
  const auto answer = http_->poster.post(body, headers, stop);
  const auto wait_for = [&](Error error, std::chrono::milliseconds pause) {
    error.what = fmt::format("{}: {}", host_, error.what);
    delivery.trouble = std::move(error);
    delivery.pause = pause;
  };
  if (!answer) return wait_for(answer.error(), next_pause({}));
  switch (verdict_of(answer->status)) {
    case Verdict::taken:
      failures_ = 0;
      suspects_ -= std::min(suspects_, batch.size());
      delivery.done += batch.size();
      return;
    case Verdict::refused:
      failures_ = 0;
      suspects_ = batch.size() > 1 ? batch.size() : 0;
      if (batch.size() > 1) return;
      delivery.refused.push_back({delivery.done, fmt::format("the receiver answered {}", answer->status)});
      ++delivery.done;
      return;
    case Verdict::secret_refused:
      return wait_for({Code::permission, fmt::format("the receiver refuses the secret ({})", answer->status),
                       fmt::format("Give both sides the same one: secret_file = \"{}\"", secret_file_)},
                      options_.refused_secret_pause);
    case Verdict::later: break;
  }
  if (answer->status >= 300 && answer->status < 400) {
    const auto& host = answer->redirect_host;
    return wait_for({Code::unavailable,
                     fmt::format("the receiver answered {}{}", answer->status, host.empty() ? "" : " to " + host),
                     "Redirects are not followed: name the url that it leads to"},
                    next_pause({}));
  }
  wait_for({Code::unavailable, fmt::format("the receiver answered {}", answer->status), ""},
           next_pause(answer->retry_after));
}

std::chrono::milliseconds WebhookSink::next_pause(std::chrono::seconds asked_for) {
  const auto own = options_.pauses[std::min(failures_, options_.pauses.size() - 1)];
  ++failures_;
  return std::max(own, std::min<std::chrono::milliseconds>(asked_for, options_.longest_pause));
}

}  // namespace tg::sink
