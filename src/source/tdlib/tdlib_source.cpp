#include "source/tdlib/tdlib_source.h"

#include <malloc.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "observe/log.h"
#include "observe/process.h"
#include "source/tdlib/detail/account_state.h"
#include "source/tdlib/history_holds.h"
#include "source/tdlib/session.h"

namespace tg::tdlib {

using source::AccountState;
using source::Input;
using source::SourceState;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds kRescanEvery{5};
constexpr std::chrono::hours kReopenEvery{1}, kReopenInVain{24};
constexpr std::chrono::seconds kMayReopen{60}, kFinishing{30};
const Error kStopping{Code::unavailable, "the gateway is stopping", ""};

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::islower(c) || std::isdigit(c) || c == '-' || c == '_';
  });
}

Error unknown(const std::string& account) {
  return {Code::not_found, fmt::format("there is no account '{}'", account), "See: telegram-gateway account list"};
}

}  // namespace

struct TdlibSource::Impl {
  using Clock = std::chrono::steady_clock;
  struct Reopening {
    AccountState state;  // as it was before
    Clock::time_point since;
  };

  Impl(Options o, pipeline::Intake& i, journal::Journal& j, observe::Metrics& m, std::function<void()> change)
      : options(std::move(o)), intake(i), journal(j), metrics(m), on_change(std::move(change)), holds(j, i) {}

  const Options options;
  pipeline::Intake& intake;
  journal::Journal& journal;
  observe::Metrics& metrics;
  const std::function<void()> on_change;
  HistoryHolds holds;
  std::atomic<bool> hold_ended = false;  // the watcher tells it: whoever ended a history could close its own session

  std::unique_ptr<Library> library;
  std::unique_ptr<Hub> hub;
  std::unique_ptr<MediaFetcher> media;  // from start() on

  mutable std::mutex mutex;  // never held while an account is asked or closed
  std::map<std::string, std::shared_ptr<Session>> sessions;
  std::map<std::string, int> alive;                             // sessions that are not closed yet, by account
  std::map<std::string, Reopening> reopening;                   // until they are there again
  std::map<std::string, Error> refused;                         // accounts that could not be opened
  SourceState base{SourceState::Code::stopped, {}, "stopped"};  // without any account
  std::optional<Error> absent;                                  // why no account can be opened at all
  bool stopping = false;
  int looking = 0;  // how many are within a finder
  std::condition_variable wake;
  std::thread watcher;
  Clock::time_point reopen_after{};  // the watcher's own

  Result<void> load() {
    if (options.api_id == 0 || options.api_hash.empty()) {
      return Error{
          Code::unavailable, "Telegram needs an api_id and an api_hash",
          "Get them at my.telegram.org (API development tools) and set telegram.api_id and telegram.api_hash_file"};
    }
    auto loaded = Library::load(options.library);
    if (!loaded) return loaded.error();
    library = std::move(*loaded);
    hub = std::make_unique<Hub>(*library);
    observe::info("tdlib_loaded", {{"version", library->version()}});
    return {};
  }

  Result<void> open(const std::string& name) {
    {
      const std::lock_guard lock(mutex);
      if (stopping) return kStopping;
      ++alive[name];
    }
    const auto held_since = [this](model::ChatId chat) { return holds.since(chat); };
    const auto history_ended = [this](model::ChatId chat) {
      const auto let_go = holds.ended(chat);
      if (!let_go)
        observe::warn("history_still_held", {{"channel", chat.value}, {"reason", let_go.error().to_string()}});
      else if (*let_go)
        hold_ended = true;
    };
    Session::Parts parts{*hub,       intake,        journal,  options.chats, options.username, options.capture_all,
                         held_since, history_ended, on_change};
    auto made = Session::open(std::move(parts), setup_of(options, name), options.reconcile);
    std::shared_ptr<Session> session;
    if (made) {
      session = {made->release(), [this, name](Session* one) {
                   delete one;
                   is_closed(name);
                 }};
    } else {
      is_closed(name);
    }
    std::unique_lock lock(mutex);
    if (!session) {
      const auto& why = made.error();
      reopening.erase(name);
      if (!refused.contains(name)) observe::error("account_refused", {{"account", name}, {"reason", why.to_string()}});
      refused.insert_or_assign(name, why);
      return why;
    }
    if (stopping) {
      lock.unlock();  // it takes the mutex when it goes
      return kStopping;
    }
    refused.erase(name);
    sessions[name] = std::move(session);
    return {};
  }

