#include "app/telegram.h"

#include "config/secret.h"
#include "model/message_json.h"

namespace tg::app {
namespace {

namespace fs = std::filesystem;

tdlib::MediaRule media_rule(const config::Media& media) {
  tdlib::MediaRule rule;
  for (const auto& kind : media.kinds) rule.kinds.push_back(model::parse_media_type(kind));
  for (const auto& id : media.channels) rule.channels.push_back(model::ChatId{model::parse_int(id).value_or(0)});
  rule.max_file_bytes = media.max_file_bytes;
  rule.max_bytes = media.max_bytes;
  rule.parallel = static_cast<std::size_t>(media.parallel);
  return rule;
}

}  // namespace

fs::path accounts_folder(const config::Config& config) { return fs::path(config.data_dir) / "accounts"; }

Result<tdlib::Options> telegram_options(const config::Config& config) {
  const auto& from = config.telegram;
  if (from.api_id == 0) {
    return Error{Code::unavailable, "telegram.api_id is not set",
                 "Get api_id and api_hash at my.telegram.org (API development tools) and set telegram.api_id and "
                 "telegram.api_hash_file"};
  }
  tdlib::Options options;
  options.library = from.library;
  options.api_id = static_cast<std::int32_t>(from.api_id);
  if (!from.api_hash_file.empty()) {
    auto hash = config::read_secret("telegram.api_hash_file", from.api_hash_file);
    if (!hash) return hash.error();
    options.api_hash = std::move(*hash);
  }
  if (!from.database_key_file.empty()) {
    auto key = config::read_secret("telegram.database_key_file", from.database_key_file);
    if (!key) return key.error();
    options.database_key = std::move(*key);
  }
  options.test_dc = from.test_dc;
  if (!from.proxy.empty()) {
    const auto host = from.proxy.find("//") + 2, colon = from.proxy.rfind(':');
    options.proxy_host = from.proxy.substr(host, colon - host);
    options.proxy_port = static_cast<std::int32_t>(model::parse_int(from.proxy.substr(colon + 1)).value_or(0));
  }
  options.accounts = accounts_folder(config);
  options.version = TG_VERSION;
  options.capture_all = from.capture_all;
  options.reconcile.rewalk = from.rewalk_messages;
  options.reconcile.every = std::chrono::seconds(from.reconcile_every_s);
  options.reconcile.between = std::chrono::milliseconds(from.request_every_ms);
  options.reopen_above_bytes = from.reopen_above_mib << 20;
  options.media = media_rule(config.media);
  options.media_folder = config.media.folder;
  return options;
}

Result<std::unique_ptr<tdlib::TdlibSource>> make_telegram(const config::Config& config, pipeline::Intake& intake,
                                                          journal::Journal& journal, store::Store& store,
                                                          observe::Metrics& metrics, std::function<void()> on_change) {
  if (config.telegram.api_id == 0) return std::unique_ptr<tdlib::TdlibSource>{};
  auto options = telegram_options(config);
  if (!options) return options.error();
  // One that cannot be read now changes nothing.
  struct Known {
    std::mutex mutex;
    std::vector<model::ChatId> chats;
  };
  options->chats = [&store, known = std::make_shared<Known>()] {
    const auto chats = store.chats();
    const std::lock_guard lock(known->mutex);
    if (!chats) return known->chats;
    known->chats.clear();
    for (const auto& chat : *chats) {
      if (chat.registered && chat.active) known->chats.push_back(chat.peer);
    }
    return known->chats;
  };
  options->username = [&store](model::ChatId chat) {
    const auto known = store.chat(chat);
    return known && *known ? (*known)->username : std::string();
  };
  return std::make_unique<tdlib::TdlibSource>(std::move(*options), intake, journal, metrics, std::move(on_change));
}

}  // namespace tg::app
