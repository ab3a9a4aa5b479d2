#pragma once
// The one table of routes: dispatch, scopes, the OpenAPI document and the metrics' labels all come from it.

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/message.h"

namespace tg::api {

struct Context;

enum class Access : std::uint8_t { open, read, consume, admin };
enum class Where : std::uint8_t { now, worker };  // which thread: `now` must not block

struct Parameter {
  std::string_view name;
  std::string_view type;  // string, integer, boolean, date-time
  std::string_view description;
  std::string_view in = "query";
  bool required = false;
  std::string_view also = "";  // other names for it, separated by blanks
};

struct Route {
  Method method;
  std::string_view pattern;  // {names} match one segment; a last {name...} the rest
  Access access;
  Where where;
  Response (*handler)(const Request&, Context&);
  std::string_view operation;  // operationId and metric label
  std::string_view tag;
  std::string_view summary;
  std::string_view schema = "";            // of the answer's `data`, or of the whole answer where it starts with "="
  std::string_view body = "";              // schema of the request's body; with "=" before it no JSON, but bytes
  std::vector<Parameter> parameters = {};  // a handler is not shown any other of the query
  int status = 200;                        // of success
  std::string_view type = "application/json";  // of the answer
  bool hidden = false;                         // an alias: not in the document
  bool by_link = false;                        // a signed link (access/signed_links.h) needs no token
  bool probe = false;                          // asked by machines all the time: has a rate of its own
};

struct RouteTable {
  explicit RouteTable(std::vector<Route> all);

  struct Found {
    const Route* route = nullptr;  // nothing: no such path, or not with this method
    std::size_t index = 0;
    std::string allowed;  // methods of the path, where only the method is wrong
    std::array<std::string_view, 3> parameters;
  };
  Found find(Method method, std::string_view path) const;

  std::vector<Route> routes;
};

std::string_view name_of(Method method);
// Whether the route reads a query's parameter of that name.
bool reads(const Route& route, std::string_view name);

// Every subject gives its own.
std::vector<Route> message_routes();
std::vector<Route> message_export_routes();
std::vector<Route> loss_routes();
std::vector<Route> delivery_routes();
std::vector<Route> channel_routes();
std::vector<Route> named_channel_routes();
std::vector<Route> consumer_routes();
std::vector<Route> destination_routes();
std::vector<Route> failure_routes();
std::vector<Route> rule_routes();
std::vector<Route> gateway_routes();
std::vector<Route> monitor_routes();
std::vector<Route> import_routes();
std::vector<Route> system_routes();
std::vector<Route> token_routes();
std::vector<Route> telegram_routes();
std::vector<Route> auth_routes();
std::vector<Route> media_routes();
std::vector<Route> media_fetch_routes();
std::vector<Route> event_routes();
std::vector<Route> feed_routes();
std::vector<Route> session_routes();
std::vector<Route> ui_routes();
std::vector<Route> all_routes();

}  // namespace tg::api
