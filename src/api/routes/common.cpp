#include "api/routes/common.h"

#include <boost/json/serialize.hpp>

namespace tg::api {
namespace json = boost::json;

Result<model::ChatId> chat_of(const Request& request, std::size_t parameter) {
  const auto text = unescape(request.parameters[parameter]);
  const auto number = model::parse_int(text);
  if (!number || *number == 0) {
    return Error{Code::invalid_input, "'" + text + "' is no chat id",
                 "Use the number that GET /api/channels lists, such as -1001487851422"};
  }
  return model::ChatId{*number};
}

Result<model::MessageKey> key_of(const Request& request, std::size_t parameter) {
  const auto text = unescape(request.parameters[parameter]);
  const auto key = model::parse_api_id(text);
  if (!key)
    return Error{Code::not_found, "there is no message '" + text + "'", "An id looks like -1001487851422:46544"};
  return *key;
}

Error no_such_message(const model::MessageKey& key) {
  return {Code::not_found, "there is no message " + model::to_api_id(key), ""};
}

Error no_such_channel(model::ChatId peer) {
  return {Code::not_found, fmt::format("there is no channel {}", peer.value), "GET /api/channels lists what there is"};
}

Result<std::int64_t> number_of(const json::object& body, std::string_view name, std::int64_t otherwise,
                               std::int64_t least, std::int64_t most) {
  const auto text = text_of(body, name);
  if (!text || text->empty()) return otherwise;
  const auto number = whole_number(*text);
  if (!number || *number < least) return bad_parameter(name, *text, fmt::format("a whole number from {}", least));
  return std::min(*number, most);
}

Result<std::optional<bool>> boolean_of(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains(name);
  if (!value || value->is_null()) return std::optional<bool>{};
  if (value->is_bool()) return std::optional(value->as_bool());
  return bad_parameter(name, json::serialize(*value), "true or false");
}

Response list_answer(std::string_view data, std::string_view pagination) {
  std::string body;
  body.reserve(data.size() + pagination.size() + 48);
  body.append("{\"success\":true,\"data\":").append(data).append(",\"pagination\":").append(pagination).append("}");
  return with_body(200, kJson, std::move(body));
}

void put_answer(Response& into, Response made) {
  into.status = made.status;
  into.headers += made.headers;
  into.body = std::move(made.body);
}

Result<std::string> name_of_consumer(std::optional<std::string> name, std::string_view field) {
  const auto bad = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
  if (!name || name->empty()) {
    return Error{Code::invalid_input, fmt::format("'{}' is missing", field), "Name the consumer"};
  }
  if (name->size() > kLongestName || std::any_of(name->begin(), name->end(), bad)) {
    return Error{Code::invalid_input, fmt::format("'{}' is no consumer's name", field),
                 "Use 1 to 128 printable characters"};
  }
  return std::move(*name);
}

}  // namespace tg::api
