#include "config/detail/webhooks.h"

#include <toml++/toml.h>
#include <boost/url/parse.hpp>
#include <cctype>

#include "config/detail/keys.h"
#include "config/secret.h"
#include "model/news.h"

namespace tg::config::detail {
namespace {

constexpr std::int64_t kMostEvents = 100;
constexpr std::size_t kLongestName = 40;
constexpr std::size_t kGuessable = 16;  // characters; fewer can be guessed

class WebhookEntry : private Entry {
 public:
  WebhookEntry(const toml::table& table, std::size_t index, const FilePlaces& places, Loaded& loaded)
      : Entry(table, "webhooks", index, places, loaded), loaded_(loaded) {}

  void read() {
    const std::size_t errors_before = loaded_.errors.size();
    check_keys(webhook_keys(), "secret", "secret_file");
    Webhook webhook;
    webhook.name = name();
    webhook.url = url();
    webhook.secret_file = secret_file();
    webhook.format = text("format").value_or(webhook.format);
    if (webhook.format != "events" && webhook.format != "flat") {
      wrong(fmt::format("has the format \"{}\"", webhook.format), "Formats are events and flat");
    }
    const auto batch = number("batch", 1, kMostEvents);
    const bool flat = webhook.format == "flat";
    if (flat && batch.value_or(1) > 1) wrong("has a batch, but flat is one message a request", "Leave batch out");
    webhook.batch = flat ? 1 : batch.value_or(webhook.batch);
    webhook.channels = channels();
    webhook.kinds = kinds();
    webhook.allow_private = yes("allow_private").value_or(false);
    webhook.tls_ca_file = tls_ca_file();
    if (loaded_.errors.size() == errors_before) loaded_.config.webhooks.push_back(std::move(webhook));
  }

 private:
  std::string name() {
    const auto name = text("name").value_or("");
    const bool plain =
        !name.empty() && name.size() <= kLongestName &&
        std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
    if (!plain) {
      wrong(fmt::format("has no name of 1 to {} of a-z A-Z 0-9 - _", kLongestName), "Give it one: name = \"desk\"");
    }
    return name;
  }

  std::string url() {
    const auto url = text("url").value_or("");
    const auto parsed = boost::urls::parse_uri(url);
    const auto scheme = parsed ? parsed->scheme_id() : boost::urls::scheme::none;
    const bool http = scheme == boost::urls::scheme::http || scheme == boost::urls::scheme::https;
    if (!http || parsed->host().empty()) {
      wrong("has no url of http or https", "Write url = \"https://desk.example.org/telegram\"");
    } else if (parsed->has_userinfo()) {
      wrong("has a url with a name and password", "Keep secrets out of this file: the receiver checks the signature");
    } else if (parsed->has_fragment()) {
      wrong("has a url with a fragment, which is never sent", "Leave out what follows the #");
    } else if (scheme == boost::urls::scheme::http && !is_loopback(parsed->host())) {
      doubtful("sends messages unencrypted", "Use https");
    }
    return url;
  }

  std::string secret_file() {
    const auto name = text("secret_file").value_or("");
    if (name.empty()) {
      wrong("has no secret_file", "Make one: (umask 077; openssl rand -hex 32 > desk.secret)");
      return "";
    }
    const auto path = find(name).string();
    const auto secret = read_secret("secret_file", path);
    if (!secret && secret.error().code == Code::not_found) {
      unread(secret.error().what);
    } else if (!secret) {
      wrong(fmt::format("has a secret that cannot be used: {}", secret.error().what), secret.error().fix);
    } else if (std::any_of(secret->begin(), secret->end(), [](unsigned char c) { return std::iscntrl(c); })) {
      wrong("has a secret of more than one line", "The file holds the secret and nothing else");
    } else if (secret->size() < kGuessable) {
      doubtful(fmt::format("has a secret of fewer than {} characters, which can be guessed", kGuessable),
               "Make a long one: openssl rand -hex 32");
    }
    return path;
  }

  std::string tls_ca_file() {
    const auto name = text("tls_ca_file").value_or("");
    if (name.empty()) return "";
    const auto path = find(name);
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) {
      wrong(fmt::format("names the tls_ca_file {}, which is no file", path.string()),
            "Name a file of certificates (PEM)");
    }
    return path.string();
  }

  std::vector<std::string> channels() {
    auto ids = texts("channels");
    for (const auto& id : ids) {
      const auto complaint = chat_id_complaint(id);
      if (!complaint.empty()) wrong(fmt::format("has the channel \"{}\", which {}", id, complaint), "");
    }
    return ids;
  }

  std::vector<std::string> kinds() {
    auto names = texts("kinds");
    for (const auto& name : names) {
      model::Event event;
      const auto kind = model::parse_kind(name);
      if (kind) event.kind = *kind;
      if (kind && model::is_told(event)) continue;
      wrong(fmt::format("has the kind \"{}\"", name),
            "Kinds are new, edited, deleted, restored, reprocess and channel_migrated");
    }
    return names;
  }

  Loaded& loaded_;
};

}  // namespace

void read_webhooks(const toml::node& node, const FilePlaces& places, Loaded& loaded) {
  for_each_entry(
      node, "webhooks", places, "Write each as [[webhooks]] with name, url and secret_file", loaded,
      [&](const toml::table& table, std::size_t index) { WebhookEntry(table, index, places, loaded).read(); });
}

}  // namespace tg::config::detail
