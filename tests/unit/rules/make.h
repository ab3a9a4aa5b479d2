#pragma once
// Rules and messages as short as a test can say them.

#include <boost/json/parse.hpp>
#include <stdexcept>
#include <string>

#include "rules/matcher.h"

namespace tg::test {

inline rules::Rule rule(const std::string& conditions, const std::string& actions = R"({"tag":["seen"]})") {
  std::vector<rules::Problem> problems;
  const auto json =
      boost::json::parse(R"({"name":"test","conditions":)" + conditions + R"(,"actions":)" + actions + "}");
  auto made = rules::read_rule(json.as_object(), problems);
  if (!problems.empty()) throw std::runtime_error(problems[0].field + " " + problems[0].what);
  return made;
}

inline std::shared_ptr<const rules::Matcher> matcher(const std::string& conditions,
                                                     const std::string& actions = R"({"tag":["seen"]})") {
  std::vector<rules::Problem> problems;
  auto made = rules::Matcher::make(rule(conditions, actions), problems);
  if (!made) throw std::runtime_error(problems[0].field + " " + problems[0].what);
  return made;
}

inline model::Message message(std::string text) {
  model::Message m;
  m.key = {{}, model::ChatId{-1001}, model::MessageId{7}};
  m.date = model::Time::seconds(1'700'000'000);
  m.text = std::move(text);
  return m;
}

inline bool matches(const std::string& conditions, const model::Message& m,
                    model::Origin origin = model::Origin::live) {
  return matcher(conditions)->matches({m, origin});
}

}  // namespace tg::test
