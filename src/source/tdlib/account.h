#pragma once
// One Telegram account: its TDLib client from an empty folder to a clean close, and the sign-in in between.
//
//   starting ──▶ phone ──▶ code ──▶ password ──▶ ready        (a bot: token ──▶ ready; a QR code: qr ──▶ ready)
//      any ──▶ closing ──▶ closed;  a revoked session: ready ──▶ closed, `revoked` says so
//
// The account's folder holds TDLib's database: 0700 and its files 0600, one process at a time. Codes, passwords and
// tokens go to TDLib and nowhere else.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "model/ids.h"
#include "model/result.h"
#include "source/tdlib/hub.h"

namespace tg::tdlib {

enum class Stage : std::uint8_t { starting, phone, code, password, qr, ready, closing, closed };

// How a code was sent, for people.
struct CodeSent {
  std::string how;  // app, sms, call, …
  std::int32_t length = 0;
  model::Time resend_at;  // 0 = it cannot be sent again
  std::string next;       // how it would come then
  std::string phone;      // where to, most of it hidden: +55•••••••34
};

struct Standing {
  Stage stage = Stage::starting;
  model::Time since;
  CodeSent code;              // at code
  std::string password_hint;  // at password
  std::string link;           // at qr: tg://login?token=…
  model::Time link_at;        // when it came
  std::int64_t user = 0;      // once ready
  std::string name;           // once ready, as shown
  bool bot = false;           // once ready
  std::string connection;     // ready, connecting, connecting_to_proxy, updating, waiting_for_network
  model::Time connection_since;
  std::string refused;      // why the last input was not taken; empty after one that was
  model::Time flood_until;  // Telegram takes no input before; 0 = it does
  bool revoked = false;     // the session was ended elsewhere
  bool duplicated = false;  // because two used it at once

  // Signed in, but without a connection for 50 s: a dead network, or a server that does not know the key any more.
  bool unreachable(model::Time now) const;
};

class Account {
 public:
  struct Setup {
    std::string name;
    std::filesystem::path folder;  // of this account alone
    std::int32_t api_id = 0;
    std::string api_hash;
    bool test_dc = false;
    std::string proxy_host;  // SOCKS5; empty = none
    std::int32_t proxy_port = 0;
    std::string database_key;  // raw bytes; empty = not encrypted
    std::string version;       // of this program, as Telegram shows it among the devices
  };

  // Checks and locks the folder (permission, conflict), then starts TDLib. `on_update` is called in the hub's thread
  // with every update but those of the sign-in; `on_change` after every change of standing().
  static Result<std::unique_ptr<Account>> open(Hub& hub, Setup setup,
                                               std::function<void(const boost::json::object&)> on_update,
                                               std::function<void()> on_change);
  ~Account();  // close()
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;

  Standing standing() const;
  Client& client();

  // Each waits for TDLib's answer: conflict when it is not asked for now, invalid_input with Telegram's word when it is
  // refused, unavailable with the wait when there was a flood. Any thread but the hub's.
  Result<void> give_phone(const std::string& number);
  Result<void> give_code(const std::string& code);
  Result<void> resend_code();
  Result<void> give_password(const std::string& password);
  Result<void> give_bot_token(const std::string& token);
  Result<void> ask_for_qr();
  // Until the session is ended and TDLib has closed: timeout where Telegram does not confirm it.
  Result<void> log_out();

  // Once ready: asks the server for a trifle, because a session that was ended shows itself only to who asks. Returns
  // at once; standing() tells. Unanswered, every second further call makes TDLib open its connections anew. Any thread.
  void check();

  // close(), then its folder is removed. `unless_ended`: one whose session Telegram ended stays known as such, with
  // nothing of the sign-in that was begun in its place.
  void remove(bool unless_ended);

  // Until TDLib has closed; its database is whole then. Any thread but the hub's.
  void close();

 private:
  struct Impl;
  explicit Account(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

std::string_view name_of(Stage stage);

}  // namespace tg::tdlib
