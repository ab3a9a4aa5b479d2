#include "app/broker_management.h"

#include <curl/curl.h>

#include <boost/json/parse.hpp>

#include "backup/durable.h"
#include "config/secret.h"

namespace tg::app {
namespace {

constexpr std::size_t kLongestBody = 64ULL << 20;  // bytes
constexpr long kPatienceS = 30;

std::size_t append_body(const char* data, std::size_t, std::size_t size, void* to) {
  auto& body = *static_cast<std::string*>(to);
  if (body.size() + size > kLongestBody) return 0;
  body.append(data, size);
  return size;
}

Error broker_error(const std::string& url, const std::string& what) {
  return {Code::unavailable, fmt::format("RabbitMQ's management API at {}: {}", url, what),
          "Look at rabbitmq.management_url, its user and whether the plugin rabbitmq_management is on"};
}

Result<std::string> ask_broker(const config::Rabbitmq& config, const std::string& path) {
  std::string password;
  if (!config.management_password_file.empty()) {
    auto secret = config::read_secret("rabbitmq.management_password_file", config.management_password_file);
    if (!secret) return secret.error();
    password = std::move(*secret);
  }
  static const auto kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
  if (kStarted != CURLE_OK || !curl) return Error{Code::internal, "libcurl does not start", ""};
  const auto url = config.management_url + path;
  std::string body;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, kPatienceS);
  curl_easy_setopt(curl.get(), CURLOPT_USERNAME, config.management_user.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PASSWORD, password.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &append_body);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
  if (const auto done = curl_easy_perform(curl.get()); done != CURLE_OK)
    return broker_error(config.management_url, curl_easy_strerror(done));
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return broker_error(config.management_url, fmt::format("it answered {} to {}", status, path));
  return body;
}

}  // namespace

Result<void> write_definitions(const config::Rabbitmq& config, const std::filesystem::path& to) {
  auto body = ask_broker(config, "/api/definitions");
  if (!body) return body.error();
  auto file = backup::create(to);
  if (!file) return file.error();
  if (auto written = backup::write_all(*file, *body, to); !written) return written;
  return backup::sync(*file, to);
}

Result<std::vector<std::string>> broker_alarms(const config::Rabbitmq& config) {
  auto body = ask_broker(config, "/api/nodes");
  if (!body) return body.error();
  boost::system::error_code bad;
  const auto nodes = boost::json::parse(*body, bad);
  if (bad || !nodes.is_array()) return broker_error(config.management_url, "its answer is not understood");
  std::vector<std::string> alarms;
  for (const auto& node : nodes.get_array()) {
    const auto* members = node.if_object();
    if (!members) continue;
    const auto* name = members->if_contains("name");
    const auto rings = [&](const char* alarm) {
      const auto* value = members->if_contains(alarm);
      return value && value->is_bool() && value->get_bool();
    };
    const std::string at = name && name->is_string() ? std::string(name->get_string()) : std::string("a node");
    if (rings("mem_alarm")) alarms.push_back(at + " is out of memory (vm_memory_high_watermark)");
    if (rings("disk_free_alarm")) alarms.push_back(at + " is out of disk (disk_free_limit)");
  }
  return alarms;
}

}  // namespace tg::app
