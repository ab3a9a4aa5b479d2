#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <map>
#include <set>

#include "api/api.h"
#include "api/route.h"

namespace tg::api {
namespace {
namespace json = boost::json;

TEST(Routes, WhatIsFixedComesBeforeWhatMatchesMore) {
  const RouteTable table(all_routes());

  EXPECT_EQ(table.find(Method::get, "/api/messages/unprocessed").route->operation, "unprocessed");
  EXPECT_EQ(table.find(Method::get, "/api/messages/-100:1").route->operation, "message");
  EXPECT_EQ(table.find(Method::get, "/api/messages/-100:1").parameters[0], "-100:1");
  EXPECT_EQ(table.find(Method::get, "/api/messages/").route->operation, "messages");
  EXPECT_EQ(table.find(Method::head, "/health").route->operation, "health");
  EXPECT_EQ(table.find(Method::get, "/ui/").route->operation, "ui");
  EXPECT_EQ(table.find(Method::get, "/ui/c/-100/7").parameters[0], "c/-100/7");
}

TEST(Routes, SayWhichMethodsAPathTakes) {
  const RouteTable table(all_routes());

  const auto found = table.find(Method::put, "/api/consumers");

  EXPECT_EQ(found.route, nullptr);
  EXPECT_EQ(found.allowed, "GET, POST");
}

// The predecessor's clients use them, and a handler is shown only what its route reads.
TEST(Routes, ReadEveryNameThatAParameterHas) {
  const std::map<std::string_view, std::vector<std::string_view>> names{
      {"messages", {"channelId", "channel_id",     "channel",         "messageId",    "message_id", "status",
                    "source",    "origin",         "origins",         "from",         "startDate",  "since",
                    "to",        "endDate",        "until",           "receivedFrom", "receivedTo", "search",
                    "q",         "hasMedia",       "has_media",       "topicId",      "threadId",   "sender",
                    "sort",      "includeDeleted", "include_deleted", "onlyDeleted",  "onlyEdited", "sortBy",
                    "sortOrder", "order",          "limit",           "offset",       "page",       "cursor",
                    "around"}},
      {"unprocessed", {"channel", "channelId", "channel_id", "excludeProcessedBy", "status", "limit"}},
      {"events",
       {"after", "from", "consumer", "channelId", "channel_id", "channel", "kinds", "kind", "origins", "origin"}},
      {"events_poll",
       {"after", "from", "consumer", "channelId", "channel_id", "channel", "kinds", "kind", "origins", "origin", "wait",
        "limit"}},
      {"stream", {"topics", "topic", "after", "from"}},
      {"logs", {"level", "q", "search", "after", "limit"}},
      {"failures", {"cursor"}},
      {"timeseries", {"minutes"}},
      {"destination_lag", {"minutes"}},
      {"channel_coverage", {"px", "limit", "cursor"}},
      {"channel_rows", {"px"}},
      {"gateway_queue", {"limit"}},
      {"messages_summary", {"limit"}}};
  std::size_t found = 0;
  for (const auto& route : all_routes()) {
    const auto of_route = names.find(route.operation);
    if (of_route == names.end()) continue;
    ++found;
    for (const auto name : of_route->second) EXPECT_TRUE(reads(route, name)) << route.operation << ' ' << name;
    EXPECT_FALSE(reads(route, "utm_source"));
    EXPECT_FALSE(reads(route, ""));
  }
  EXPECT_EQ(found, names.size());
}

TEST(Routes, HaveNamesOfTheirOwn) {
  std::set<std::string_view> operations, places;
  for (const auto& route : all_routes()) {
    if (!route.hidden) {
      EXPECT_TRUE(operations.insert(route.operation).second) << route.operation;
    }
    static std::set<std::string> all;
    EXPECT_TRUE(all.insert(std::string(name_of(route.method)) + " " + std::string(route.pattern)).second)
        << route.pattern;
  }
}

// The document and the dispatch come from one table; this holds them together where they are written apart.
TEST(OpenApi, DescribesEveryRouteAndNothingElse) {
  const auto document = json::parse(openapi_document("1.2.3")).as_object();
  std::set<std::string> described, served;
  for (const auto& [path, operations] : document.at("paths").as_object()) {
    for (const auto& operation : operations.as_object())
      described.insert(std::string(operation.key()) + " " + std::string(path));
  }
  for (const auto& route : all_routes()) {
    if (route.hidden) continue;
    std::string method(name_of(route.method));
    for (auto& c : method) c = static_cast<char>(std::tolower(c));
    std::string path(route.pattern);
    if (const auto rest = path.find("...}"); rest != std::string::npos) path.replace(rest, 4, "}");
    served.insert(method + " " + path);
  }

  EXPECT_EQ(described, served);
  EXPECT_EQ(document.at("openapi").as_string(), "3.1.0");
  EXPECT_EQ(document.at("info").at("version").as_string(), "1.2.3");
}

TEST(OpenApi, NamesOnlySchemasThatAreThere) {
  const auto text = openapi_document("1");
  const auto document = json::parse(text).as_object();
  const auto& schemas = document.at("components").at("schemas").as_object();
  constexpr std::string_view kMark = "#/components/schemas/";
  for (auto at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at + 1)) {
    const auto begin = at + kMark.size();
    const auto name = text.substr(begin, text.find('"', begin) - begin);
    EXPECT_TRUE(schemas.contains(name)) << name;
  }
}

TEST(OpenApi, DescribesEveryParameterOfAPath) {
  for (const auto& route : all_routes()) {
    if (route.hidden) continue;
    std::set<std::string> in_pattern, described;
    auto rest = route.pattern;
    while (!rest.empty()) {
      const auto open = rest.find('{');
      if (open == std::string_view::npos) break;
      const auto close = rest.find('}', open);
      auto name = rest.substr(open + 1, close - open - 1);
      if (name.ends_with("...")) name.remove_suffix(3);
      in_pattern.insert(std::string(name));
      rest.remove_prefix(close + 1);
    }
    for (const auto& parameter : route.parameters) {
      if (parameter.in == "path") described.insert(std::string(parameter.name));
    }
    EXPECT_EQ(in_pattern, described) << route.pattern;
  }
}

}  // namespace
}  // namespace tg::api
