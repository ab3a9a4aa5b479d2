#include "source/tdlib/account.h"

#include <condition_variable>
#include <fstream>
#include <mutex>

#include "observe/log.h"
#include "source/fields.h"
#include "source/tdlib/folder_guard.h"

#include <openssl/evp.h>

namespace tg::tdlib {

using source::Fields;
namespace json = boost::json;

namespace {

constexpr int kUnansweredToReopen = 2;
constexpr std::chrono::seconds kPatience{60};  // for one query of the sign-in
constexpr std::chrono::seconds kStarting{20};
constexpr std::chrono::seconds kClosing{30};
constexpr std::chrono::seconds kUnreachable{50};                 // an alarm within a minute
constexpr std::string_view kDuplicated = "AUTH_KEY_DUPLICATED";  // 406; TDLib itself does nothing about it

struct StageOf {
  std::string_view state;
  Stage stage;
};
constexpr std::array<StageOf, 9> kStages{{
    {"authorizationStateWaitTdlibParameters", Stage::starting},
    {"authorizationStateWaitPhoneNumber", Stage::phone},
    {"authorizationStateWaitCode", Stage::code},
    {"authorizationStateWaitPassword", Stage::password},
    {"authorizationStateWaitOtherDeviceConfirmation", Stage::qr},
    {"authorizationStateReady", Stage::ready},
    {"authorizationStateLoggingOut", Stage::closing},
    {"authorizationStateClosing", Stage::closing},
    {"authorizationStateClosed", Stage::closed},
}};

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

// authenticationCodeTypeTelegramMessage → telegram_message
std::string code_type(const json::object* type) {
  if (!type) return {};
  auto name = Fields(*type).text("@type");
  constexpr std::string_view kPrefix = "authenticationCodeType";
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  std::string out;
  for (const char c : name) {
    if (std::isupper(static_cast<unsigned char>(c)) && !out.empty()) out += '_';
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

// Its first two and last two digits.
std::string hidden(std::string_view phone) {
  if (phone.starts_with("+")) phone.remove_prefix(1);
  if (phone.size() < 6) return {};
  std::string out = "+" + std::string(phone.substr(0, 2));
  for (std::size_t i = 4; i < phone.size(); ++i) out += "•";
  return out.append(phone.substr(phone.size() - 2));
}

CodeSent read_code(const Fields& info) {
  CodeSent sent;
  const auto* type = info.object("type");
  sent.how = code_type(type);
  if (type) sent.length = Fields(*type).small("length");
  sent.next = code_type(info.object("next_type"));
  sent.phone = hidden(info.text("phone_number"));
  if (!sent.next.empty()) {
    sent.resend_at = model::Time{model::Time::now().us + std::int64_t{info.small("timeout")} * 1'000'000};
  }
  return sent;
}

std::string connection_of(const Fields& state) {
  constexpr std::string_view kPrefix = "connectionState";
  auto name = state.text("@type");
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  if (name == "WaitingForNetwork") return "waiting_for_network";
  if (name == "ConnectingToProxy") return "connecting_to_proxy";
  if (name == "Connecting") return "connecting";
  if (name == "Updating") return "updating";
  return "ready";
}

Error error_of(const Refusal& refusal) {
  if (const auto wait = refusal.retry_after_s(); wait > 0) {
    return {Code::unavailable, fmt::format("Telegram asks to wait {} s", wait), "Try again after that"};
  }
  if (refusal.code == 400 || refusal.code == 406) return {Code::invalid_input, refusal.message, ""};
  if (refusal.code == 408) return {Code::timeout, refusal.message, "Look at the connection; it may still arrive"};
  return {Code::unavailable, fmt::format("{} ({})", refusal.message, refusal.code), ""};
}

}  // namespace

bool Standing::unreachable(model::Time now) const {
  if (stage != Stage::ready || connection == "ready" || connection == "updating") return false;
  return now.us - std::max(since, connection_since).us > kUnreachable / std::chrono::microseconds(1);
}

std::string_view name_of(Stage stage) {
  switch (stage) {
    case Stage::starting: return "starting";
    case Stage::phone: return "phone";
    case Stage::code: return "code";
    case Stage::password: return "password";
    case Stage::qr: return "qr";
    case Stage::ready: return "ready";
    case Stage::closing: return "closing";
    case Stage::closed: return "closed";
  }
  return "closed";
}

constexpr std::string_view kTwice = "duplicated";

// Left in the folder of an account whose session was ended, until it is signed in again: TDLib forgets such a session
// as if it had never been.
std::filesystem::path ended_file(const std::filesystem::path& folder) { return folder / "ended"; }

struct Account::Impl {
  Impl(Setup s, FolderGuard g, std::function<void(const json::object&)> update, std::function<void()> change)
      : setup(std::move(s)), guard(std::move(g)), on_update(std::move(update)), on_change(std::move(change)) {}

  const Setup setup;
  const FolderGuard guard;
  const std::function<void(const json::object&)> on_update;
  const std::function<void()> on_change;
  std::unique_ptr<Client> client;

  mutable std::mutex mutex;
  std::condition_variable changed;
  Standing standing;
  std::string phone;      // as it was given, until the sign-in is done: a code that is too old is asked for anew
  bool closing = false;   // by us
  bool checking = false;  // check() waits for its answer
  int unanswered = 0;     // how often check() was called meanwhile

  void receive(const json::object& update) {
    const Fields f(update);
    const auto type = f.text("@type");
    if (type == "updateAuthorizationState") {
      if (const auto* state = f.object("authorization_state")) enter(Fields(*state));
    } else if (type == "updateConnectionState") {
      if (const auto* state = f.object("state")) {
        change([&](Standing& now) {
          const auto was = std::exchange(now.connection, connection_of(Fields(*state)));
          const auto there = [](const std::string& how) { return how == "ready" || how == "updating"; };
          if (!there(was) && !there(now.connection) && now.connection_since) return;
          now.connection_since = model::Time::now();
        });
      }
      on_update(update);
    } else {
      on_update(update);
    }
  }

  template <class Change>
  void change(Change&& make) {
    {
      const std::lock_guard lock(mutex);
      make(standing);
    }
    changed.notify_all();
    on_change();
  }

  void enter(const Fields& state) {
    const auto type = state.text("@type");
    const auto* known =
        std::find_if(kStages.begin(), kStages.end(), [&](const auto& one) { return one.state == type; });
    if (known == kStages.end()) {
      // E-mail addresses and new registrations: nothing that a gateway's account should begin with.
      return change([&](Standing& now) {
        now.refused =
            "Telegram asks for something that is not supported here: finish this sign-in in Telegram's own app";
      });
    }
    if (type == "authorizationStateWaitTdlibParameters") send_parameters();
    bool ended = false, duplicated = false;
    change([&](Standing& now) {
      if (known->stage == Stage::closed && !closing && now.user != 0) ended = now.revoked = true;
      if (known->stage == Stage::ready) now.revoked = now.duplicated = false;
      duplicated = now.duplicated;
      if (now.stage != known->stage) now.since = model::Time::now();
      now.stage = known->stage;
      now.refused.clear();
      if (known->stage == Stage::ready) phone.clear();
      if (known->stage == Stage::code) {
        if (const auto* info = state.object("code_info")) now.code = read_code(Fields(*info));
      }
      now.password_hint = known->stage == Stage::password ? state.text("password_hint") : std::string_view();
      now.link = known->stage == Stage::qr ? state.text("link") : std::string_view();
      now.link_at = now.link.empty() ? model::Time{} : model::Time::now();
    });
    observe::info("telegram_account", {{"account", setup.name}, {"stage", name_of(known->stage)}});
    std::error_code ignored;
    if (known->stage == Stage::ready) std::filesystem::remove(ended_file(setup.folder), ignored);
    if (ended) {
      std::ofstream(ended_file(setup.folder)) << (duplicated ? kTwice : "revoked") << "\n";
      observe::error("telegram_account_ended", {{"account", setup.name}, {"next", "sign in again; nothing is lost"}});
    }
    if (known->stage == Stage::ready) learn_who();
  }

  // The proxy first: nothing may go out around it.
  void send_parameters() {
    if (!setup.proxy_host.empty()) {
      client->send({{"@type", "addProxy"},
                    {"proxy",
                     {{"@type", "proxy"},
                      {"server", setup.proxy_host},
                      {"port", setup.proxy_port},
                      {"type", {{"@type", "proxyTypeSocks5"}, {"username", ""}, {"password", ""}}}}},
                    {"enable", true}});
    }
    client->send({{"@type", "setTdlibParameters"},
                  {"use_test_dc", setup.test_dc},
                  {"database_directory", (setup.folder / "td").string()},
                  {"files_directory", (setup.folder / "files").string()},
                  {"database_encryption_key", base64(setup.database_key)},
                  {"use_file_database", true},
                  {"use_chat_info_database", true},
                  {"use_message_database", true},
                  {"use_secret_chats", false},
                  {"api_id", setup.api_id},
                  {"api_hash", setup.api_hash},
                  {"system_language_code", "en"},
                  {"device_model", "Telegram Gateway"},
                  {"system_version", "Linux"},
                  {"application_version", setup.version}},
                 [this](const Answer& answer) {
                   const auto* refusal = std::get_if<Refusal>(&answer);
                   if (!refusal) return;
                   observe::error("telegram_parameters", {{"account", setup.name}, {"reason", refusal->message}});
                   change([&](Standing& now) { now.refused = refusal->message; });
                 });
  }

  void learn_who() {
    client->send({{"@type", "getMe"}}, [this](const Answer& answer) {
      const auto* me = std::get_if<json::object>(&answer);
      if (!me) return;
      const Fields f(*me);
      change([&](Standing& now) {
        now.user = f.number("id").value_or(0);
        now.name = f.text("first_name");
        const auto* type = f.object("type");
        now.bot = type && Fields(*type).text("@type") == "userTypeBot";
      });
    });
  }

  // The key is of no use any more, to none of those who have it: what is left is to sign in again. Not by logOut, which
  // destroys the key at the server: the other one would not be told why.
  void end_duplicated() {
    observe::error("telegram_account_duplicated",
                   {{"account", setup.name},
                    {"reason", "two programs used one session at once, and Telegram ended it"},
                    {"next", "stop the other one, never copy the account's folder, and sign in again"}});
    change([](Standing& now) { now.duplicated = true; });
    client->send({{"@type", "destroy"}});
  }

  Result<void> give(std::initializer_list<Stage> asked, json::object query) {
    {
      std::unique_lock lock(mutex);
      changed.wait_for(lock, kStarting, [&] { return standing.stage != Stage::starting; });
      if (std::find(asked.begin(), asked.end(), standing.stage) == asked.end()) {
        return Error{Code::conflict,
                     fmt::format("the sign-in is not at this step but at '{}'", name_of(standing.stage)), ""};
      }
    }
    const auto answer = client->ask(std::move(query), kPatience);
    const auto* refusal = std::get_if<Refusal>(&answer);
    change([&](Standing& now) {
      now.refused = refusal ? error_of(*refusal).what : "";
      const auto wait_s = refusal ? refusal->retry_after_s() : 0;
      now.flood_until = wait_s > 0 ? model::Time{model::Time::now().us + wait_s * 1'000'000} : model::Time{};
    });
    if (refusal) return error_of(*refusal);
    return {};
  }
};

Account::Account(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Account>> Account::open(Hub& hub, Setup setup,
                                               std::function<void(const json::object&)> on_update,
                                               std::function<void()> on_change) {
  auto guard = FolderGuard::take(setup.folder);
  if (!guard) return guard.error();
  auto impl = std::make_unique<Impl>(std::move(setup), std::move(*guard), std::move(on_update), std::move(on_change));
  impl->standing.since = model::Time::now();
  std::string how;
  if (std::ifstream ended(ended_file(impl->setup.folder)); ended) {
    std::getline(ended, how);
    impl->standing.revoked = true;
    impl->standing.duplicated = how == kTwice;
  }
  auto* inside = impl.get();
  impl->client = hub.open([inside](const json::object& update) { inside->receive(update); });
  // TDLib says nothing before it is spoken to.
  impl->client->send({{"@type", "getOption"}, {"name", "version"}});
  return std::unique_ptr<Account>(new Account(std::move(impl)));
}

Account::~Account() {
  close();
  impl_->client.reset();  // while all that its callbacks touch is there
}

Standing Account::standing() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->standing;
}

Client& Account::client() { return *impl_->client; }

Result<void> Account::give_phone(const std::string& number) {
  auto given =
      impl_->give({Stage::phone, Stage::code}, {{"@type", "setAuthenticationPhoneNumber"}, {"phone_number", number}});
  const std::lock_guard lock(impl_->mutex);
  if (given) impl_->phone = number;
  return given;
}

Result<void> Account::give_code(const std::string& code) {
  return impl_->give({Stage::code}, {{"@type", "checkAuthenticationCode"}, {"code", code}});
}

Result<void> Account::resend_code() {
  auto given = impl_->give(
      {Stage::code}, {{"@type", "resendAuthenticationCode"}, {"reason", {{"@type", "resendCodeReasonUserRequest"}}}});
  std::string phone;
  {
    const std::lock_guard lock(impl_->mutex);
    phone = impl_->phone;
  }
  // Too old, or by no other way: then a first one again.
  if (given || given.error().code != Code::invalid_input || phone.empty()) return given;
  return give_phone(phone);
}

Result<void> Account::give_password(const std::string& password) {
  return impl_->give({Stage::password}, {{"@type", "checkAuthenticationPassword"}, {"password", password}});
}

Result<void> Account::give_bot_token(const std::string& token) {
  return impl_->give({Stage::phone}, {{"@type", "checkAuthenticationBotToken"}, {"token", token}});
}

Result<void> Account::ask_for_qr() {
  return impl_->give({Stage::phone, Stage::code},
                     {{"@type", "requestQrCodeAuthentication"}, {"other_user_ids", json::array{}}});
}

Result<void> Account::log_out() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->closing = true;
  }
  auto given =
      impl_->give({Stage::phone, Stage::code, Stage::password, Stage::qr, Stage::ready}, {{"@type", "logOut"}});
  std::unique_lock lock(impl_->mutex);
  if (!given) {
    impl_->closing = false;
    return given;
  }
  if (impl_->changed.wait_for(lock, kClosing, [&] { return impl_->standing.stage == Stage::closed; })) return {};
  return Error{Code::timeout, "Telegram has not confirmed that the session is ended",
               "It is asked again when the network is back; or end it in Telegram: Settings, Devices"};
}

void Account::check() {
  bool bot = false, waits = false;
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->standing.stage != Stage::ready || impl_->standing.user == 0 || impl_->standing.duplicated) return;
    bot = impl_->standing.bot;
    waits = std::exchange(impl_->checking, true);
    // Open and dead: TDLib itself notices after two minutes. This makes it open its connections anew.
    if (waits && ++impl_->unanswered % kUnansweredToReopen != 0) return;
  }
  if (waits) {
    observe::warn("telegram_silent", {{"account", impl_->setup.name}});
    return impl_->client->send({{"@type", "setNetworkType"}, {"type", {{"@type", "networkTypeOther"}}}});
  }
  // Neither is kept by TDLib: both go to the server each time.
  json::object query{{"@type", "getAccountTtl"}};
  if (bot) query = {{"@type", "getCommands"}, {"scope", {{"@type", "botCommandScopeDefault"}}}, {"language_code", ""}};
  impl_->client->send(std::move(query), [impl = impl_.get()](const Answer& answer) {
    {
      const std::lock_guard lock(impl->mutex);
      impl->checking = false;
      impl->unanswered = 0;
    }
    const auto* refusal = std::get_if<Refusal>(&answer);
    if (refusal && refusal->message == kDuplicated) impl->end_duplicated();
  });
}

void Account::close() {
  std::unique_lock lock(impl_->mutex);
  impl_->closing = true;
  if (impl_->standing.stage == Stage::closed) return;
  lock.unlock();
  impl_->client->send({{"@type", "close"}});
  lock.lock();
  const bool closed = impl_->changed.wait_for(lock, kClosing, [&] { return impl_->standing.stage == Stage::closed; });
  if (!closed) observe::error("telegram_close_timeout", {{"account", impl_->setup.name}});
}

void Account::remove(bool unless_ended) {
  close();
  std::error_code ignored;
  if (unless_ended && standing().revoked) {
    std::filesystem::remove_all(impl_->setup.folder / "td", ignored);
    std::filesystem::remove_all(impl_->setup.folder / "files", ignored);
  } else {
    std::filesystem::remove_all(impl_->setup.folder, ignored);
  }
}

}  // namespace tg::tdlib
