#include "config/detail/tokens.h"

#include <sys/stat.h>
#include <unistd.h>

#include <toml++/toml.h>
#include <fstream>

#include "config/detail/file_mode.h"
#include "config/report.h"

namespace tg::config::detail {
namespace {

constexpr std::size_t kMaxTokenFileBytes = 4'096;
constexpr std::size_t kShortSecret = 16;  // characters; fewer can be guessed in time

std::optional<Scope> parse_scope(std::string_view name) {
  for (const Scope scope : {Scope::read, Scope::consume, Scope::admin}) {
    if (name_of(scope) == name) return scope;
  }
  return std::nullopt;
}

class TokenEntry : private Entry {
 public:
  TokenEntry(const toml::table& table, std::size_t index, const FilePlaces& places, Loaded& loaded)
      : Entry(table, "auth.tokens", index, places, loaded), loaded_(loaded) {}

  void read() {
    const std::size_t errors_before = loaded_.errors.size();
    check_keys(token_keys(), "token", "token_file or sha256");
    Token token;
    token.name = text("name").value_or("");
    if (token.name.empty()) wrong("has no name", "Give it one: name = \"trader\"");
    token.scopes = scopes();
    const auto file = text("token_file");
    const auto sha256 = text("sha256");
    if (file.has_value() == sha256.has_value()) {
      wrong("needs exactly one of token_file and sha256",
            "Write the token to a file of its own and name it: token_file = \"trader.token\"");
    } else if (file) {
      take_file(*file, token);
    } else {
      take_digest(*sha256, token);
    }
    if (loaded_.errors.size() == errors_before) loaded_.config.auth.tokens.push_back(std::move(token));
  }

 private:
  std::vector<Scope> scopes() {
    std::vector<Scope> found;
    const auto names = texts("scopes");
    if (names.empty()) wrong("has no scopes", "Write scopes = [\"read\"], or consume, or admin");
    for (const auto& name : names) {
      if (const auto scope = parse_scope(name)) {
        found.push_back(*scope);
      } else {
        wrong(fmt::format("has an unknown scope \"{}\"", name), "Scopes are read, consume and admin");
      }
    }
    return found;
  }

  void take_file(const std::string& name, Token& token) {
    const std::filesystem::path path = find(name);
    token.origin = path.string();
    std::error_code ignored;
    struct stat status {};
    if (std::filesystem::is_directory(path, ignored) || stat(path.c_str(), &status) != 0 ||
        access(path.c_str(), R_OK) != 0) {
      unread(fmt::format("names the token file {}, which is no file that can be read", path.string()));
      return;
    }
    std::ifstream in(path);
    std::string secret(kMaxTokenFileBytes + 1, '\0');
    in.read(secret.data(), static_cast<std::streamsize>(secret.size()));
    secret.resize(static_cast<std::size_t>(in.gcount()));
    if (secret.size() > kMaxTokenFileBytes) {
      wrong(fmt::format("names {}, which is longer than {} bytes", path.string(), kMaxTokenFileBytes),
            "The file holds the token and nothing else");
      return;
    }
    while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r' || secret.back() == ' '))
      secret.pop_back();
    if (secret.empty()) {
      wrong(fmt::format("names {}, which is empty", path.string()),
            "Make one with: telegram-gateway token create NAME");
      return;
    }
    if (secret.size() < kShortSecret) {
      wrong(fmt::format("names {}, whose token is shorter than {} characters and can be guessed", path.string(),
                        kShortSecret),
            "Make a long one with: telegram-gateway token create NAME");
      return;
    }
    if (open_to_others(path, status.st_mode)) {
      loaded_.warnings.push_back({Code::permission, fmt::format("{} can be read by others", path.string()),
                                  fmt::format("Run: chmod 600 {}", path.string())});
    }
    token.sha256 = sha256_hex(secret);
    token.hint = mask(secret);
  }

  void take_digest(std::string digest, Token& token) {
    std::transform(digest.begin(), digest.end(), digest.begin(),
                   [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
    const bool hex = std::all_of(digest.begin(), digest.end(),
                                 [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    if (digest.size() != 64 || !hex) {
      wrong("has a sha256 that is not 64 hex digits", "Make it with: printf %s TOKEN | sha256sum");
      return;
    }
    token.sha256 = digest;
    token.hint = "sha256:" + mask(digest);
    token.origin = "sha256";
  }

  Loaded& loaded_;
};

}  // namespace

void read_tokens(const toml::node& node, const FilePlaces& places, Loaded& loaded) {
  for_each_entry(node, "auth.tokens", places, "Write each as [[auth.tokens]] with name, scopes and token_file", loaded,
                 [&](const toml::table& table, std::size_t index) { TokenEntry(table, index, places, loaded).read(); });
}

std::span<const std::string_view> key_variables() {
  static constexpr std::array<std::string_view, 2> kVariables{"TELEGRAM_GATEWAY_API_KEY", "API_SECRET_TOKEN"};
  return kVariables;
}

void read_key_variables(const std::map<std::string, std::string>& environment, Loaded& loaded) {
  for (const std::string_view variable : key_variables()) {
    const auto found = environment.find(std::string(variable));
    if (found == environment.end() || found->second.empty()) continue;
    const std::string& secret = found->second;
    if (secret.size() < kShortSecret) {
      loaded.warnings.push_back({Code::invalid_input,
                                 fmt::format("{} is shorter than {} characters", variable, kShortSecret),
                                 "Make a long one with: openssl rand -hex 32"});
    }
    // The predecessor knew one kind of key, good for everything.
    loaded.config.auth.tokens.push_back(
        {std::string(variable), {Scope::admin}, sha256_hex(secret), mask(secret), std::string(variable)});
    loaded.origins["auth.tokens"] = Origin::environment;
  }
}

}  // namespace tg::config::detail
