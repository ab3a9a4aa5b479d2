// Signing accounts in at the terminal. A gateway that runs meanwhile takes the new account over by itself.
#include <qrencode.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <condition_variable>
#include <iostream>
#include <mutex>

#include "app/telegram.h"
#include "cli/command.h"
#include "cli/interrupts.h"
#include "cli/usage.h"
#include "config/secret.h"
#include "journal/lock.h"
#include "source/tdlib/folder_guard.h"

namespace tg::cli {
namespace {

namespace fs = std::filesystem;
using tdlib::Account;
using tdlib::Stage;
using tdlib::Standing;

struct AccountFlags {
  std::string name = "main";
  std::string phone;
  bool qr = false;
  std::string bot_token_file;
};

// What is typed is not shown while this lives.
class Unseen {
 public:
  Unseen() {
    seen_ = tcgetattr(STDIN_FILENO, &before_) == 0;
    if (!seen_) return;
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~Unseen() {
    if (seen_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

 private:
  termios before_{};
  bool seen_ = false;
};

// Nothing at the end of the input.
std::optional<std::string> ask(const std::string& question) {
  std::cerr << question << ": " << std::flush;
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return line;
}

std::optional<std::string> ask_unseen(const std::string& question) {
  const Unseen unseen;
  auto line = ask(question);
  std::cerr << "\n";
  return line;
}

// Two rows a line, dark on light whatever the terminal's colours are.
void draw_qr(const std::string& link) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(QRcode_encodeString8bit(link.c_str(), 0, QR_ECLEVEL_L),
                                                             &QRcode_free);
  if (!code) return;
  constexpr int kQuiet = 2;
  const auto dark = [&](int x, int y) {
    const bool inside = x >= 0 && y >= 0 && x < code->width && y < code->width;
    return inside && (code->data[y * code->width + x] & 1) != 0;
  };
  for (int y = -kQuiet; y < code->width + kQuiet; y += 2) {
    std::cerr << "\x1b[30;107m";
    for (int x = -kQuiet; x < code->width + kQuiet; ++x) {
      const bool top = dark(x, y), bottom = dark(x, y + 1);
      std::cerr << (top && bottom ? "█" : top ? "▀" : bottom ? "▄" : " ");
    }
    std::cerr << "\x1b[0m\n";
  }
}

// Telegram's own words are for programs.
std::string words_of(const Error& error) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kWords{{
      {"PHONE_NUMBER_INVALID", "Telegram knows no such number; it begins with the country's code, as in +55"},
      {"PHONE_NUMBER_BANNED", "Telegram has banned this number"},
      {"PHONE_CODE_INVALID", "that is not the code"},
      {"PHONE_CODE_EMPTY", "that is not the code"},
      {"PHONE_CODE_EXPIRED", "the code is too old; r sends another"},
      {"PASSWORD_HASH_INVALID", "that is not the password"},
      {"ACCESS_TOKEN_INVALID", "that is not the token of a bot; @BotFather shows it"},
  }};
  const auto known =
      std::find_if(kWords.begin(), kWords.end(), [&](const auto& one) { return one.first == error.what; });
  return known == kWords.end() ? error.to_string() : std::string(known->second);
}

std::string words_of(const tdlib::CodeSent& code) {
  if (code.how == "telegram_message") return "in Telegram, on your other devices";
  if (code.how == "sms") return "by SMS";
  return code.how.empty() ? "by Telegram" : "by " + code.how;
}

// One sign-in from the first question to the end.
class SignIn {
 public:
  explicit SignIn(const AccountFlags& flags) : flags_(flags) {}

  void changed() {
    const std::lock_guard lock(mutex_);
    ++changes_;
    wake_.notify_all();
  }