  void is_closed(const std::string& name) {
    const std::lock_guard lock(mutex);
    if (--alive[name] == 0) alive.erase(name);
    wake.notify_all();
  }

  // The last one who holds it closes the account: never with the mutex. Returns when it is closed; whoever still asks
  // it is answered by its closing.
  void end(const std::string& name, std::shared_ptr<Session> session) {
    if (session.use_count() > 1) session->account().close();
    session.reset();
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return !alive.contains(name); });
  }

  Result<std::shared_ptr<Session>> find(const std::string& name) const {
    const std::lock_guard lock(mutex);
    if (absent) return *absent;
    const auto found = sessions.find(name);
    if (found == sessions.end()) {
      if (reopening.contains(name)) {
        return Error{Code::unavailable, fmt::format("account '{}' is being opened anew", name),
                     "Ask again in a moment"};
      }
      const auto why = refused.find(name);
      return why == refused.end() ? unknown(name) : why->second;
    }
    return found->second;
  }

  // Calls `ask` with the finder of an account that is ready; stop() waits until it has returned.
  template <class Ask>
  auto look(const std::string& name, const Ask& ask) -> Result<std::invoke_result_t<Ask, ChatFinder&>> {
    return with_ready(name, [&ask](Session& session) { return ask(session.finder()); });
  }
  // The same with the whole session.
  template <class Ask>
  auto with_ready(const std::string& name, const Ask& ask) -> Result<std::invoke_result_t<Ask, Session&>> {
    std::shared_ptr<Session> session;
    {
      const std::lock_guard lock(mutex);
      if (absent) return *absent;
      for (const auto& [known, one] : sessions) {
        const auto standing = one->account().standing();
        const bool fits = name.empty() ? !standing.bot : known == name;
        if (!session && fits && standing.stage == Stage::ready) session = one;
      }
      if (stopping || !session) {
        if (!name.empty() && !sessions.contains(name)) return unknown(name);
        return Error{Code::unavailable,
                     name.empty() ? "no user is signed in" : fmt::format("{} is not signed in", name),
                     fmt::format("Sign in: telegram-gateway account add {}", name.empty() ? "NAME" : name)};
      }
      ++looking;
    }
    auto answer = ask(*session);
    session.reset();
    {
      const std::lock_guard lock(mutex);
      --looking;
    }
    wake.notify_all();
    return answer;
  }

  // Accounts that were signed in at the terminal meanwhile, that another process let go, or whose folder was put right.
  void open_what_is_there() {
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(options.accounts, ec)) {
      const auto name = entry.path().filename().string();
      std::error_code ignored;
      if (!entry.is_directory(ignored) || !is_name(name)) continue;
      {
        const std::lock_guard lock(mutex);
        if (stopping || sessions.contains(name) || alive.contains(name)) continue;
      }
      (void)open(name);
    }
  }

  void watch() {
    std::unique_lock lock(mutex);
    while (!wake.wait_for(lock, kRescanEvery, [&] { return stopping; })) {
      lock.unlock();
      open_what_is_there();
      end_reopening();
      give_memory_back();
      if (hold_ended.exchange(false)) tell_holds_changed();
      lock.lock();
    }
  }

  // TDLib's memory grows with days (tdlib/td issue 3671), and opening it anew gives it back. Never while updates wait
  // to be stored: they are what takes the memory then, and would be lost.
  void give_memory_back() {
    const auto now = Clock::now();
    if (options.reopen_above_bytes == 0 || now < reopen_after || intake.failure()) return;
    const auto before = observe::resident_bytes().value_or(0);
    if (before <= options.reopen_above_bytes) return;
    std::vector<std::string> ready;
    {
      const std::lock_guard lock(mutex);
      for (const auto& [name, session] : sessions) {
        if (session->account().standing().stage == Stage::ready && session->keeps_up()) ready.push_back(name);
      }
    }
    if (ready.empty()) return;
    for (const auto& name : ready) reopen(name);
    malloc_trim(0);
    const auto after = observe::resident_bytes().value_or(0);
    const bool helped = after <= options.reopen_above_bytes;
    reopen_after = now + (helped ? kReopenEvery : kReopenInVain);
    observe::log(helped ? observe::Level::info : observe::Level::warn, "telegram_reopened",
                 {{"accounts", static_cast<std::int64_t>(ready.size())}, {"bytes_before", before}, {"bytes", after}});
  }

  void reopen(const std::string& name) {
    std::shared_ptr<Session> session;
    {
      const std::lock_guard lock(mutex);
      const auto found = sessions.find(name);
      if (stopping || found == sessions.end()) return;
      auto state = state_of(name, *found->second);
      state.connection = "connecting";
      reopening.insert_or_assign(name, Reopening{std::move(state), Clock::now()});
      session = std::move(found->second);
      sessions.erase(found);
      session->stop_asking();
    }
    session->finish(kFinishing);
    end(name, std::move(session));
    (void)open(name);
  }

  // Those that are there again, or do not come. Of the latter whoever TDLib refused is let go, and tried again.
  void end_reopening() {
    std::vector<std::string> stuck;
    {
      const std::lock_guard lock(mutex);
      std::erase_if(reopening, [&](const auto& one) {
        const auto session = sessions.find(one.first);
        const bool there = session != sessions.end() && session->second->account().standing().stage != Stage::starting;
        return there || Clock::now() - one.second.since > kMayReopen;
      });
      for (const auto& [name, session] : sessions) {
        const auto standing = session->account().standing();
        const auto age = std::chrono::microseconds(model::Time::now().us - standing.since.us);
        if (standing.stage == Stage::starting && !standing.refused.empty() && age > kMayReopen) stuck.push_back(name);
      }
    }
    for (const auto& name : stuck) forget(name);
  }

  std::map<std::string, std::shared_ptr<Session>> all() const {
    const std::lock_guard lock(mutex);
    return sessions;
  }

  // Also of one that no account walks now: it does what it was told once one does. False: there is none.
  Result<bool> change_hold(model::ChatId chat, Result<bool> (HistoryHolds::*how)(model::ChatId)) {
    const auto done = (holds.*how)(chat);
    if (!done || !*done) return done;
    tell_holds_changed();
    return true;
  }
  void tell_holds_changed() {
    for (const auto& [name, session] : all()) session->holds_changed();
    on_change();
  }

  Result<void> change_hold_of_begun(model::ChatId chat, Result<bool> (HistoryHolds::*how)(model::ChatId)) {
    const auto done = change_hold(chat, how);
    if (!done) return done.error();
    if (*done) return {};
    return Error{Code::not_found, fmt::format("no history of {} is on its way", chat.value),
                 "It is complete, or did not begin: POST /api/channels/{id}/history asks for it"};
  }

  // Everyone who is signed in.
  Result<void> ask(const std::function<void(const std::string&, const std::shared_ptr<Session>&)>& request) const {
    std::map<std::string, std::shared_ptr<Session>> all;
    {
      const std::lock_guard lock(mutex);
      if (absent) return *absent;
      all = sessions;
    }
    bool asked = false;
    for (const auto& [name, session] : all) {
      if (session->account().standing().stage != Stage::ready) continue;
      request(name, session);
      asked = true;
    }
    if (asked) return {};
    return Error{Code::unavailable, "no account is signed in", "Sign in: telegram-gateway account add NAME"};
  }

  MediaFetcher::Port port_of(std::int64_t user) const {
    MediaFetcher::Port best;
    const std::lock_guard lock(mutex);
    for (const auto& [name, session] : sessions) {
      const auto standing = session->account().standing();
      if (standing.stage != Stage::ready || standing.user == 0 || (best.session && standing.user != user)) continue;
      best = {session, setup_of(options, name).folder / "files"};
    }
    return best;
  }

  // The last one who holds it closes the account.
  std::shared_ptr<Session> forget(const std::string& name) {
    const std::lock_guard lock(mutex);
    const auto found = sessions.find(name);
    if (found == sessions.end()) return nullptr;
    auto session = std::move(found->second);
    sessions.erase(found);
    return session;
  }

  // Emptied while it is still locked, so that nobody opens what is half gone.
  void remove(const std::string& name, std::shared_ptr<Session> session, bool unless_ended) {
    session->account().remove(unless_ended);
    forget(name);
    session.reset();
    on_change();
  }
};

