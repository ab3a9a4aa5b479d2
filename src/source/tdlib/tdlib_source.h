#pragma once
// Telegram itself. Every folder below `accounts` is an account; all share one TDLib library and one receiving thread.
//
// Without the library, or without api_id and api_hash, the program runs all the same: state() says what to do, and
// Control answers unavailable with it.

#include <filesystem>
#include <memory>

#include "pipeline/intake.h"
#include "source/control.h"
#include "source/source.h"
#include "source/tdlib/account.h"
#include "source/tdlib/media_fetcher.h"
#include "source/tdlib/reconciler.h"

namespace tg::tdlib {

struct Options {
  std::string library;  // path of libtdjson.so
  std::int32_t api_id = 0;
  std::string api_hash;
  bool test_dc = false;
  std::string proxy_host;  // SOCKS5; empty = none
  std::int32_t proxy_port = 0;
  std::filesystem::path accounts;
  std::string database_key;  // raw bytes; empty = TDLib's files are not encrypted
  std::string version;       // of this program, as Telegram shows it among the devices
  bool capture_all = false;
  std::int64_t reopen_above_bytes = 0;  // of the whole process: TDLib's memory grows with days; 0 = never
  Reconciler::Options reconcile;
  MediaRule media;
  std::filesystem::path media_folder;
  std::function<std::vector<model::ChatId>()> chats;   // what is captured; asked every few seconds
  std::function<std::string(model::ChatId)> username;  // of a captured chat, as it was told last; "" = none
};

Account::Setup setup_of(const Options& options, const std::string& account);

class TdlibSource : public source::Source, public source::Control, public source::ChatDirectory {
 public:
  // What it refers to must outlive it. `on_change`: an account's state changed; any thread.
  TdlibSource(Options options, pipeline::Intake& intake, journal::Journal& journal, observe::Metrics& metrics,
              std::function<void()> on_change);
  ~TdlibSource() override;

  std::string name() const override { return "telegram"; }
  void start() override;
  void stop() override;
  source::SourceState state() const override;  // the best of its accounts

  Result<void> available() const override;
  std::vector<source::AccountState> accounts() const override;
  Result<void> begin(const std::string& account) override;
  Result<void> give(const std::string& account, source::Input input, const std::string& value) override;
  Result<void> resend_code(const std::string& account) override;
  Result<void> ask_for_qr(const std::string& account) override;
  Result<void> cancel(const std::string& account) override;
  Result<void> log_out(const std::string& account) override;
  void chats_changed() override;
  Result<source::Walks> sync(const std::vector<model::ChatId>& chats) override;
  Result<void> fetch_history(model::ChatId chat, model::Time from) override;
  std::vector<source::HistoryState> histories() const override;
  Result<void> pause_history(model::ChatId chat) override;
  Result<void> resume_history(model::ChatId chat) override;
  Result<void> fetch_media(const model::MessageKey& message) override;
  std::optional<Error> media_trouble(const model::MessageKey& message) const override;
  Result<model::MessageId> forward(const rules::Forwarding& order) override;

  source::ChatDirectory* directory() override { return this; }
  Result<std::vector<source::ChatAnswer>> find_chats(const std::string& account,
                                                     const std::vector<std::string>& names) override;
  Result<source::ChatAnswer> join_chat(const std::string& account, const std::string& name) override;
  Result<std::vector<source::ChatFolder>> folders(const std::string& account) override;
  Result<std::vector<model::ChatId>> chats_of_folder(const std::string& account, const std::string& folder) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tg::tdlib
