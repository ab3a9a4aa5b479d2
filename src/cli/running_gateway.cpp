#include "cli/running_gateway.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/parse.hpp>

#include "app/gateway.h"
#include "app/telegram.h"
#include "journal/lock.h"

namespace tg::cli {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Answer = http::response<http::string_body>;

constexpr std::chrono::seconds kCallPatience{120};
constexpr std::uint64_t kLongestAnswer = 64ULL * 1'024 * 1'024;  // bytes

asio::awaitable<Answer> exchange(std::string host, std::string port, http::request<http::string_body> request) {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  boost::beast::tcp_stream stream(executor);
  stream.expires_after(kCallPatience);
  const auto places = co_await resolver.async_resolve(host, port, asio::use_awaitable);
  co_await stream.async_connect(places, asio::use_awaitable);
  co_await http::async_write(stream, request, asio::use_awaitable);
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kLongestAnswer);
  co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
  co_return parser.release();
}

std::string token_of(const config::Config& config) {
  for (const auto& token : config.auth.tokens) {
    if (!token.may(config::Scope::admin) || !token.origin.starts_with('/')) continue;
    if (auto secret = app::read_secret("token_file", token.origin)) return std::move(*secret);
  }
  return "";
}

Code code_of(http::status status) {
  switch (static_cast<unsigned>(status)) {
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
    auto token = app::read_secret("--token-file", token_file);
    if (!token) return token.error();
    gateway.token_ = std::move(*token);
  } else {
    gateway.token_ = token_of(config);
  }
  return gateway;
}

Result<boost::json::value> RunningGateway::call(std::string_view method, std::string_view path,
                                                const boost::json::object& body) const {
  http::request<http::string_body> request(http::string_to_verb(method), path, 11);
  request.set(http::field::host,
              host_.find(':') == std::string::npos ? host_ + ":" + port_ : "[" + host_ + "]:" + port_);
  request.set(http::field::content_type, "application/json");
  if (!token_.empty()) request.set(http::field::authorization, "Bearer " + token_);
  request.body() = method == "GET" ? "" : boost::json::serialize(body);
  request.prepare_payload();
  Answer answer;
  try {
    asio::io_context io;
    auto coming = asio::co_spawn(io, exchange(host_, port_, std::move(request)), asio::use_future);
    io.run();
    answer = coming.get();
  } catch (const boost::system::system_error& lost) {
    return Error{Code::unavailable,
                 fmt::format("the gateway at {}:{} did not answer: {}", host_, port_, lost.code().message()),
                 "Look at it: telegram-gateway status"};
  }
  boost::system::error_code bad;
  auto value = boost::json::parse(answer.body(), bad);
  auto* envelope = bad ? nullptr : value.if_object();
  if (answer.result_int() < 400 && envelope && envelope->contains("data")) return std::move(envelope->at("data"));
  const auto* message = envelope ? envelope->if_contains("message") : nullptr;
  auto what = message && message->is_string() ? std::string(message->as_string())
                                              : fmt::format("the gateway answered {}", answer.result_int());
  const bool token = answer.result_int() == 401 || answer.result_int() == 403;
  return Error{code_of(answer.result()), std::move(what),
               token ? "Name a token with the scope admin: --token-file FILE" : ""};
}

}  // namespace tg::cli
