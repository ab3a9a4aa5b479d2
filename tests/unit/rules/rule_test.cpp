#include "rules/rule.h"

#include <gtest/gtest.h>

#include "unit/rules/make.h"

namespace tg::rules {
namespace {

std::vector<std::string> problems_of(const std::string& json) {
  std::vector<Problem> problems;
  const auto rule = read_rule(boost::json::parse(json).as_object(), problems);
  (void)Matcher::make(rule, problems);
  std::vector<std::string> all;
  for (const auto& problem : problems) {
    all.push_back(problem.field + " " + problem.what + (problem.offset ? " @" + std::to_string(*problem.offset) : ""));
  }
  return all;
}

testing::AssertionResult says(const std::vector<std::string>& problems, const std::string& what) {
  for (const auto& one : problems) {
    if (one.find(what) != std::string::npos) return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << what << " is not in: " << ::testing::PrintToString(problems);
}

TEST(Rule, ItsJsonGoesInAndOut) {
  const std::string json =
      R"({"name":"desk","enabled":false,"position":3,"conditions":{"channels":["-1001"],"regex":"ou?ro","ignoreCase":true,)"
      R"("keywords":{"anyOf":["ação"],"noneOf":["teste"],"wholeWords":true},"hasMedia":true,"mediaTypes":["photo"],)"
      R"("senders":["Ana","77"],"forwarded":false,"reply":true,"hasLink":true,"hashtags":["#ouro"],"origins":["live"],)"
      R"("tags":["a"]},"actions":{"tag":["b"],"route":["webhook:desk"],"alert":[{"webhook":"https://a.example/x"},)"
      R"({"email":"a@b.example"}],"forward":[{"account":"ops","to":"-1002","copy":true}]}})";
  std::vector<Problem> problems;

  const auto rule = read_rule(boost::json::parse(json).as_object(), problems);

  EXPECT_TRUE(problems.empty()) << problems[0].field << problems[0].what;
  EXPECT_EQ(to_json(rule), boost::json::parse(json).as_object());
  EXPECT_EQ(to_json(test::rule(R"({"regex":"a"})", R"({"redact":"[…]"})"))["actions"],
            boost::json::parse(R"({"redact":"[…]"})"));
}

TEST(Rule, AllThatIsWrongIsSaidAtOnce) {
  const auto problems = problems_of(
      R"({"conditions":{"chanels":["-1"],"channels":["news"],"kinds":["posted"],"hasMedia":"yes","origins":["live"]},)"
      R"("actions":{"alert":[{"webhook":"ftp://x"},{"email":"no address"},{}],"forward":[{"to":"x"}],"tag":[""]}})");

  EXPECT_TRUE(says(problems, "name is missing"));
  EXPECT_TRUE(says(problems, "conditions.chanels is not known here; is channels meant?"));
  EXPECT_TRUE(says(problems, "conditions.channels 'news' is no channel id"));
  EXPECT_TRUE(says(problems, "conditions.kinds 'posted' is none of new, edited"));
  EXPECT_TRUE(says(problems, "conditions.hasMedia is neither true nor false"));
  EXPECT_TRUE(says(problems, "actions.alert[0].webhook is no URL"));
  EXPECT_TRUE(says(problems, "actions.alert[1].email is no mail address"));
  EXPECT_TRUE(says(problems, "actions.alert[2] name one of"));
  EXPECT_TRUE(says(problems, "actions.forward[0].account is missing"));
  EXPECT_TRUE(says(problems, "actions.forward[0].to is no chat id"));
  EXPECT_TRUE(says(problems, "actions.tag has an entry"));
}

TEST(Rule, AnExpressionsErrorSaysWhere) {
  const auto problems = problems_of(R"({"name":"x","conditions":{"regex":"🙂é(unclosed"},"actions":{"drop":true}})");

  EXPECT_TRUE(says(problems, "conditions.regex is no RE2 expression: missing )"));
  EXPECT_TRUE(says(problems_of(R"({"name":"x","conditions":{"regex":"🙂é[z-a]"},"actions":{"drop":true}})"), "@4"));
}

TEST(Rule, AnExpressionIsBounded) {
  EXPECT_TRUE(says(problems_of(R"({"name":"x","conditions":{"regex":"((a{100}){100}){100}"},"actions":{"drop":true}})"),
                   "conditions.regex is no RE2 expression"));
  EXPECT_TRUE(says(problems_of(R"({"name":"x","conditions":{"regex":")" + std::string(1'001, 'a') +
                               R"("},"actions":{"drop":true}})"),
                   "1001 bytes, 1000 are the most"));
}

TEST(Rule, WhatDoesNotGoTogetherIsRefused) {
  const auto with = [](const std::string& conditions, const std::string& actions) {
    return problems_of(R"({"name":"x","conditions":)" + conditions + R"(,"actions":)" + actions + "}");
  };

  EXPECT_TRUE(says(with("{}", R"({"tag":["a"]})"), "ask nothing"));
  EXPECT_TRUE(says(with(R"({"reply":true})", "{}"), "name at least one of drop"));
  EXPECT_TRUE(says(with(R"({"kinds":["edited"]})", R"({"tag":["a"]})"), "make two rules"));
  EXPECT_TRUE(says(with(R"({"reply":true})", R"({"redact":"x"})"), "needs conditions.regex"));
  EXPECT_TRUE(says(with(R"({"reply":true})", R"({"drop":true,"tag":["a"]})"), "leaves nothing"));
  for (const auto* other : {R"("alert":[{"email":"a@b.example"}])", R"("forward":[{"account":"a","to":"-1002"}])",
                            R"("route":["webhook:a"])"}) {
    EXPECT_TRUE(says(with(R"({"regex":"a"})", std::string(R"({"redact":"x",)") + other + "}"), "tag it here")) << other;
  }
  EXPECT_TRUE(says(with(R"({"kinds":["counters"]})", R"({"alert":[{"email":"a@b.example"}]})"), "counters cannot go"));
  EXPECT_TRUE(says(with(R"({"kinds":["deleted"]})", R"({"forward":[{"account":"a","to":"-1002"}]})"), "is gone"));
  EXPECT_TRUE(
      says(with(R"({"reply":true})", R"({"forward":[{"account":"a","to":"-1002"},{"account":"b","to":"-1002"}]})"),
           "actions.forward[1].to is named twice"));
  EXPECT_TRUE(says(with(R"({"reply":true})", R"({"alert":[{"webhook":"https://desk.example.org/…"}]})"), "whole URL"));
  EXPECT_TRUE(says(with(R"({"keywords":{"anyOf":["\u0301"]}})", R"({"drop":true})"), "accents alone"));
  EXPECT_TRUE(with(R"({"kinds":["edited"]})", R"({"alert":[{"email":"a@b.example"}]})").empty());
}

}  // namespace
}  // namespace tg::rules
