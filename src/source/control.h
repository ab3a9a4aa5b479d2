#pragma once
// What people ask of a source that has accounts: signing in, adding chats, fetching what is missing. The API and the
// command line use it; any thread; calls may wait for the network up to a minute, and say so when it does not answer.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/ids.h"
#include "model/message.h"
#include "model/result.h"
#include "rules/forwarding.h"
#include "source/chat_directory.h"

namespace tg::source {

struct AccountState {
  std::string name;  // of its folder
  bool bot = false;
  std::string stage;  // starting, phone, code, password, qr, ready, closing, closed
  model::Time since;
  std::string connection;        // ready, connecting, connecting_to_proxy, updating, waiting_for_network
  model::Time connection_since;  // it is ready, or is not
  bool unreachable = false;      // signed in, and without a connection for 50 s
  std::int64_t user = 0;         // once signed in
  std::string shown_name;        // the same
  std::string code_how;          // at code: app, sms, call, …
  std::int32_t code_length = 0;
  std::string code_phone;     // at code: where it went, most of the number hidden
  model::Time resend_at;      // at code: it can be sent again from then on; 0 = it cannot
  std::string password_hint;  // at password
  std::string link;           // at qr: the link that the code shows
  model::Time link_until;     // at qr: about when another one takes its place
  std::string refused;        // why the last input was not taken
  bool revoked = false;       // signed out elsewhere: sign in again, nothing is lost
  bool duplicated = false;    // because two programs used the session at once
  model::Time flood_until;    // Telegram asked to wait until then; 0 = it did not
};

// The whole history of a chat, on its way.
struct HistoryState {
  model::ChatId chat;
  std::int64_t ids = 0, done = 0;  // since this process went on with it
  std::optional<std::int64_t> seconds_left;
  model::Time began;
  std::string waits_for;   // why it stands still, if it does
  model::Time held_since;  // a person paused it; 0 = nobody did
};

// A chat that one account was asked to look through at the server.
struct Walk {
  enum class Stage : std::uint8_t { waiting, walking, done, refused, left };
  model::ChatId chat;
  Stage stage = Stage::waiting;  // done: all that was found has been pushed
  std::string reason;            // refused: Telegram's word; left: why it was given up before its end
};

// How far one account is with what it was asked for.
struct AccountWalks {
  std::string account;
  bool known = false;       // which chats it walks; until then `chats` says nothing
  std::int64_t pages = 0;   // that came so far, of any chat: while they grow it gets on
  model::Time flood_until;  // Telegram asked to wait until then; 0 = it did not
  std::vector<Walk> chats;  // those that it captures, each once
};

// How far every account is that was asked. For one thread at a time, and not after the source is gone.
using Walks = std::function<std::vector<AccountWalks>()>;

enum class Input : std::uint8_t { phone, code, password, bot_token };

class Control {
 public:
  virtual ~Control() = default;

  // unavailable with what to do, where no account can sign in at all.
  virtual Result<void> available() const = 0;
  virtual std::vector<AccountState> accounts() const = 0;

  // Makes the account where it is not there, and begins its sign-in; nothing happens where it has begun and nothing was
  // given yet. invalid_input for a name that is no file name, conflict where it is signed in or half way.
  virtual Result<void> begin(const std::string& account) = 0;
  virtual Result<void> give(const std::string& account, Input input, const std::string& value) = 0;
  virtual Result<void> resend_code(const std::string& account) = 0;
  virtual Result<void> ask_for_qr(const std::string& account) = 0;
  // Gives up a sign-in: an account that never signed in is gone.
  virtual Result<void> cancel(const std::string& account) = 0;
  // Ends its session at Telegram; then the account is gone. Nothing that is stored is touched.
  virtual Result<void> log_out(const std::string& account) = 0;

  // Other chats are to be captured than before.
  virtual void chats_changed() = 0;
  // Walks these chats (empty: all that are captured) at the server, by every account that is signed in; returns before
  // it is done. A walk that is under way already does not count: it may be past what is to be found.
  virtual Result<Walks> sync(const std::vector<model::ChatId>& chats) = 0;
  // The history too, of what was posted from `from` on (0: all of it), behind everything newer; returns before it is
  // done. What is promised already stays so.
  virtual Result<void> fetch_history(model::ChatId chat, model::Time from) = 0;
  virtual std::vector<HistoryState> histories() const = 0;
  // It stands still until it is resumed or asked for anew, also after a restart; everything newer goes on. What is
  // under way is still taken. On disk when they return. Also of one that no account walks now; not_found where the
  // history of this chat is complete, or was never asked for.
  virtual Result<void> pause_history(model::ChatId chat) = 0;
  virtual Result<void> resume_history(model::ChatId chat) = 0;

  // Fetches the file of a message; returns before it is there, and then the message says so. Asked twice: fetched once.
  virtual Result<void> fetch_media(const model::MessageKey& message) = 0;
  // Why that failed for good; nothing while it is under way, or done.
  virtual std::optional<Error> media_trouble(const model::MessageKey& message) const = 0;

  // Sends a message on to another chat, and waits until the server has it, at most 30 s; the id that it has there.
  // invalid_input or permission where it can never go, unavailable or timeout where it may later.
  virtual Result<model::MessageId> forward(const rules::Forwarding& order) {
    (void)order;
    return Error{Code::unsupported, "this source cannot write", ""};
  }

  virtual ChatDirectory* directory() { return nullptr; }  // nothing: its chats cannot be looked up
};

}  // namespace tg::source