  Result<void> run(Account& account) {
    bool begun = false;
    std::string shown;
    while (true) {
      const auto seen = seen_changes();
      const auto standing = account.standing();
      switch (standing.stage) {
        case Stage::ready:
          if (standing.user != 0) return {};
          break;
        case Stage::closed: return Error{Code::unavailable, "the sign-in ended: " + standing.refused, ""};
        case Stage::phone: {
          if (begun && !flags_.qr && flags_.bot_token_file.empty()) flags_.phone.clear();  // it was refused
          auto done = begin(account);
          if (!done) return done;
          begun = true;
          continue;
        }
        case Stage::code: {
          auto done = give_code(account, standing);
          if (!done) return done;
          continue;
        }
        case Stage::password: {
          const auto hint = standing.password_hint.empty() ? "" : " (hint: " + standing.password_hint + ")";
          const auto password = ask_unseen("Password of the two-step verification" + hint);
          if (!password) return ended();
          tell(account.give_password(*password));
          continue;
        }
        case Stage::qr:
          if (standing.link != shown) {
            shown = standing.link;
            std::cerr << "Scan this in Telegram: Settings, Devices, Link Desktop Device. A new one comes by itself.\n";
            draw_qr(shown);
          }
          break;
        case Stage::starting:
        case Stage::closing: break;
      }
      if (!wait(seen)) return Error{Code::timeout, "Telegram did not answer", "Look at the network and try again"};
    }
  }

 private:
  static constexpr std::chrono::minutes kPatience{10};  // for a QR code to be scanned

  static Error ended() { return {Code::invalid_input, "the input ended before the sign-in was done", ""}; }

  static void tell(const Result<void>& done) {
    if (!done) std::cerr << "Not taken: " << words_of(done.error()) << "\n";
  }

  Result<void> begin(Account& account) {
    if (flags_.qr) return account.ask_for_qr();
    if (!flags_.bot_token_file.empty()) {
      auto token = config::read_secret("--bot-token-file", flags_.bot_token_file);
      return token ? account.give_bot_token(*token) : Result<void>(token.error());
    }
    if (flags_.phone.empty()) {
      const auto phone = ask("Phone number, with the country's code");
      if (!phone) return ended();
      flags_.phone = *phone;
    }
    auto done = account.give_phone(flags_.phone);
    if (!done && done.error().code != Code::invalid_input) return done;
    tell(done);
    return {};
  }

  Result<void> give_code(Account& account, const Standing& standing) {
    const auto code = ask(fmt::format("Code that was sent {} (r: send it again)", words_of(standing.code)));
    if (!code) return ended();
    tell(*code == "r" ? account.resend_code() : account.give_code(*code));
    return {};
  }

  std::uint64_t seen_changes() {
    const std::lock_guard lock(mutex_);
    return changes_;
  }

  bool wait(std::uint64_t seen) {
    std::unique_lock lock(mutex_);
    return wake_.wait_for(lock, kPatience, [&] { return changes_ != seen; });
  }

