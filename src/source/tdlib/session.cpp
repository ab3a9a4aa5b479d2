#include "source/tdlib/session.h"

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <unordered_set>

#include "observe/log.h"
#include "source/fields.h"
#include "source/tdlib/detail/open_chats.h"

namespace tg::tdlib {

using source::Fields;
using source::SourceState;
namespace json = boost::json;

namespace {

constexpr std::chrono::seconds kFollowEvery{5};  // at which chats are captured, and whether there is room again
constexpr std::chrono::seconds kCheckEvery{20};  // whether Telegram still knows this session
constexpr std::chrono::milliseconds kPushPatience{2'000}, kPushAgain{500};
constexpr std::chrono::seconds kForever = std::chrono::years(1), kFinderPatience{10};
constexpr std::size_t kMostUpdates = 200'000;  // that wait; some hundred MB
constexpr std::size_t kOpenChats = 10;

}  // namespace

struct Session::Impl {
  explicit Impl(Parts p, Account::Setup s, Reconciler::Options o)
      : parts(std::move(p)), setup(std::move(s)), options(o) {}

  const Parts parts;
  const Account::Setup setup;
  const Reconciler::Options options;

  mutable std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::function<void(Capture&)>> inbox;
  // Before the inbox: who was answered asked because of an update that was taken before, and waits only for this.
  std::deque<std::function<void(Capture&)>> answers;
  bool overflowed = false;  // updates were dropped: what they told is walked for when there is room again
  bool giving_up = false;   // nothing is waited for any more
  bool finishing = false;   // by us: that the account is closed is no news
  bool dropped = false;     // since then something could not be pushed
  bool stopping = false, look_again = false;
  SourceState state{SourceState::Code::stopped, {}, ""};
  Forwarder forwarder;  // before the account, whose updates it hears
  std::unique_ptr<Account> account;
  std::unique_ptr<OpenChats> open_chats;
  std::unique_ptr<ChatFinder> finder;
  std::unique_ptr<Reconciler> reconciler;
  std::thread thread;

  // The session thread's own.
  const Capture* capturing = nullptr;
  std::unordered_set<model::ChatId> wanted, followed;  // captured; of these, walked since they were
  std::vector<std::shared_ptr<Asked>> asked_early;     // before the chats are loaded
  bool was_ready = false, loaded = false, blind = false;
  std::chrono::steady_clock::time_point check_at{};

  void post(std::function<void(Capture&)> work) { post_to(inbox, std::move(work)); }
  void post_answer(std::function<void(Capture&)> work) { post_to(answers, std::move(work)); }

  void post_to(std::deque<std::function<void(Capture&)>>& queue, std::function<void(Capture&)> work) {
    {
      const std::lock_guard lock(mutex);
      if (stopping) return;
      queue.push_back(std::move(work));
    }
    wake.notify_all();
  }

  void post_update(const json::object& update) {
    if (Fields(update).text("@type") == "updateFile") return;  // how far a download is: many, and nobody's news
    {
      const std::lock_guard lock(mutex);
      if (inbox.size() >= kMostUpdates) overflowed = true;
      if (overflowed) return;
    }
    post([update](Capture& capture) { capture.take(update); });
  }

  // From another thread than the session's. False: the session ends, or its turn did not come within `patience` (while
  // the disk is full the inbox stands still); then nothing was run.
  bool with_capture(const std::function<void(const Capture&)>& work, std::chrono::seconds patience) {
    struct Turn {
      std::mutex mutex;
      std::condition_variable changed;
      bool begun = false, done = false, given_up = false;
    };
    auto turn = std::make_shared<Turn>();
    {
      const std::lock_guard lock(mutex);
      if (giving_up) return false;
      inbox.push_back([&work, turn](Capture& capture) {  // in turn: a page is newer than what was told before it
        {
          const std::lock_guard begins(turn->mutex);
          if (turn->given_up) return;
          turn->begun = true;
        }
        work(capture);
        const std::lock_guard ends(turn->mutex);
        turn->done = true;
        turn->changed.notify_all();
      });
    }
    wake.notify_all();
    std::unique_lock lock(turn->mutex);
    if (!turn->changed.wait_for(lock, patience, [&] { return turn->done; }) && !turn->begun) {
      turn->given_up = true;
      return false;
    }
    turn->changed.wait(lock, [&] { return turn->done; });
    return true;
  }

