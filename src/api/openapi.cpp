// The OpenAPI document, from the one table of routes and the schemas in schemas.json.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/api.h"
#include "api/route.h"
#include "api/schemas.h"

namespace tg::api {
namespace json = boost::json;
namespace {

json::object reference(std::string_view name) { return {{"$ref", fmt::format("#/components/schemas/{}", name)}}; }

json::object schema_of(const Route& route) {
  auto name = route.schema;
  if (name.empty()) return {{"type", "object"}};
  if (name.starts_with('=')) return reference(name.substr(1));
  json::object data;
  const bool list = name.starts_with('[');
  if (list) {
    data = {{"type", "array"}, {"items", reference(name.substr(1, name.size() - 2))}};
  } else {
    data = reference(name);
  }
  json::object properties{{"success", {{"const", true}}}, {"data", std::move(data)}};
  if (list) properties["pagination"] = reference("Pagination");
  return {{"type", "object"}, {"required", {"success", "data"}}, {"properties", std::move(properties)}};
}

json::object content(std::string_view type, json::object schema) {
  json::object media{{"schema", std::move(schema)}};
  json::object out;
  out[type] = std::move(media);
  return out;
}

json::object parameter_json(const Parameter& parameter) {
  json::object schema{{"type", parameter.type == "date-time" ? "string" : parameter.type}};
  if (parameter.type == "date-time") schema["format"] = "date-time";
  json::object out{{"name", parameter.name},
                   {"in", parameter.in},
                   {"required", parameter.required || parameter.in == "path"},
                   {"schema", std::move(schema)}};
  if (!parameter.description.empty()) out["description"] = parameter.description;
  return out;
}

json::object operation_json(const Route& route) {
  json::object out{
      {"operationId", route.operation}, {"tags", json::array{json::value(route.tag)}}, {"summary", route.summary}};
  json::array parameters;
  for (const auto& parameter : route.parameters) parameters.push_back(parameter_json(parameter));
  if (!parameters.empty()) out["parameters"] = std::move(parameters);
  if (!route.body.empty()) {
    const bool raw = route.body.starts_with('=');
    out["requestBody"] =
        json::object{{"required", false},
                     {"content", raw ? content("application/octet-stream", reference(route.body.substr(1)))
                                     : content("application/json", reference(route.body))}};
  }
  json::object responses;
  responses[std::to_string(route.status)] =
      json::object{{"description", "done"}, {"content", content(route.type, schema_of(route))}};
  if (route.method == Method::get)
    responses["304"] = json::object{{"description", "what If-None-Match named is still so"}};
  if (route.schema == "=Binary") {
    responses["206"] = json::object{{"description", "the part that Range asked for"},
                                    {"content", content(route.type, schema_of(route))}};
    responses["416"] = json::object{{"description", "nothing of the file is in the range"}};
  }
  if (route.by_link) responses["403"] = json::object{{"$ref", "#/components/responses/Error"}};
  if (route.tag == "health") {
    responses["503"] = json::object{{"description", "no"}, {"content", content(route.type, schema_of(route))}};
  }
  if (route.operation == "consumer_put" || route.operation == "import_begin") responses["200"] = responses["201"];
  if (route.operation == "media_fetch") responses["200"] = responses["202"];
  if (route.operation == "root") responses["302"] = json::object{{"description", "to the dashboard, for browsers"}};
  responses["default"] = json::object{{"$ref", "#/components/responses/Error"}};
  out["responses"] = std::move(responses);
  if (route.access == Access::open) {
    out["security"] = json::array{};
  } else {
    out["x-scope"] = route.access == Access::read ? "read" : route.access == Access::consume ? "consume" : "admin";
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

}  // namespace

std::string openapi_path(std::string_view pattern) {
  std::string path(pattern);
  if (const auto rest = path.find("...}"); rest != std::string::npos) path.replace(rest, 4, "}");
  return path;
}

std::string openapi_document(const std::string& version) {
  json::object paths;
  for (const auto& route : all_routes()) {
    if (route.hidden) continue;
    auto& path = paths[openapi_path(route.pattern)];
    if (!path.is_object()) path = json::object{};
    path.as_object()[lower(name_of(route.method))] = operation_json(route);
  }
  const auto scheme = [](std::string_view header) {
    return json::object{{"type", "apiKey"}, {"in", "header"}, {"name", header}};
  };
  json::object schemes{{"gatewayToken", scheme("X-Gateway-Token")},
                       {"apiKey", scheme("X-API-Key")},
                       {"apiToken", scheme("X-API-Token")},
                       {"bearer", {{"type", "http"}, {"scheme", "bearer"}}},
                       {"session", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "tg_session"}}}};
  json::array security{json::object{}};
  for (const auto& one : schemes) {
    json::object need;
    need[one.key()] = json::array{};
    security.push_back(std::move(need));
  }
  json::object error{{"description", "what went wrong, and what to do"},
                     {"content", content("application/json", reference("Error"))}};
  json::object document{
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "Telegram Gateway"},
        {"version", version},
        {"description",
         "Every answer carries X-Gateway-Now, the server's clock. Times are RFC 3339 in UTC; ids of chats are text."}}},
      {"servers", json::array{json::object{{"url", "/"}}}},
      {"security", std::move(security)},
      {"paths", std::move(paths)},
      {"components",
       {{"schemas", json::parse(kSchemas)},
        {"responses", {{"Error", std::move(error)}}},
        {"securitySchemes", std::move(schemes)}}}};
  return json::serialize(document);
}

}  // namespace tg::api
