#include "source/tdlib/hub.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "observe/log.h"
#include "source/fields.h"

namespace tg::tdlib {

using source::Fields;

namespace {

constexpr double kPatienceS = 10;
// To a client that is none: TDLib's refusal comes at once, and ends the waiting.
constexpr const char* kWake = R"({"@type":"getOption","name":"version"})";

// A client's callbacks, one at a time, until it goes.
struct Receiver {
  std::mutex mutex;
  bool gone = false;
  std::function<void(const boost::json::object&)> on_update;
};

}  // namespace

std::int64_t Refusal::retry_after_s() const {
  const auto at = message.find(kRetryAfter);
  if (code != 429 || at == message.npos) return 0;
  return model::parse_int(std::string_view(message).substr(at + kRetryAfter.size())).value_or(0);
}

struct Hub::Impl {
  explicit Impl(const Library& l) : library(l) {}

  struct Question {
    int client = 0;
    std::function<void(Answer)> on_answer;
  };

  const Library& library;
  std::mutex mutex;
  std::unordered_map<int, std::shared_ptr<Receiver>> clients;
  std::unordered_map<std::int64_t, Question> waiting;
  std::int64_t next = 0;
  bool stopping = false;
  std::thread thread;

  void run() {
    while (true) {
      {
        const std::lock_guard lock(mutex);
        if (stopping) return;
      }
      const auto text = library.receive(kPatienceS);
      if (text.empty()) continue;
      boost::system::error_code ec;
      const auto value = boost::json::parse(text, ec);
      const auto* object = ec ? nullptr : value.if_object();
      if (!object) {
        observe::error("tdlib_unreadable", {{"reason", ec.message()}});
        continue;
      }
      hand_over(*object);
    }
  }

  void hand_over(const boost::json::object& object) {
    const Fields f(object);
    Question question;
    std::shared_ptr<Receiver> receiver;
    {
      const std::lock_guard lock(mutex);
      if (const auto number = f.number("@extra")) {
        auto found = waiting.extract(*number);
        if (found.empty()) return;
        question = std::move(found.mapped());
      } else {
        question.client = static_cast<int>(f.number("@client_id").value_or(0));
      }
      const auto found = clients.find(question.client);
      if (found == clients.end()) return;
      receiver = found->second;
    }
    const std::lock_guard lock(receiver->mutex);
    if (receiver->gone) return;
    if (!question.on_answer) return receiver->on_update(object);
    if (f.text("@type") != "error") return question.on_answer(object);
    question.on_answer(Refusal{static_cast<int>(f.number("code").value_or(0)), std::string(f.text("message"))});
  }

  // Of one client, or of all (0).
  std::vector<Question> unanswered(int client) {
    const std::lock_guard lock(mutex);
    std::vector<Question> out;
    for (auto one = waiting.begin(); one != waiting.end();) {
      if (client != 0 && one->second.client != client) {
        ++one;
        continue;
      }
      out.push_back(std::move(one->second));
      one = waiting.erase(one);
    }
    return out;
  }
};

Hub::Hub(const Library& library) : impl_(std::make_unique<Impl>(library)) {
  impl_->thread = std::thread([this] { impl_->run(); });
}

Hub::~Hub() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->library.send(0, kWake);
  impl_->thread.join();
  for (auto& question : impl_->unanswered(0)) question.on_answer(Refusal{499, "the gateway stops"});
}

std::unique_ptr<Client> Hub::open(std::function<void(const boost::json::object&)> on_update) {
  auto receiver = std::make_shared<Receiver>();
  receiver->on_update = std::move(on_update);
  const int id = impl_->library.create_client();
  const std::lock_guard lock(impl_->mutex);
  impl_->clients[id] = std::move(receiver);
  return std::make_unique<Client>(*this, id);
}

Client::~Client() {
  auto& hub = *hub_.impl_;
  std::shared_ptr<Receiver> receiver;
  {
    const std::lock_guard lock(hub.mutex);
    auto found = hub.clients.extract(id_);
    if (!found.empty()) receiver = std::move(found.mapped());
  }
  if (receiver) {
    const std::lock_guard lock(receiver->mutex);
    receiver->gone = true;
  }
  for (auto& question : hub.unanswered(id_)) question.on_answer(Refusal{499, "the account is closed"});
}

void Client::send(boost::json::object query, std::function<void(Answer)> on_answer) {
  auto& hub = *hub_.impl_;
  if (on_answer) {
    const std::lock_guard lock(hub.mutex);
    query["@extra"] = ++hub.next;
    hub.waiting[hub.next] = {id_, std::move(on_answer)};
  }
  hub.library.send(id_, boost::json::serialize(query));
}

Answer Client::ask(boost::json::object query, std::chrono::milliseconds patience, const std::stop_token& stop) {
  struct Slot {
    std::mutex mutex;
    std::condition_variable_any came;
    std::optional<Answer> answer;
  };
  auto slot = std::make_shared<Slot>();  // the answer may come when nobody waits any more
  send(std::move(query), [slot](Answer given) {
    {
      const std::lock_guard lock(slot->mutex);
      slot->answer = std::move(given);
    }
    slot->came.notify_all();
  });
  std::unique_lock lock(slot->mutex);
  slot->came.wait_for(lock, stop, patience, [&] { return slot->answer.has_value(); });
  if (slot->answer) return std::move(*slot->answer);
  if (stop.stop_requested()) return Refusal{499, "stopped"};
  return Refusal{408, "TDLib did not answer in time"};
}

}  // namespace tg::tdlib
