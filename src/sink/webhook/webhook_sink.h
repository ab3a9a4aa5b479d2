#pragma once
// News by HTTP: each batch one signed POST. docs/webhooks.md is the contract with the receiver.
//
//   2xx                               done
//   no answer, 408, 425, 429, 5xx     trouble: again after 5, 10, 20, 20 … s; Retry-After may ask for more, up to 5 min
//   401, 403                          trouble that names the secret: again after a minute
//   3xx                               trouble: redirects are not followed, a signed body is for this receiver alone
//   any other 4xx                     the batch is halved until one event is refused: that one is set aside
//
// Reaches no address of this machine or a private network unless that is allowed, whatever a name resolves to. Nothing
// of an answer but its status is kept or logged.

#include <array>
#include <memory>
#include <unordered_set>

#include "config/config.h"
#include "sink/sink.h"

namespace tg::sink {

class WebhookSink final : public Sink {
 public:
  struct Options {
    std::chrono::seconds max_age{600};  // catch-up younger than this is news
    std::string user_agent = "telegram-gateway";
    std::chrono::milliseconds timeout{10'000};  // of a request, from the name's resolution to the answer
    std::array<std::chrono::milliseconds, 3> pauses{std::chrono::seconds(5), std::chrono::seconds(10),
                                                    std::chrono::seconds(20)};
    std::chrono::milliseconds refused_secret_pause{60'000};
    std::chrono::milliseconds longest_pause{300'000};
  };

  WebhookSink(const config::Webhook& webhook, std::string secret, Options options);
  ~WebhookSink() override;

  const std::string& name() const override { return name_; }
  bool wants(const model::Event& event) const override;
  Result<Resume> open(const std::stop_token& stop) override;
  Delivery deliver(std::span<const model::Event> events, const std::stop_token& stop) override;
  void close() override;

 private:
  struct Http;

  std::span<const model::Event> next_batch(std::span<const model::Event> events) const;
  // Adds to the delivery what came of this batch.
  void send(std::span<const model::Event> batch, const std::stop_token& stop, Delivery& delivery);
  std::chrono::milliseconds next_pause(std::chrono::seconds asked_for);

  const std::string name_;
  const std::string secret_;
  const Options options_;
  const bool flat_;
  const std::size_t batch_;
  const std::string secret_file_;
  const std::string host_;  // for people
  std::unordered_set<std::int64_t> channels_;
  std::unordered_set<std::string> kinds_;
  std::unique_ptr<Http> http_;

  std::size_t failures_ = 0;  // requests in a row that came to nothing
  std::size_t suspects_ = 0;  // so many of the next events were refused together
};

}  // namespace tg::sink