  // Only the session's thread uses the reconciler without the lock, so it is this thread that lets it go.
  std::unique_ptr<Reconciler> let_reconciler_go() {
    std::promise<std::unique_ptr<Reconciler>> gone;
    post([this, &gone](Capture&) {
      const std::lock_guard lock(mutex);
      gone.set_value(std::move(reconciler));
    });
    return gone.get_future().get();
  }

  void set(SourceState::Code code, std::string reason) {
    {
      const std::lock_guard lock(mutex);
      if (state.code == code && state.reason == reason) return;
      state = {code, model::Time::now(), std::move(reason)};
    }
    parts.on_change();
  }

  bool gives_up() const {
    const std::lock_guard lock(mutex);
    return giving_up || finishing;
  }

  // Until it is taken, or until the session ends: nothing is skipped.
  Result<void> push(const pipeline::Observation& observation) {
    while (true) {
      if (has_dropped()) return Error{Code::unavailable, "the session ends", ""};
      auto pushed = parts.intake.push(observation, kPushPatience);
      if (pushed) return pushed;
      set(SourceState::Code::failed, pushed.error().to_string());
      std::unique_lock lock(mutex);
      if (wake.wait_for(lock, kPushAgain, [&] { return giving_up; })) {
        dropped = true;  // nothing that follows may prove what was dropped
        return pushed;
      }
    }
  }

  bool has_dropped() const {
    const std::lock_guard lock(mutex);
    return dropped;
  }

  bool is_wanted(model::ChatId chat) const { return wanted.contains(chat) || (parts.capture_all && chat.value < 0); }

  Capture::Ports ports() {
    Capture::Ports out;
    out.push = [this](const pipeline::Observation& observation) { (void)push(observation); };
    out.wanted = [this](model::ChatId chat) { return capturing->account() != 0 && is_wanted(chat); };
    out.missing = [this](model::ChatId chat, std::string_view) {
      if (reconciler) reconciler->want(chat, true);
    };
    out.doubtful = [this](model::ChatId chat) {
      if (reconciler) reconciler->want(chat);
    };
    out.ask = [this](json::object query, std::function<void(const json::object*)> then) {
      account->client().send(std::move(query), [this, then = std::move(then)](Answer answer) {
        post_answer([then, answer = std::move(answer)](Capture&) { then(std::get_if<json::object>(&answer)); });
      });
    };
    return out;
  }

  void run() {
    Capture capture(ports());
    capturing = &capture;
    const auto registered = parts.chats();
    wanted = {registered.begin(), registered.end()};  // what is told before the chats are loaded is taken as well
    auto look_at = std::chrono::steady_clock::now();
    while (true) {
      std::function<void(Capture&)> work;
      bool look = false;
      {
        std::unique_lock lock(mutex);
        const auto waits = [&] { return !inbox.empty() || !answers.empty(); };
        wake.wait_until(lock, look_at, [&] { return stopping || look_again || waits(); });
        if (stopping && !waits()) return;
        if (waits()) {
          auto& queue = answers.empty() ? inbox : answers;
          work = std::move(queue.front());
          queue.pop_front();
        }
        look = std::exchange(look_again, false) || std::chrono::steady_clock::now() >= look_at;
      }
      if (look) {
        follow_standing(capture);
        look_at = std::chrono::steady_clock::now() + kFollowEvery;
      }
      if (work) work(capture);
    }
  }

