#include "source/chat_name.h"

#include <boost/url.hpp>

namespace tg::source {
namespace {

namespace urls = boost::urls;

constexpr std::size_t kLongestName = 512;  // bytes; the longest that means anything is far shorter
constexpr std::size_t kShown = 60;         // of what was written, in an error
constexpr std::size_t kShortestUsername = 3, kLongestUsername = 32;
constexpr std::size_t kShortestInvite = 10, kLongestInvite = 64;
constexpr std::int64_t kChannelBase = 1'000'000'000'000;
constexpr std::int64_t kMostChannel = kChannelBase - (1LL << 31);  // below it the ids of secret chats begin
constexpr std::string_view kHow =
    "Write @name, https://t.me/name, https://t.me/c/1487851422, an invite such as https://t.me/+AbCdEf…, or an id such "
    "as -1001487851422";

// First words of t.me's own links, which are nobody's name.
constexpr std::array<std::string_view, 33> kReserved{
    "addemoji", "addlist",     "addstickers",  "addtheme",      "auction",  "auth",    "bg",
    "boost",    "call",        "confirmphone", "contact",       "giftcode", "invoice", "iv",
    "login",    "message",     "msg",          "nft",           "oauth",    "proxy",   "resolve",
    "share",    "setlanguage", "socks",        "stars",         "web",      "www",     "joinchat",
    "join",     "folder",      "passport",     "premium_offer", "tg"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto first = text.find_first_not_of(kBlank);
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// As far as an error may repeat it: printable ASCII, not long.
std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kShown)) out += c >= ' ' && c <= '~' ? c : '?';
  return text.size() > kShown ? out + "..." : out;
}

Error wrong(std::string_view text, std::string_view what, std::string_view fix = kHow) {
  return {Code::invalid_input, fmt::format("'{}' {}", shown(text), what), std::string(fix)};
}

bool is_reserved(std::string_view word) {
  return std::find(kReserved.begin(), kReserved.end(), lower(word)) != kReserved.end();
}