TdlibSource::TdlibSource(Options options, pipeline::Intake& intake, journal::Journal& journal,
                         observe::Metrics& metrics, std::function<void()> on_change)
    : impl_(std::make_unique<Impl>(std::move(options), intake, journal, metrics, std::move(on_change))) {}

TdlibSource::~TdlibSource() { stop(); }

void TdlibSource::start() {
  const auto loaded = impl_->load();
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->base = {SourceState::Code::signed_out, model::Time::now(), "no account: telegram-gateway account add NAME"};
    if (!loaded) {
      impl_->absent = loaded.error();
      impl_->base = {SourceState::Code::failed, model::Time::now(), loaded.error().to_string()};
    }
  }
  if (const auto held = impl_->holds.load(); !held) {
    observe::error("held_histories_unknown", {{"reason", held.error().to_string()}});
  }
  if (!loaded) return observe::warn("telegram_off", {{"reason", loaded.error().to_string()}});
  impl_->open_what_is_there();
  const auto& options = impl_->options;
  impl_->media = std::make_unique<MediaFetcher>(
      options.media,
      MediaShelf::Place{impl_->intake, impl_->journal, impl_->metrics, options.media_folder, options.media.max_bytes},
      [impl = impl_.get()](std::int64_t user) { return impl->port_of(user); });
  impl_->watcher = std::thread([impl = impl_.get()] { impl->watch(); });
}

