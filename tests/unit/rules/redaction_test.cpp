// What is redacted is gone from every text, and the formatting stays where it belongs (UTF-16).

#include <gtest/gtest.h>

#include "unit/rules/make.h"

namespace tg::rules {
namespace {

using model::Entity;
using model::EntityType;
using test::matcher;
using test::message;

model::Message redacted(model::Message m, const std::string& regex, const std::string& with = "█") {
  const auto rule = matcher(R"({"regex":")" + regex + R"("})", R"({"redact":")" + with + R"("})");
  EXPECT_TRUE(rule->redact(m));
  return m;
}

TEST(Redaction, EntitiesBehindItMove) {
  auto m = message("🙂 call 555-1234 now");
  m.entities = {{EntityType::bold, 0, 2, ""}, {EntityType::phone, 8, 8, ""}, {EntityType::italic, 17, 3, ""}};

  const auto after = redacted(m, "[0-9-]+", "🔒");

  EXPECT_EQ(after.text, "🙂 call 🔒 now");
  EXPECT_EQ(after.entities, (std::vector<Entity>{{EntityType::bold, 0, 2, ""}, {EntityType::italic, 11, 3, ""}}));
  EXPECT_TRUE(after.redacted);
}

TEST(Redaction, FormattingAroundItStaysAndInsideItGoes) {
  auto m = message("aa SECRET bb");
  m.entities = {{EntityType::bold, 0, 12, ""},
                {EntityType::italic, 4, 3, ""},
                {EntityType::code, 0, 5, ""},
                {EntityType::underline, 6, 6, ""},
                {EntityType::spoiler, 3, 6, ""}};

  const auto after = redacted(m, "SECRET", "x");

  EXPECT_EQ(after.text, "aa x bb");
  EXPECT_EQ(after.entities, (std::vector<Entity>{{EntityType::bold, 0, 7, ""},
                                                 {EntityType::code, 0, 3, ""},
                                                 {EntityType::underline, 4, 3, ""},
                                                 {EntityType::spoiler, 3, 1, ""}}));
}

TEST(Redaction, SeveralPartsAndAnEmptyReplacement) {
  auto m = message("1 a 22 b 333");
  m.entities = {{EntityType::bold, 2, 1, ""}, {EntityType::bold, 7, 1, ""}};

  const auto after = redacted(m, "[0-9]+", "");

  EXPECT_EQ(after.text, " a  b ");
  EXPECT_EQ(after.entities, (std::vector<Entity>{{EntityType::bold, 1, 1, ""}, {EntityType::bold, 4, 1, ""}}));
}

TEST(Redaction, NothingOfItStaysAnywhere) {
  auto m = message("see here");
  m.entities = {{EntityType::text_link, 4, 4, "https://a.example/SECRET"}};
  m.media.file_name = "SECRET.pdf";
  m.reply = model::Reply{model::MessageId{1}, {}, "quoted SECRET", ""};
  m.link_preview = model::LinkPreview{"https://a.example/SECRET", "SECRET", "SECRET", "", "SECRET", "", ""};
  m.poll = model::Poll{"SECRET?", {{"SECRET", 0}}, 0, false};
  m.raw = R"({"text":"S\u0045CRET"})";

  const auto after = redacted(m, "SECRET");

  EXPECT_EQ(after.entities[0].value, "https://a.example/█");
  EXPECT_EQ(after.media.file_name, "█.pdf");
  EXPECT_EQ(after.reply->text, "quoted █");
  EXPECT_EQ(after.link_preview->title + after.link_preview->url, "█https://a.example/█");
  EXPECT_EQ(after.poll->question + after.poll->options[0].text, "█?█");
  EXPECT_EQ(after.raw, "");
}

TEST(Redaction, ARuleMatchesWhatStandsOutsideTheText) {
  auto m = message("nothing");
  m.reply = model::Reply{model::MessageId{1}, {}, "quoted SECRET", ""};

  EXPECT_TRUE(matcher(R"({"regex":"SECRET"})", R"({"redact":"x"})")->matches({m, model::Origin::live}));
  EXPECT_FALSE(matcher(R"({"regex":"SECRET"})")->matches({m, model::Origin::live}));
}

TEST(Redaction, WhatStandsInTheSourcesOwnJsonAloneGoesWithIt) {
  auto m = message("[contact]");
  m.raw = R"({"contact_information":{"phone_number":"S\u0045CRET","ids":[7]}})";
  const auto kept = m.raw;

  EXPECT_EQ(redacted(m, "SECRET").raw, "");
  EXPECT_FALSE(matcher(R"({"regex":"phone"})", R"({"redact":"x"})")->redact(m));
  EXPECT_EQ(m.raw, kept);
}

TEST(Redaction, AnExpressionThatMatchesNothingChangesNothing) {
  auto m = message("héllo");

  EXPECT_FALSE(matcher(R"({"regex":"z*"})", R"({"redact":"x"})")->redact(m));
  EXPECT_EQ(m.text, "héllo");
  EXPECT_FALSE(m.redacted);
}

}  // namespace
}  // namespace tg::rules