bool is_username(std::string_view name) {
  if (name.size() < kShortestUsername || name.size() > kLongestUsername) return false;
  if (!is_letter(name.front()) || name.back() == '_' || name.find("__") != std::string_view::npos) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

Result<ChatName> username_of(std::string_view text, std::string_view name) {
  if (!is_username(name)) {
    return wrong(text, "is no public name",
                 "A public name is 3 to 32 of a-z, 0-9 and _, and begins with a letter, such as @durov");
  }
  return ChatName{ChatName::Kind::username, std::string(name), {}};
}

Result<ChatName> id_of(std::string_view text, std::int64_t id) {
  if (id > 0) {
    return wrong(text, "is the id of a person, not of a channel or group",
                 id < kMostChannel
                     ? fmt::format("For the channel of that number write {}", model::channel_peer(id).value)
                     : std::string(kHow));
  }
  if (id == 0 || id < -kChannelBase - kMostChannel || id == -kChannelBase) return wrong(text, "is no chat's id");
  return ChatName{ChatName::Kind::id, "", model::ChatId{id}};
}

Result<ChatName> channel_number(std::string_view text, std::string_view number) {
  const auto bare = all_digits(number) ? model::parse_int(number) : std::nullopt;
  if (!bare || *bare < 1 || *bare > kMostChannel) return wrong(text, "has no channel's number");
  return ChatName{ChatName::Kind::id, "", model::channel_peer(*bare)};
}

Result<ChatName> invite_of(std::string_view text, std::string_view hash) {
  if (all_digits(hash)) return wrong(text, "is a phone number's link, not a channel's");
  const auto fits = [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; };
  if (hash.size() < kShortestInvite || hash.size() > kLongestInvite || !std::all_of(hash.begin(), hash.end(), fits)) {
    return wrong(text, "is no whole invite link", "Copy the link again, to its end");
  }
  return ChatName{ChatName::Kind::invite, "https://t.me/+" + std::string(hash), {}};
}

Error shared_folder(std::string_view text) {
  return wrong(text, "is the link of a shared folder",
               "Add the folder in Telegram, then name it here (--folder NAME, or \"folder\": \"NAME\")");
}

// As it is written: what names a chat is never escaped. Not url.params(), which reads out of bounds where the query is
// empty (Boost 1.81, `tg://resolve?#`).
std::string parameter(const urls::url_view& url, std::string_view name) {
  const std::string query(url.encoded_query());
  for (std::size_t at = 0; at < query.size();) {
    const auto end = std::min(query.find('&', at), query.size());
    const auto one = std::string_view(query).substr(at, end - at);
    if (one.starts_with(name) && one.substr(name.size()).starts_with('='))
      return std::string(one.substr(name.size() + 1));
    at = end + 1;
  }
  return "";
}

// tg://resolve?domain=name, tg:join?invite=…, tg://privatepost?channel=…
Result<ChatName> app_link(std::string_view text, const urls::url_view& url) {
  std::string action(url.has_authority() ? url.host() : std::string(url.path()));
  action = lower(action);
  while (!action.empty() && action.back() == '/') action.pop_back();
  if (action == "resolve") {
    const auto name = parameter(url, "domain");
    if (name.empty()) return wrong(text, "names no channel");
    return username_of(text, name);
  }
  if (action == "join") return invite_of(text, parameter(url, "invite"));
  if (action == "privatepost") return channel_number(text, parameter(url, "channel"));
  if (action == "addlist") return shared_folder(text);
  return wrong(text, "is no link to a channel");
}

Result<ChatName> path_of_site(std::string_view text, std::vector<std::string> path) {
  if (!path.empty() && path.back().empty()) path.pop_back();
  if (path.empty()) return wrong(text, "names no channel");
  if (lower(path[0]) == "s" && path.size() > 1) path.erase(path.begin());  // the preview in a browser
  const auto first = path[0], kind = lower(first);
  const bool of_message =
      std::all_of(path.begin() + 1, path.end(), [](const std::string& part) { return all_digits(part); });
  if (first.starts_with('+') || first.starts_with(' ')) {
    return path.size() == 1 ? invite_of(text, first.substr(1)) : wrong(text, "is no link to a channel");
  }
  if (kind == "joinchat") return path.size() == 2 ? invite_of(text, path[1]) : wrong(text, "is no link to a channel");
  if (kind == "addlist") return shared_folder(text);
  if (kind == "c") {
    if (path.size() < 2 || path.size() > 4 || !of_message) return wrong(text, "is no link to a channel");
    return channel_number(text, path[1]);
  }
  if (is_reserved(kind) || path.size() > 3 || !of_message) return wrong(text, "is no link to a channel");
  return username_of(text, first.starts_with('@') ? std::string_view(first).substr(1) : std::string_view(first));
}

Result<ChatName> site_link(std::string_view text, const urls::url_view& url) {
  if (url.has_userinfo()) return wrong(text, "is no link of Telegram");
  if (url.has_port() && url.port() != "" && url.port() != "443" && url.port() != "80") {
    return wrong(text, "is no link of Telegram");
  }
  auto host = lower(std::string(url.host()));
  if (host.ends_with('.')) return wrong(text, "is no link of Telegram");
  if (host.starts_with("www.")) host.erase(0, 4);
  std::vector<std::string> path;
  for (const auto segment : url.segments()) path.emplace_back(segment);
  if (host == "t.me" || host == "telegram.me" || host == "telegram.dog") return path_of_site(text, std::move(path));
  if (host.ends_with(".t.me")) {
    const auto name = host.substr(0, host.size() - 5);
    if (name.find('.') == std::string::npos && !is_reserved(name)) {
      path.insert(path.begin(), name);
      return path_of_site(text, std::move(path));
    }
  }
  return wrong(text, "is no link of Telegram");
}

}  // namespace

Result<ChatName> parse_chat_name(std::string_view written) {
  const auto text = trimmed(written);
  if (text.empty()) return Error{Code::invalid_input, "nothing is named", std::string(kHow)};
  if (text.size() > kLongestName) return wrong(text, "is too long");
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; })) {
    return wrong(text, "is no name, link or id");
  }
  if (text.front() == '@') return username_of(text, text.substr(1));
  if (all_digits(text) || (text.front() == '-' && all_digits(text.substr(1)))) {
    const auto id = model::parse_int(text);
    return id ? id_of(text, *id) : wrong(text, "is no chat's id");
  }
  const bool app = lower(text.substr(0, 3)) == "tg:";
  if (!app && text.find_first_of("./:?") == std::string_view::npos) return username_of(text, text);
  const auto scheme = text.find("://");
  const std::string whole =
      app || scheme != std::string_view::npos ? std::string(text) : "https://" + std::string(text);
  const auto url = urls::parse_uri(whole);
  if (!url) return wrong(text, "is no link");
  const auto kind = lower(std::string((*url).scheme()));
  if (kind == "tg") return app_link(text, *url);
  if (kind == "http" || kind == "https") return site_link(text, *url);
  return wrong(text, "is no link of Telegram");
}

}  // namespace tg::source