  // What the account's standing and the registry mean for the capture.
  void follow_standing(Capture& capture) {
    if (gives_up()) return;
    const auto standing = account->standing();
    if (standing.stage != Stage::ready) {
      was_ready = false;
      const bool out = standing.stage == Stage::closed || standing.revoked;
      if (out) tell_blind(capture);
      return set(SourceState::Code::signed_out,
                 standing.duplicated
                     ? "two programs used this session at once, so Telegram ended it: stop the other one, "
                       "never copy an account's folder, and sign in again; nothing that is stored is lost"
                 : standing.revoked ? "Telegram ended this session: sign in again, nothing that is stored is lost"
                 : out              ? "closed"
                                    : "sign in to begin");
    }
    if (standing.user != 0 && std::chrono::steady_clock::now() >= check_at) {
      check_at = std::chrono::steady_clock::now() + kCheckEvery;
      account->check();
    }
    if (capture.account() == 0) return;
    blind = false;
    if (standing.unreachable(model::Time::now())) {
      set(SourceState::Code::failed, "not connected to Telegram since " + model::to_rfc3339(standing.connection_since) +
                                         "; it is tried again and again");
    } else {
      set(SourceState::Code::running, standing.connection == "ready" ? "" : standing.connection);
    }
    const bool skipped = room_again();
    const bool again = (standing.connection == "ready" && !was_ready) || skipped;
    if (again) capture.interrupted();
    was_ready = standing.connection == "ready";
    if (!was_ready && standing.connection != "updating") capture.deafen();
    if (!reconciler) {
      start_reconciler();
      load_chats("chatListMain");
    }
    if (!loaded) return;  // TDLib knows no chat that it was not told of
    auto now = parts.chats();
    if (parts.capture_all) {
      const auto all = capture.groups_and_channels();
      now.insert(now.end(), all.begin(), all.end());
    }
    std::vector<model::ChatId> fresh;
    for (const auto chat : now) {
      if (!followed.contains(chat) || again) fresh.push_back(chat);
    }
    const auto before = std::exchange(followed, {now.begin(), now.end()});
    wanted = followed;
    for (const auto chat : before) {
      if (!is_wanted(chat)) reconciler->forget(chat);
    }
    capture.listen_only_to(followed);
    for (const auto chat : fresh) {
      capture.tell(chat);
      if (was_ready) capture.listen(chat);
      reconciler->want(chat);
    }
    for (const auto& asked : std::exchange(asked_early, {})) take(asked);
    open_chats->rotate(now, std::chrono::steady_clock::now());
  }

  void take(const std::shared_ptr<Asked>& asked) {
    if (!loaded) return asked_early.push_back(asked);
    if (!reconciler) return;
    const std::vector<model::ChatId> all{wanted.begin(), wanted.end()};
    const std::lock_guard lock(asked->mutex);
    for (const auto chat : asked->chats.empty() ? all : asked->chats) {
      if (is_wanted(chat)) asked->wishes[chat] = reconciler->want(chat, !asked->chats.empty());
    }
    asked->known = true;
  }

  // True once after updates were dropped for want of room.
  bool room_again() {
    const std::lock_guard lock(mutex);
    if (!overflowed || !inbox.empty()) return false;
    overflowed = false;
    return true;
  }

  // An account whose session ended sees nothing any more, until a walk of its next session says otherwise.
  void tell_blind(const Capture& capture) {
    if (capture.account() == 0 || std::exchange(blind, true)) return;
    for (const auto chat : parts.chats()) {
      pipeline::AccessSeen seen;
      seen.from = {model::SourceKind::tdlib, model::Origin::live, capture.account(), model::Time::now()};
      seen.peer = chat;
      seen.scope = model::is_channel(chat) ? model::Scope{} : model::Scope{capture.account()};
      seen.sees = false;
      seen.reason = "the account is signed out";
      (void)push(std::move(seen));
    }
  }

  // Page by page; a refusal means that there are no more (404), or that this account may not ask (a bot).
  void load_chats(const std::string& list) {
    account->client().send({{"@type", "loadChats"}, {"chat_list", {{"@type", list}}}, {"limit", 100}},
                           [this, list](const Answer& answer) {
                             if (std::holds_alternative<json::object>(answer)) return load_chats(list);
                             if (std::get<Refusal>(answer).code == 499) return;  // the session ends
                             if (list == "chatListMain") return load_chats("chatListArchive");
                             post([this](Capture& capture) {
                               loaded = true;
                               follow_standing(capture);
                             });
                           });
  }

  // TDLib's database is new (it is deleted with a session that ends), and a chat that the account is no member of is in
  // no list: only its name finds it.
  void meet(model::ChatId chat) {
    const auto username = parts.username(chat);
    if (username.empty()) return;
    account->client().send({{"@type", "searchPublicChat"}, {"username", username}}, [this, chat](const Answer& answer) {
      const auto* found = std::get_if<json::object>(&answer);
      if (!found || Fields(*found).number("id") != chat.value) return;
      post([this, chat](Capture&) {
        if (reconciler) reconciler->want(chat, true);
      });
    });
  }