void TdlibSource::stop() {
  std::map<std::string, std::shared_ptr<Session>> sessions;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  if (impl_->watcher.joinable()) impl_->watcher.join();
  if (impl_->media) impl_->media->stop();
  {
    std::unique_lock lock(impl_->mutex);
    for (const auto& [name, session] : impl_->sessions) {
      session->stop_asking();
      session->give_up();
    }
    impl_->wake.wait(lock, [&] { return impl_->looking == 0; });
    sessions.swap(impl_->sessions);
    impl_->base = {SourceState::Code::stopped, model::Time::now(), "stopped"};
  }
  for (auto& [name, session] : sessions) impl_->end(name, std::move(session));
  {
    std::unique_lock lock(impl_->mutex);
    impl_->wake.wait(lock, [&] { return impl_->alive.empty(); });  // also those that others let go just now
  }
  impl_->hub.reset();
}

SourceState TdlibSource::state() const {
  const std::lock_guard lock(impl_->mutex);
  SourceState best = impl_->base;
  bool first = true;
  for (const auto& [name, one] : impl_->reopening) {
    best = {SourceState::Code::running, one.state.since, "TDLib is opened anew"};
    first = false;
  }
  for (const auto& [name, session] : impl_->sessions) {
    auto state = session->state();
    if (first || rank(state.code) > rank(best.code)) best = std::move(state);
    first = false;
  }
  return best;
}

std::vector<AccountState> TdlibSource::accounts() const {
  std::map<std::string, std::shared_ptr<Session>> sessions;
  std::vector<AccountState> all;
  {
    const std::lock_guard lock(impl_->mutex);
    sessions = impl_->sessions;
    for (const auto& [name, one] : impl_->reopening) {
      if (!sessions.contains(name)) all.push_back(one.state);
    }
    for (const auto& [name, why] : impl_->refused) {
      AccountState state;
      state.name = name;
      state.stage = name_of(Stage::closed);
      state.refused = why.to_string();
      all.push_back(std::move(state));
    }
  }
  for (const auto& [name, session] : sessions) all.push_back(state_of(name, *session));
  return all;
}

Result<void> TdlibSource::available() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->absent ? Result<void>(*impl_->absent) : Result<void>{};
}

Result<void> TdlibSource::begin(const std::string& account) {
  if (!is_name(account)) {
    return Error{Code::invalid_input, fmt::format("'{}' is no name for an account", account),
                 "Use up to 32 of a-z, 0-9, - and _"};
  }
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->absent) return *impl_->absent;
    if (impl_->stopping) return kStopping;
    if (impl_->reopening.contains(account)) {
      return Error{Code::conflict, fmt::format("account '{}' is being opened anew", account), "Ask again in a moment"};
    }
    const auto found = impl_->sessions.find(account);
    const auto stage = found == impl_->sessions.end() ? Stage::closed : found->second->account().standing().stage;
    if (stage == Stage::starting || stage == Stage::phone) return {};
    if (stage != Stage::closed) {
      return Error{Code::conflict, fmt::format("account '{}' is there already", account),
                   "Go on with its sign-in, or log it out"};
    }
  }
  impl_->forget(account);
  return impl_->open(account);
}

Result<void> TdlibSource::give(const std::string& account, Input input, const std::string& value) {
  auto session = impl_->find(account);
  if (!session) return session.error();
  auto& target = (*session)->account();
  switch (input) {
    case Input::phone: return target.give_phone(value);
    case Input::code: return target.give_code(value);
    case Input::password: return target.give_password(value);
    case Input::bot_token: return target.give_bot_token(value);
  }
  return {};
}

