#include "cli/running_gateway.h"
#include "config/secret.h"

#include <curl/curl.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/parse.hpp>

#include "app/gateway.h"
#include "app/telegram.h"
#include "journal/lock.h"

namespace tg::cli {
namespace {

constexpr std::size_t kLongestAnswer = 64ULL * 1'024 * 1'024;  // bytes

struct Answer {
  long status = 0;
  std::string body;
};

std::size_t append(const char* data, std::size_t, std::size_t size, void* to) {
  auto& body = *static_cast<std::string*>(to);
  if (body.size() + size > kLongestAnswer) return 0;
  body.append(data, size);
  return size;
}

// Never through a proxy: the token is for this machine alone. An error: curl's word for what went wrong.
Result<Answer> exchange(const std::string& method, const std::string& url, const std::string& token,
                        const std::string& body, std::chrono::seconds patience) {
  static const auto ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
  if (ready != CURLE_OK || !curl) return Error{Code::internal, "libcurl does not start", ""};
  curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");
  if (!token.empty()) headers = curl_slist_append(headers, ("Authorization: Bearer " + token).c_str());
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> kept(headers, &curl_slist_free_all);
  Answer answer;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, static_cast<long>(patience.count()));
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers);
  if (method != "GET") {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
  }
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
  if (const auto done = curl_easy_perform(curl.get()); done != CURLE_OK) {
    return Error{Code::unavailable, curl_easy_strerror(done), ""};
  }
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

std::string token_of(const config::Config& config) {
  for (const auto& token : config.auth.tokens) {
    if (!token.may(config::Scope::admin) || !token.origin.starts_with('/')) continue;
    if (auto secret = config::read_secret("token_file", token.origin)) return std::move(*secret);
  }
  return "";
}

Code code_of(long status) {
  switch (status) {
    case 400: return Code::invalid_input;
    case 401:
    case 403: return Code::permission;
    case 404: return Code::not_found;
    case 409: return Code::conflict;
    default: return Code::unavailable;
  }
}

}  // namespace

Result<RunningGateway> RunningGateway::find(const config::Config& config, const std::string& token_file) {
  const auto locked = journal::is_locked(config.data_dir);
  const auto place = app::running_url(config.data_dir);
  const auto url = boost::urls::parse_uri(place);
  if ((locked && !*locked) || !url) {
    return Error{Code::unavailable, fmt::format("no gateway runs on {}", config.data_dir),
                 "Start it: telegram-gateway run, or name the folder of the one that runs with --data-dir"};
  }
  RunningGateway gateway;
  gateway.host_ = (*url).host_address();
  gateway.port_ = (*url).port();
  if (!token_file.empty()) {
    auto token = config::read_secret("--token-file", token_file);
    if (!token) return token.error();
    gateway.token_ = std::move(*token);
  } else {
    gateway.token_ = token_of(config);
  }
  return gateway;
}

std::string RunningGateway::place() const {
  return host_.find(':') == std::string::npos ? host_ + ":" + port_ : "[" + host_ + "]:" + port_;
}

Result<boost::json::object> RunningGateway::look(std::string_view path) const {
  const auto answer = exchange("GET", fmt::format("http://{}{}", place(), path), token_, "", std::chrono::seconds(10));
  boost::system::error_code bad;
  auto value = answer ? boost::json::parse(answer->body, bad) : boost::json::value();
  if (auto* object = value.if_object(); !bad && object) return std::move(*object);
  return Error{Code::unavailable,
               fmt::format("the gateway at {} did not answer: {}", place(),
                           answer ? fmt::format("{} without JSON", answer->status) : answer.error().what),
               "It may be starting or stopping: try again"};
}

Result<boost::json::value> RunningGateway::call(std::string_view method, std::string_view path,
                                                const boost::json::object& body, std::chrono::seconds patience) const {
  const auto place = this->place();
  const auto answer = exchange(std::string(method), fmt::format("http://{}{}", place, path), token_,
                               boost::json::serialize(body), patience);
  if (!answer) {
    return Error{Code::unavailable, fmt::format("the gateway at {} did not answer: {}", place, answer.error().what),
                 "Look at it: telegram-gateway status"};
  }
  boost::system::error_code bad;
  auto value = boost::json::parse(answer->body, bad);
  auto* envelope = bad ? nullptr : value.if_object();
  if (answer->status < 400 && envelope && envelope->contains("data")) return std::move(envelope->at("data"));
  const auto* message = envelope ? envelope->if_contains("message") : nullptr;
  auto what = message && message->is_string() ? std::string(message->as_string())
                                              : fmt::format("the gateway answered {}", answer->status);
  const bool token = answer->status == 401 || answer->status == 403;
  return Error{code_of(answer->status), std::move(what),
               token ? "Name a token with the scope admin: --token-file FILE" : ""};
}

}  // namespace tg::cli