  void start_reconciler() {
    Reconciler::Ports p{account->client(),
                        parts.journal,
                        [this](const pipeline::Observation& o) { return push(o); },
                        [this] { return parts.intake.flush(); },
                        [this](const auto& work) { return with_capture(work, kForever); },
                        [this](model::ChatId chat) { return is_wanted(chat); },
                        [this](model::ChatId chat, bool member) { open_chats->open(chat, member); },
                        [this](model::ChatId chat) { meet(chat); },
                        parts.held_since,
                        parts.history_ended,
                        parts.on_change};
    auto made = std::make_unique<Reconciler>(options, std::move(p));
    const std::lock_guard lock(mutex);
    reconciler = std::move(made);
  }
};

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Session>> Session::open(Parts parts, Account::Setup setup, Reconciler::Options options) {
  auto impl = std::make_unique<Impl>(std::move(parts), setup, options);
  auto* inside = impl.get();
  auto account = Account::open(
      inside->parts.hub, std::move(setup),
      [inside](const json::object& update) {
        inside->forwarder.note(update);
        inside->post_update(update);
      },
      [inside] {
        {
          const std::lock_guard lock(inside->mutex);
          inside->look_again = true;
        }
        inside->wake.notify_all();
        inside->parts.on_change();
      });
  if (!account) return account.error();
  inside->account = std::move(*account);
  inside->open_chats = std::make_unique<OpenChats>(kOpenChats, [inside](model::ChatId chat, bool open) {
    inside->account->client().send({{"@type", open ? "openChat" : "closeChat"}, {"chat_id", chat.value}});
  });
  inside->finder = std::make_unique<ChatFinder>(
      options.between, ChatFinder::Ports{inside->account->client(), [inside](const auto& work) {
                                           return inside->with_capture(work, kFinderPatience);
                                         }});
  inside->thread = std::thread([inside] { inside->run(); });
  return std::unique_ptr<Session>(new Session(std::move(impl)));
}

void Session::finish(std::chrono::seconds patience) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->finishing = true;
  }
  impl_->account->close();
  (void)impl_->with_capture([](const Capture&) {}, patience);
}

bool Session::keeps_up() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->inbox.empty() && impl_->answers.empty() && !impl_->overflowed;
}

void Session::give_up() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->giving_up = true;
  }
  impl_->wake.notify_all();
}

Session::~Session() {
  give_up();
  impl_->let_reconciler_go().reset();  // what it waits for is still done by the session's thread
  impl_->account->close();
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  impl_->thread.join();
}

Account& Session::account() { return *impl_->account; }
ChatFinder& Session::finder() { return *impl_->finder; }

Result<model::MessageId> Session::forward(const rules::Forwarding& order) {
  const auto scope = order.message.key.scope;
  if (scope && scope.value != impl_->account->standing().user) {
    return Error{Code::invalid_input, "the ids of this chat are those of another account, which captured it",
                 "Let that account forward it"};
  }
  return impl_->forwarder.forward(impl_->account->client(), order);
}

void Session::stop_asking() {
  impl_->finder->stop();
  impl_->forwarder.stop();
}

SourceState Session::state() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state;
}

Reconciler::Progress Session::progress() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->reconciler ? impl_->reconciler->progress() : Reconciler::Progress{};
}

std::shared_ptr<Session::Asked> Session::sync(const std::vector<model::ChatId>& chats) {
  auto asked = std::make_shared<Asked>(chats);
  impl_->post([this, asked](Capture&) { impl_->take(asked); });
  return asked;
}

source::AccountWalks Session::walks(Asked& asked) const {
  const std::lock_guard lock(impl_->mutex);
  const std::lock_guard filling(asked.mutex);
  if (!asked.known || !impl_->reconciler) return {};
  return impl_->reconciler->how_far(asked.wishes);
}

void Session::fetch_history(model::ChatId chat, model::Time from) {
  impl_->post([this, chat, from](Capture&) {
    if (impl_->reconciler && impl_->is_wanted(chat)) impl_->reconciler->want_history(chat, from);
  });
}

void Session::holds_changed() {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->reconciler) impl_->reconciler->holds_changed();
}

void Session::chats_changed() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->look_again = true;
  }
  impl_->wake.notify_all();
}

}  // namespace tg::tdlib
