#include "rules/matcher.h"

#include <gtest/gtest.h>

#include "unit/rules/make.h"

namespace tg::rules {
namespace {

using test::matcher;
using test::matches;
using test::message;

std::string keywords(const std::string& word, bool whole = false) {
  return R"({"keywords":{"anyOf":[")" + word + R"("])" + (whole ? R"(,"wholeWords":true}})" : "}}");
}

// A keyword and a text that holds it, or does not.
struct Words {
  const char *word, *text;
  bool whole = false, held = true;
};

void PrintTo(const Words& words, std::ostream* out) { *out << words.word << " in " << words.text; }

class Keyword : public testing::TestWithParam<Words> {};

TEST_P(Keyword, IsFoundInAnyScript) {
  const auto& p = GetParam();

  EXPECT_EQ(matches(keywords(p.word, p.whole), message(p.text)), p.held);
}

INSTANTIATE_TEST_SUITE_P(Folded, Keyword,
                         testing::Values(Words{"acao", "ＡÇÃO!"}, Words{"AÇÃO", "uma acao"}, Words{"straße", "STRASSE"},
                                         Words{"елка", "Ёлка у дома"}, Words{"σίσυφος", "ΣΊΣΥΦΟΣ"},
                                         Words{"סלום", "סָלוֹם עולם"}, Words{"كتاب", "كِتَاب"},
                                         Words{"黄金", "今日黄金价格"}, Words{"ｶﾞ", "ガラス"}, Words{"금", "금값 상승"},
                                         Words{"सोना", "सोना महंगा"}, Words{"ทอง", "ราคาทองคำ"}, Words{"①", "1"},
                                         Words{"silver", "gold", false, false}));

INSTANTIATE_TEST_SUITE_P(Whole, Keyword,
                         testing::Values(Words{"ouro", "o ouro sobe", true}, Words{"ouro", "Ouro.", true},
                                         Words{"ouro", "ouros", true, false}, Words{"ouro", "douro", true, false},
                                         Words{"ouro", "douro ouro", true}, Words{"ação", "reação, ação", true},
                                         Words{"дом", "домой", true, false}, Words{"дом", "наш дом", true},
                                         Words{"ouro", "o_ouro_sobe", true, false}));

TEST(Matcher, KeywordsAreAnyAllAndNone) {
  const std::string c = R"({"keywords":{"anyOf":["ouro","prata"],"allOf":["hoje"],"noneOf":["teste"]}})";

  EXPECT_TRUE(matches(c, message("Prata hoje")));
  EXPECT_FALSE(matches(c, message("Prata amanhã")));
  EXPECT_FALSE(matches(c, message("hoje nada")));
  EXPECT_FALSE(matches(c, message("ouro hoje, um TESTE")));
}

TEST(Matcher, AnExpressionReadsTheTextAsItIs) {
  EXPECT_TRUE(matches(R"({"regex":"COMPRA|VENDA"})", message("agora COMPRA")));
  EXPECT_FALSE(matches(R"({"regex":"COMPRA"})", message("agora compra")));
  EXPECT_TRUE(matches(R"({"regex":"compra","ignoreCase":true})", message("agora COMPRA")));
  EXPECT_TRUE(matches(R"({"regex":"\\p{Cyrillic}+"})", message("ok Привет")));
}

TEST(Matcher, MetadataIsAsked) {
  auto m = message("see #Gold");
  m.sender = "Ána";
  m.sender_id = 77;
  m.media.type = model::MediaType::photo;
  m.entities = {{model::EntityType::hashtag, 4, 5, ""}, {model::EntityType::text_link, 0, 3, "https://a.example"}};
  m.tags = {"desk"};

  for (const auto* holds : {R"({"channels":["-1001"]})", R"({"hasMedia":true})", R"({"mediaTypes":["photo","video"]})",
                            R"({"senders":["ana"]})", R"({"senders":["77"]})", R"({"forwarded":false})",
                            R"({"reply":false})", R"({"hasLink":true})", R"({"hashtags":["#gold"]})",
                            R"({"hashtags":["GOLD"]})", R"({"origins":["live"]})", R"({"tags":["desk"]})"}) {
    EXPECT_TRUE(matches(holds, m)) << holds;
  }
  for (const auto* fails :
       {R"({"channels":["-1002"]})", R"({"hasMedia":false})", R"({"mediaTypes":["video"]})", R"({"senders":["an"]})",
        R"({"senders":["7"]})", R"({"forwarded":true})", R"({"reply":true})", R"({"hasLink":false})",
        R"({"hashtags":["gol"]})", R"({"origins":["import"]})", R"({"tags":["des"]})"}) {
    EXPECT_FALSE(matches(fails, m)) << fails;
  }
}

TEST(Matcher, ItSaysWhichConditionsFailed) {
  const auto rule = matcher(R"({"hasMedia":true,"keywords":{"anyOf":["ouro"],"noneOf":["x"]},"regex":"\\d"})");
  const auto m = message("ouro x 7");

  EXPECT_EQ(rule->failed({m, model::Origin::live}), (std::vector<std::string_view>{"hasMedia", "keywords.noneOf"}));
}

TEST(Matcher, WhatMatchedIsToldInUtf16) {
  const auto by_word = matcher(R"({"keywords":{"anyOf":["acao"]}})")->spans(message("🙂 AÇÃO, ação"));
  const auto by_regex = matcher(R"({"regex":"\\d+"})")->spans(message("🙂é 42 e 7"));

  EXPECT_EQ(by_word, (std::vector<Span>{{3, 4}, {9, 4}}));
  EXPECT_EQ(by_regex, (std::vector<Span>{{4, 2}, {9, 1}}));
}

TEST(Matcher, AnAlertIsOfNewsUnlessItAsksForMore) {
  const auto m = message("ouro");
  const auto rule = matcher(keywords("ouro"), R"({"alert":[{"email":"a@b.example"}]})");
  const auto wide = matcher(R"({"kinds":["edited"],"origins":["import"]})", R"({"alert":[{"email":"a@b.example"}]})");
  using model::Kind;
  using model::Origin;

  EXPECT_TRUE(rule->calls({m, Origin::live, Kind::created, true}));
  EXPECT_FALSE(rule->calls({m, Origin::live, Kind::edited, true}));
  EXPECT_FALSE(rule->calls({m, Origin::backfill, Kind::created, false}));
  EXPECT_TRUE(wide->calls({m, Origin::import_, Kind::edited, false}));
  EXPECT_FALSE(wide->calls({m, Origin::import_, Kind::created, false}));

  // What is never offered as news is meant where it is named.
  const auto named =
      matcher(R"({"regex":"ouro","kinds":["deleted","edited"]})", R"({"alert":[{"email":"a@b.example"}]})");
  EXPECT_TRUE(named->calls({m, Origin::live, Kind::deleted, false}));
  EXPECT_FALSE(named->calls({m, Origin::live, Kind::edited, false}));
}

}  // namespace
}  // namespace tg::rules
