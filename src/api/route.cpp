#include "api/route.h"

namespace tg::api {
namespace {

bool match(std::string_view pattern, std::string_view path, std::array<std::string_view, 3>& parameters) {
  std::size_t count = 0;
  while (!pattern.empty() && !path.empty()) {
    if (pattern.front() == '{') {
      const auto close = pattern.find('}');
      const bool rest = pattern.substr(0, close).ends_with("...");
      const auto end = rest ? path.size() : std::min(path.find('/'), path.size());
      // A pattern such as {id}.rss does not occur; a segment is a parameter or it is not.
      if (end == 0) return false;
      parameters[count++] = path.substr(0, end);
      path.remove_prefix(end);
      pattern.remove_prefix(close + 1);
    } else {
      if (pattern.front() != path.front()) return false;
      pattern.remove_prefix(1);
      path.remove_prefix(1);
    }
  }
  // {name...} also matches nothing.
  if (path.empty() && pattern.starts_with('{') && pattern.ends_with("...}")) return true;
  return pattern.empty() && path.empty();
}

}  // namespace

std::string_view name_of(Method method) {
  switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::delete_: return "DELETE";
    case Method::options: return "OPTIONS";
    case Method::other: break;
  }
  return "other";
}

bool reads(const Route& route, std::string_view name) {
  for (const auto& parameter : route.parameters) {
    if (parameter.in != "query") continue;
    if (parameter.name == name) return true;
    auto rest = parameter.also;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(' '), rest.size());
      if (rest.substr(0, end) == name) return true;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return false;
}

RouteTable::RouteTable(std::vector<Route> all) : routes(std::move(all)) {}

RouteTable::Found RouteTable::find(Method method, std::string_view path) const {
  if (method == Method::head) method = Method::get;
  if (path.size() > 1 && path.ends_with('/') && !path.starts_with("/ui/")) path.remove_suffix(1);
  Found found;
  // Fixed paths stand before patterns that would match them too: the first one wins.
  for (std::size_t i = 0; i < routes.size(); ++i) {
    std::array<std::string_view, 3> parameters{};
    if (!match(routes[i].pattern, path, parameters)) continue;
    if (routes[i].method == method) {
      found.route = &routes[i];
      found.index = i;
      found.parameters = parameters;
      return found;
    }
    if (!found.allowed.empty()) found.allowed += ", ";
    found.allowed += name_of(routes[i].method);
  }
  return found;
}

std::vector<Route> all_routes() {
  std::vector<Route> all;
  // What is fixed stands before what matches more: messages/unprocessed before messages/{id}.
  for (auto part :
       {consumer_routes(),      message_export_routes(), message_routes(), delivery_routes(),    loss_routes(),
        named_channel_routes(), channel_routes(),        feed_routes(),    gateway_routes(),     monitor_routes(),
        destination_routes(),   system_routes(),         token_routes(),   failure_routes(),     rule_routes(),
        telegram_routes(),      auth_routes(),           media_routes(),   media_fetch_routes(), event_routes(),
        session_routes(),       import_routes(),         ui_routes()}) {
    std::move(part.begin(), part.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace tg::api