Result<void> TdlibSource::resend_code(const std::string& account) {
  auto session = impl_->find(account);
  return session ? (*session)->account().resend_code() : session.error();
}

Result<void> TdlibSource::ask_for_qr(const std::string& account) {
  auto session = impl_->find(account);
  return session ? (*session)->account().ask_for_qr() : session.error();
}

Result<void> TdlibSource::cancel(const std::string& account) {
  auto session = impl_->find(account);
  if (!session) return session.error();
  if ((*session)->account().standing().user != 0) {
    return Error{Code::conflict, fmt::format("account '{}' is signed in", account), "To end its session, log it out"};
  }
  impl_->remove(account, std::move(*session), true);
  return {};
}

Result<void> TdlibSource::log_out(const std::string& account) {
  auto session = impl_->find(account);
  if (!session) return session.error();
  if ((*session)->account().standing().stage != Stage::closed) {
    if (auto done = (*session)->account().log_out(); !done) return done;
  }
  impl_->remove(account, std::move(*session), false);
  return {};
}

void TdlibSource::chats_changed() {
  (void)impl_->ask([](const auto&, const auto& session) { session->chats_changed(); });
}

Result<source::Walks> TdlibSource::sync(const std::vector<model::ChatId>& chats) {
  std::vector<AskedAccount> accounts;
  auto asked = impl_->ask([&](const std::string& name, const std::shared_ptr<Session>& session) {
    accounts.push_back({session, session->sync(chats), {}});
    accounts.back().last.account = name;
  });
  if (!asked) return asked.error();
  return source::Walks([accounts = std::move(accounts)]() mutable {
    std::vector<source::AccountWalks> all;
    all.reserve(accounts.size());
    for (auto& one : accounts) all.push_back(one.look());
    return all;
  });
}

Result<void> TdlibSource::fetch_history(model::ChatId chat, model::Time from) {
  auto asked = impl_->ask([&](const auto&, const auto& session) { session->fetch_history(chat, from); });
  if (!asked) return asked;
  const auto done = impl_->change_hold(chat, &HistoryHolds::let_go);
  if (!done) return done.error();
  return {};
}

std::vector<source::HistoryState> TdlibSource::histories() const { return histories_of(impl_->all()); }

Result<void> TdlibSource::pause_history(model::ChatId chat) {
  return impl_->change_hold_of_begun(chat, &HistoryHolds::hold);
}

Result<void> TdlibSource::resume_history(model::ChatId chat) {
  return impl_->change_hold_of_begun(chat, &HistoryHolds::let_go);
}

Result<void> TdlibSource::fetch_media(const model::MessageKey& message) {
  if (impl_->media) return impl_->media->want(message);
  const std::lock_guard lock(impl_->mutex);
  return impl_->absent.value_or(Error{Code::unavailable, "the gateway is not running", "Try again when it runs"});
}

std::optional<Error> TdlibSource::media_trouble(const model::MessageKey& message) const {
  return impl_->media ? impl_->media->trouble(message) : std::nullopt;
}

Result<model::MessageId> TdlibSource::forward(const rules::Forwarding& order) {
  auto sent = impl_->with_ready(order.to.account, [&](Session& session) { return session.forward(order); });
  return sent ? std::move(*sent) : sent.error();
}

Result<std::vector<source::ChatAnswer>> TdlibSource::find_chats(const std::string& account,
                                                                const std::vector<std::string>& names) {
  return impl_->look(account, [&](ChatFinder& finder) { return finder.find(names); });
}

Result<source::ChatAnswer> TdlibSource::join_chat(const std::string& account, const std::string& name) {
  return impl_->look(account, [&](ChatFinder& finder) { return finder.join(name); });
}

Result<std::vector<source::ChatFolder>> TdlibSource::folders(const std::string& account) {
  auto asked = impl_->look(account, [](ChatFinder& finder) { return finder.folders(); });
  return asked ? std::move(*asked) : asked.error();
}

Result<std::vector<model::ChatId>> TdlibSource::chats_of_folder(const std::string& account, const std::string& folder) {
  auto asked = impl_->look(account, [&](ChatFinder& finder) { return finder.chats_of(folder); });
  return asked ? std::move(*asked) : asked.error();
}

}  // namespace tg::tdlib
