#include "load.h"

#include <poll.h>

#include <chrono>
#include <map>

#include "figures.h"
#include "http_client.h"
#include "mixes.h"

namespace tg::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::duration;
using std::chrono::duration_cast;
using std::chrono::nanoseconds;

constexpr auto kWarmUp = std::chrono::milliseconds(500);

struct Client {
  HttpClient http;
  std::unique_ptr<Script> script;
  Clock::time_point due;
  bool asked = false;
  std::string label;
  bool may_miss = false;
};

struct Label {
  Figures figures;
  std::uint64_t answers = 0, bytes = 0;
};

class Run {
 public:
  explicit Run(const Load& load) : load_(load) {
    options_.target = load.target;
    options_.run = load.run;
    for (const auto& text : load.channels) {
      const auto colon = text.find(':');
      options_.channels.push_back({text.substr(0, colon), std::stoll(text.substr(colon + 1))});
    }
    if (load.rate > 0) beat_ = duration_cast<nanoseconds>(duration<double>(1 / load.rate));
  }

  Result<boost::json::object> measure() {
    begin_ = Clock::now();
    for (std::size_t i = 0; i < load_.clients; ++i) {
      auto script = make_script(load_.mix, options_, i);
      if (!script) return Error{Code::invalid_input, "no such mix, or no channels for it: " + load_.mix, ""};
      // Beats are spread, as those of clients that know nothing of one another.
      const auto offset = beat_ * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(load_.clients);
      clients_.push_back(std::unique_ptr<Client>(
          new Client{HttpClient(load_.port), std::move(script), begin_ + offset, false, {}, false}));
    }
    measured_from_ = Clock::now() + kWarmUp;
    const auto end = measured_from_ + duration_cast<nanoseconds>(duration<double>(load_.seconds));
    while (Clock::now() < end) {
      auto next_due = end;
      for (auto& client : clients_) {
        if (client->asked) continue;
        if (client->due <= Clock::now()) {
          ask(*client);
        } else {
          next_due = std::min(next_due, client->due);
        }
      }
      if (auto taken = take_answers(next_due); !taken) return taken.error();
    }
    boost::json::object all;
    for (auto& [name, label] : labels_) {
      auto figures = label.figures.to_json();
      figures["per_second"] = static_cast<double>(label.answers) / load_.seconds;
      figures["mean_bytes"] = label.answers ? label.bytes / label.answers : 0;
      all[name] = std::move(figures);
    }
    all["answers"] = answers_;
    return all;
  }

 private:
  void ask(Client& client) {
    auto ask = client.script->next(client.http.body());
    client.label = std::move(ask.label);
    client.may_miss = ask.may_miss;
    client.asked = true;
    if (beat_.count() == 0) client.due = Clock::now();
    client.http.send(std::move(ask.request));
  }

  Result<void> take_answers(Clock::time_point until) {
    descriptors_.clear();
    for (const auto& client : clients_) {
      const short events = client->http.wants_to_write() ? POLLIN | POLLOUT : POLLIN;
      descriptors_.push_back({client->http.descriptor(), events, 0});
    }
    const auto left = std::max(duration_cast<nanoseconds>(until - Clock::now()), nanoseconds(0));
    const timespec wait{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
    if (::ppoll(descriptors_.data(), descriptors_.size(), &wait, nullptr) <= 0) return {};
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      auto& client = *clients_[i];
      if ((descriptors_[i].revents & POLLOUT) != 0) client.http.write();
      if ((descriptors_[i].revents & POLLIN) == 0 || !client.http.read()) continue;
      if (auto taken = answered(client); !taken) return taken;
    }
    return {};
  }

  Result<void> answered(Client& client) {
    const auto now = Clock::now();
    const bool missed = client.may_miss && client.http.status() == 404;
    if (client.http.status() != 200 && !missed) {
      return Error{
          Code::internal,
          fmt::format("{} answered {}: {}", client.label, client.http.status(), client.http.body().substr(0, 300)), ""};
    }
    if (client.due >= measured_from_ && !missed) {
      auto& label = labels_[client.label];
      label.figures.add(now - client.due);
      ++label.answers;
      label.bytes += client.http.body().size();
    }
    ++answers_;
    client.asked = false;
    client.due = beat_.count() > 0 ? client.due + beat_ : now;
    if (beat_.count() == 0) ask(client);
    return {};
  }

  const Load& load_;
  MixOptions options_;
  nanoseconds beat_{0};
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<pollfd> descriptors_;
  std::map<std::string, Label> labels_;
  std::uint64_t answers_ = 0;  // warm-up included
  Clock::time_point begin_, measured_from_;
};

}  // namespace

Result<boost::json::object> run(const Load& load) {
  try {
    return Run(load).measure();
  } catch (const std::exception& broken) {
    return Error{Code::internal, broken.what(), ""};
  }
}

}  // namespace tg::bench
