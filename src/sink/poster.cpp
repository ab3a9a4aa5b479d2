#include "sink/poster.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <unistd.h>

#include "sink/address.h"

namespace tg::sink {
namespace {

constexpr std::size_t kMostOfAnAnswer = 64 * 1'024;  // bytes
constexpr int kLookEveryMs = 1'000;                  // at the stop token, besides being woken by it
// An answer that is on its way when a stop is requested is waited for so long: without it the batch would come twice.
constexpr auto kGrace = std::chrono::milliseconds(500);
constexpr int kGraceLookMs = 50;

struct CurlText {
  char* value = nullptr;
  CurlText() = default;
  CurlText(const CurlText&) = delete;
  CurlText& operator=(const CurlText&) = delete;
  ~CurlText() { curl_free(value); }
};

Error no_curl() { return {Code::internal, "libcurl does not start", ""}; }

}  // namespace

// What the callbacks of one request see.
struct Poster::Exchange {
  CURL* easy = nullptr;
  bool allow_private = false;
  std::string refused_address;
  std::size_t body_bytes = 0;
  bool has_head = false;

  static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* address) {
    auto& exchange = *static_cast<Exchange*>(self);
    // The address itself, after the name was resolved: a name that leads elsewhere the second time is seen, too.
    if (!exchange.allow_private && !is_public(address->addr)) {
      exchange.refused_address = to_text(address->addr);
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  static std::size_t on_header(const char* data, std::size_t, std::size_t size, void* self) {
    auto& exchange = *static_cast<Exchange*>(self);
    const bool end = std::string_view(data, size).find_first_not_of("\r\n") == std::string_view::npos;
    long status = 0;
    curl_easy_getinfo(exchange.easy, CURLINFO_RESPONSE_CODE, &status);
    if (end && status >= 200) exchange.has_head = true;
    return size;
  }

  static std::size_t on_body(const char*, std::size_t, std::size_t size, void* self) {
    auto& exchange = *static_cast<Exchange*>(self);
    exchange.body_bytes += size;
    return exchange.body_bytes > kMostOfAnAnswer ? 0 : size;
  }
};

struct Poster::Handles {
  std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi{curl_multi_init(), &curl_multi_cleanup};
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy{curl_easy_init(), &curl_easy_cleanup};
};

Poster::Poster(Options options) : options_(std::move(options)) {}
Poster::~Poster() = default;

void Poster::close() { handles_.reset(); }

Result<void> Poster::prepare() {
  static const auto ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) return no_curl();
  auto handles = std::make_unique<Handles>();
  auto* curl = handles->easy.get();
  if (!curl || !handles->multi) return no_curl();
  curl_easy_setopt(curl, CURLOPT_URL, options_.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // also none that the environment names
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);  // a stop waits for no name server
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_USERAGENT, options_.user_agent.c_str());
  if (!options_.tls_ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, options_.tls_ca_file.c_str());
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &Exchange::open_socket);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Exchange::on_header);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Exchange::on_body);
  handles_ = std::move(handles);
  return {};
}

Result<Answer> Poster::post(const std::string& body, const std::vector<std::string>& headers,
                            const std::stop_token& stop) {
  if (!handles_) {
    if (auto ready = prepare(); !ready) return ready.error();
  }
  auto* curl = handles_->easy.get();
  auto* multi = handles_->multi.get();
  Exchange exchange{curl, options_.allow_private, {}, 0, false};
  curl_slist* list = curl_slist_append(nullptr, "Expect:");  // no round trip before the body
  for (const auto& header : headers) list = curl_slist_append(list, header.c_str());
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> kept(list, &curl_slist_free_all);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);

  if (curl_multi_add_handle(multi, curl) != CURLM_OK) return no_curl();
  const std::unique_ptr<CURLM, std::function<void(CURLM*)>> added(
      multi, [&](CURLM*) { curl_multi_remove_handle(multi, curl); });
  const std::stop_callback wake(stop, [&] { curl_multi_wakeup(multi); });
  std::optional<std::chrono::steady_clock::time_point> patience;
  for (int running = 1; running > 0;) {
    const auto now = std::chrono::steady_clock::now();
    if (stop.stop_requested() && !patience) patience = now + kGrace;
    if (patience && now >= *patience) return Error{Code::unavailable, "stopped before it answered", ""};
    auto done = curl_multi_perform(multi, &running);
    const int look = patience ? kGraceLookMs : kLookEveryMs;
    if (done == CURLM_OK && running > 0) done = curl_multi_poll(multi, nullptr, 0, look, nullptr);
    if (done != CURLM_OK) return Error{Code::internal, curl_multi_strerror(done), ""};
  }
  int left = 0;
  const auto* message = curl_multi_info_read(multi, &left);
  const auto outcome = message ? message->data.result : CURLE_FAILED_INIT;
  if (outcome != CURLE_OK && !exchange.has_head) {
    if (!exchange.refused_address.empty()) {
      return Error{Code::permission, fmt::format("{} is an address of a private network", exchange.refused_address),
                   "If it is meant, set allow_private = true for it"};
    }
    return Error{Code::unavailable, curl_easy_strerror(outcome), ""};
  }

  Answer answer;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  curl_off_t seconds = 0;
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds);
  answer.retry_after = std::chrono::seconds(seconds);
  const char* elsewhere = nullptr;
  curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &elsewhere);
  if (elsewhere) answer.redirect_host = host_of(elsewhere);
  return answer;
}

bool is_private_literal(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), &curl_url_cleanup);
  CurlText host;
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return false;
  if (curl_url_get(parsed.get(), CURLUPART_HOST, &host.value, 0) != CURLUE_OK) return false;
  std::string name = host.value;
  if (name == "localhost" || name.ends_with(".localhost")) return true;
  if (name.starts_with('[')) name = name.substr(1, name.find_first_of("]%") - 1);
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  v4.sin_family = AF_INET;
  v6.sin6_family = AF_INET6;
  if (inet_pton(AF_INET, name.c_str(), &v4.sin_addr) == 1) return !is_public(reinterpret_cast<const sockaddr&>(v4));
  if (inet_pton(AF_INET6, name.c_str(), &v6.sin6_addr) == 1) return !is_public(reinterpret_cast<const sockaddr&>(v6));
  return false;
}

std::string host_of(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), &curl_url_cleanup);
  CurlText host, port;
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return "";
  if (curl_url_get(parsed.get(), CURLUPART_HOST, &host.value, 0) != CURLUE_OK) return "";
  if (curl_url_get(parsed.get(), CURLUPART_PORT, &port.value, 0) != CURLUE_OK) return host.value;
  return fmt::format("{}:{}", host.value, port.value);
}

}  // namespace tg::sink
