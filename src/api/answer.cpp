#include "api/answer.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "model/ids.h"
#include "pipeline/normalise.h"

namespace tg::api {
namespace json = boost::json;

Response with_body(int status, std::string_view type, std::string body) {
  Response response;
  response.status = status;
  response.add("Content-Type", type);
  response.body = Bytes(std::move(body));
  return response;
}

Response success(json::value data, int status) {
  json::object envelope{{"success", true}};
  envelope["data"] = std::move(data);
  return with_body(status, kJson, json::serialize(envelope));
}

Response success_text(std::string_view json_of_data, int status) {
  return with_body(status, kJson, fmt::format("{{\"success\":true,\"data\":{}}}", json_of_data));
}

Response failure(int status, std::string_view code, std::string_view message) {
  std::string text(message);
  pipeline::clean(text);  // a header that is told back may be anything
  return with_body(
      status, kJson,
      json::serialize(json::object{{"success", false}, {"error", code}, {"message", text}, {"statusCode", status}}));
}

int status_of(Code code) {
  switch (code) {
    case Code::invalid_input: return 400;
    case Code::not_found: return 404;
    case Code::conflict: return 409;
    case Code::permission: return 403;
    case Code::unavailable: return 503;
    case Code::out_of_space: return 507;
    case Code::gapped: return 410;
    case Code::timeout: return 504;
    case Code::unsupported: return 501;
    case Code::corrupt:
    case Code::internal: return 500;
  }
  return 500;
}

Response failure(const Error& error) {
  auto response = failure(status_of(error.code), name_of(error.code), error.to_string());
  if (error.code == Code::unavailable || error.code == Code::out_of_space) response.add("Retry-After", "2");
  return response;
}

Result<json::object> body_of(const Request& request) {
  std::string_view text = request.body;
  while (!text.empty() &&
         (text.front() == ' ' || text.front() == '\n' || text.front() == '\r' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  if (text.empty()) return json::object{};
  json::error_code ec;
  json::parse_options options;
  options.max_depth = 16;
  auto value = json::parse(text, ec, {}, options);
  if (ec) return Error{Code::invalid_input, "the request body is not JSON: " + ec.message(), "Send a JSON object"};
  if (value.is_null()) return json::object{};
  if (!value.is_object()) return Error{Code::invalid_input, "the request body is not a JSON object", "Send {…}"};
  return std::move(value.as_object());
}

std::optional<std::string> text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (!value || value->is_null()) return std::nullopt;
  if (value->is_string()) return std::string(value->as_string());
  if (value->is_int64()) return std::to_string(value->as_int64());
  return json::serialize(*value);
}

std::optional<std::string> rfc3339(model::Time time) {
  if (!time) return std::nullopt;
  return model::to_rfc3339(time);
}

}  // namespace tg::api