  AccountFlags flags_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::uint64_t changes_ = 0;
};

// TDLib and the account's folder, for one command.
struct Opened {
  std::unique_ptr<tdlib::Library> library;
  std::unique_ptr<tdlib::Hub> hub;
  std::unique_ptr<Account> account;
};

Result<Opened> open(const config::Config& config, const std::string& name, std::function<void()> on_change) {
  if (auto own = journal::check_owner(config.data_dir); !own) return own.error();
  auto options = app::telegram_options(config);
  if (!options) return options.error();
  if (options->api_hash.empty()) {
    return Error{Code::invalid_input, "telegram.api_hash_file is not set",
                 "Put the api_hash of your api_id into a file of mode 0600 and name it there"};
  }
  ::umask(S_IRWXG | S_IRWXO);  // TDLib's files are for this user alone
  auto library = tdlib::Library::load(options->library);
  if (!library) return library.error();
  Opened opened;
  opened.library = std::move(*library);
  opened.hub = std::make_unique<tdlib::Hub>(*opened.library);
  auto account = Account::open(
      *opened.hub, tdlib::setup_of(*options, name), [](const boost::json::object&) {}, std::move(on_change));
  if (!account) return account.error();
  opened.account = std::move(*account);
  return opened;
}

// An account that never signed in is gone. Whether it ever did, only TDLib knows, and not before it has read its files.
void leave(Account& account, bool is_new) {
  const auto stage = account.standing().stage;
  if (stage == Stage::ready || (stage == Stage::starting && !is_new)) return account.close();
  account.remove(true);
}

int add(const Common& common, const AccountFlags& flags) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  Interrupts::hold();
  const bool is_new = !fs::exists(app::accounts_folder(*config) / flags.name);
  SignIn sign_in(flags);
  auto opened = open(*config, flags.name, [&] { sign_in.changed(); });
  if (!opened) return fail(opened.error());
  const auto done = [&] {
    const Interrupts interrupts([&] { leave(*opened->account, is_new); });
    return sign_in.run(*opened->account);
  }();
  const auto standing = opened->account->standing();
  leave(*opened->account, is_new);
  opened->account.reset();
  opened->hub.reset();
  if (!done) return fail(done.error());
  if (common.json) {
    print(boost::json::object{{"name", flags.name}, {"userId", std::to_string(standing.user)}, {"bot", standing.bot}});
  } else {
    std::cout << fmt::format("Signed in as {} ({}). Next: telegram-gateway channels add @NAME\n", standing.name,
                             standing.user);
  }
  return kDone;
}

int list(const Common& common) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  boost::json::array names;
  Table table{{"ACCOUNT", "IN USE"}, {false, false}, {}};
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(app::accounts_folder(*config), ec)) {
    const auto name = entry.path().filename().string();
    const auto guard = tdlib::FolderGuard::take(entry.path());
    const bool used = !guard && guard.error().code == Code::conflict;
    names.push_back(boost::json::object{{"name", name}, {"inUse", used}});
    table.rows.push_back({name, used ? "yes" : "no"});
  }
  if (common.json) {
    print(names);
  } else if (table.rows.empty()) {
    std::cerr << "No account yet. Sign one in: telegram-gateway account add\n";
  } else {
    print(table);
  }
  return kDone;
}

int log_out(const Common& common, const AccountFlags& flags) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  if (!fs::is_directory(app::accounts_folder(*config) / flags.name)) {
    return fail(
        {Code::not_found, fmt::format("there is no account '{}'", flags.name), "See: telegram-gateway account list"});
  }
  auto opened = open(*config, flags.name, [] {});
  if (!opened) return fail(opened.error());
  if (const auto done = opened->account->log_out(); !done) return fail(done.error());
  opened->account->remove(false);
  opened->account.reset();
  std::cout << "Logged out. Everything that was captured stays.\n";
  return kDone;
}

}  // namespace

void add_account(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("account", "Telegram accounts: sign in, list, log out");
  command->require_subcommand(1);
  auto flags = std::make_shared<AccountFlags>();

  auto* adding = command->add_subcommand("add", "Sign an account in");
  adding->add_option("name", flags->name, "What to call it here")->type_name("NAME");
  adding->add_option("--phone", flags->phone, "Phone number, with the country's code; else it is asked for")
      ->type_name("NUMBER");
  adding->add_flag("--qr", flags->qr, "Show a QR code to scan with Telegram instead");
  adding->add_option("--bot-token-file", flags->bot_token_file, "A bot's token, in a file of mode 0600")
      ->type_name(kFile);
  adding->footer("Example: telegram-gateway account add --qr");
  adding->callback([flags, &common, code] { *code = add(common, *flags); });

  auto* listing = command->add_subcommand("list", "The accounts that are here");
  listing->callback([&common, code] { *code = list(common); });

  auto* leaving = command->add_subcommand("logout", "End an account's session at Telegram; what was captured stays");
  leaving->add_option("name", flags->name, "Which one")->required()->type_name("NAME");
  leaving->callback([flags, &common, code] { *code = log_out(common, *flags); });
}

}  // namespace tg::cli
