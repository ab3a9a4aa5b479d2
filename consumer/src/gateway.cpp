#include "gateway.h"

#include <curl/curl.h>

#include <algorithm>
#include <mutex>

#include "json.h"

namespace telegram_gateway {
namespace {

constexpr long kConnectMs = 3'000, kCallMs = 10'000;
constexpr std::size_t kMostBytes = 256UL * 1'024 * 1'024;  // of an answer

void use_curl_once() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

struct Received {
  std::string body;
  std::string now;  // X-Gateway-Now
};

std::size_t take_body(char* data, std::size_t, std::size_t size, void* to) {
  auto& body = static_cast<Received*>(to)->body;
  if (body.size() + size > kMostBytes) return 0;
  body.append(data, size);
  return size;
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* to) {
  constexpr std::string_view kNow = "x-gateway-now:";
  std::string_view line(data, size);
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
  if (line.size() > kNow.size() &&
      std::equal(kNow.begin(), kNow.end(), line.begin(), [&](char want, char have) { return same(have, want); })) {
    line.remove_prefix(kNow.size());
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    static_cast<Received*>(to)->now = line;
  }
  return size;
}

int end_at_stop(void* stopping, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::atomic<bool>*>(stopping)->load() ? 1 : 0;
}

class Headers {
 public:
  ~Headers() { curl_slist_free_all(list_); }
  void add(const std::string& line) { list_ = curl_slist_append(list_, line.c_str()); }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

}  // namespace

struct Gateway::Curl {
  CURL* easy;
  char error[CURL_ERROR_SIZE] = "";
  explicit Curl(CURL* made) : easy(made) {}
  ~Curl() { curl_easy_cleanup(easy); }
};

Gateway::Gateway(Context& context, const std::atomic<bool>& stopping)
    : context_(context), token_(context.options.token_file) {
  use_curl_once();
  curl_ = std::make_unique<Curl>(curl_easy_init());
  auto* easy = curl_->easy;
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, curl_->error);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, kCallMs);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, end_at_stop);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(&stopping));
  if (!context.options.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, context.options.ca_file.c_str());
}

Gateway::~Gateway() = default;

Result<Gateway::Answer> Gateway::call(const std::string& path, const std::string* body) {
  auto* easy = curl_->easy;
  const auto fails = [this](const std::string& why) {
    context_.tally.change([](Counters& c) {
      c.gateway_up = false;
      ++c.errors;
    });
    return Failure{why};
  };
  std::string url = context_.options.gateway_url;
  while (!url.empty() && url.back() == '/') url.pop_back();
  url += path;
  const auto token = token_.read();
  if (!token) return fails("the token file " + token_.path() + " cannot be read");

  Headers headers;
  if (!token->empty()) headers.add("Authorization: Bearer " + *token);
  headers.add("Accept: application/json");
  if (body) {
    headers.add("Content-Type: application/json");
    headers.add("Expect:");
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body->data());
  } else {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  }
  Received received;
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &received);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &received);
  curl_->error[0] = '\0';
  const auto code = curl_easy_perform(easy);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, nullptr);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, nullptr);
  if (code != CURLE_OK) {
    // The longer text of these has times in it, and would be another one each time.
    const bool plain = code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT || curl_->error[0] == '\0';
    const std::string detail = plain ? curl_easy_strerror(code) : curl_->error;
    return fails("the gateway at " + context_.options.gateway_url + " is not reached: " + detail);
  }
  Answer answer;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer.status);
  answer.body = std::move(received.body);
  if (const auto now = parse_time(received.now)) context_.clock.set(*now);
  if (answer.status / 100 != 2 && answer.status != 404) return fails(failed("answers", answer).why);
  context_.tally.change([](Counters& c) { c.gateway_up = true; });
  return answer;
}

Failure Gateway::failed(const std::string& doing, const Answer& answer) const {
  std::string why = "the gateway " + doing + " " + std::to_string(answer.status);
  if (const auto parsed = parse_json(answer.body); parsed && parsed->is_object()) {
    why += ": " + text_of(parsed->get_object(), "message");
  }
  if (answer.status == 401 || answer.status == 403) {
    why += token_.path().empty() ? "; name a token with the scope consume in Options::token_file"
                                 : "; see the token in " + token_.path() + ", it needs the scope consume";
  }
  return {why};
}

Result<Gateway::Unprocessed> Gateway::unprocessed(std::int64_t channel, std::size_t limit) {
  const auto before = std::chrono::steady_clock::now();
  auto answer = call("/api/messages/unprocessed?channel=" + std::to_string(channel) +
                         "&excludeProcessedBy=" + context_.options.name + "&limit=" + std::to_string(limit),
                     nullptr);
  if (!answer) return Failure{answer.why()};
  if (answer->status != 200) return failed("answers unprocessed with", *answer);
  const auto parsed = parse_json(answer->body);
  const auto* data = parsed && parsed->is_object() ? parsed->get_object().if_contains("data") : nullptr;
  if (!data || !data->is_array())
    return Failure{"the gateway's answer has no data; is gateway_url a Telegram Gateway?"};
  Unprocessed all;
  all.asked_at = context_.clock.now() -
                 std::chrono::duration_cast<SystemTime::duration>(std::chrono::steady_clock::now() - before);
  all.work.reserve(data->get_array().size());
  for (const auto& one : data->get_array()) {
    auto work = work_from_api(boost::json::serialize(one));
    if (!work) return Failure{work.why()};
    all.work.push_back(std::move(*work));
  }
  return all;
}

Result<bool> Gateway::mark(const std::vector<std::string>& ids) {
  boost::json::array list;
  for (const auto& id : ids) list.emplace_back(id);
  const auto body = boost::json::serialize(
      boost::json::object{{"messageIds", std::move(list)}, {"processedBy", context_.options.name}});
  auto answer = call("/api/messages/mark-processed", &body);
  if (!answer) return Failure{answer.why()};
  if (answer->status != 200) return failed("answers mark-processed with", *answer);
  return true;
}

Result<bool> Gateway::is_marked(const std::string& id) {
  auto answer = call("/api/messages/" + id, nullptr);
  if (!answer) return Failure{answer.why()};
  if (answer->status == 404) return false;
  const auto parsed = parse_json(answer->body);
  const auto* data = parsed && parsed->is_object() ? parsed->get_object().if_contains("data") : nullptr;
  if (!data || !data->is_object()) return Failure{"the gateway's answer has no data"};
  const auto* by = data->get_object().if_contains("processedBy");
  if (!by || !by->is_array()) return false;
  return std::any_of(by->get_array().begin(), by->get_array().end(), [this](const boost::json::value& one) {
    return one.is_string() && std::string_view(one.get_string()) == context_.options.name;
  });
}

}  // namespace telegram_gateway
